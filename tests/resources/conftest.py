"""Resources against the emulator, on one manual clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from commercetools_connect.emulator import Emulator
from tests.support.world import World, build_world


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def world(emulator: Emulator) -> Iterator[World]:
    with build_world(emulator) as fresh:
        yield fresh
