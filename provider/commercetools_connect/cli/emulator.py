"""`commercetools-connect emulator`: Connect in a box, until Ctrl-C."""

from __future__ import annotations

import errno
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from commercetools_connect.emulator import Emulator
from commercetools_connect.emulator.demo import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, DEMO_PROJECT, DEMO_REPOSITORY

#: Windows hears Ctrl-C only between two waits.
_WAIT_SECONDS = 0.5


def emulator(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 8085,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    seed: Annotated[
        Path | None, typer.Option(help="JSON or YAML file with settings, clients, repositories, …")
    ] = None,
) -> None:
    """Run an emulator of the commercetools Connect HTTP API until Ctrl-C.

    The first line on stdout is its base URL; it answers from then on.
    """
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    running = _prepared(port, host, seed)
    _start(running, port, host)
    try:
        _greet(running.url, demo=seed is None)
        while not stopped.wait(_WAIT_SECONDS):
            pass
    finally:
        running.stop()


def _prepared(port: int, host: str, seed: Path | None) -> Emulator:
    try:
        return Emulator(port, host=host, seed=seed)
    except (OSError, ValueError) as error:
        raise _failure(f"The seed {seed} cannot be used: {error}") from None


def _start(emulator: Emulator, port: int, host: str) -> None:
    try:
        emulator.start()
    except OSError as error:
        in_use = error.errno == errno.EADDRINUSE
        reason = "it is already in use" if in_use else error.strerror or str(error)
        raise _failure(f"Cannot listen on {host} port {port}: {reason}. --port 0 takes a free one.") from None


def _failure(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(1)


def _greet(url: str, *, demo: bool) -> None:
    """Print the URL alone on the first line, for programs; then, for people, what to do with it."""
    lines = [
        url,
        "",
        "commercetools Connect emulator. Its state is in memory; Ctrl-C ends it.",
        f"Look into it: {url}/__admin/",
        "Point a Pulumi program at it:",
        f"  pulumi config set commercetools-connect:connectUrl {url}",
        f"  pulumi config set commercetools-connect:authUrl {url}",
    ]
    if demo:
        lines += [
            f"Demo client: {DEMO_CLIENT_ID} / {DEMO_CLIENT_SECRET}, project {DEMO_PROJECT}",
            f"Demo repository: {DEMO_REPOSITORY}, tags v1.0.0 and v1.1.0",
        ]
    for line in lines:
        typer.echo(line)
