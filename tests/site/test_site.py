"""The documentation is true to the code: what is generated is fresh, complete, and built without a broken link."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from commercetools_connect.api.errors import CODES
from commercetools_connect.emulator.assumptions import ASSUMPTIONS
from tests.engine.test_pages import PAGES
from tests.site import architecture_page
from tests.site.blocks import DOCS, ROOT
from tests.site.document import render_all, stale
from tests.site.limits_page import cited
from tests.site.meanings import MEANINGS
from tests.site.questions import QUESTIONS
from tests.site.reference import SCHEMA, title
from tests.support.locked_venv import locked_python

LIMIT = 120
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
GENERATED = render_all()


def pages(entry: Any) -> list[str]:
    """Return every page below an entry of the menu, in order."""
    if isinstance(entry, str):
        return [entry]
    children = entry.values() if isinstance(entry, dict) else entry
    return [page for child in children for page in pages(child)]


def nav() -> set[str]:
    """Return every page that the site's menu names."""
    return set(pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]))


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_a_generated_page_is_what_the_code_says(path: Path) -> None:
    """`make docs` writes it."""
    assert path.read_text(encoding="utf-8") == GENERATED[path]


def test_no_page_of_the_reference_is_left_over() -> None:
    assert not stale()


def test_the_menu_leads_to_every_page() -> None:
    excluded = {"_index.md", "installation-configuration.md", "skill/SKILL.md"}
    assert nav() == {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - excluded


def test_the_story_of_the_first_pages_has_the_order_of_the_menu() -> None:
    """A reader who follows the menu runs what `make pages` runs."""
    order = pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"])
    played = [f"{page}.md" for page in PAGES if f"{page}.md" in order]

    assert len(played) > 10
    assert played == sorted(played, key=order.index)


def test_agents_find_every_page_that_llms_txt_names() -> None:
    named = re.findall(r"\]\(([^)]+)\)", (DOCS / "llms.txt").read_text())

    assert len(named) > 20
    assert not [name for name in named if not (DOCS / name).is_file()]
    assert "skill/SKILL.md" in named


def test_every_error_code_is_explained() -> None:
    assert list(MEANINGS) == list(CODES)


def test_every_resource_and_function_has_a_page() -> None:
    for token in (*SCHEMA["resources"], *SCHEMA["functions"]):
        assert f"reference/{title(token)}.md" in nav()


def test_every_assumption_that_code_and_tests_name_is_on_the_page() -> None:
    """The page is where the numbers of "API §19" are listed."""
    found = cited(Path("provider")) | cited(Path("tests"))

    assert len(found) > 10
    assert found | set(ASSUMPTIONS) <= set(QUESTIONS)
    assert list(QUESTIONS) == list(range(1, len(QUESTIONS) + 1))


def test_the_picture_shows_every_package_above_what_it_may_import() -> None:
    root = ET.fromstring(architecture_page.picture())
    tops = {each.text: float(each.attrib["y"]) for each in root.iter() if each.tag.endswith("}text")}
    folders = {path.parent.name for path in (ROOT / "provider" / "commercetools_connect").glob("*/__init__.py")}

    assert set(tops) == folders
    order = [sorted({tops[name] for name in layer}) for layer in architecture_page.layers()]
    assert all(len(row) == 1 for row in order)
    assert order == sorted(order)


def site_of(folder: Path) -> subprocess.CompletedProcess[str]:
    """Build the site from the pages in a folder, strictly and without a way to the network."""
    nowhere = "http://127.0.0.1:9"
    return subprocess.run(
        [sys.executable, "tools/docs/build_site.py", str(locked_python("docs"))],
        cwd=folder,
        env={**os.environ, "http_proxy": nowhere, "https_proxy": nowhere},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def copy_of_site(folder: Path) -> Path:
    """Fill a folder with what the site is made of, beside all that its pages link to; return it."""
    made_of = {"build", "docs", "mkdocs.yml", "tools"}
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copytree(ROOT / "tools" / "docs", folder / "tools" / "docs")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    for each in ROOT.iterdir():
        if each.name not in made_of and not each.name.startswith("."):
            (folder / each.name).symlink_to(each)
    return folder


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return copy_of_site(tmp_path)


@pytest.mark.pages
def test_the_site_is_built_without_a_warning_and_fetches_nothing(copy: Path) -> None:
    """Also not in the reader's browser: every style, script, font and picture is its own."""
    result = site_of(copy)

    assert result.returncode == 0, result.stdout + result.stderr
    built = list((copy / "build" / "site").rglob("*.html"))
    assert len(built) > len(GENERATED)
    for page in built:
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe)[^>]*src=\"?([^\"\s>]+)", text)
        loaded += re.findall(r"<link[^>]*rel=\"?(?:stylesheet|preconnect|icon)[^>]*href=\"?([^\"\s>]+)", text)
        assert not [each for each in loaded if each.startswith(("http:", "https:", "//"))], page
    assert (copy / "build" / "site" / "llms.txt").is_file()
    for name in re.findall(r"\]\(([^)]+)\)", (DOCS / "llms.txt").read_text()):
        assert (copy / "build" / "site" / name).is_file(), name
    assert "github.com" in (copy / "build" / "site" / "index.html").read_text(encoding="utf-8")


@pytest.mark.pages
@pytest.mark.parametrize(
    "link", ["[gone](nowhere.md)", "[gone](index.md#nowhere)", "[gone](../examples/nowhere/README.md)"]
)
def test_a_broken_link_ends_the_build(copy: Path, link: str) -> None:
    page = copy / "docs" / "ci.md"
    page.write_text(f"{page.read_text()}\n{link}\n")

    result = site_of(copy)

    assert result.returncode != 0
    assert "nowhere" in COLOURS.sub("", result.stderr)
