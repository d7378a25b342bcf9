"""Builds the documentation's site: `python tools/docs/build_site.py PYTHON`, from `docs/` into `build/site`.

Links from pages to files outside `docs/` are relative paths, so that they work on GitHub and in editors. Here
a copy of the pages gets addresses on GitHub instead, and Zensical builds the site from this copy. A link to a file
that does not exist ends the build.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = ROOT / "build" / "pages"
"""`docs_dir` of `mkdocs.yml`."""
AGENTS = ROOT / "build" / "agents"
"""The same pages for programs that read `llms.txt`: they are copied beside those of the site."""
NO_PAGES = ("_index.md", "installation-configuration.md", "skill/SKILL.md")
"""Pages of the Pulumi Registry, and what only agents read."""
SITE = ROOT / "build" / "site"
"""`site_dir` of `mkdocs.yml`."""
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<path>\.\./[^)#\s]+)(?P<anchor>#[^)]*)?\)")
"""A link that begins by going up: a page one folder deep may mean another page by it."""


def on_github(page: Path, repository: str, missing: list[str]) -> str:
    """Return a page with its links out of `docs/` replaced; add those that lead nowhere to `missing`."""

    def outside(match: re.Match[str]) -> str:
        target = Path(os.path.normpath(page.parent / match["path"]))
        if target.is_relative_to(DOCS):
            return match[0]
        if not target.exists():
            missing.append(f"{page.relative_to(ROOT)} links to {match['path']}, which is not in the repository")
        kind = "tree" if target.is_dir() else "blob"
        path = target.relative_to(ROOT).as_posix()
        return f"[{match['text']}]({repository}/{kind}/main/{path}{match['anchor'] or ''})"

    return LINK.sub(outside, page.read_text(encoding="utf-8"))


def copy_pages() -> list[str]:
    """Write the copy of the pages; return a line for each link that leads nowhere."""
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    found = re.search(r"^  repository: (\S+)$", settings, re.MULTILINE)
    if not found:
        return ["mkdocs.yml has no extra.repository"]
    shutil.rmtree(PAGES, ignore_errors=True)
    shutil.copytree(DOCS, PAGES)
    missing: list[str] = []
    for page in DOCS.rglob("*.md"):
        (PAGES / page.relative_to(DOCS)).write_text(on_github(page, found[1], missing), encoding="utf-8")
    shutil.rmtree(AGENTS, ignore_errors=True)
    shutil.copytree(PAGES, AGENTS, ignore=lambda _, names: {each for each in names if not _is_text(each)})
    for name in NO_PAGES:
        (PAGES / name).unlink()
    return missing


def _is_text(name: str) -> bool:
    return name.endswith(".md") or "." not in name  # or a folder


def main(python: str) -> int:
    """Copy the pages and build the site with the Zensical of a Python; return the exit code."""
    if missing := copy_pages():
        sys.stderr.write("".join(f"{line}\n" for line in missing))
        return 1
    build = [python, "-m", "zensical", "build", "--strict", "--clean"]
    if code := subprocess.run(build, cwd=ROOT, check=False).returncode:
        return code
    shutil.copytree(AGENTS, SITE, dirs_exist_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
