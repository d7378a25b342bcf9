"""Every code block of the documentation is run or checked; one that no check covers is an error."""

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
from commercetools_connect.cli.emulator import refused_files
from commercetools_connect.cli.estate import read_estate
from commercetools_connect.cli.main import app
from commercetools_connect.emulator.connect_yaml import parse
from commercetools_connect.emulator.seed import load_seed, seed_warnings
from commercetools_connect.policy.rules import ALL
from commercetools_connect.rollout import progress as progress_module
from commercetools_connect.rollout.declare import RolloutProgress
from commercetools_connect.rollout.plan import plan_rollout
from tests.engine.test_pages import story
from tests.site import programs
from tests.site.blocks import DOCS, ROOT, Block, all_blocks
from tests.site.shell import commands
from tests.support.workflows import expressions_in_scripts, schema_complaints, steps

BLOCKS = all_blocks()
REFERENCE = [each for each in BLOCKS if each.page.startswith("docs/reference/") or each.page == "docs/_index.md"]
RUN_ELSEWHERE = {"docs/migrate-from-dynamic.md", "docs/unit-tests.md"}
"""`tests/engine/test_migration.py` and `tests/engine/test_pages.py` run the programs of these pages."""
LIMIT = 240
PULUMI, SIDE_TOOL, MAKE = "pulumi", "commercetools-connect", "make"
OTHERS = {"gh", "cosign", "sha256sum"}
"""Tools that verify a release: they cannot be tried before there is one."""

DOCKER = "docker"
"""`tests/emulator/test_as_a_service.py` builds what the image of `examples/emulator` installs."""

EXTRA = r"(\[(cli|emulator|policy)\])?"
FROM_THE_REPOSITORY = re.compile(
    rf"\.{EXTRA}|\$CLONE/sdk/python|commercetools-connect-provider{EXTRA} @ git\+\$repository@\$commit"
)
"""What `pip install` is given on a page while there is no release: the clone, or a commit of the repository."""

EVERYWHERE = {"cat", "cp", "curl", "kill", "mkdir", "printf", "tail", "command"}
"""Commands that every system has; the pages that use them are run."""


def of(language: str) -> list[object]:
    """Return the blocks in a language, as parameters."""
    return [pytest.param(each, id=str(each)) for each in BLOCKS if each.language == language]


def test_every_block_has_a_check() -> None:
    shown = {"typescript", "go", "csharp"}
    """Only in the reference, letter by letter from `examples/`."""
    for block in BLOCKS:
        assert block.language in {"sh", "python", "yaml", "json", "text"} or (
            block.language in shown and block in REFERENCE
        ), f"{block}: no check covers a block in {block.language or 'no language'}"


@pytest.mark.parametrize("block", REFERENCE, ids=str)
def test_the_reference_shows_programs_that_other_tests_run_or_compile(block: Block) -> None:
    files = [path for path in (ROOT / "examples").glob("*/*/*") if path.is_file() and path.suffix != ".pyc"]
    programs_there = {path.read_text().strip() for path in files}

    assert block.text.strip() in programs_there


@pytest.mark.parametrize("block", of("text"))
def test_what_a_terminal_shows_is_compared_where_the_page_is_run(block: Block) -> None:
    demo_blocks = story()

    if block.text in (rollout_message(), seed_message()):
        return
    assert block in demo_blocks
    assert demo_blocks[demo_blocks.index(block) - 1].language == "sh"


def rollout_message() -> str:
    """Return what the rollout on its page says when its second wave fails."""
    page = [each for each in BLOCKS if each.page == "docs/rollout.md" and each.language == "yaml"]
    (rollout,) = (yaml.safe_load(each.text)["resources"]["release"]["properties"] for each in page[:1])
    plan = plan_rollout("release", rollout)
    first, second, *_ = (target for wave in plan.waves for target in wave.targets)
    progress = RolloutProgress(plan, "europe", [first.name, second.name], [first.name])
    stopped = progress_module.StoppedRollout("release", rollout["connectorTag"], progress, "acme", "dev", {}, None)
    tells = {"acme-eu": "v1.3.0, Failed", "acme-us": "v1.3.0, Deployed"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress_module, "_read", lambda *_: asyncio.sleep(0, tells))
        return f"{asyncio.run(stopped.error())}\n"


def seed_message() -> str:
    """Return what the emulator says of the seed on its page; `tests/emulator/test_seed.py` has it run."""
    (seed,) = (each for each in BLOCKS if each.page == "docs/emulator.md" and each.language == "yaml")
    return f"{refused_files(seed_warnings(load_seed(yaml.safe_load(seed.text))))}\n"


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
            assert arguments[0].startswith(("~", "$CLONE")) or (ROOT / arguments[0]).is_dir()
        elif name == "python":
            assert arguments[:2] == ["-m", "pytest"] or block in story()
            assert all(each[0] in "-~" or (ROOT / each).exists() for each in arguments[2:] if block not in story())
        elif name == "pip":
            assert arguments[0] == "install"
            assert FROM_THE_REPOSITORY.fullmatch(arguments[-1]), "no index has the package"
        elif name == DOCKER:
            assert arguments[:2] == ["build", "--file"]
            assert (ROOT / arguments[2]).is_file()
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
    elif "repositories" in content:
        assert load_seed(content)
    elif "deployAs" in content:
        assert parse(block.text).applications
    elif set(content) == {"config"}:
        # stacks with this configuration run in tests/engine/test_autonaming.py
        assert block.page == "docs/autonaming.md"
    elif set(content) == {"plugins"}:
        (plugin,) = content["plugins"]["providers"]
        folder = Path(sys.executable).parent
        assert Path(plugin["path"]).parts[-2:] == folder.parts[-2:]
        assert (folder / f"pulumi-resource-{plugin['name']}").is_file()
    else:
        assert "resources" in content, "this YAML is no program, no estate and no connect.yaml"
        assert not list(programs.mistakes(content))


def test_pages_reach_several_projects_by_connections() -> None:
    """One process serves them all; a provider resource for each project would be a process each."""
    shown = [each for each in BLOCKS if each.language == "yaml" and each not in REFERENCE]
    programs_shown = [(each, yaml.safe_load(each.text)) for each in shown]
    resources = [
        (str(block), resource)
        for block, content in programs_shown
        if isinstance(content, dict)
        for resource in content.get("resources", {}).values()
    ]

    assert not [page for page, resource in resources if resource["type"] == programs.PROVIDER]
    first = [resource for page, resource in resources if page.startswith("docs/index.md")]
    assert any("connection" in resource.get("properties", {}) for resource in first)


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


@pytest.mark.parametrize(
    ("page", "file"),
    [
        ("index", "start/Pulumi.yaml"),
        ("emulator", "start/test_start.py"),
        ("unit-tests", "unit-tests/python/shop.py"),
        ("unit-tests", "unit-tests/python/test_shop.py"),
        ("first-connector", "first-connector/seed.yaml"),
        ("first-connector", "first-connector/Pulumi.yaml"),
        ("publish-and-deploy", "shops/publish/Pulumi.yaml"),
        ("publish-and-deploy", "shops/shop/Pulumi.yaml"),
        ("automation-api", "shops/deploy.py"),
    ],
)
def test_a_page_shows_the_file_that_its_commands_run(page: str, file: str) -> None:
    shown = [each.text for each in BLOCKS if each.page == f"docs/{page}.md"]

    assert (ROOT / "examples" / file).read_text() in shown


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_fences_are_closed(page: Path) -> None:
    assert len(re.findall(r"^ *```", page.read_text(), flags=re.MULTILINE)) == 2 * sum(
        each.page == page.relative_to(ROOT).as_posix() for each in BLOCKS
    )
