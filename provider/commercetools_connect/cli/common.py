"""Options and helpers that the commands share: connection, deployments, points in time, output, errors.

Credentials come from the environment, under the names that the provider uses: shells keep command lines, and lists
of processes show them.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, Final, TypeAlias, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from commercetools_connect.api import ById, ByKey, ConnectClient, Connection, Deployment, Ref, none_if_missing
from commercetools_connect.api.hosts import ENVIRONMENT_NAMES
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.core.clock import SystemClock
from commercetools_connect.core.errors import ConfigurationError, ProviderError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.keys import UUID
from commercetools_connect.resources.redacting import redact_error

T = TypeVar("T")
U = TypeVar("U")

IN_PLACE: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV, errno.ENAMETOOLONG})
"""Why a file cannot be replaced, although it may be writable itself: its folder, a mount, or a long name."""

RegionOption: TypeAlias = Annotated[
    str, typer.Option("--region", help="Region that hosts the project, such as europe-west1.gcp.")
]
"""Says where to call when the environment names no address; it has no environment variable of its own."""

CREDENTIALS: Final = ("clientId", "clientSecret")
SIMULTANEOUS: Final = 16
"""Projects or connections that a command calls at the same time."""

LONGEST_FINDING: Final = 1_000
PLAIN_WIDTH: Final = 200
"""Columns of output that is not a terminal: it has no width, and a log of CI should not be folded at 80."""


def call_connect(use: Callable[[ConnectClient], Awaitable[T]], secrets: SecretRegistry, region: str = "") -> T:
    """Return what `use` returns for a client of the environment's connection.

    `secrets` gets the credentials and tokens of the connection; the command redacts with them what it shows.
    Ends the command with exit code 1 and the error in words when it raises a `ProviderError`.
    """

    async def work() -> T:
        async with connect_client(connection_from(os.environ, region), secrets) as client:
            return await use(client)

    with exit_on_error():
        try:
            return asyncio.run(work())
        except ProviderError as error:
            redact_error(error, secrets)
            raise


def connect_client(connection: Connection, secrets: SecretRegistry) -> ConnectClient:
    """Return a client of the connection, on the machine's clock; `secrets` gets its credentials and tokens."""
    return ConnectClient(connection, clock=SystemClock(), secrets=secrets)


def connection_from(environ: Mapping[str, str], region: str = "") -> Connection:
    """Return the connection that the environment describes. Raises `ConfigurationError`, before any call."""
    ensure_one_address(environ, region)
    return checked_connection(ProviderConfiguration.read({"region": region}, environ))


def checked_connection(settings: ProviderConfiguration) -> Connection:
    """Return the connection of these settings. Raises `ConfigurationError` for one that cannot call."""
    connection = settings.connection()
    places = f"{ENVIRONMENT_NAMES['apiUrl']} or {ENVIRONMENT_NAMES['connectUrl']}"
    _require(connection.require_hosts, f"Give --region, or set {places}.")
    _require(connection.require_credentials, "Set them in the environment, from an API client of the project.")
    return connection


def _require(check: Callable[[], None], remedy: str) -> None:
    """Raise the `ConfigurationError` of a check with the remedy for a command."""
    try:
        check()
    except ConfigurationError as error:
        raise ConfigurationError(error.message, remedy) from None


def ensure_one_address(environ: Mapping[str, str], region: str) -> None:
    """Raise `ConfigurationError` for a region on the command line beside a connectUrl in the environment."""
    variable = ENVIRONMENT_NAMES["connectUrl"]
    if region and environ.get(variable):
        raise ConfigurationError(
            f"--region {escape_untrusted(region, 80)} and {variable} name two places to call. Nothing was called.",
            f"To call commercetools, unset {variable}; to call the emulator or proxy, leave --region out.",
        )


async def gather_limited(
    call: Callable[[T], Awaitable[U]], items: Iterable[T], limit: int = SIMULTANEOUS
) -> list[U]:
    """Return the results of the calls in the order of the items; at most `limit` run at the same time."""
    slots = asyncio.Semaphore(limit)

    async def limited(item: T) -> U:
        async with slots:
            return await call(item)

    return await asyncio.gather(*map(limited, items))


@contextmanager
def exit_on_error(code: int = 1) -> Iterator[None]:
    """End the command with the exit code, and a `ProviderError` in words on stderr, when the block raises one."""
    try:
        yield
    except ProviderError as error:
        console = output_console(stderr=True)
        console.print(f"[red]{escape(error.message)}[/red]")
        if error.remedy:
            console.print(escape(error.remedy))
        raise typer.Exit(code) from None


def note(text: str) -> None:
    """Print something on stderr that is not part of the answer."""
    output_console(stderr=True).print(Text(text, "dim"))


def output_console(*, stderr: bool = False) -> Console:
    """Return a console that breaks no line by itself, on stdout or stderr."""
    width = None if stderr or sys.stdout.isatty() else PLAIN_WIDTH
    return Console(stderr=stderr, soft_wrap=True, highlight=False, width=width)


def table_of(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """Return a table without lines. Cells that are `str` are escaped."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(escape_untrusted(cell)) for cell in row))
    return table


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Print a table without lines on stdout. Cells that are `str` are escaped."""
    console = output_console()
    with console.capture() as captured:
        console.print(table_of(columns, rows))
    for line in captured.get().splitlines():
        typer.echo(line.rstrip())  # the table fills its last column with spaces


def steps_of(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield what to do, from pairs of a name and a remedy; the same remedy once, with all names that it is for."""
    by_remedy: dict[str, list[str]] = {}
    for name, remedy in found:
        by_remedy.setdefault(remedy, []).append(name)
    for remedy, names in by_remedy.items():
        yield f"- {', '.join(names)}"
        yield f"  {escape_untrusted(remedy, LONGEST_FINDING)}"


def print_json(value: object, indent: int | None = 2) -> None:
    """Print JSON on stdout, in ASCII, so that the output of an application cannot control a terminal."""
    typer.echo(json.dumps(value, indent=indent))


def count_of(number: int, what: str) -> str:
    """Return "1 project", "2 projects"."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def read_text(path: Path, remedy: str = "", *, absent: str | None = None) -> str:
    """Return the text of a file, `absent` if it does not exist. Raises `ConfigurationError` if unreadable."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        if absent is not None and isinstance(error, FileNotFoundError):
            return absent
        raise ConfigurationError(f"{path} cannot be read ({type(error).__name__}).", remedy) from None


def write_text(path: Path, text: str) -> None:
    """Write a file, all of it or nothing where its folder allows that; else in place.

    In place are written: what is not a regular file, such as /dev/stdout; a file that is mounted; and one in a
    folder that takes no new files. Raises `ConfigurationError` if the file cannot be written.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")
            return
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            _replace(target, draft, text)
        except OSError as error:
            # No space for a draft is none for the file: in place it would be lost.
            if error.errno not in IN_PLACE or not target.is_file():
                raise
            target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from None


def _replace(target: Path, draft: Path, text: str) -> None:
    """Put a file in the place of another one, by way of a draft beside it. Raises `OSError`."""
    try:
        draft.write_text(text, encoding="utf-8")
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def append_text(path: Path, text: str) -> None:
    """Append to a file, as other programs do. Raises `ConfigurationError` if it cannot be written."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{escape_untrusted(str(path))} cannot be written: {error.strerror or type(error).__name__}.",
        "Name a file in a folder that exists and that you may write to.",
    )


def joined(*parts: str) -> str:
    """Return the parts that are not empty, with colons between them."""
    return ": ".join(filter(None, parts))


AddressArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="PROJECT/DEPLOYMENT", help="Key of the project, and key or id of the deployment.")
]


@dataclass(frozen=True)
class Address:
    """A deployment that a user named."""

    project_key: str
    name: str

    def __str__(self) -> str:
        return f"{self.project_key}/{escape_untrusted(self.name)}"


def parse_address(text: str) -> Address:
    """Read `<project>/<key or id>`; without a project, the environment's. Raises `typer.BadParameter`."""
    project, _, name = text.rpartition("/")
    project = project or os.environ.get(ENVIRONMENT_NAMES["projectKey"], "")
    if not project or not name:
        raise typer.BadParameter(
            f"write <project>/<key or id of the deployment>; or set {ENVIRONMENT_NAMES['projectKey']}",
            param_hint="PROJECT/DEPLOYMENT",
        )
    return Address(project, name)


async def find_deployment(client: ConnectClient, address: Address) -> tuple[Ref, Deployment]:
    """Return the deployment, and how it was found. Raises `NotFoundError`.

    What looks like an id may also be a key.
    """
    if UUID.fullmatch(address.name):
        by_id = ById(address.name)
        if found := await none_if_missing(client.get_deployment(address.project_key, by_id)):
            return by_id, found
        # then it is a key, or the next error says that it is neither
    by_key = ByKey(address.name)
    return by_key, await client.get_deployment(address.project_key, by_key)


RETENTION: Final = timedelta(days=30)
"""How far back logs go (API §3.1)."""

AGO: Final = re.compile(r"(\d+)([smhdw])")
UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_time(text: str, now: datetime, option: str) -> datetime:
    """Return the point in time that a user means; without an offset it is in UTC. Raises `typer.BadParameter`."""
    try:
        if ago := AGO.fullmatch(text.strip()):
            return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
        # Python 3.10 reads no Z
        found = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text.strip()))
        return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{escape_untrusted(text, 80)!r} is not a point in time: write 2026-11-20T10:00 (UTC), "
            "2026-11-20T10:00+01:00, or how long ago, such as 90m, 12h or 7d",
            param_hint=option,
        ) from None


def api_time(found: datetime) -> str:
    """Write a point in time as the API does."""
    return found.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
