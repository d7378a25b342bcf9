"""Commands of the CLI on one stack, and what they took: time, calls, processes, memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import psutil

from benchmarks.emulator_process import EmulatorProcess
from benchmarks.project_stack import ProjectStack

__all__ = ["Measured"]

LOOK: Final = 0.1


@dataclass
class Measured:
    """What the commands of one form took, in the order in which they ran."""

    stack: ProjectStack
    emulator: EmulatorProcess | None
    seconds: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)
    calls: dict[str, list[float]] = field(default_factory=dict)
    processes: int = 0
    mebibytes: float = 0.0

    def run(self, step: str, *arguments: str) -> None:
        """Run a command, and record time, calls, and the most processes and memory at one moment."""
        self._calls()
        with self._watched():
            ran = self.stack.run(*arguments)
        self.seconds.setdefault(step, []).append(ran.seconds)
        self.cpu.setdefault(step, []).append(ran.cpu)
        self.calls.setdefault(step, []).append(self._calls())

    def _calls(self) -> int:
        """Return the calls since this was asked last."""
        return sum(self.emulator.calls().values()) if self.emulator else 0

    @contextmanager
    def _watched(self) -> Iterator[None]:
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(LOOK):
                found = [each for each in psutil.Process().children(recursive=True) if each.pid not in others]
                self.processes = max(self.processes, len(found))
                self.mebibytes = max(self.mebibytes, sum(map(_memory, found)) / 2**20)

        others = {each.pid for each in psutil.Process().children(recursive=True)}
        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def _memory(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss)
    except psutil.Error:  # it has ended
        return 0.0
