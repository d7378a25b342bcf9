"""How a resource talks to the person at the terminal through a dynamic provider.

The engine shows each line that the process prints as a message of the whole stack, and keeps it until the end.
So lines are few, short, and say by themselves which resource they are about. A quick operation says nothing: the
engine's own display already shows what runs and for how long.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

from commercetools_connect.core.text import escape_untrusted

QUIET_START: Final = 10.0
STATUS_PAUSE: Final = 30.0
LINE_LENGTH: Final = 500


class LineReporter:
    """Prints lines that start with the resource's type and name.

    A status is printed when it is another than the last one that was printed, not in the first
    `QUIET_START` seconds and not more often than every `STATUS_PAUSE` seconds; a later one catches up.
    """

    def __init__(
        self, subject: str, stream: TextIO | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._subject = subject
        self._stream = stream
        self._monotonic = monotonic
        self._may_say_status = monotonic() + QUIET_START
        self._said = ""

    def info(self, message: str) -> None:
        """Print it, line by line."""
        for line in message.splitlines():
            self._print(line)

    def warning(self, message: str) -> None:
        """Print it as a warning."""
        self._print(f"warning: {message}")

    def status(self, message: str, time: str = "") -> None:
        """Print it if it has changed; another time alone is not printed."""
        now = self._monotonic()
        if message == self._said or now < self._may_say_status:
            return
        self._said = message
        self._may_say_status = now + STATUS_PAUSE
        self._print(f"{message} ({time})" if time else message)

    def _print(self, message: str) -> None:
        stream = sys.stdout if self._stream is None else self._stream
        try:
            # One write per line: other threads print as well.
            stream.write(escape_untrusted(f"{self._subject}: {message}", LINE_LENGTH) + "\n")
            stream.flush()
        except (OSError, ValueError):
            pass  # an engine that has gone reads no output; the operation must not fail for it
