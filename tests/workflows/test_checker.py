"""The checker of workflows finds what it is there to find."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.toolchains import needs_go
from tests.support.workflows import (
    expressions_in_scripts,
    linted,
    missing_commands,
    schema_complaints,
    unpinned_actions,
)

WORKFLOW = """
on: push
jobs:
  job:
    runs-on: ubuntu-24.04
    steps:
      - {uses}
      - run: |
          {run}
"""
CHECKOUT = "uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "workflow.yml"


def write(file: Path, *, uses: str = CHECKOUT, run: str = "make test") -> Path:
    file.write_text(WORKFLOW.replace("{uses}", uses).replace("{run}", run))
    return file


def test_a_sound_workflow_has_no_complaints(file: Path) -> None:
    write(
        file,
        run="make PYTHON='python3 -B' test && python3 tools/release/build.py && .venv/bin/python -m examples.demo",
    )

    assert schema_complaints([file]) == ""
    assert expressions_in_scripts(file) == unpinned_actions(file) == missing_commands(file) == []


def test_what_is_not_a_workflow_is_reported(file: Path) -> None:
    write(file, uses="use: actions/checkout@v4")

    assert "workflow.yml" in schema_complaints([file])


def test_what_is_not_an_action_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "action.yml"
    file.write_text("name: x\ndescription: x\nruns: {using: composite, steps: [{run: make test}]}\n")

    assert "shell" in schema_complaints([file], "actions")
    assert missing_commands(file) == []


@pytest.mark.parametrize("value", ["github.event.pull_request.title", "inputs.version", "github.ref_name"])
def test_a_value_pasted_into_a_script_is_reported(file: Path, value: str) -> None:
    write(file, run="echo ${{ " + value + " }}")

    assert expressions_in_scripts(file) == ["workflow.yml: job: step 2: ${{ " + value + " }}"]


@pytest.mark.parametrize("action", ["actions/checkout@v4", "actions/checkout@main", "docker://alpine:3"])
def test_an_action_that_can_be_moved_is_reported(file: Path, action: str) -> None:
    write(file, uses=f"uses: {action}")

    assert unpinned_actions(file) == [f"workflow.yml: job: step 1: {action}"]


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("true && make no-such-target", "make no-such-target"),
        ("python tools/no_such.py", "tools/no_such.py"),
        ("python -m tests.no_such", "-m tests.no_such"),
        ('VERSION="$(./no-such.sh)"', "./no-such.sh"),
    ],
)
def test_a_command_that_is_not_there_is_reported(file: Path, command: str, missing: str) -> None:
    write(file, run=command)

    assert missing_commands(file) == [f"workflow.yml: job: step 2: {missing}"]


def test_actionlint_finds_what_the_schema_cannot(file: Path) -> None:
    """Such as a step that is read and never was."""
    needs_go()
    write(file, uses="name: ${{ steps.never.outputs.value }}\n        run: make test")

    assert schema_complaints([file]) == ""
    assert "never" in linted([file])
