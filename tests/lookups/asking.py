"""Calling a function as a frontend does."""

from __future__ import annotations

import asyncio
from typing import Any

from commercetools_connect.core.values import PropertyMap
from commercetools_connect.lookups.registry import FUNCTIONS
from tests.support.world import World

__all__ = ["ask", "refused"]


def ask(world: World, name: str, arguments: PropertyMap | None = None) -> Any:
    """Return what the function finds, in a provider of its own."""

    async def whole() -> Any:
        provider = world.provider()
        try:
            return await FUNCTIONS[name].call(provider.session, arguments or {})
        finally:
            await provider.aclose()

    return asyncio.run(whole())


def refused(
    world: World, name: str, arguments: PropertyMap | None = None, kind: type[Exception] = Exception
) -> Exception:
    """Return the error of a call that must fail."""
    try:
        found = ask(world, name, arguments)
    except kind as error:
        return error
    raise AssertionError(f"{name} found {found!r}")
