"""What `make dist` has built, and ways to install it."""

from __future__ import annotations

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


@pytest.fixture(scope="session")
def bin_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an empty virtual environment, and return the folder of its commands."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    # The versions that everything else is tested with; which packages are needed is for the wheel to say.
    pins = [f"{each.metadata['Name']}=={each.version}" for each in metadata.distributions()]
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(pin for pin in pins if not pin.startswith("commercetools")))
    install: list[str | Path] = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--constraint",
        constraints,
        wheel,
    ]
    subprocess.run([folder / "venv" / "bin" / "python", *install], check=True)
    return folder / "venv" / "bin"


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
