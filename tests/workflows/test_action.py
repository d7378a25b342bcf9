"""The GitHub Action is one that GitHub takes, and that no input can put words into."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.locked_venv import ROOT
from tests.support.workflows import expressions_in_scripts, schema_complaints, script_complaints

FILE = ROOT / "action.yml"
ACTION = yaml.safe_load(FILE.read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
PAGE = (ROOT / "docs" / "github-action.md").read_text()


def test_it_has_the_form_that_github_asks_for() -> None:
    assert schema_complaints([FILE], "actions") == ""


def test_no_expression_is_filled_into_a_script() -> None:
    """An input such as `"; rm -rf /"` stays a value: scripts get it through the environment."""
    assert expressions_in_scripts(FILE) == []


def test_scripts_are_sound() -> None:
    """Each variable is quoted and set, each failure is looked at."""
    assert script_complaints(FILE) == ""


def test_every_input_is_used_and_every_expression_has_something_behind_it() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text()))
    steps = {step["id"] for step in STEPS.values() if "id" in step}

    assert used == set(ACTION["inputs"])
    assert {each["value"].split(".")[1] for each in ACTION["outputs"].values()} <= steps


def test_the_workflow_on_its_page_gives_what_is_required_and_uses_outputs_that_there_are() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    steps = yaml.safe_load(block)["jobs"]["rollout"]["steps"]
    (given,) = [step["with"] for step in steps if "pulumi-commercetools-connect@" in step.get("uses", "")]

    assert {name for name, each in ACTION["inputs"].items() if each.get("required")} <= given.keys()
    assert set(re.findall(r"steps\.rollout\.outputs\.(\w+)", block)) <= ACTION["outputs"].keys()


def test_the_report_without_the_action_is_what_the_side_tool_takes(tmp_path: Path) -> None:
    """On both pages that show it; the options of Pulumi are those that the action uses itself."""
    for page in (PAGE, (ROOT / "docs" / "ci.md").read_text()):
        (command,) = re.findall(r"^commercetools-connect (summary .*) > summary\.md$", page, flags=re.MULTILINE)
        (tmp_path / "events.json").write_text("")
        (tmp_path / "state.json").write_text("{}")
        done = subprocess.run(
            [str(Path(sys.executable).parent / "commercetools-connect"), *command.split()],
            check=False,
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("### ")


def test_its_page_tells_all_inputs_and_outputs_with_their_defaults() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*?) \|", PAGE, flags=re.MULTILINE))
    expected = {
        name: "required" if each.get("required") else f"`{each['default']}`" if each["default"] else ""
        for name, each in ACTION["inputs"].items()
    }

    assert {name: default for name, default in rows.items() if name not in ACTION["outputs"]} == expected
    assert set(ACTION["outputs"]) <= set(rows)


def pythons(file: Path) -> list[str]:
    """Return the lines of a file that start Python."""
    return [line for line in file.read_text().splitlines() if re.search(r'python3? -|/python" -', line)]


@pytest.mark.parametrize("name", ["action.yml", "examples/gitops/.github/workflows/preview.yml"])
def test_python_never_imports_from_the_folder_that_it_is_started_in(name: str) -> None:
    """`python3 -c` and `-m` put that folder first; `-I` does not."""
    started = pythons(ROOT / name)

    assert started
    assert [line for line in started if not re.search(r'python3? -I|/python" -I', line)] == []


def test_only_what_is_locked_is_installed() -> None:
    """Each package by its hash; the action's own code needs nothing else, also to be built."""
    script = STEPS["Install the provider"]["run"]
    installs = re.findall(r"^install (.*?)(?: #.*)?$", script, flags=re.MULTILINE)

    assert installs == [
        '--require-hashes -r "$ACTION_PATH/requirements-action.txt"',
        '--no-deps --no-build-isolation "${ACTION_PATH}[cli]"',
    ]
    assert script.count("pip install") == 1


@pytest.mark.parametrize(
    ("preview", "pack", "verb"),
    [
        ("", "", "up --yes --skip-preview"),
        ("false", "", "up --yes --skip-preview"),
        ("false", "rules", "up --yes --policy-pack=rules"),
        ("true", "", "preview"),
        ("true", "rules", "preview --policy-pack=rules"),
        ("True", "", None),
        ("yes", "rules", None),
    ],
)
def test_rules_and_previews_are_what_was_asked_for(
    tmp_path: Path, preview: str, pack: str, verb: str | None
) -> None:
    """Stack rules are held at the preview of an `up`; what is neither true nor false deploys nothing."""
    said = tmp_path / "said"
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(f'#!/bin/sh\necho "$@" >> {said}\n')
    pulumi.chmod(0o755)
    for name in ("secrets", "queue", "json"):  # a project may have modules of such names
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the module of the project')")
    step = STEPS["Publish and roll out"]
    environ = {**dict.fromkeys(step["env"], ""), "TAG": "v1", "TAG_CONFIG": "tag", "STACK": "dev"}

    done = subprocess.run(
        ["/bin/bash", "-c", step["run"]],
        check=False,
        cwd=tmp_path,
        env={**environ, "PREVIEW": preview, "POLICY_PACK": pack, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )

    ran = said.read_text().splitlines() if said.exists() else []
    assert (done.returncode == 0) == (verb is not None)
    if verb is None:
        assert "::error title=Preview::" in done.stdout
        assert ran == []
    else:
        assert ran[-1].startswith(f"{verb} --stack=dev ")
