"""MkDocs hook: links from pages to files of the repository outside `docs/`.

They are written as relative paths, so that they work on GitHub and in editors; here they become addresses on
GitHub. What does not exist is a warning, so it ends a strict build.
"""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<path>\.\./[^)#\s]+)(?P<anchor>#[^)]*)?\)")
"""A link that begins by going up: a page one folder deep may mean another page by it."""

log = logging.getLogger("mkdocs.hooks.links")


def on_page_markdown(markdown: str, /, page: Any, config: Any, **_: object) -> str:
    """Return the page with its links out of `docs/` replaced."""
    docs = Path(config["docs_dir"])
    place = (docs / page.file.src_uri).parent

    def outside(match: re.Match[str]) -> str:
        target = Path(os.path.normpath(place / match["path"]))
        if target.is_relative_to(docs):
            return match[0]
        if not target.exists():
            log.warning("%s links to %s, which is not in the repository", page.file.src_uri, match["path"])
        kind = "tree" if target.is_dir() else "blob"
        path = target.relative_to(ROOT).as_posix()
        return f"[{match['text']}]({config['extra']['repository']}/{kind}/main/{path}{match['anchor'] or ''})"

    return LINK.sub(outside, markdown)
