"""What happens to the calls of one run: crashes at a given call, and which faults have hit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.faults.trouble import Crash, fault_name
from tests.support.in_process_emulator import InProcessEmulator
from tests.support.process import Process

__all__ = ["Fate", "Hits"]

DOWN_TIME = 20.0
"""Seconds for which the service cannot be reached while it restarts."""


class Hits:
    """The faults that have hit calls; `of_run` names those of this run, crashes among them."""

    def __init__(self, emulator: InProcessEmulator) -> None:
        self._emulator = emulator
        self._seen: list[int] = []
        self._news: list[str] = []
        self.of_run: set[str] = set()

    @property
    def stale(self) -> bool:
        """Whether something was read in this run that was true before."""
        return any(name.startswith("stale") for name in self.of_run)

    def begin(self) -> None:
        """Begin a run."""
        self.of_run = set()
        self._seen = [each["hits"] for each in self._armed()]

    def look(self) -> bool:
        """Note what has hit since the last look, and tell whether anything has."""
        before = len(self._news)
        if not self._seen:
            return False
        for at, each in enumerate(self._armed()):
            name = fault_name(each["rule"]["fault"])
            if each["hits"] > self._seen[at]:
                self._seen[at] = each["hits"]
                self.of_run.add(name)
                self._news.append(name)
        return len(self._news) > before

    def take_news(self) -> list[str]:
        """Return each hit since the last time, by name."""
        news, self._news = self._news, []
        return news

    def _armed(self) -> list[dict[str, Any]]:
        return list(self._emulator.admin.faults())


class Fate:
    """Carries a crash to the process; `struck` says which one did happen.

    `at_call` receives the number of each call before it gets there, `at_fault` that a fault has hit one.
    """

    def __init__(
        self,
        emulator: InProcessEmulator,
        process: Process,
        crash: Crash | None,
        hits: Hits,
        at_call: Callable[[int], None],
        at_fault: Callable[[], None],
    ) -> None:
        self._emulator = emulator
        self._process = process
        self._crash = crash
        self._hits = hits
        self._at_call = at_call
        self._at_fault = at_fault
        self._calls = 0
        self._over = False
        self.struck = ""
        process.wire.before = self._before
        process.wire.after = self._after
        hits.begin()
        if crash is not None and crash.at_second is not None:
            emulator.loop.call_later(crash.at_second, self._strike)

    def end(self) -> None:
        """Let nothing strike any more: the run is over."""
        self._over = True

    def _before(self, _: object) -> None:
        self._calls += 1
        self._at_call(self._calls)
        if self._crash and self._crash.at_call == self._calls and not self._crash.after_effect:
            self._strike()

    def _after(self, *_: object) -> None:
        if self._hits.look():
            self._at_fault()
        if self._crash and self._crash.at_call == self._calls and self._crash.after_effect:
            self._strike()

    def _strike(self) -> None:
        if self._over or self.struck or self._crash is None:
            return
        self.struck = self._crash.kind
        self._hits.of_run.add(self.struck)
        if self.struck == "cancel":
            self._process.cancel()
        elif self.struck == "restart":
            self._emulator.reachable = False
            self._emulator.restart()
            self._emulator.loop.call_later(DOWN_TIME, self._come_back)
        else:
            self._process.kill(engine_too=self.struck == "kill engine")

    def _come_back(self) -> None:
        self._emulator.reachable = True
