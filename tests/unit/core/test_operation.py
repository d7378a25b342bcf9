"""A request to stop is heard by everyone who waits, whenever it is made."""

from __future__ import annotations

import asyncio
import threading

from commercetools_connect.core.resource import Cancellation, OperationContext, SilentReporter


def test_everyone_who_waits_hears_it() -> None:
    async def work() -> None:
        cancellation = Cancellation()
        waiting = [asyncio.create_task(cancellation.wait()) for _ in range(3)]
        await asyncio.sleep(0)
        assert not cancellation.requested
        assert not any(task.done() for task in waiting)
        cancellation.cancel()
        await asyncio.gather(*waiting)
        assert cancellation.requested

    asyncio.run(work(), debug=True)


def test_who_comes_late_hears_it_at_once_and_twice_is_like_once() -> None:
    async def work() -> None:
        cancellation = Cancellation()
        cancellation.cancel()
        cancellation.cancel()
        await cancellation.wait()
        await cancellation.wait()

    asyncio.run(work())


def test_it_may_be_made_on_another_thread_than_the_loop() -> None:
    made: list[Cancellation] = []
    thread = threading.Thread(target=lambda: made.append(Cancellation()))
    thread.start()
    thread.join()

    async def work() -> None:
        waiting = asyncio.create_task(made[0].wait())
        await asyncio.sleep(0)
        made[0].cancel()
        await waiting

    asyncio.run(work())


def test_operations_do_not_share_a_cancellation() -> None:
    first, second = OperationContext("a", "key-a"), OperationContext("b", "key-b")
    first.cancellation.cancel()
    assert first.cancellation.requested
    assert not second.cancellation.requested


def test_an_operation_has_no_limit_unless_one_is_set() -> None:
    context = OperationContext("a", "key-a")
    assert context.time_limit is None


def test_a_silent_reporter_takes_everything() -> None:
    reporter = SilentReporter()
    reporter.info("x")
    reporter.warning("x")
    reporter.status("x")
