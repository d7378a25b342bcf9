"""Messages of the engine's protocol, without the SDK around them.

They are part of the package `pulumi`, whose import also brings what programs need: the automation API, tracing,
pickling. A plugin uses nothing of it, and every `pulumi up` would pay for it with half a second of a core and
18 MiB. So the messages are imported with empty packages in place of their parents, which are removed again: a
later import of `pulumi` gets all of it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pulumi.runtime.proto import (
        engine_pb2,
        engine_pb2_grpc,
        plugin_pb2,
        provider_pb2,
        provider_pb2_grpc,
        status_pb2,
    )

__all__ = [
    "GRPC_OPTIONS",
    "engine_pb2",
    "engine_pb2_grpc",
    "load_messages",
    "plugin_pb2",
    "provider_pb2",
    "provider_pb2_grpc",
    "status_pb2",
]

GRPC_OPTIONS: Final = (
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),  # the limit that the engine has for itself
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
    ("grpc.so_reuseport", 0),
)

ROOT: Final = "pulumi"
PACKAGES: Final = (ROOT, "pulumi.runtime", "pulumi.runtime.proto")
"""The packages that lead to the messages."""


@contextmanager
def _empty_packages() -> Iterator[None]:
    """Let the packages on the way be empty for as long as this is entered, unless they have been imported."""
    found = None if ROOT in sys.modules else importlib.util.find_spec(ROOT)
    if found is None or not found.submodule_search_locations:
        yield
        return
    root = Path(found.submodule_search_locations[0])
    for name in PACKAGES:
        package = ModuleType(name)
        package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package
    try:
        yield
    finally:
        for name in PACKAGES:
            del sys.modules[name]


def load_messages(*names: str) -> list[ModuleType]:
    """Return these modules of the protocol; for those that most runs do not need."""
    with _empty_packages():
        return [importlib.import_module(f"{PACKAGES[-1]}.{name}") for name in names]


if not TYPE_CHECKING:
    engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2 = load_messages(
        "engine_pb2", "engine_pb2_grpc", "plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2"
    )
