"""What the plugin shows beside a resource while it waits: news at once, the rest now and then."""

from __future__ import annotations

import asyncio

from commercetools_connect.frontends.plugin.engine import STATUS_PAUSE, EngineLink, EngineReporter
from commercetools_connect.frontends.protocol import engine_pb2


class Link(EngineLink):
    """A connection that keeps what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def send(self, message: engine_pb2.LogRequest) -> asyncio.Future[None]:
        self.said.append(message.message)
        return super().send(message)


def said(*statuses: tuple[float, str, str]) -> list[str]:
    """Return what the engine is sent for statuses at these seconds."""

    async def report() -> list[str]:
        link, now = Link(), [0.0]
        reporter = EngineReporter(link, "urn", lambda: now[0])
        for now[0], status, elapsed in statuses:
            reporter.status(status, elapsed)
        return link.said

    return asyncio.run(report())


def test_a_state_is_shown_once_and_time_that_passes_is_no_news() -> None:
    """The engine itself shows how long an operation takes; a log of CI gets a line for each message."""
    polls = [(float(second), "deploying", f"{second} s") for second in range(0, 25, 5)]

    assert said((0.0, "queued", "0 s"), *polls, (26.0, "deployed", "26 s")) == ["queued", "deploying", "deployed"]


def test_a_log_shows_now_and_then_that_the_wait_goes_on() -> None:
    polls = [(float(second), "deploying", f"{second} s") for second in range(0, 70, 5)]

    assert said(*polls) == ["deploying", "deploying (30 s)", "deploying (60 s)"]
    assert STATUS_PAUSE == 30


def test_another_message_is_shown_at_once_and_whole() -> None:
    """Also where it differs in a number or in what is in parentheses."""
    first, second = (f"deploying: health check (attempt {number}), image built (12 s)" for number in (1, 2))

    assert said((0.0, first, "6 s"), (1.0, second, "7 s")) == [first, second]
