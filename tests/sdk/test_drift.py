"""The SDKs are what `make sdk` makes of schema.json, without manual edits."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from commercetools_connect import __version__
from commercetools_connect.frontends.plugin.schema.package import HOME
from tests.sdk.toolchains import FIRST, ROOT, needs_go, run_go

SDK = ROOT / "sdk"
SUMS = SDK / "SHA256SUMS"


def files(folder: Path) -> dict[str, bytes]:
    """Return what git would know of a folder, by path; a build leaves other things there."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, cwd=folder, stdout=subprocess.PIPE, text=True)
    return {name: (folder / name).read_bytes() for name in listed.stdout.splitlines() if (folder / name).exists()}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_sdks_are_those_of_the_schema_and_unedited() -> None:
    """Also without Go. Otherwise: `make sdk`."""
    pairs = (line.split("  ", 1) for line in SUMS.read_text().splitlines())
    listed = {name: checksum for checksum, name in pairs}
    found = {name: hashlib.sha256(content).hexdigest() for name, content in files(SDK).items()}
    del found[SUMS.name]

    for source in ("schema.json", "provider/commercetools_connect/frontends/dynamic/input_shapes.py"):
        found[f"../{source}"] = hashlib.sha256((ROOT / source).read_bytes()).hexdigest()
    assert found == listed


@pytest.mark.timeout(FIRST)
def test_generating_the_sdks_again_changes_nothing(tmp_path: Path) -> None:
    """Not even after an update of the generators. Otherwise: `make sdk`."""
    needs_go()
    inputs = [str(ROOT / "schema.json"), str(ROOT / "docs" / "logo.png")]

    run_go(ROOT / "tools" / "sdk", "run", ".", *inputs, str(tmp_path / "sdk"))

    made, there = tree(tmp_path / "sdk"), files(SDK)
    assert sorted(made) == sorted(there)
    assert [name for name in made if made[name] != there[name]] == []


@pytest.mark.timeout(FIRST)
def test_a_folder_that_holds_no_sdks_is_not_replaced(tmp_path: Path) -> None:
    """A wrong argument must not empty a user's folder."""
    needs_go()
    (tmp_path / "precious").write_text("mine")
    inputs = [str(ROOT / "schema.json"), str(ROOT / "docs" / "logo.png")]

    with pytest.raises(AssertionError, match="does not look like a folder of SDKs"):
        run_go(ROOT / "tools" / "sdk", "run", ".", *inputs, str(tmp_path))

    assert (tmp_path / "precious").read_text() == "mine"


def test_every_sdk_asks_for_the_plugin_of_its_own_version() -> None:
    """Wherever a program comes from, the engine looks for the plugin that its SDK was made for, at our home."""
    server = HOME.replace("https://", "github://api.")
    (go,) = re.findall(
        r'semver.MustParse\("(.*?)"\)', (SDK / "go/commercetoolsconnect/internal/pulumiUtilities.go").read_text()
    )[:1]
    plugins = [
        json.loads((SDK / "python/pulumi_commercetools_connect/pulumi-plugin.json").read_text()),
        json.loads((SDK / "go/commercetoolsconnect/pulumi-plugin.json").read_text()),
        json.loads((SDK / "dotnet/pulumi-plugin.json").read_text()),
        json.loads((SDK / "nodejs/package.json").read_text())["pulumi"],
    ]

    assert {each["version"] for each in plugins} == {go} == {__version__}
    assert {each["server"] for each in plugins} == {server}


def test_the_project_has_one_home() -> None:
    """Package indexes, the registry and the Go import path name the same place."""
    declared = re.findall(r'^urls\.\w+ = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)

    assert set(declared) == {HOME}
    assert (SDK / "go" / "go.mod").read_text().startswith(f"module {HOME.removeprefix('https://')}/sdk/go\n")
