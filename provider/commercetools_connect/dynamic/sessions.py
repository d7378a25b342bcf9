"""The configured providers of this process: one per distinct configuration, made when first needed.

Pulumi configures each of the three provider objects by itself, with the same stack configuration, and calls
`configure` again on every RPC after a failure of it. So configuring only remembers; mistakes in the configuration
are told by the first operation that needs it.
"""

from __future__ import annotations

import asyncio
import atexit
import difflib
import json
import re
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from commercetools_connect.contract.errors import ConfigurationError
from commercetools_connect.contract.values import Secret, Value, reveal
from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.inputs import member_names
from commercetools_connect.resources.ledger import Ledger
from commercetools_connect.resources.noticeboard import NoticeBoard
from commercetools_connect.resources.provider import Provider
from commercetools_connect.resources.releases import Releases
from commercetools_connect.resources.secrecy import secret_names

__all__ = ["FIELDS", "NAMESPACE", "Sessions", "names_in"]

NAMESPACE: Final = "commercetools-connect"
CONNECTIONS: Final = f"{NAMESPACE}:connections"
FIELDS: Final = member_names(ProviderConfiguration)
"""What can be configured, for the stack as a whole and for each connection."""

SECRET_FIELDS: Final = secret_names(ProviderConfiguration)

ADDRESS: Final = re.compile(r"\S+:\d+")

BESIDE: Final = frozenset({"connections", "version", "pluginDownloadURL"})
"""Names in our namespace that are no field: the connections, and what engines add."""

CREDENTIALS_PREFIX: Final = "CTP_"


def names_in(config: object) -> tuple[str, ...]:
    """Return the full names in the stack's configuration, none if Pulumi does not show them. Never fails."""
    properties = getattr(config, "_props", None)  # private: guarded, and only for a warning
    return tuple(map(str, properties)) if isinstance(properties, Mapping) else ()


class Sessions:
    """Finds the provider for a connection. May be used from any thread."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._lock = threading.Lock()
        self._read: Callable[[str], object] = lambda _name: None
        self._providers: dict[str, Provider] = {}
        # One process serves all dynamic resources of a program, whatever their connection.
        self._releases = Releases(complete=True)
        self._ledger: Ledger | None = None
        self._complained: set[str] = set()

    def configure(self, read: Callable[[str], object]) -> None:
        """Remember how to look up a value of the stack's configuration by its full name. Never fails."""
        self._read = read

    def misspelt(self, names: Iterable[str]) -> list[str]:
        """Return what to say about each of these full names that belongs to us and means nothing; once."""
        ours = {name.removeprefix(f"{NAMESPACE}:") for name in names if name.startswith(f"{NAMESPACE}:")}
        with self._lock:
            new = ours - {*FIELDS, *BESIDE} - self._complained
            self._complained |= new
        return [f"{NAMESPACE}:{name} means nothing{_suggestion(name)}" for name in sorted(new)]

    def provider(self, connection: str | None = None) -> Provider:
        """Return the provider for a named connection, or for the configuration as a whole.

        A named connection stands for itself: what it leaves out is not filled in from the configuration as a
        whole, nor from the environment, which may belong to another project. Raises `ConfigurationError`.
        """
        if connection is None:
            values = {name: self._read(f"{NAMESPACE}:{name}") for name in FIELDS}
            return self._configured(values, self._environ)
        environ = {k: v for k, v in self._environ.items() if not k.startswith(CREDENTIALS_PREFIX)}
        return self._configured(self._connection(connection), environ)

    async def aclose(self) -> None:
        """Close the connections of every provider."""
        with self._lock:
            providers, self._providers = list(self._providers.values()), {}
        await asyncio.gather(*(provider.aclose() for provider in providers), return_exceptions=True)

    def _configured(self, values: Mapping[str, object], environ: Mapping[str, str]) -> Provider:
        given = {name: _value(name, value) for name, value in values.items() if value is not None}
        # The same values with another environment behind them are another configuration.
        identity = json.dumps([environ is self._environ, reveal(given)], sort_keys=True, default=str)
        with self._lock:
            found = self._providers.get(identity)
            if found is None:
                self._ledger = self._ledger or _ledger_of_this_run(sys.argv)
                found = self._providers[identity] = Provider.configure(
                    given, environ, releases=self._releases, ledger=self._ledger
                )
            return found

    def _connection(self, name: str) -> Mapping[str, object]:
        connections = self._connections()
        values = connections.get(name)
        if values is None:
            known = ", ".join(sorted(connections)) or "none"
            raise ConfigurationError(
                f"there is no connection {name!r} in the configuration {CONNECTIONS} (known: {known})",
                f"Add it with `pulumi config set --secret --path '{CONNECTIONS}.{name}.clientId' …`.",
            )
        if not isinstance(values, Mapping):
            raise ConfigurationError(
                f"{CONNECTIONS}.{name} is not an object",
                f"Give it members such as clientId, clientSecret and projectKey ({', '.join(FIELDS)}).",
            )
        unknown = sorted(set(values) - set(FIELDS))
        if unknown:
            raise ConfigurationError(
                f"{CONNECTIONS}.{name} has members that mean nothing: {', '.join(map(repr, unknown))}",
                f"Known members: {', '.join(FIELDS)}.",
            )
        return values

    def _connections(self) -> Mapping[str, object]:
        raw = self._read(CONNECTIONS)
        if isinstance(raw, str):
            # Pulumi hands over configuration objects as JSON text.
            try:
                raw = json.loads(raw)
            except ValueError:
                raw = ...
        if raw is None:
            return {}
        if not isinstance(raw, Mapping):
            raise ConfigurationError(
                f"{CONNECTIONS} is not an object",
                f"Set it member by member: `pulumi config set --secret --path '{CONNECTIONS}.<name>.clientId' …`.",
            )
        return raw


def _suggestion(name: str) -> str:
    near = difflib.get_close_matches(name, (*FIELDS, "connections"), n=1)
    return f"; did you mean {near[0]}?" if near else f"; known: {', '.join(FIELDS)}, connections"


def _value(name: str, value: object) -> Value:
    text: Value = value if isinstance(value, (str, int, float, bool)) else json.dumps(value, default=str)
    return Secret(text) if name in SECRET_FIELDS else text


def _ledger_of_this_run(arguments: Sequence[str]) -> Ledger:
    """Return the ledger that is shared with the other processes of the engine.

    Pulumi starts this process as `python -m pulumi.dynamic [options] ADDRESS`, with the address of its engine.
    """
    address = arguments[-1] if len(arguments) > 1 else ""
    if not ADDRESS.fullmatch(address):
        return Ledger()
    ledger = Ledger(NoticeBoard(address))
    atexit.register(ledger.close)
    return ledger
