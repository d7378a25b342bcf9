"""The emulator as a service of CI and of compose: `examples/emulator` holds what those tools take."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from commercetools_connect.api.hosts import checked_url
from commercetools_connect.cli.main import app
from commercetools_connect.emulator import Emulator
from tests.support.locked_venv import ROOT
from tests.support.workflows import expressions_in_scripts, schema_complaints, script_complaints

LIMIT = 120
FOLDER = ROOT / "examples" / "emulator"
WORKFLOW = FOLDER / ".github" / "workflows" / "emulator.yml"


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"])


def entrypoint() -> list[str]:
    found = re.search(r"^ENTRYPOINT (\[.*\])$", (FOLDER / "Dockerfile").read_text(), flags=re.MULTILINE)
    assert found
    return list(json.loads(found[1]))


def parsed(arguments: list[str]) -> dict[str, Any]:
    """Parse a command line of the side tool; raise what it raises for what it does not take."""
    group = typer.main.get_group(app)
    name, *rest = arguments
    _, command, rest = group.resolve_command(group.make_context("it", [name]), [name, *rest])
    assert command is not None
    return dict(command.make_context(name, rest).params)


def test_the_image_starts_the_command_that_there_is() -> None:
    command, *arguments = entrypoint()
    options = parsed([*arguments, *compose()["emulator"]["command"]])
    assert command == "commercetools-connect"
    assert (options["port"], options["allow_host"]) == (8085, ["emulator"])
    assert not options["host"].startswith("127.")


def test_the_image_and_the_program_install_the_clone(tmp_path: Path) -> None:
    """What the Dockerfile copies is enough to build the package; compose gives both the clone."""
    instructions = (FOLDER / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (.+)$", instructions, flags=re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            place = tmp_path / target.strip("/")
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                place.mkdir(exist_ok=True)
                shutil.copy(ROOT / source, place)

    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    done = subprocess.run(
        build, cwd=tmp_path / "clone", check=False, capture_output=True, text=True, timeout=LIMIT
    )

    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("*.whl"))) == 1
    assert '"/clone[emulator]"' in instructions
    assert (FOLDER / compose()["emulator"]["build"]["context"]).resolve() == ROOT
    assert (ROOT / compose()["emulator"]["build"]["dockerfile"]).samefile(FOLDER / "Dockerfile")
    assert "../..:/clone:ro" in compose()["program"]["volumes"]
    assert "pip install --quiet /clone\n" in compose()["program"]["command"][0]


def test_every_service_has_an_address_that_it_can_use() -> None:
    """The provider by loopback, everything else by the name that is allowed."""
    services = compose()
    program = services["program"]
    assert program["network_mode"] == "service:emulator"
    assert checked_url(program["environment"]["CTP_CONNECT_URL"], "connectUrl")
    assert services["look"]["command"][-1].startswith("http://emulator:8085/")
    assert all(each.startswith("127.0.0.1:") for each in services["emulator"]["ports"])
    for service in services.values():
        for volume in service.get("volumes", ()):
            assert (FOLDER / volume.partition(":")[0]).exists(), volume


def test_the_seed_is_one() -> None:
    with Emulator(seed=FOLDER / "seed.yaml") as emulator:
        (client,) = emulator.admin.dump()["clients"]
    environment = compose()["program"]["environment"]
    assert client["clientId"] == environment["CTP_CLIENT_ID"]
    assert client["clientSecret"] == environment["CTP_CLIENT_SECRET"]


def test_the_workflow_has_the_form_that_github_asks_for_and_sound_scripts() -> None:
    assert schema_complaints([WORKFLOW]) == ""
    assert expressions_in_scripts(WORKFLOW) == []
    assert script_complaints(WORKFLOW) == ""


@pytest.mark.parametrize("name", ["CTP_CONNECT_URL", "CTP_CLIENT_ID", "CTP_CLIENT_SECRET", "CTP_PROJECT_KEY"])
def test_the_workflow_configures_what_the_provider_reads(name: str) -> None:
    (job,) = yaml.safe_load(WORKFLOW.read_text())["jobs"].values()
    assert job["env"][name]
    assert checked_url(job["env"]["CTP_CONNECT_URL"], "connectUrl")
    assert job["services"]["emulator"]["ports"] == ["8085:8085"]
