"""The wheel and the source distribution: what is in them, and what an installation gives."""

from __future__ import annotations

import email
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import commercetools_connect
from tests.engine.yaml_harness import PLUGIN, program, staged
from tests.release.conftest import ROOT

pytestmark = [pytest.mark.dist, pytest.mark.timeout(900)]  # installs packages, on a machine that may be busy


@pytest.fixture
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as file:
        return sorted(file.namelist())


def test_there_is_one_version(
    wheel: Path,
    sdist: Path,
    archive: Path,
    bin_folder: Path,
    cli_folder: Path,
    tmp_path: Path,
    version_of: Callable[[Path], str],
) -> None:
    """Every part says the same one, in a form that Python and Pulumi read alike."""
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    tool = subprocess.run([cli_folder / "commercetools-connect", "--version"], check=True, stdout=-1, text=True)

    said = {
        "wheel": wheel.name.split("-")[1],
        "sdist": sdist.name.removesuffix(".tar.gz").rpartition("-")[2],
        "archive": archive.name.removeprefix(f"{PLUGIN}-v").split("-")[0],
        "schema.json": json.loads((ROOT / "schema.json").read_text())["version"],
        "plugin in the archive": version_of(tmp_path / PLUGIN),
        "plugin of the wheel": version_of(bin_folder / PLUGIN),
        "side tool": tool.stdout.strip(),
    }

    assert set(said.values()) == {commercetools_connect.__version__}, said
    assert re.fullmatch(r"\d+\.\d+\.\d+", commercetools_connect.__version__)


def test_an_installed_wheel_puts_the_plugin_where_pulumi_finds_it(
    bin_folder: Path, engine_root: Path, tmp_path: Path
) -> None:
    """With the environment's commands on PATH, a program needs to say no more than the plugin's name."""
    with staged(tmp_path, engine_root, from_cache=True) as harness:
        harness.environ["PATH"] = os.pathsep.join([str(engine_root / "bin"), str(bin_folder), "/usr/bin", "/bin"])
        harness.write(program())

        changes = harness.preview()

    assert changes == {"create": 4}


def test_the_wheel_has_the_package_its_types_and_its_licence_and_nothing_else(names: list[str]) -> None:
    """Tests, examples and tools stay out; every module of the package is in, and the schema that it serves."""
    package = ROOT / "provider" / "commercetools_connect"
    sources = {
        path.relative_to(ROOT / "provider").as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    info = {name.partition("/")[2] for name in names if ".dist-info/" in name}

    assert "commercetools_connect/py.typed" in names
    served = {"commercetools_connect/frontends/plugin/schema/schema.json"}
    assert {name for name in names if ".dist-info/" not in name} == sources | served
    assert info == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


def test_pulumi_takes_the_distribution_for_no_package_of_its_own(wheel: Path, names: list[str]) -> None:
    """Pulumi would download a plugin for each installed `pulumi-*`, and for each `pulumi-plugin.json` it finds."""
    with zipfile.ZipFile(wheel) as file:
        (path,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(file.read(path))

    assert not metadata["Name"].startswith("pulumi")
    assert not [name for name in names if name.endswith("pulumi-plugin.json")]


def test_the_source_distribution_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    """Byte for byte: what is reviewed is what is installed."""
    with tarfile.open(sdist) as tar:
        tar.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()

    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=source, check=True
    )

    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()
