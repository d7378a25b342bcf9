"""Every code block of the documentation is run or checked; one that nobody knows how to check is an error."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
import yaml

from commercetools_connect import __version__
from commercetools_connect.cli.estate_file import read_estate
from commercetools_connect.cli.main import app
from commercetools_connect.emulator.connect_yaml import parse
from commercetools_connect.plugin import standing as standing_module
from commercetools_connect.plugin.standing import Standing
from commercetools_connect.policy.rules import ALL
from commercetools_connect.rollout.plan import plan_rollout
from tests.engine.test_pages import story
from tests.site import programs
from tests.site.blocks import DOCS, ROOT, Block, all_blocks
from tests.site.shell import commands
from tests.support.workflows import expressions_in_scripts, schema_complaints, steps

BLOCKS = all_blocks()
REFERENCE = [each for each in BLOCKS if each.page.startswith("docs/reference/") or each.page == "docs/_index.md"]
RUN_ELSEWHERE = {"docs/migrate-from-dynamic.md"}
"""`tests/engine/test_migration.py` runs the programs of this page."""
LIMIT = 240
PULUMI, SIDE_TOOL, MAKE = "pulumi", "commercetools-connect", "make"
OTHERS = {"gh", "cosign", "sha256sum"}
"""Tools that verify a release: they cannot be tried before there is one."""

EVERYWHERE = {"cat", "cp", "kill", "mkdir", "printf", "tail", "command"}
"""Commands that every system has; the pages that use them are run."""


def of(language: str) -> list[object]:
    """Return the blocks in a language, as parameters."""
    return [pytest.param(each, id=str(each)) for each in BLOCKS if each.language == language]


def test_every_block_has_somebody_who_checks_it() -> None:
    shown = {"typescript", "go", "csharp"}
    """Only in the reference, letter by letter from `examples/`."""
    for block in BLOCKS:
        assert block.language in {"sh", "python", "yaml", "json", "text"} or (
            block.language in shown and block in REFERENCE
        ), f"{block}: nobody checks a block in {block.language or 'no language'}"


@pytest.mark.parametrize("block", REFERENCE, ids=str)
def test_the_reference_shows_programs_that_other_tests_run_or_compile(block: Block) -> None:
    files = [path for path in (ROOT / "examples").glob("*/*/*") if path.is_file() and path.suffix != ".pyc"]
    programs_there = {path.read_text().strip() for path in files}

    assert block.text.strip() in programs_there


@pytest.mark.parametrize("block", of("text"))
def test_what_a_terminal_shows_is_compared_where_the_page_is_run(block: Block) -> None:
    told = story()

    if block.text == rollout_message():
        return
    assert block in told
    assert told[told.index(block) - 1].language == "sh"


def rollout_message() -> str:
    """Return what the rollout on its page says when its second wave fails."""
    page = [each for each in BLOCKS if each.page == "docs/rollout.md" and each.language == "yaml"]
    (rollout,) = (yaml.safe_load(each.text)["resources"]["release"]["properties"] for each in page[:1])
    plan = plan_rollout("release", rollout)
    standing = Standing("release", rollout["connectorTag"], plan, str)
    first, second, *_ = (target for wave in plan.waves for target in wave.targets)
    for target in (first, second):
        standing.begins(target)
    standing.is_done(first)
    standing.wave_begins("europe")
    tells = {"acme-eu": "v1.3.0, Failed", "acme-us": "v1.3.0, Deployed"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standing_module, "_read", lambda *_: asyncio.sleep(0, tells))
        return f"{asyncio.run(standing.stopped())}\n"


@pytest.mark.parametrize("block", of("sh"))
def test_every_command_exists(block: Block) -> None:
    """`pulumi` is asked itself, in `tests/engine/test_pulumi_commands.py`."""
    found = list(commands(block.text))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))

    assert found or "export " in block.text
    for name, *arguments in found:
        if name == MAKE:
            assert {each for each in arguments if not each.startswith("-")} <= targets
        elif name == SIDE_TOOL:
            parse_command(arguments)
        elif name == "cd":
            assert arguments[0].startswith("~") or (ROOT / arguments[0]).is_dir()
        elif name == "python":
            assert arguments[:2] == ["-m", "pytest"]
            assert all(each.startswith("~") or (ROOT / each).exists() for each in arguments[2:])
        elif name == "pip":
            assert arguments == ["install", "-e", "."]
        else:
            assert name in {PULUMI, *EVERYWHERE, *(OTHERS if "erify" in block.text else ())}, name


def parse_command(arguments: list[str]) -> None:
    """Parse what follows `commercetools-connect`. Raises what the command line does for what it does not take."""
    command = typer.main.get_group(app)
    name, subcommand, rest = command.resolve_command(command.make_context(SIDE_TOOL, list(arguments)), arguments)
    assert subcommand is not None
    subcommand.make_context(name, rest)


def test_the_version_on_the_pages_is_this_one() -> None:
    for block in BLOCKS:
        for version in re.findall(r"plugin install resource commercetools-connect v(\S+)", block.text):
            assert version == __version__, block


@pytest.mark.parametrize(
    "block", [each for each in BLOCKS if each.language == "yaml" and each not in REFERENCE], ids=str
)
def test_every_yaml_is_what_its_reader_takes(block: Block, tmp_path: Path) -> None:
    content = yaml.safe_load(block.text)
    if isinstance(content, list):
        estate = tmp_path / "estate.yaml"
        estate.write_text(block.text)
        names = {f"{each['credentials']}_CLIENT_{end}" for each in content for end in ("ID", "SECRET")}
        assert read_estate(estate, dict.fromkeys(names, "x"))
    elif "jobs" in content:
        workflow = tmp_path / "workflow.yaml"
        workflow.write_text(block.text)
        assert not schema_complaints([workflow])
        assert not expressions_in_scripts(workflow)
        assert not missing_inputs(workflow)
    elif "deployAs" in content:
        assert parse(block.text).applications
    else:
        assert "resources" in content, "this YAML is no program, no estate and no connect.yaml"
        assert not list(programs.mistakes(content))


def missing_inputs(workflow: Path) -> set[str]:
    """Return what steps give to our own action although it does not take it."""
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    ours = [each for each in steps(workflow) if "pulumi-commercetools-connect@" in str(each.content.get("uses"))]
    return {name for each in ours for name in each.content.get("with", {})} - set(action["inputs"])


@pytest.mark.parametrize("block", of("json"))
def test_every_json_configures_policies_that_exist(block: Block) -> None:
    rules = {rule.name: rule for rule in ALL}
    for name, settings in json.loads(block.text).items():
        if isinstance(settings, str):
            assert settings in {"mandatory", "advisory", "remediate", "disabled"}
        else:
            assert set(settings) <= {"enforcementLevel", *rules[name].schema}


def test_every_python_program_is_right_in_its_types(tmp_path: Path) -> None:
    """mypy, strict; programs of the reference are the examples, which are run."""
    blocks = [
        each
        for each in BLOCKS
        if each.language == "python" and each not in REFERENCE and each.page not in RUN_ELSEWHERE
    ]
    files = {tmp_path / f"block_{number}.py": block for number, block in enumerate(blocks)}
    for path, block in files.items():
        path.write_text(block.text)

    result = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), *map(str, files)],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": str(ROOT / "provider")},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )

    assert blocks
    assert result.returncode == 0, {str(block): path.name for path, block in files.items()} | {
        "mypy": result.stdout
    }


def test_the_first_page_shows_the_program_that_it_runs() -> None:
    (program,) = (each for each in BLOCKS if each.page == "docs/index.md" and each.language == "yaml")

    assert program.text == (ROOT / "examples" / "start" / "Pulumi.yaml").read_text()


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_fences_are_closed(page: Path) -> None:
    assert len(re.findall(r"^ *```", page.read_text(), flags=re.MULTILINE)) == 2 * sum(
        each.page == page.relative_to(ROOT).as_posix() for each in BLOCKS
    )
