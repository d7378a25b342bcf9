"""What `make dist` has built, and ways to install it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2_grpc

from examples.demo.engine import find_engine

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"


def built(pattern: str) -> Path:
    """Return the only file of that pattern in `dist/`."""
    found = list(DIST.glob(pattern))
    assert len(found) == 1, f"one {pattern} in dist/ is expected, there is {found or 'none'}; run `make dist`"
    return found[0]


@pytest.fixture(scope="session")
def wheel() -> Path:
    return built("*.whl")


@pytest.fixture(scope="session")
def sdist() -> Path:
    return built("commercetools_connect_provider-*.tar.gz")


@pytest.fixture(scope="session")
def archive() -> Path:
    return built("pulumi-resource-*.tar.gz")


@pytest.fixture(scope="session")
def engine_root() -> Path:
    return find_engine()


def install(wheel: Path, extras: str, folder: Path) -> Path:
    """Install the wheel with `[extras]` into an empty virtual environment; return the folder of its commands.

    The versions are those that everything else is tested with; which packages are needed, the wheel says.
    """
    pins = {f"{each.metadata['Name']}".lower(): each.version for each in metadata.distributions()}
    if "policy" in extras:  # Pulumi's policy SDK needs an older protobuf
        lock = (ROOT / "requirements-policy.txt").read_text()
        pins |= dict(re.findall(r"^([\w.-]+)==([^\s;]+) \\$", lock, flags=re.MULTILINE))
    constraints = folder / "constraints.txt"
    constraints.write_text(
        "\n".join(f"{name}=={pin}" for name, pin in pins.items() if "commercetools" not in name)
    )
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python, options = folder / "venv" / "bin" / "python", ["--quiet", "--disable-pip-version-check"]
    command = ["-m", "pip", "install", *options, "--constraint", str(constraints), f"{wheel}{extras}"]
    subprocess.run([python, *command], check=True)
    return python.parent


@pytest.fixture(scope="session")
def bin_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the commands of a plain installation."""
    return install(wheel, "", tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="session")
def cli_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the commands of an installation with the extra `[cli]`."""
    return install(wheel, "[cli]", tmp_path_factory.mktemp("cli"))


@pytest.fixture(scope="session")
def full_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the commands of an installation with all extras for users."""
    return install(wheel, "[emulator,policy]", tmp_path_factory.mktemp("full"))


@contextmanager
def serving(executable: Path) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """Start a plugin in an environment without Python, and give a client of it."""
    environ = {"PATH": "/nowhere", "HOME": "/nowhere"}
    process = subprocess.Popen([executable], stdout=subprocess.PIPE, text=True, env=environ)
    assert process.stdout is not None
    try:
        with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


@pytest.fixture
def version_of() -> Callable[[Path], str]:
    """Tell the version that a plugin says it has."""

    def ask(executable: Path) -> str:
        with serving(executable) as plugin:
            return str(plugin.GetPluginInfo(Empty(), timeout=30).version)

    return ask
