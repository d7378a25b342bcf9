"""`commercetools-connect emulator`: an emulator of the Connect API, until Ctrl-C."""

from __future__ import annotations

import errno
import ipaddress
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

import typer

from commercetools_connect.core.text import escape_untrusted

if TYPE_CHECKING:
    from commercetools_connect.emulator import Emulator

ANOTHER_HOST: Final = "--host takes an address or name of this machine, such as 127.0.0.1."
WAIT_SECONDS: Final = 0.5
"""Windows delivers Ctrl-C only between two waits."""


def emulator(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 8085,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    seed_file: Annotated[
        Path | None, typer.Option("--seed", help="JSON or YAML file with settings, clients, repositories, …")
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Name to answer to besides localhost and addresses, such as that of a service in CI or compose; "
            "*.ENDING for all below one. Can be given several times.",
        ),
    ] = None,
) -> None:
    """Run an emulator of the commercetools Connect HTTP API until Ctrl-C.

    The first line on stdout is its base URL; it answers from then on.
    """
    from commercetools_connect.emulator import Emulator, demo, seed  # noqa: PLC0415 - not for other commands

    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        content = seed.load_seed(seed_file)
        running = Emulator(port, host=host, seed=content, allow_hosts=allow_host or [])
        _start(running, host, port)
    except (OSError, ValueError) as error:
        typer.echo(f"The seed {seed_file} cannot be used: {error}. docs/emulator.md shows a seed.", err=True)
        raise typer.Exit(1) from None
    try:
        _greet(running.url)
        if seed_file is None:
            typer.echo(
                f"Demo client: {demo.DEMO_CLIENT_ID} / {demo.DEMO_CLIENT_SECRET}, project {demo.DEMO_PROJECT}\n"
                f"Demo repository: {demo.DEMO_REPOSITORY}, tags v1.0.0 and v1.1.0"
            )
        _warn(running.url, host)
        if refused := refused_files(seed.seed_warnings(content)):
            typer.echo(refused, err=True)
        while not stopped.wait(WAIT_SECONDS):
            pass
    finally:
        running.stop()


def _start(prepared: Emulator, host: str, port: int) -> None:
    """Start it, or say why it cannot listen. Raises `ValueError` for a seed that contradicts itself."""
    try:
        prepared.start()
    except UnicodeError:
        reason, remedy = "it is not a name of a host", ANOTHER_HOST
    except OSError as error:
        in_use = error.errno == errno.EADDRINUSE
        reason = "it is already in use" if in_use else error.strerror or str(error)
        is_about_port = in_use or isinstance(error, PermissionError)
        remedy = "--port 0 takes a free one." if is_about_port else ANOTHER_HOST
    else:
        return
    typer.echo(
        f"Cannot listen on {escape_untrusted(host, 80) or 'an empty --host'} port {port}: {reason}. {remedy}",
        err=True,
    )
    raise typer.Exit(1)


def refused_files(problems: Sequence[str]) -> str:
    """Return a message about the files of a seed that Connect refuses, `""` if there are none."""
    if not problems:
        return ""
    head = "Connect refuses these connect.yaml files; a preview or publication of their tags fails:"
    return "\n".join([head, *(f"  {each}" for each in problems)])


def _greet(url: str) -> None:
    """Print the URL alone on the first line, for programs; then, for people, what to do with it."""
    typer.echo(
        f"{url}\n\n"
        "commercetools Connect emulator. Its state is in memory; Ctrl-C ends it.\n"
        f"Look into it: {url}/__admin/\n"
        "Point a Pulumi program at it:\n"
        f"  pulumi config set commercetools-connect:connectUrl {url}\n"
        f"  pulumi config set commercetools-connect:authUrl {url}"
    )


def _warn(url: str, host: str) -> None:
    """Say who else reaches it, if not only this machine does."""
    address = urlsplit(url).hostname or ""
    if host == "localhost" or (address == host and ipaddress.ip_address(address).is_loopback):
        return
    typer.echo(
        f"Warning: it listens on {host}. Every client that reaches its port can read every secret "
        "that it is given (/__admin/dump) and change all of it, without a password.",
        err=True,
    )
    if not ipaddress.ip_address(address).is_loopback:
        typer.echo(
            "The provider sends credentials without encryption only to its own machine: for a program on this "
            "one, listen on 127.0.0.1 or 0.0.0.0.",
            err=True,
        )
