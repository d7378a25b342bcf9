"""Settings of a stack or of the environment, read as the provider reads them. Nothing here calls anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from commercetools_connect.api import Connection
from commercetools_connect.cli.stack import Stack, property_of
from commercetools_connect.core.values import PlainMap, PropertyMap, PropertyValue, unwrap_secrets
from commercetools_connect.resources.configuration import SETTINGS, errors_about_connection
from commercetools_connect.resources.connection_secrets import connection_secrets
from commercetools_connect.resources.connections import CONNECTIONS, Connections


def connections_of(values: PropertyMap, environ: Mapping[str, str]) -> Connections:
    """Return the connections that the provider has with these settings; what it does not know is left out."""
    given = {name: values.get(name) for name in SETTINGS}
    known = {name: value for name, value in given.items() if unwrap_secrets(value) not in (None, "")}
    if CONNECTIONS in known:
        known[CONNECTIONS] = opened(known[CONNECTIONS])
    return Connections(known, environ)


def usable_connection(connections: Connections, connection: str | PlainMap | None) -> Connection:
    """Return a named or inline connection, or the settings' own, that can call.

    Raises `ConfigurationError` for one that the provider would refuse; the text names the connection's settings.
    """
    with errors_about_connection(connection, ""):
        found = connections.settings(connection).connection()
        found.require_hosts()
        found.require_credentials()
    return found


def secret_values(stack: Stack) -> Iterator[PropertyValue]:
    """Yield what holds the secrets of a stack; those in settings that the provider refuses are secret as well.

    Unwrapped: of a connection that is sealed as a whole only the members that are secrets must not be shown.
    """
    for values in (stack.config, *(each.inputs for each in stack.providers)):
        connections = opened(values.get(CONNECTIONS))
        yield connection_secrets(connections)
        yield unwrap_secrets({**values, CONNECTIONS: connections})
    for each in stack.objects:
        yield from (unwrap_secrets(each.members), unwrap_secrets(each.listed_by))
    yield stack.secrets


def opened(value: PropertyValue) -> PropertyValue:
    """Return the configured connections as the engine gives them to the provider: a text is read as JSON."""
    found = unwrap_secrets(value)
    if not isinstance(found, str):
        return found
    try:
        return property_of(json.loads(found))
    except ValueError:
        return value
