"""Trace of one secured value through an update of a Deployment: the calls of our functions that hold it.

Usage: `python -m tools.trace_value`. Prints the number of calls with the value in an argument or a result, the
modules that they are in, and the calls of each module. The update runs through the plugin's gRPC service against
an emulator, as the engine makes it: check, diff, update. Calls of the emulator do not count.
"""

from __future__ import annotations

import collections
import dataclasses
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

from google.protobuf.message import Message

from commercetools_connect.core.values import PropertyMap
from commercetools_connect.resources import connections
from commercetools_connect.resources.provider import Provider
from tests.frontends.agreement.engine_clients import PluginFrontend
from tests.frontends.agreement.harness import Harness, program
from tests.support.socketless import SocketlessEmulator
from tests.support.world import World, build_world

CANARY, EARLIER = "c4n4ry-0123456789", "an-earlier-value"
PACKAGE = Path(__file__).parents[1] / "provider" / "commercetools_connect"
MAX_DEPTH = 12


class Trace:
    """Profile hook that counts calls of the package in whose arguments or result the value is."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.calls: collections.Counter[str] = collections.Counter()
        self._frames: dict[int, FrameType] = {}

    def __call__(self, frame: FrameType, event: str, result: Any) -> None:
        """Look at one event; a frame that is resumed counts once."""
        if event not in ("call", "return"):
            return
        path = frame.f_code.co_filename
        if not path.startswith(str(PACKAGE)) or "/emulator/" in path or id(frame) in self._frames:
            return
        if event == "call":
            count = frame.f_code.co_argcount + frame.f_code.co_kwonlyargcount
            names = [name for name in frame.f_code.co_varnames[:count] if name not in ("self", "cls")]
            held = [frame.f_locals.get(name) for name in names]
        else:
            held = [result]
        if any(self._holds(each, MAX_DEPTH) for each in held):
            self._frames[id(frame)] = frame  # kept alive, so that its id is not used again
            self.calls[str(Path(path).relative_to(PACKAGE))] += 1

    def _holds(self, held: object, depth: int) -> bool:
        if isinstance(held, str):
            return self.value in held
        if isinstance(held, bytes):
            return self.value.encode() in held
        if isinstance(held, Message):
            return self.value in str(held)
        return depth > 0 and any(self._holds(each, depth - 1) for each in _members(held))


def _members(held: object) -> Iterator[object]:
    if isinstance(held, Mapping):
        yield from held.keys()
        yield from held.values()
    elif isinstance(held, (list, tuple, set, frozenset)):
        yield from held
    elif dataclasses.is_dataclass(held) and not isinstance(held, type):
        yield from (getattr(held, each.name, None) for each in dataclasses.fields(held))
    elif hasattr(type(held), "model_fields"):
        yield from vars(held).values()
    elif hasattr(held, "value") and type(held).__name__ == "Secret":
        yield held.value


def trace_update() -> Trace:
    """Return the trace of an `up` that changes one secured value of a live Deployment."""
    with closing(SocketlessEmulator()) as emulator, build_world(emulator) as world, _on_the_clock_of(world):
        engine = Harness(PluginFrontend(), emulator, world.clock).engine
        first = engine.up(program(token=EARLIER))
        trace = Trace(CANARY)
        threading.setprofile(trace)
        try:
            second = engine.up(program(token=CANARY))
        finally:
            threading.setprofile(None)
    if first.errors or second.errors:
        raise RuntimeError(f"the scenario failed: {first.errors or second.errors}")
    return trace


def main() -> None:
    """Print the trace."""
    calls = trace_update().calls
    for module, count in calls.most_common():
        sys.stdout.write(f"{count:5} {module}\n")
    sys.stdout.write(f"{sum(calls.values())} calls in {len(calls)} modules\n")


def _on_the_clock_of(world: World) -> AbstractContextManager[object]:
    return patch.object(connections, "Provider", _Timed(world))


class _Timed:
    def __init__(self, world: World) -> None:
        self._world = world

    def configure(self, values: PropertyMap, _environ: object, **shared: Any) -> Provider:
        return Provider.configure(values, {}, self._world.clock, connect=self._world.connect, **shared)


if __name__ == "__main__":
    main()
