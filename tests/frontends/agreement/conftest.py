"""Scenarios, each run through both frontends in a world of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, TypeAlias

import pytest

from commercetools_connect.core.values import PropertyMap
from commercetools_connect.resources import connections
from commercetools_connect.resources.provider import Provider
from tests.frontends.agreement.engine_clients import FRONTENDS, Frontend
from tests.frontends.agreement.harness import Harness
from tests.support.socketless import SocketlessEmulator
from tests.support.world import build_world

__all__ = ["Scenario"]

Scenario: TypeAlias = Callable[[Harness], None]


@pytest.fixture(scope="module")
def emulator() -> Iterator[SocketlessEmulator]:
    with closing(SocketlessEmulator()) as running:
        yield running


@pytest.fixture
def harnesses(
    emulator: SocketlessEmulator, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Scenario], list[Harness]]:
    """Give a way to run a scenario through each frontend, in a world of its own."""
    monkeypatch.setenv("PULUMI_PROJECT", "shop")

    def run_through_each(scenario: Scenario) -> list[Harness]:
        return [_run(frontend(), emulator, scenario, monkeypatch) for frontend in FRONTENDS]

    return run_through_each


def _run(
    frontend: Frontend, emulator: SocketlessEmulator, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> Harness:
    with build_world(emulator) as world:

        class Timed:
            @staticmethod
            def configure(values: PropertyMap, _environ: object, **shared: Any) -> Provider:
                return Provider.configure(values, {}, world.clock, connect=world.connect, **shared)

        monkeypatch.setattr(connections, "Provider", Timed)
        harness = Harness(frontend, emulator, world.clock)
        scenario(harness)
        return harness
