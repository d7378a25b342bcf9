"""Connections of this process, for each distinct configuration.

Pulumi configures each of the three provider objects by itself, with the same stack configuration, and calls
`configure` again on every RPC after a failure of it. So configuring only remembers; the first operation that needs
the configuration reports what is wrong with it.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import sys
import threading
from collections.abc import Callable, Iterable, Mapping

from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.core.text import suggest
from commercetools_connect.core.urns import ENGINE_NAMES, PACKAGE
from commercetools_connect.core.values import PropertyValue, Secret, unwrap_secrets
from commercetools_connect.frontends.dynamic.pulumi_internals import engine_address
from commercetools_connect.resources.configuration import SECRET_SETTINGS, SETTINGS
from commercetools_connect.resources.connections import Connections
from commercetools_connect.resources.planned_publications import PlannedPublications
from commercetools_connect.resources.run_registry import RunRegistry
from commercetools_connect.resources.shared_registry import SharedRegistry


class Sessions:
    """Finds the connections of the stack's configuration. May be used from any thread."""

    def __init__(self, environ: Mapping[str, str], make_registry: Callable[[], RunRegistry] = RunRegistry) -> None:
        self._environ = environ
        self._make_registry = make_registry
        self._lock = threading.Lock()
        self._read: Callable[[str], object] = lambda _name: None
        self._connections: dict[str, Connections] = {}
        # One process serves all dynamic resources of a program, with all connections.
        self._publications = PlannedPublications(complete=True)
        self._registry: RunRegistry | None = None
        self._secrets = SecretRegistry()
        self._reported: set[str] = set()

    def configure(self, read: Callable[[str], object]) -> None:
        """Remember how to look up a value of the stack's configuration by its full name. Never fails."""
        self._read = read

    def unknown_names(self, names: Iterable[str]) -> list[str]:
        """Return a sentence about each of these full names that is the package's and not known; once each."""
        prefix = f"{PACKAGE}:"
        own = {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
        with self._lock:
            new, self._reported = own - self._reported, self._reported | own
        unknown = sorted(new - ENGINE_NAMES - set(SETTINGS))
        return [f"{PACKAGE}:{name} is not a known setting{suggest(name, SETTINGS)}" for name in unknown]

    def connections(self) -> Connections:
        """Return the connections of the configuration as it is now."""
        given: dict[str, PropertyValue] = {}
        for name in SETTINGS:
            value = self._read(f"{PACKAGE}:{name}")
            if value is not None:
                plain = value if isinstance(value, (str, int, float, bool)) else json.dumps(value, default=str)
                given[name] = Secret(plain) if name in SECRET_SETTINGS else plain
        identity = json.dumps(unwrap_secrets(given), sort_keys=True)
        with self._lock:
            if identity not in self._connections:
                self._registry = self._registry or self._make_registry()
                self._connections[identity] = Connections(
                    given,
                    self._environ,
                    publications=self._publications,
                    registry=self._registry,
                    secrets=self._secrets,
                )
            return self._connections[identity]

    async def aclose(self) -> None:
        """Close the connections of every provider."""
        with self._lock:
            connections, self._connections = list(self._connections.values()), {}
        await asyncio.gather(*(each.aclose() for each in connections), return_exceptions=True)


def registry_of_this_run() -> RunRegistry:
    """Return the registry that this provider process shares with the other processes of the engine."""
    address = engine_address(sys.argv)
    if not address:
        return RunRegistry()
    registry = RunRegistry(SharedRegistry(address))
    atexit.register(registry.close)
    return registry
