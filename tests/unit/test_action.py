"""The GitHub Action is one that GitHub takes, and that no input can put words into."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.workflows import schema_complaints

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
PAGE = (ROOT / "docs" / "github-action.md").read_text()


def test_it_has_the_form_that_github_asks_for() -> None:
    """Checked against the schema that the check brings along."""
    assert schema_complaints([ROOT / "action.yml"], "actions") == ""


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_no_expression_is_filled_into_a_script(step: dict[str, Any]) -> None:
    """An input such as `"; rm -rf /"` stays a value: scripts get it through the environment."""
    assert "${{" not in step["run"]
    assert set(re.findall(r"\$\{?([A-Z_]+)", step["run"])) - {"PATH"} <= set(step["env"])


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_scripts_are_sound(step: dict[str, Any]) -> None:
    """Each variable is quoted, each failure is looked at."""
    check = [
        str(Path(sys.executable).parent / "shellcheck"),
        "--shell=bash",
        "--enable=check-unassigned-uppercase",
    ]
    given = "".join(f"export {name}=\n" for name in step["env"])
    done = subprocess.run([*check, "-"], input=given + step["run"], check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_input_is_used_and_every_expression_has_something_behind_it() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text()))
    steps = {step["id"] for step in STEPS.values() if "id" in step}

    assert used == set(ACTION["inputs"])
    assert {each["value"].split(".")[1] for each in ACTION["outputs"].values()} <= steps


def test_its_page_tells_all_inputs_and_outputs_with_their_defaults() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*?) \|", PAGE, flags=re.MULTILINE))
    expected = {
        name: "required" if each.get("required") else f"`{each['default']}`" if each["default"] else ""
        for name, each in ACTION["inputs"].items()
    }

    assert {name: default for name, default in rows.items() if name not in ACTION["outputs"]} == expected
    assert set(ACTION["outputs"]) <= set(rows)
