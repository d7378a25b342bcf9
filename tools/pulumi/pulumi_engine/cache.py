"""The folder outside the checkout where engines are kept, safe for several processes at once."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_engine import roots
from pulumi_engine.running import BEAT, Unusable, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PATIENCE = 30 * 60.0
"""Seconds to wait for another process that is making the same engine."""

_POLL = 0.5


def default_home(env: Mapping[str, str]) -> Path:
    """Return the cache folder for this user."""
    base = env.get("XDG_CACHE_HOME", "")
    # The XDG specification says to ignore a relative path.
    home = Path(base) if Path(base).is_absolute() else Path("~/.cache").expanduser()
    return home / "commercetools-connect"


def machine() -> str:
    """Name the kind of machine: home folders are shared between machines of different kinds."""
    return f"{sys.platform}-{platform.machine().lower()}"


@dataclass(frozen=True)
class Cache:
    """Engines by name, each complete or not there at all."""

    home: Path

    def usable(self, name: str) -> Path:
        """Return the kept engine of that name; raises ``Unusable`` when there is none or it does not work."""
        root = self.home / name
        if not root.is_dir():
            raise Unusable(f"{root} is not there yet")
        roots.check(root)
        return root

    def place(self, name: str, fill: Callable[[Path], None]) -> Path:
        """Let ``fill`` make an engine in a new folder, check it, then put it in place in one step.

        The caller holds the lock. Nothing is in place when anything fails.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        for left in self.home.glob(f".new-{name}-*"):  # of a killed process: nothing uses it, the lock is ours
            shutil.rmtree(left, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=f".new-{name}-", dir=self.home))
        try:
            made = work / "made"
            made.mkdir()
            fill(made)
            roots.check(made)
            final = self.home / name
            if final.exists():  # an engine that no longer works: no caller asks for a kept one that does
                final.rename(work / "broken")
            made.rename(final)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return final

    @contextlib.contextmanager
    def locked(
        self,
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Iterator[None]:
        """Keep other processes from making an engine; waits at most ``patience`` seconds.

        The operating system frees the lock when the process that has it ends, however it ends.
        """
        try:
            import fcntl  # noqa: PLC0415 - not there on Windows, where only an installed Pulumi is used
        except ImportError:
            raise Unusable("engines are made on Linux and macOS only") from None
        self.home.mkdir(parents=True, exist_ok=True)
        file = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            started, reported = clock(), -BEAT
            while True:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                spent = clock() - started
                if spent >= patience:
                    raise Unusable(f"another process holds {self.home / 'lock'} since over {patience:.0f} s")
                if spent - reported >= BEAT:
                    say(f"another process is making an engine, waiting ({spent:.0f} s)")
                    reported = spent
                sleep(_POLL)
            yield
        finally:
            os.close(file)
