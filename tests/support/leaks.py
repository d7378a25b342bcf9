"""Fixtures by which what a test leaves open is reported at that test.

An event loop, a socket or a coroutine that is part of a reference cycle is complained about when the garbage
collector finds it, which may be in another test. So it runs after each test. It looks only at objects that are
younger than the module that runs, as all others are frozen: a look takes less than a millisecond.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

__all__ = ["nothing_left_open", "nothing_left_open_by_module", "nothing_left_open_by_session"]


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    """Fail a test that leaves an event loop open, or something that complains when it is collected."""
    yield
    left = open_loops()
    for loop in left:
        loop.close()  # or its sockets are complained about as well, when what tells of the loop is gone
    gc.collect()  # pytest reports what is complained about here at the end of this very test
    assert not left, f"the test has left event loops open: {left}"


@pytest.fixture(autouse=True, scope="module")
def nothing_left_open_by_module() -> Iterator[None]:
    """Collect what fixtures of the module have left, and freeze what outlives the module."""
    gc.freeze()
    yield
    gc.collect()


@pytest.fixture(autouse=True, scope="session")
def nothing_left_open_by_session() -> Iterator[None]:
    """Collect everything at the end."""
    yield
    gc.unfreeze()
    gc.collect()


def open_loops() -> list[asyncio.BaseEventLoop]:
    """Return the event loops made since the module began that are neither closed nor run by a thread."""
    return [
        each
        for each in gc.get_objects()
        if issubclass(type(each), asyncio.BaseEventLoop) and not (each.is_closed() or each.is_running())
    ]
