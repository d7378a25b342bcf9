"""Terminal for tests: runs a command behind a pseudo-terminal, and shows what a person sees on its screen."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyte

SECONDS = 60.0
LINES = 5_000
"""Lines above the screen that are kept."""


OWN_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)
"""Makes the terminal the one whose Ctrl-C the command gets, and becomes the command."""


@dataclass
class Terminal:
    """A command in a terminal; `screen` is what it shows now."""

    process: subprocess.Popen[bytes]
    master: int
    screen: pyte.HistoryScreen
    written: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self._stream = pyte.ByteStream(self.screen)

    @property
    def lines(self) -> list[str]:
        """The lines of the screen, without spaces at their ends and without empty lines below."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip().splitlines()

    @property
    def scrolled(self) -> list[str]:
        """All lines that were ever shown: those that have left the screen at its top, then those of the screen."""
        above = [
            "".join(line[column].data for column in range(self.screen.columns)) for line in self.screen.history.top
        ]
        return [*(line.rstrip() for line in above), *self.lines]

    def wait_for(self, seen: Callable[[Sequence[str]], bool], seconds: float = SECONDS) -> list[str]:
        """Return the lines of the screen once they are as wanted; fail with them after so many seconds."""
        deadline = time.monotonic() + seconds
        while not seen(self.lines):
            assert time.monotonic() < deadline, "\n".join(self.lines)
            if not self._read(0.1) and self.process.poll() is not None:
                assert seen(self.lines), "\n".join(self.lines)
        return self.lines

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        os.write(self.master, b"\x03")

    def end(self, seconds: float = SECONDS) -> int:
        """Return the exit code, once everything that was written is on the screen."""
        deadline = time.monotonic() + seconds
        while self._read(0.1) or self.process.poll() is None:
            assert time.monotonic() < deadline, "\n".join(self.lines)
        return self.process.wait()

    def _read(self, seconds: float) -> bool:
        """Take what comes within so many seconds to the screen; return whether anything came."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:  # Linux says so when the command has closed its end
            return False
        self.written += data
        self._stream.feed(data)
        return bool(data)


@contextmanager
def terminal(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None, columns: int = 120, rows: int = 40
) -> Iterator[Terminal]:
    """Run the command in a terminal of that size; it is ended with the block."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    screen = pyte.HistoryScreen(columns, rows, history=LINES, ratio=1.0)
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", OWN_TERMINAL, *command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    finally:
        os.close(slave)
    shown = Terminal(process, master, screen)
    try:
        yield shown
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        os.close(master)
