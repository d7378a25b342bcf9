"""The code blocks of the documentation: what is on which page, in which language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DOCS", "ROOT", "Block", "all_blocks", "blocks_of"]

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One block: `page` is relative to the repository, `section` the headline of second level above it."""

    page: str
    line: int
    section: str
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page, in their order."""
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT).as_posix()
    return [
        Block(
            name,
            text.count("\n", 0, match.start()) + 1,
            ["", *HEADING.findall(text[: match.start()])][-1],
            match["language"].strip(),
            re.sub(f"^{match['indent']}", "", match["text"], flags=re.MULTILINE),
        )
        for match in FENCE.finditer(text)
    ]


def all_blocks() -> list[Block]:
    """Return the blocks of the README and of every page."""
    pages = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
    return [block for page in pages for block in blocks_of(page)]
