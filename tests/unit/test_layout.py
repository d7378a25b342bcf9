"""A contributor finds code and its tests where the pages for contributors say, in files of a readable size."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from commercetools_connect.cli.main import app

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "provider" / "commercetools_connect"
LONGEST_FILE = 450
DOCUMENTED = 0.11
"""Share of the lines that are docstrings, at least."""


def packages() -> set[str]:
    return {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def sources() -> Iterator[Path]:
    """Yield the modules that people write."""
    return (path for path in PACKAGE.rglob("*.py") if not path.name.startswith("_generated"))


def docstring_lines(path: Path) -> int:
    tree = ast.parse(path.read_text())
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    return sum(
        (text.end_lineno or text.lineno) - text.lineno + 1
        for text in texts
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    )


def test_each_command_has_a_file_of_its_own() -> None:
    for command in app.registered_commands:
        assert command.callback is not None
        assert command.callback.__module__ == f"commercetools_connect.cli.{command.callback.__name__}"


def test_the_architecture_page_has_a_line_for_each_package() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    table = page.partition("\n## Packages\n")[2].partition("\n## ")[0]
    described = set(re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE))

    assert described == packages()


def test_unit_tests_have_a_folder_for_each_package_that_they_test() -> None:
    """And for tools and benchmarks, which are no part of the provider."""
    folders = {path.parent.name for path in (ROOT / "tests" / "unit").glob("*/*.py")}

    assert folders <= packages() | {"tools", "benchmarks"}


def test_no_file_is_too_long_to_be_read() -> None:
    assert [path.name for path in sources() if len(path.read_text().splitlines()) > LONGEST_FILE] == []


def test_the_code_is_documented_where_it_is() -> None:
    lines = sum(len(path.read_text().splitlines()) for path in sources())

    assert sum(map(docstring_lines, sources())) >= DOCUMENTED * lines
