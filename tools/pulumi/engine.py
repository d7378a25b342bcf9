"""Find or make a Pulumi CLI ("engine") for the tests and the demo; see README.md beside this file."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from pulumi_engine import cache, gobuild, official, onpath, versions
from pulumi_engine.running import Unusable, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

INTERRUPTED = 130

HELP = """\
No engine for the tests and the demo here. Either
  - install Pulumi: https://www.pulumi.com/docs/install/ (3.255 or newer, on PATH), or
  - install Go {go} or newer, on PATH: https://go.dev/doc/install
and try again."""


class Way(NamedTuple):
    """One way to an engine: what it is called and how to take it."""

    name: str
    take: Callable[[], Path]


class Options(NamedTuple):
    """What the command line asks for."""

    build: bool = False
    download: bool = True
    pinned: str = ""
    """The engine that a test target pins, one of ``gobuild.ENGINES``; empty where any will do."""

    @property
    def modules(self) -> Path:
        """The folder of the go.mod that pins the version to install or build."""
        return gobuild.ENGINES[self.pinned or "oldest"]

    @property
    def version(self) -> str:
        """The version to install or build, without the leading v."""
        return versions.pins(self.modules / "go.mod").pulumi.removeprefix("v")


PINNED: Final = Options()
"""Any engine of the pinned version."""


def first(ways: Iterable[Way], note: Callable[[str], None]) -> tuple[Way, Path] | None:
    """Take the ways in order; return the first that leads to an engine, and tell ``note`` why others do not."""
    for way in ways:
        if root := _take(way, note):
            return way, root
    return None


def _take(way: Way, note: Callable[[str], None]) -> Path | None:
    try:
        return way.take()
    except Unusable as problem:
        note(f"{way.name}: {problem}")
        return None


def ready_ways(options: Options, kept: cache.Cache) -> list[Way]:
    """Return the ways that need no download."""
    built, installed = names(options)
    ways = [
        Way("pulumi on PATH", lambda: onpath.find(kept)),
        Way("kept official installation", lambda: kept.usable(installed)),
        Way("kept build", lambda: kept.usable(built)),
    ]
    if options.build:
        return ways[2:]
    return ways[1:] if options.pinned else ways


def making_ways(options: Options, kept: cache.Cache) -> list[Way]:
    """Return the ways that download something; the caller holds the cache's lock."""
    built, installed = names(options)
    ways = []
    if options.download and not options.build:
        ways.append(
            Way(
                "official installer",
                lambda: kept.place(installed, lambda root: official.install(root, options.version)),
            )
        )
    ways.append(
        Way("build from Go modules", lambda: kept.place(built, lambda root: gobuild.build(root, options.modules)))
    )
    return ways


def names(options: Options = PINNED) -> tuple[str, str]:
    """Return what the cache calls a build and an official installation of the pinned version."""
    start = f"pulumi-{options.version}"
    return f"{start}-{gobuild.recipe_hash(options.modules)}", f"{start}-official-{cache.machine()}"


def find(options: Options, kept: cache.Cache, note: Callable[[str], None]) -> tuple[Way, Path] | None:
    """Find an engine, or make one; ``note`` hears what was tried in vain."""
    ready = ready_ways(options, kept)
    if found := first(ready, note):
        return found
    try:
        with kept.locked():
            # Another process may have made one while this one waited for the lock.
            again = [way for way in ready if way.name.startswith("kept")]
            return first(again, lambda _: None) or first(making_ways(options, kept), note)
    except Unusable as problem:
        note(f"cache: {problem}")
        return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the engine's root folder as the last line of stdout; return the exit code."""
    options = _options(arguments)
    failed: list[str] = []

    def note(reason: str) -> None:
        say(reason)
        failed.append(reason)

    try:
        found = find(options, cache.Cache(cache.default_home(os.environ)), note)
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except OSError as problem:  # a full disk, a cache folder that may not be written
        note(str(problem))
        found = None
    if found is None:
        tried = "\n".join(f"  - {reason}" for reason in failed)
        pins = versions.pins(options.modules / "go.mod")
        sys.stderr.write(f"Tried:\n{tried}\n{HELP.format(go=pins.go)}\n")
        return 1
    way, root = found
    say(f"took {way.name}")
    sys.stdout.write(f"{root.absolute()}\n")
    return 0


def _options(arguments: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(
        description="Find or make a Pulumi CLI for the tests and the demo. The last line of stdout is its "
        "root folder, for pulumi.automation.PulumiCommand(root=…). Order: pulumi on PATH, one kept by an "
        "earlier call, the official installer, a build from the Go modules beside this file.",
    )
    parser.add_argument("--build", action="store_true", help="only a build from the Go modules will do")
    parser.add_argument("--no-download", action="store_true", help="do not try the official installer")
    parser.add_argument(
        "--engine",
        choices=gobuild.ENGINES,
        default="",
        help="only this engine will do, and not the pulumi on PATH",
    )
    given = parser.parse_args(arguments)
    return Options(build=given.build, download=not given.no_download, pinned=given.engine)


def _end(number: int, _frame: object) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    # Leave in the ordinary way, through the clean-up: a build is a process group of its own.
    signal.signal(signal.SIGTERM, _end)
    sys.exit(main())
