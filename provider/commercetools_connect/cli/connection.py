"""What the commands that call Connect share: who calls and where, one client, and errors in words.

Credentials come from the environment, under the names that the provider has too: the command line is kept by
shells and shown in lists of processes.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Final, TypeAlias, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from commercetools_connect.api import ConnectClient, Connection
from commercetools_connect.api.settings import ENVIRONMENT_NAMES
from commercetools_connect.contract.clock import SystemClock
from commercetools_connect.contract.errors import ConfigurationError, ProviderError
from commercetools_connect.resources.configuration import ProviderConfiguration

__all__ = ["RegionOption", "call_connect", "connection_from", "fail", "note"]

T = TypeVar("T")

RegionOption: TypeAlias = Annotated[
    str, typer.Option("--region", help="Region that hosts the project, such as europe-west1.gcp.")
]
"""Says where to call when the environment names no address; it has no environment variable of its own."""

REQUIRED: Final = ("clientId", "clientSecret")


def call_connect(use: Callable[[ConnectClient], Awaitable[T]], region: str = "") -> T:
    """Return what `use` returns for a client of the environment's connection.

    Ends the command with exit code 1 and the error in words when it raises a `ProviderError`.
    """

    async def work() -> T:
        async with ConnectClient(connection_from(os.environ, region), clock=SystemClock()) as client:
            return await use(client)

    try:
        return asyncio.run(work())
    except ProviderError as error:
        raise fail(error) from None


def connection_from(environ: Mapping[str, str], region: str = "") -> Connection:
    """Return the connection that the environment describes. Raises `ConfigurationError`, before any call."""
    connection = ProviderConfiguration.read({"region": region}, environ).connection()
    if not connection.connect_url:
        raise ConfigurationError(
            "It is not known which commercetools region to talk to.",
            f"Give --region, or set {ENVIRONMENT_NAMES['apiUrl']} or {ENVIRONMENT_NAMES['connectUrl']}.",
        )
    given = {"clientId": connection.client_id, "clientSecret": connection.client_secret}
    missing = [ENVIRONMENT_NAMES[name] for name in REQUIRED if not given[name]]
    if missing:
        raise ConfigurationError(
            f"Connect cannot be called without credentials: {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not set.",
            "Set them in the environment, from an API client of the project.",
        )
    return connection


def fail(error: ProviderError) -> typer.Exit:
    """Say an error on stderr; returns what the caller raises to end the command with exit code 1."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(f"[red]{escape(error.message)}[/red]")
    if error.remedy:
        console.print(escape(error.remedy))
    return typer.Exit(1)


def note(text: str) -> None:
    """Say something on stderr that is not part of the answer."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(f"[dim]{escape(text)}[/dim]")
