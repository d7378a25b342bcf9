"""What many need is read once; what has changed is read again."""

from __future__ import annotations

import asyncio

import pytest

from commercetools_connect.resources.session import ReadCache

KEY = ("connector", "c-1")


def test_a_read_under_way_is_waited_for_and_not_made_twice() -> None:
    async def run() -> None:
        reads, calls, answer = ReadCache(), 0, asyncio.Event()

        async def read() -> int:
            nonlocal calls
            calls += 1
            await answer.wait()
            return 7

        waiting = [asyncio.create_task(reads.get(KEY, read)) for _ in range(5)]
        await asyncio.sleep(0)
        answer.set()

        assert await asyncio.gather(*waiting) == [7] * 5
        assert calls == 1

    asyncio.run(run())


def test_who_gives_up_leaves_the_read_to_the_next_one() -> None:
    async def run() -> None:
        reads, never = ReadCache(), asyncio.Event()

        async def hangs() -> int:
            await never.wait()
            return 1

        async def answers() -> int:
            return 2

        first = asyncio.create_task(reads.get(KEY, hangs))
        await asyncio.sleep(0)
        second = asyncio.create_task(reads.get(KEY, answers))
        first.cancel()

        assert await second == 2

    asyncio.run(run())


def test_what_was_read_before_a_change_is_not_stored_after_it() -> None:
    reads = ReadCache()
    before = reads.changes
    reads.forget()

    reads.remember(KEY, "old", before)
    assert reads.known(KEY) is None

    reads.remember(KEY, "new", reads.changes)
    assert reads.known(KEY) == "new"


def test_an_error_is_not_remembered() -> None:
    async def run() -> None:
        reads = ReadCache()

        async def fails() -> int:
            raise LookupError

        async def answers() -> int:
            return 2

        with pytest.raises(LookupError):
            await reads.get(KEY, fails)
        assert await reads.get(KEY, answers) == 2

    asyncio.run(run())


def test_what_was_read_while_it_changed_is_not_remembered() -> None:
    """Our own publish came between the request and its answer."""

    async def run() -> None:
        reads = ReadCache()

        async def old() -> str:
            reads.forget()
            return "old"

        async def new() -> str:
            return "new"

        assert await reads.get(KEY, old) == "old"
        assert await reads.get(KEY, new) == "new"
        assert reads.known(KEY) == "new"

    asyncio.run(run())
