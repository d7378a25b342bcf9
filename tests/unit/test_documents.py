"""What the documents claim is what the code has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commercetools_connect.api.hosts import ENVIRONMENT_NAMES
from commercetools_connect.resources.configuration import POLL_INTERVAL, ProviderConfiguration
from commercetools_connect.resources.inputs import member_names
from tests.policy.document import POLICY_DOCUMENT
from tests.policy.document import render as render_policy
from tests.resources.document import DOCUMENT, all_rows, render
from tests.resources.preview_document import HEAD, PREVIEW_DOCUMENT

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
CONFIGURATION = (ROOT / "docs" / "reference" / "configuration.md").read_text()


def test_the_program_in_the_readme_is_the_one_whose_terminal_it_shows() -> None:
    """`tests/engine/test_quickstart_picture.py` compares the picture with a run of it."""
    (program,) = re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL)
    example = (ROOT / "examples" / "quickstart-yaml" / "Pulumi.yaml").read_text()
    (resources,) = re.findall(r"^resources:\n.*?(?=\noutputs:)", example, flags=re.MULTILINE | re.DOTALL)
    assert program == resources
    assert "](docs/quickstart.svg)" in README


def test_the_readme_fits_into_130_lines() -> None:
    assert len(README.splitlines()) <= 130


def test_the_python_program_on_the_page_about_frontends_is_the_one_that_the_demo_runs() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "choose.md").read_text(), flags=re.DOTALL)
    assert program == (ROOT / "examples" / "quickstart" / "__main__.py").read_text()


def test_the_reference_names_every_part_of_the_configuration() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .*$", CONFIGURATION, flags=re.MULTILINE)
    variables = set(re.findall(r"`(CTP_\w+)`", CONFIGURATION))

    assert set(rows) == {*member_names(ProviderConfiguration), "connections"}
    assert variables == set(ENVIRONMENT_NAMES.values())


@pytest.mark.parametrize("document", ["README.md", "docs/limits.md", "docs/performance.md"])
def test_how_often_a_project_is_asked_is_documented_as_it_is(document: str) -> None:
    written = re.findall(r"one list every (\S+)\s+seconds", (ROOT / document).read_text())
    assert written
    assert {float(each) for each in written} == {POLL_INTERVAL}


@pytest.mark.parametrize("document", ["docs/reference/configuration.md", "docs/installation-configuration.md"])
def test_the_default_of_poll_interval_is_documented_as_it_is(document: str) -> None:
    (row,) = re.findall(r"^\| `pollInterval` .*$", (ROOT / document).read_text(), flags=re.MULTILINE)
    assert f" {POLL_INTERVAL:g}" in row


DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/choose.md",
    "docs/reliability.md",
    "tools/release/README.md",
]


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


def test_the_page_about_previews_begins_with_what_its_examples_are_tried_on() -> None:
    """`make docs` writes it; its rows are tests of their own."""
    assert PREVIEW_DOCUMENT.read_text().startswith(HEAD)


def test_the_page_about_policies_is_what_the_rules_say() -> None:
    """`make docs` writes it."""
    assert POLICY_DOCUMENT.read_text() == render_policy()


def test_the_table_of_states_is_the_one_that_the_tests_run() -> None:
    """`make docs` writes it."""
    assert DOCUMENT.read_text() == render(all_rows())
