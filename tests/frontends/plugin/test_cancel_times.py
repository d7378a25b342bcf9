"""A Ctrl-C ends within two seconds: the times of Cancel, to the second, as the pages promise them."""

from __future__ import annotations

import asyncio

import pytest
from google.protobuf.empty_pb2 import Empty

from commercetools_connect.frontends.outcome import Finished
from commercetools_connect.frontends.plugin.engine import LOG_LIMIT_AT_END, EngineLink
from commercetools_connect.frontends.plugin.operations import CutShortError, Operations
from commercetools_connect.frontends.plugin.servicer import ConnectServicer
from tests.frontends.plugin.calls import Call
from tests.site.blocks import ROOT
from tests.support.virtual import run_virtually

PROMISED = 2.0
"""Seconds."""

CTRL_C = 60.0
"""When the engine calls Cancel."""


class Run:
    """Operations of a process; `log` has what ended, and how many seconds after the Ctrl-C."""

    def __init__(self) -> None:
        self.operations = Operations()
        self.log: list[tuple[str, float]] = []
        self.servicer = ConnectServicer(EngineLink(), self.operations, lambda: self.note("process"))

    def note(self, what: str) -> None:
        self.log.append((what, round(asyncio.get_running_loop().time() - CTRL_C, 3)))

    async def operation(self, seconds: float) -> Finished[str]:
        """Run an RPC that takes so long and does not hear a cancel; answer it when it ends."""

        async def deaf() -> str:
            await asyncio.sleep(seconds)
            return "made"

        call = Call()
        self.operations.begin(call)
        ended = await self.operations.run(deaf())
        self.note("answer")
        call.answer(None)
        return ended

    async def ctrl_c(self, times: int = 1) -> None:
        """Call Cancel at its moment, and again each half a second."""
        await asyncio.sleep(CTRL_C)
        for _ in range(times):
            await self.servicer.Cancel(Empty(), Call())
            await asyncio.sleep(0.5)


def played(seconds: float, *, times: int = 1) -> tuple[Run, Finished[str]]:
    """Return a run in which an operation takes so long, and is cancelled; all that is left then has ended."""

    async def whole() -> tuple[Run, Finished[str]]:
        run = Run()
        ended, _ = await asyncio.gather(run.operation(seconds), run.ctrl_c(times))
        await asyncio.sleep(10 * PROMISED)
        return run, ended

    return run_virtually(whole())


@pytest.mark.parametrize("times", [1, 3])
def test_a_call_without_an_answer_is_cut_short_and_the_process_ends(times: int) -> None:
    """Another Ctrl-C does not start the time again. The rest of it is for messages on their way."""
    run, ended = played(3600, times=times)

    assert run.log[:2] == [("answer", 1.5), ("process", 1.5)]
    assert isinstance(ended.error, CutShortError)
    assert run.log[1][1] + LOG_LIMIT_AT_END < PROMISED


def test_what_answers_in_time_is_in_the_state() -> None:
    run, ended = played(CTRL_C + 1.4)

    assert run.log[0] == ("answer", 1.4)
    assert ended.value == "made"
    assert run.log[1] == ("process", 1.5)


@pytest.mark.parametrize(("answered_after", "seconds"), [(3600.0, PROMISED), (0.7, 0.7)])
def test_a_cancel_waits_for_the_construction_of_components_no_longer(
    answered_after: float, seconds: float
) -> None:
    """The engine waits for the answer to its Cancel, and constructions end without a call of their own."""

    async def whole() -> float:
        run, call = Run(), Call()
        construct = run.operations.begin(call)
        run.servicer._constructs.add(construct)
        answer = asyncio.get_running_loop().call_later(CTRL_C + answered_after, call.answer, None)
        await asyncio.sleep(CTRL_C)
        await run.servicer.Cancel(Empty(), Call())
        run.note("cancel")
        answer.cancel()
        return run.log[-1][1]

    assert run_virtually(whole()) == seconds


@pytest.mark.parametrize("page", ["README.md", "docs/choose.md", "docs/reliability.md"])
def test_the_pages_promise_this_time(page: str) -> None:
    assert "within two seconds" in (ROOT / page).read_text(encoding="utf-8")
