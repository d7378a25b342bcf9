"""Adds what a page says to a program: `python -m tests.site.extend PROGRAM ADDITION`, both YAML."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml


def extend(program: Path, addition: Path) -> None:
    """Add the entries of each part; none may be there already."""
    content = yaml.safe_load(program.read_text(encoding="utf-8"))
    for part, entries in yaml.safe_load(addition.read_text(encoding="utf-8")).items():
        there = content.setdefault(part, {})
        if twice := set(there) & set(entries):
            raise SystemExit(f"{part}: {', '.join(sorted(twice))} is there already")
        there.update(entries)
    program.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    extend(Path(sys.argv[1]), Path(sys.argv[2]))
