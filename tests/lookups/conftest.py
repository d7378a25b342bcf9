"""Functions against the emulator, in the same world as resources."""

from __future__ import annotations

from tests.resources.conftest import emulator, world

__all__ = ["emulator", "world"]
