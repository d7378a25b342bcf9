"""Resources against the emulator, on one manual clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.resources.shops import Shops
from tests.support.socketless import SocketlessEmulator
from tests.support.world import World, build_world


@pytest.fixture(scope="session")
def emulator() -> Iterator[SocketlessEmulator]:
    with closing(SocketlessEmulator()) as running:
        yield running


@pytest.fixture
def world(emulator: SocketlessEmulator) -> Iterator[World]:
    with build_world(emulator) as fresh:
        yield fresh


@pytest.fixture
def shops(world: World) -> Shops:
    return Shops(world)


@pytest.fixture
def unhurried(world: World) -> None:
    """Look every 20 seconds of the clock: often enough for runs of 40 and 60, and fewer calls."""
    world.settings["pollInterval"] = "20"
