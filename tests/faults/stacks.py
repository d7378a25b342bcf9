"""Several stacks over one emulator, and what is live there: for the stories about people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pytest

from commercetools_connect.core.values import Secret
from commercetools_connect.emulator import ClientSpec
from tests.support.engine import Engine
from tests.support.frontends import StackIdentity
from tests.support.in_process_emulator import InProcessEmulator
from tests.support.process import Process
from tests.support.scenarios import chain
from tests.support.stack import Declared, Frontend, Program, Run
from tests.support.world import DELAYS, PROJECT, REGION

__all__ = [
    "OTHER_CLIENT",
    "OTHER_PROJECT",
    "Live",
    "Stacks",
    "both_frontends",
    "deployment",
    "expect_kept",
    "expect_refused",
    "expect_untouched",
    "several_stacks",
]

OTHER_PROJECT: Final = "other-project"

TOKEN: Final = "c4n4ry-1"

both_frontends = pytest.mark.parametrize("frontend", ["plugin", "dynamic"])

OTHER_CLIENT: Final[Mapping[str, str]] = {
    "clientId": "other-client",
    "clientSecret": "other-secret",
    "projectKey": OTHER_PROJECT,
}
"""Configuration of a provider with credentials of the other project."""

CLIENTS: Final[list[ClientSpec]] = [
    {
        "clientId": "demo-client",
        "clientSecret": "demo-secret",
        "scopes": [f"manage_project:{PROJECT}", f"manage_api_clients:{PROJECT}"],
    },
    {
        "clientId": "other-client",
        "clientSecret": "other-secret",
        "scopes": [f"manage_project:{OTHER_PROJECT}", f"manage_api_clients:{OTHER_PROJECT}"],
    },
]


@dataclass(frozen=True)
class Live:
    """A Deployment as the emulator has it; `secured` are hashes of the values."""

    id: str
    project: str
    key: str
    status: str
    build: str
    standard: tuple[tuple[str, str], ...]
    secured: tuple[tuple[str, str, str], ...]


class Stacks:
    """Makes stacks and runs them, each run in a process of its own."""

    def __init__(self, emulator: InProcessEmulator) -> None:
        self.emulator = emulator
        self._made = 0

    def new(self, frontend: Frontend = "plugin", stack: str = "test", project: str = "shop") -> Engine:
        """Return a stack that has never run, in a backend of its own."""
        self._made += 1
        provider_id = f"6f1f2e0a-7d5e-4a55-9a2f-{self._made:012}"
        return Engine(identity=StackIdentity(project, stack, provider_id, frontend))

    def process(
        self, settings: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
    ) -> Process:
        """Return a provider process for one run."""
        return Process(self.emulator, settings, environ)

    def up(self, engine: Engine, program: Program, process: Process | None = None, **options: Any) -> Run:
        """Run `pulumi up`."""
        process = process or self.process()
        run = self.emulator.run(engine.up(process, program, **options))
        self.emulator.run(process.aclose())
        return run

    def refresh(self, engine: Engine, process: Process | None = None) -> Run:
        """Run `pulumi refresh`."""
        process = process or self.process()
        run = self.emulator.run(engine.refresh(process))
        self.emulator.run(process.aclose())
        return run

    def destroy(self, engine: Engine, **options: Any) -> Run:
        """Run `pulumi destroy`."""
        process = self.process()
        run = self.emulator.run(engine.destroy(process, **options))
        self.emulator.run(process.aclose())
        return run

    def publish(self) -> str:
        """Have a connector that a stack of its own has published, and return its id."""
        state = _published()
        self.emulator.admin.load(state)
        return str(state["drafts"][0]["id"])

    def live(self) -> dict[str, Live]:
        """Return every Deployment that there is, by id."""
        deployments: Any = self.emulator.admin.dump()["deployments"]
        return {each["id"]: self._live(each) for each in deployments}

    def _live(self, each: dict[str, Any]) -> Live:
        hashes = self.emulator.admin.secured(each["project"], each["id"])
        standard = {
            f"{application['name']}.{name}": value
            for application in each["applications"]
            for name, value in application["standard"].items()
        }
        secured = [(name, key, value) for name, values in hashes.items() for key, value in values.items()]
        return Live(
            each["id"],
            each["project"],
            each["key"],
            each["status"],
            str(each.get("buildId")),
            tuple(sorted(standard.items())),
            tuple(sorted(secured)),
        )


@cache
def _published() -> dict[str, Any]:
    """Return the state of an emulator with one published connector."""
    with several_stacks() as stacks:
        connectors = stacks.new(stack="connectors")
        run = stacks.up(connectors, chain(deployed=False, private=(PROJECT, OTHER_PROJECT)))
        assert not run.failed, run.errors
        return stacks.emulator.admin.dump()


@contextmanager
def several_stacks() -> Iterator[Stacks]:
    """Give a fresh emulator with two projects."""
    emulator = InProcessEmulator()
    emulator.admin.settings(delays=dict(DELAYS))
    emulator.admin.clients(CLIENTS)
    yield Stacks(emulator)
    emulator.close()


def deployment(name: str, connector: Any, *, shop: str = "Acme", token: str = TOKEN, **more: Any) -> Declared:
    """Return a Deployment; `connector` is an id or the whole input, `more` has other inputs and options."""
    options = {option: more.pop(option) for option in OPTIONS if option in more}
    inputs: dict[str, Any] = {
        "region": REGION,
        "connector": {"id": connector} if isinstance(connector, str) else connector,
        "configurations": {
            "service": {
                "standardConfiguration": {"SHOP_NAME": shop},
                "securedConfiguration": {"API_TOKEN": Secret(token)},
            }
        },
        **more,
    }
    return Declared("Deployment", name, inputs, **options)


OPTIONS: Final = ("delete_first", "depends_on", "aliases", "retain", "provider")


def expect_untouched(stacks: Stacks, before: dict[str, Any], run: Run) -> None:
    """Demand that everything that was live is as it was: not undeployed, not redeployed, no value replaced."""
    after = stacks.live()
    touched = {each.key: after.get(each.id, "gone") for each in before.values() if after.get(each.id) != each}
    assert not touched, f"{run.changes} {run.errors}"


def expect_kept(stacks: Stacks, before: dict[str, Any], run: Run) -> None:
    """Demand that everything that was live still is."""
    after = stacks.live()
    lost = [each.key for each in before.values() if each.id not in after or after[each.id].status != "Deployed"]
    assert not lost, f"{run.changes} {run.errors}"


def expect_refused(stacks: Stacks, before: dict[str, Any], run: Run, *names: str) -> None:
    """Demand that the run failed with an error that has all these names, and left what was live as it was."""
    expect_untouched(stacks, before, run)
    assert run.failed
    assert any(all(name in each for name in names) for each in run.errors), run.errors
