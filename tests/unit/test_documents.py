"""What the documents claim is what the code has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commercetools_connect.api.settings import ENVIRONMENT_NAMES
from commercetools_connect.resources.configuration import POLL_INTERVAL, ProviderConfiguration
from commercetools_connect.resources.inputs import member_names
from tests.policy.document import POLICY_DOCUMENT
from tests.policy.document import render as render_policy
from tests.resources.document import DOCUMENT, all_rows, render
from tests.resources.preview_document import HEAD, PREVIEW_DOCUMENT

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_the_program_in_the_readme_is_the_one_that_the_demo_runs() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert program == (ROOT / "examples" / "quickstart" / "__main__.py").read_text()


def test_the_readme_names_every_part_of_the_configuration() -> None:
    rows = re.findall(r"^\| (`.*?) \| (.*?) \|", README, flags=re.MULTILINE)
    named = {name for cell, _ in rows for name in re.findall(r"`(\w+)`", cell)}
    variables = {name for _, cell in rows for name in re.findall(r"`(CTP_\w+)`", cell)}

    assert named == {*member_names(ProviderConfiguration), "connections"}
    assert variables == set(ENVIRONMENT_NAMES.values())


@pytest.mark.parametrize("document", ["README.md", "docs/limits.md", "docs/performance.md"])
def test_how_often_a_project_is_asked_is_told_as_it_is(document: str) -> None:
    told = re.findall(r"one list every (\S+)\s+seconds", (ROOT / document).read_text())
    assert told
    assert {float(each) for each in told} == {POLL_INTERVAL}


@pytest.mark.parametrize("document", ["README.md", "docs/installation-configuration.md"])
def test_the_default_of_poll_interval_is_told_as_it_is(document: str) -> None:
    (row,) = re.findall(r"^\| `pollInterval` .*$", (ROOT / document).read_text(), flags=re.MULTILINE)
    assert f" {POLL_INTERVAL:g}" in row


DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/reliability.md"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_target_that_is_named_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / document).read_text(), flags=re.MULTILINE))

    assert named
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_is_named_exists(document: str) -> None:
    text = (ROOT / document).read_text()
    package = ROOT / "provider" / "commercetools_connect"
    for name in re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|md))`", text):
        assert (ROOT / name).exists() or (package / name).exists(), name
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert ((ROOT / document).parent / link).exists() or (ROOT / link).exists(), link


def test_rooms_in_the_house_are_folders() -> None:
    listed = re.findall(r"^  ([a-z]+)/ ", (ROOT / "CONTRIBUTING.md").read_text(), flags=re.MULTILINE)
    there = {path.name for path in (ROOT / "provider" / "commercetools_connect").iterdir() if path.is_dir()}

    assert set(listed) == there - {"__pycache__"}


def test_the_page_about_previews_begins_with_what_its_examples_are_tried_on() -> None:
    """`make docs` writes it; its rows are tests of their own."""
    assert PREVIEW_DOCUMENT.read_text().startswith(HEAD)


def test_the_page_about_policies_is_what_the_rules_say() -> None:
    """`make docs` writes it."""
    assert POLICY_DOCUMENT.read_text() == render_policy()


def test_the_table_of_states_is_the_one_that_the_tests_run() -> None:
    """`make docs` writes it."""
    assert DOCUMENT.read_text() == render(all_rows())
