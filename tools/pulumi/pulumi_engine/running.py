"""Run other programs: always with a time limit, never leaving children behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

BEAT = 15.0
"""Seconds between two lines that show that a long step is alive."""


class Unusable(Exception):  # noqa: N818 - an answer ("not this way"), not a defect
    """Says in one line why one of the ways does not lead to an engine here."""


def say(line: str) -> None:
    """Tell the user one line on stderr; stdout belongs to the result."""
    sys.stderr.write(f"pulumi engine: {line}\n")
    sys.stderr.flush()


def run(
    command: Sequence[str],
    *,
    limit: float,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    alive: Callable[[float], None] | None = None,
) -> str:
    """Run ``command`` and return what it wrote (stdout and stderr together).

    Calls ``alive(seconds so far)`` every ``BEAT`` seconds. Raises ``Unusable`` when it cannot start, fails
    or needs more than ``limit`` seconds. In any case its whole process group is gone afterwards.
    """
    # A file, not a pipe: a full pipe would stop a talkative build, and no thread is needed to empty a file.
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=None if env is None else dict(env),
                start_new_session=True,
            )
        except OSError as problem:
            raise Unusable(f"{command[0]} does not start: {problem.strerror}") from None
        try:
            code = _wait(process, limit, alive)
        finally:
            _end_group(process)
        output.seek(0)
        text = output.read().decode(errors="replace")
    if code is None:
        raise Unusable(f"{command[0]} took longer than {limit:.0f} s{_tail(text)}")
    if code != 0:
        raise Unusable(f"{command[0]} ended with code {code}{_tail(text)}")
    return text


def _wait(process: subprocess.Popen[bytes], limit: float, alive: Callable[[float], None] | None) -> int | None:
    """Return the exit code, or None when ``limit`` seconds are over."""
    started = time.monotonic()
    while (spent := time.monotonic() - started) < limit:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(timeout=min(BEAT, limit - spent))
        if alive is not None:
            alive(time.monotonic() - started)
    return None


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the process and its children (an installer script's download, a compiler)."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass  # nothing is left; macOS answers "not permitted" for a group of ended processes
    process.wait()


def _tail(text: str, lines: int = 6) -> str:
    """Return the last lines of an output, as an addition to a message."""
    last = deque((line.strip() for line in text.splitlines() if line.strip()), maxlen=lines)
    return ": " + " | ".join(last) if last else ""
