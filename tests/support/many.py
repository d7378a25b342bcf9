"""An emulator with many deployments, without a run for each."""

from __future__ import annotations

import copy
import uuid
from typing import Any

from commercetools_connect.emulator import Emulator

__all__ = ["multiply"]


def multiply(emulator: Emulator, count: int) -> None:
    """Copy the only deployment until there are so many, each of its own key; every tenth is of production."""
    dump: dict[str, Any] = emulator.admin.dump()
    (first,) = dump["deployments"]
    for number in range(1, count):
        more = copy.deepcopy(first)
        more |= {"id": str(uuid.uuid4()), "key": f"copy-{number:03}"}
        more["type"] = "production" if number % 10 == 0 else "sandbox"
        dump["deployments"].append(more)
    emulator.admin.load(dump)
