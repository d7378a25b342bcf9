"""Ways to end an `up`, moments to do it at, and the two frontends to do it to."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import psutil
import pulumi
from pulumi import automation

from commercetools_connect.dynamic import Deployment
from commercetools_connect.emulator import Emulator
from tests.engine.conftest import Harness
from tests.engine.programs import CANARY, chain
from tests.engine.yaml_harness import PLUGIN, PROJECT, YamlHarness, program, staged

__all__ = ["FRONTENDS", "MOMENTS", "WAYS", "Frontend", "opened"]

HOLD: Final = 4.0
"""Seconds for which a moment is held at the server, so that the blow lands in it."""

BETWEEN_BLOWS: Final = 0.3
UNDER_WAY: Final = ("Queued", "Deploying", "Undeploying")
PATIENCE: Final = 60.0


class Frontend(Protocol):
    """One stack behind one frontend; `run` returns whether the CLI succeeded."""

    folder: Path
    emulator: Emulator
    provider: str
    """What stands in the command line of a provider process."""

    def declare(self, number: int) -> None:
        """Let the program have so many deployments."""

    def run(self, *command: str, during: Callable[[], None] | None = None) -> bool:
        """Run a command of the CLI; `during` acts on it from another thread."""

    def engine(self) -> psutil.Process:
        """Return the CLI that runs."""


class PluginFrontend:
    """A YAML program."""

    provider = PLUGIN

    def __init__(self, harness: YamlHarness) -> None:
        self._stage = harness
        self.folder, self.emulator = harness.folder, harness.emulator
        self._running: Any = None

    def declare(self, number: int) -> None:
        resources = program()
        first = resources.pop("deployment")
        for each in range(number):
            resources[f"deployment{each}"] = {**first, "name": f"greeter-{each}"}
        self._stage.write(resources)

    def run(self, *command: str, during: Callable[[], None] | None = None) -> bool:
        self._running = self._stage.start(*command)
        with beside(during):
            code, text = self._stage.finish(self._running)
        sys.stdout.write(f"$ pulumi {' '.join(command)}\n{text}\nexit {code}\n")  # pytest shows it with a failure
        return code == 0

    def engine(self) -> psutil.Process:
        return psutil.Process(self._running.pid)


class DynamicFrontend:
    """A Python program with dynamic resources, through the Automation API."""

    provider = "pulumi.dynamic"

    def __init__(self, harness: Harness) -> None:
        self._stage = harness
        self.folder, self.emulator = harness.folder, harness.emulator

    def declare(self, number: int) -> None:
        self._stage.program = lambda: deployments(number)

    def run(self, *command: str, during: Callable[[], None] | None = None) -> bool:
        stack, said = self._stage.stack, self._stage.said
        verbs: dict[str, Callable[[], object]] = {
            "up": lambda: stack.up(on_output=said.append, on_error=said.append),
            "destroy": lambda: stack.destroy(on_output=said.append, on_error=said.append),
            "refresh": lambda: stack.refresh(clear_pending_creates=True, on_output=said.append),
            "cancel": stack.cancel,
            "preview": lambda: stack.preview(expect_no_changes=True, on_output=said.append),
        }
        with beside(during):
            try:
                verbs[command[0]]()
                succeeded = True
            except automation.CommandError as error:
                said.append(str(error))
                succeeded = False
        return succeeded

    def engine(self) -> psutil.Process:
        (found,) = [each for each in psutil.Process().children() if each.name() == "pulumi"]
        return found


def deployments(number: int) -> None:
    """Declare a draft, its publication and deployments of it."""
    for each in range(number):
        if each == 0:
            publication = chain(name="greeter-0")
            continue
        Deployment(
            f"greeter-{each}",
            region="europe-west1.gcp",
            connector={"id": publication.connector_id},
            connector_tag=publication.published_tag,
            configurations={
                "service": {
                    "standard_configuration": {"SHOP_NAME": "Acme"},
                    "secured_configuration": {"API_TOKEN": pulumi.Output.secret(CANARY)},
                }
            },
        )


@contextmanager
def beside(act: Callable[[], None] | None) -> Iterator[None]:
    """Act in another thread, and tell what went wrong there."""
    wrong: list[BaseException] = []

    def guarded() -> None:
        try:
            if act is not None:
                act()
        except BaseException as error:  # noqa: BLE001 - raised below
            wrong.append(error)

    thread = threading.Thread(target=guarded)
    thread.start()
    yield
    thread.join()
    if wrong:
        raise wrong[0]


def opened(name: str, folder: Path, engine_root: Path, harness: Callable[[], Harness]) -> Any:
    """Return a context with that frontend."""
    if name == "dynamic":
        return contextlib.nullcontext(DynamicFrontend(harness()))

    @contextmanager
    def plugin() -> Iterator[Frontend]:
        with staged(folder, engine_root) as yaml:
            yield PluginFrontend(yaml)

    return plugin()


FRONTENDS: Final = ("dynamic", "plugin")


# --- moments ---


def until(frontend: Frontend, condition: Callable[[], bool]) -> None:
    """Return as soon as it is so; bounded."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"never came; {frontend.emulator.admin.journal()[-3:]}"
        time.sleep(0.05)


def hits(frontend: Frontend) -> int:
    faults: Any = frontend.emulator.admin.dump()["faults"]
    return sum(each["hits"] for each in faults)


def calls_held(frontend: Frontend) -> int:
    """Count the calls that were held and have had their effect."""
    return len([each for each in frontend.emulator.admin.journal() if each["duration"] >= HOLD])


def runs(frontend: Frontend) -> list[str]:
    """Return the statuses of deployments whose run has not ended."""
    dump: Any = frontend.emulator.admin.dump()
    return [each["status"] for each in dump["deployments"] if each["status"] in UNDER_WAY]


def writes(frontend: Frontend, method: str, path: str) -> int:
    """Count the calls of exactly that kind that had their effect."""
    return len(
        [
            each
            for each in frontend.emulator.admin.journal()
            if each["method"] == method and each["path"].startswith(path) and (each["status"] or 500) < 300
        ]
    )


def held(method: str, path: str) -> Callable[[Frontend], Callable[[], bool]]:
    """Hold the next such call at the server before it has any effect."""

    def prepare(frontend: Frontend) -> Callable[[], bool]:
        frontend.emulator.admin.fault({"slow": HOLD}, method=method, path=path, times=1)
        return lambda: hits(frontend) > 0

    return prepare


def running(method: str, path: str, delay: str) -> Callable[[Frontend], Callable[[], bool]]:
    """Let a run last, and notice it as soon as it has been requested."""

    def prepare(frontend: Frontend) -> Callable[[], bool]:
        frontend.emulator.admin.settings(delays={delay: HOLD})
        before = writes(frontend, method, path)
        return lambda: writes(frontend, method, path) > before

    return prepare


ALL = f"/{PROJECT}/deployments"

MOMENTS: Final[dict[str, Callable[[Frontend], Callable[[], bool]]]] = {
    "before POST": held("GET", f"{ALL}/key=*"),
    "POST under way": held("POST", ALL),
    "waiting": running("POST", ALL, "deploying"),
    "deleting": running("DELETE", ALL, "undeploying"),
}


# --- ways ---


def sigint(frontend: Frontend) -> None:
    frontend.engine().send_signal(signal.SIGINT)


def sigint_twice(frontend: Frontend) -> None:
    engine = frontend.engine()
    engine.send_signal(signal.SIGINT)
    time.sleep(BETWEEN_BLOWS)  # two signals at once are one to the kernel
    with contextlib.suppress(psutil.NoSuchProcess):
        engine.send_signal(signal.SIGINT)


def kill_cli(frontend: Frontend) -> None:
    frontend.engine().kill()


def kill_provider(frontend: Frontend) -> None:
    below = frontend.engine().children(recursive=True)
    providers = [each for each in below if frontend.provider in " ".join(each.cmdline())]
    assert providers, [each.cmdline() for each in below]
    for each in providers:
        each.kill()


WAYS: Final[dict[str, Callable[[Frontend], None]]] = {
    "SIGINT": sigint,
    "SIGINT twice": sigint_twice,
    "SIGKILL of the CLI": kill_cli,
    "SIGKILL of the provider": kill_provider,
}


def pending(folder: Path) -> list[Any]:
    """Return the operations that the state calls pending."""
    (path,) = (folder / "state" / ".pulumi" / "stacks").rglob("test.json")
    return list(json.loads(path.read_text())["checkpoint"]["latest"].get("pending_operations") or [])


def end_orphans(started: list[psutil.Process]) -> None:
    """End what a killed CLI has left behind; only what was seen to be started here."""
    for each in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            if each.pid != os.getpid():
                each.kill()
