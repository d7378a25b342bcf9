"""`make release-notes TAG=v1.2.3`: what a release under this tag says, if everything is ready for it.

    notes.py TAG NOTES_FILE

Writes the version's section of `CHANGELOG.md` into a file. Exit code 1 with all that is missing: another version
in the code, no section or an empty one, fragments that are not in it, no recording for the upgrade test.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
KEPT: Final = frozenset({"README.md", "template.md.jinja"})


def main(root: Path, tag: str, notes: Path) -> None:
    """Write the notes, or say what is missing."""
    version = tag.removeprefix("v")
    text = section(root, version)
    complaints = list(missing(root, version, text))
    if complaints:
        sys.exit("\n".join(complaints))
    notes.parent.mkdir(parents=True, exist_ok=True)
    notes.write_text(f"{text}\n")
    sys.stdout.write(f"{tag} is ready; {notes} has its notes\n")


def section(root: Path, version: str) -> str:
    """Return what the change log says of a version, without the heading; `""` if nothing."""
    heading = rf"^## {re.escape(version)} \(.*\)$"
    found = re.split(heading, (root / "CHANGELOG.md").read_text(), maxsplit=1, flags=re.MULTILINE)
    return re.split(r"^## ", found[1], maxsplit=1, flags=re.MULTILINE)[0].strip() if len(found) > 1 else ""


def missing(root: Path, version: str, text: str) -> Iterator[str]:
    """Yield what is not as it should be."""
    code = (root / "provider" / "commercetools_connect" / "__init__.py").read_text()
    if f'__version__ = "{version}"' not in code:
        yield f"the version in provider/commercetools_connect/__init__.py is not {version}"
    if not text:
        yield f"CHANGELOG.md has nothing about {version}: make changelog VERSION={version}"
    if left := sorted(path.name for path in (root / "changes").iterdir() if path.name not in KEPT):
        yield f"in no version yet: changes/{', changes/'.join(left)}"
    if not (root / "tests" / "upgrade" / version).is_dir():
        yield f"tests/upgrade/{version} is missing: make record"


if __name__ == "__main__":
    main(ROOT, sys.argv[1], Path(sys.argv[2]))
