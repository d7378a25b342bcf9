"""The pages are easy to read: they say when to read them, and code fits the column."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.site.blocks import DOCS, ROOT, blocks_of
from tests.site.tables import cell
from tools.lint.words import PHRASES

FOR_THE_REGISTRY = {"_index.md", "installation-configuration.md"}
PAGES = sorted(page for page in DOCS.glob("*.md") if page.name not in FOR_THE_REGISTRY)
REFERENCE = sorted((DOCS / "reference").glob("*.md"))
COLUMNS = 88
PRIVATE_WORDS = re.compile(rf"\b(?:{'|'.join(PHRASES)})\b", re.IGNORECASE)


@pytest.mark.parametrize("page", [*PAGES, *REFERENCE], ids=lambda page: page.stem)
def test_a_page_begins_with_when_to_read_it(page: Path) -> None:
    _, first, *_ = page.read_text(encoding="utf-8").split("\n\n")

    assert first.startswith("Read this page ")


@pytest.mark.parametrize("page", [*sorted(DOCS.rglob("*.md")), ROOT / "README.md"], ids=lambda page: page.stem)
def test_no_word_of_a_page_has_a_private_meaning(page: Path) -> None:
    assert not PRIVATE_WORDS.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.stem)
def test_code_needs_no_scrolling(page: Path) -> None:
    """What a terminal shows is as wide as it is."""
    code = [block for block in blocks_of(page) if block.language != "text"]

    assert not [f"{block}: {line}" for block in code for line in block.text.splitlines() if len(line) > COLUMNS]


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.stem)
def test_code_in_a_sentence_has_no_entity(page: Path) -> None:
    """Markdown shows `&lt;` in code as these four characters."""
    prose = re.sub(r"^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)

    assert not [code for code in re.findall(r"`[^`\n]*`", prose.replace("\\`", "")) if "&lt;" in code]


def test_a_cell_escapes_what_would_begin_a_tag_and_leaves_code_as_it_is() -> None:
    assert cell("`<project>/<key>` of <it>, a|b") == "`<project>/<key>` of &lt;it>, a\\|b"
