"""The archive for `pulumi plugin install`: self-contained, with the licences of all that is in it."""

from __future__ import annotations

import re
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.engine.yaml_harness import PLUGIN, YamlHarness, program, staged
from tests.release.conftest import ROOT

pytestmark = pytest.mark.dist


@pytest.fixture
def members(archive: Path) -> dict[PurePosixPath, tarfile.TarInfo]:
    with tarfile.open(archive) as tar:
        return {PurePosixPath(each.name): each for each in tar.getmembers()}


@pytest.fixture
def yaml(archive: Path, engine_root: Path, tmp_path: Path) -> Iterator[YamlHarness]:
    with staged(tmp_path, engine_root, from_cache=True) as harness:
        version = archive.name.removeprefix(f"{PLUGIN}-").split("-")[0]
        harness.run("plugin", "install", "resource", "commercetools-connect", version, "--file", str(archive))
        yield harness


def test_a_program_runs_with_nothing_but_the_installed_archive(yaml: YamlHarness) -> None:
    """From an empty cache: one up is live, the second has nothing to do, destroy leaves nothing; no Python."""
    yaml.write(program(), {"urls": "${deployment.urls}", "tag": "${deployment.deployedTag}"})

    said = yaml.up()
    live, changes = yaml.outputs(), yaml.preview()
    yaml.run("destroy", "--yes", "--skip-preview")

    dump = yaml.emulator.admin.dump()
    assert live["tag"] == "v1.0.0"
    assert live["urls"]["service"].startswith("https://")
    assert changes == {}
    assert "warning" not in said
    assert not dump["deployments"]
    assert not dump["drafts"]


def test_without_the_archive_the_engine_finds_no_plugin(engine_root: Path, tmp_path: Path) -> None:
    """The counter-check of the one above: nothing else on that path would have served it."""
    with staged(tmp_path, engine_root, from_cache=True) as harness:
        harness.write(program())

        said = harness.fails("up", "--yes", "--skip-preview")

    assert "commercetools-connect" in said
    assert "plugin" in said


def test_the_executable_and_our_licence_are_at_the_root(
    members: dict[PurePosixPath, tarfile.TarInfo], archive: Path
) -> None:
    """Where Pulumi looks for it, and every user may start it."""
    executable = members[PurePosixPath(PLUGIN)]

    with tarfile.open(archive) as tar:
        licence = tar.extractfile("LICENSE")
        assert licence is not None
        assert licence.read() == (ROOT / "LICENSE").read_bytes()
    assert executable.isfile()
    assert executable.mode & 0o111 == 0o111
    assert (executable.uid, executable.uname) == (0, "")


def test_every_component_comes_with_its_licence_and_no_tool_of_ours_is_among_them(
    members: dict[PurePosixPath, tarfile.TarInfo],
) -> None:
    """Every folder of code has a component's licence beside it; test and build tools stay at home."""
    components = {path.parts[1] for path in members if path.parts[0] == "licences" and len(path.parts) > 1}
    names = {re.sub(r"-\d[\w.]*$", "", component) for component in components}
    code = {path.parts[1] for path in members if path.parts[0] == "_internal" and path.suffix == ".so"}

    assert {"python", "pulumi", "grpcio", "protobuf", "httpx", "pydantic", "pydantic-core", "truststore"} <= names
    assert not names & {"mypy", "hypothesis", "pytest", "pyinstaller", "ruff", "starlette", "uvicorn", "typer"}
    assert code <= {"google", "grpc", "pydantic_core", "wrapt", "yaml", f"python3.{sys.version_info[1]}"}
    assert not any("readline" in str(path) for path in members)
