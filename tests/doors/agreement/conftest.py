"""Scenarios, each run through both doors in a world of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, TypeAlias

import pytest

from commercetools_connect.contract.values import Tree
from commercetools_connect.dynamic import sessions
from commercetools_connect.plugin import servicer
from commercetools_connect.resources.provider import Provider
from tests.doors.agreement.doors import DOORS, Door
from tests.doors.agreement.stage import Stage
from tests.support.socketless import SocketlessEmulator
from tests.support.world import build_world

__all__ = ["Scenario"]

Scenario: TypeAlias = Callable[[Stage], None]


@pytest.fixture(scope="module")
def emulator() -> Iterator[SocketlessEmulator]:
    with closing(SocketlessEmulator()) as running:
        yield running


@pytest.fixture
def stages(emulator: SocketlessEmulator, monkeypatch: pytest.MonkeyPatch) -> Callable[[Scenario], list[Stage]]:
    """Give a way to run a scenario through each door, in a world of its own."""
    monkeypatch.setenv("PULUMI_PROJECT", "shop")

    def run_through_each(scenario: Scenario) -> list[Stage]:
        return [_run(door(), emulator, scenario, monkeypatch) for door in DOORS]

    return run_through_each


def _run(door: Door, emulator: SocketlessEmulator, scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> Stage:
    with build_world(emulator) as world:

        class Timed:
            @staticmethod
            def configure(values: Tree, _environ: object, **shared: Any) -> Provider:
                return Provider.configure(values, {}, world.clock, connect=world.connect, **shared)

        for module in (servicer, sessions):
            monkeypatch.setattr(module, "Provider", Timed)
        stage = Stage(door, emulator, world.clock)
        scenario(stage)
        return stage
