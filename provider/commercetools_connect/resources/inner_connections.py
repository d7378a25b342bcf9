"""Connections inside other inputs: those of the clients that list what a Deployment expects. Pure.

A Deployment has them in its `expect`, a RolloutGate in its `deployments`. States hold the members of a connection
as one secret. Resources get them with only the secret of the client marked: a project or a region is not a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from typing import Final, TypeAlias

from commercetools_connect.core.results import Change, Diff
from commercetools_connect.core.text import Path
from commercetools_connect.core.values import (
    UNKNOWN,
    PropertyMap,
    PropertyValue,
    Secret,
    equivalent,
    unwrap_secrets,
)
from commercetools_connect.resources.configuration import CONNECTION, ConnectionInputs
from commercetools_connect.resources.inputs import secret_names

SECRET_FIELDS: Final = secret_names(ConnectionInputs)


class _Step(Enum):
    EACH = "each"


EACH: Final = _Step.EACH
"""Each member of a map, or each element of a list."""

Pattern: TypeAlias = tuple[str | _Step, ...]

EXPECT: Final = "expect"
IN_EXPECT: Final[Pattern] = (EACH, CONNECTION)
PATTERNS: Final[Mapping[str, tuple[tuple[str, Pattern], ...]]] = {
    "Deployment": ((EXPECT, IN_EXPECT),),
    "RolloutGate": (("deployments", (EACH, CONNECTION)), ("deployments", (EACH, EXPECT, *IN_EXPECT))),
}
"""Where each kind of resource has connections, besides its own: the input or output, and the steps inside it."""


def holders_of_connections(kind: str) -> frozenset[str]:
    """Return the names of the inputs and outputs that have connections inside of them."""
    return frozenset(name for name, _ in PATTERNS.get(kind, ()))


def find_connections(kind: str, properties: PropertyMap) -> Iterator[tuple[Path, PropertyValue]]:
    """Yield each connection that is given, with its path."""
    for name, pattern in PATTERNS.get(kind, ()):
        yield from _find(properties.get(name), pattern, (name,))


def rewrite_connections(
    kind: str, properties: PropertyMap, act: Callable[[PropertyValue], PropertyValue]
) -> PropertyMap:
    """Return inputs or outputs with each connection replaced by what `act` returns for it."""
    for name, pattern in PATTERNS.get(kind, ()):
        if name in properties:
            properties = {**properties, name: _rewrite(properties[name], pattern, act)}
    return properties


def mark_connections(kind: str, properties: PropertyMap, given: PropertyMap) -> PropertyMap:
    """Return inputs or outputs as states have them: a name as it is, members as one secret.

    An input that is secret as a whole in `given` is so again.
    """
    marked = rewrite_connections(kind, properties, marked_connection)
    for name in holders_of_connections(kind):
        if isinstance(given.get(name), Secret) and not isinstance(marked.get(name), Secret | None):
            marked = {**marked, name: Secret(marked[name])}
    return marked


def mark_outputs(kind: str, outputs: PropertyMap, given: PropertyMap) -> PropertyMap:
    """Return outputs as `mark_connections` does; one with the members of a connection in it is secret as a whole.

    YAML programs read a secret object that is inside another value as an empty one.
    """
    marked = mark_connections(kind, outputs, given)
    held = {str(path[0]) for path, connection in find_connections(kind, marked) if isinstance(connection, Mapping)}
    return {**marked, **{name: Secret(unwrap_secrets(marked[name])) for name in held}}


def marked_connection(connection: PropertyValue) -> PropertyValue:
    """Return a connection as states have it."""
    plain = unwrap_secrets(connection)
    return Secret(plain) if isinstance(plain, Mapping) else plain


def unmarked_connection(connection: PropertyValue) -> PropertyValue:
    """Return a connection as resources get it: only the secret of the client is marked."""
    plain = unwrap_secrets(connection)
    if not isinstance(plain, Mapping):
        return plain
    return {
        name: Secret(value) if name in SECRET_FIELDS and value is not None and value is not UNKNOWN else value
        for name, value in plain.items()
    }


def align_connections(before: PropertyMap, news: PropertyMap) -> PropertyMap:
    """Return the outputs of a Deployment with the connections of its `expect` as the program has them now.

    So credentials alone are no change to the resource. Outputs that tell of no look stay as they are: other
    credentials may be what a look has been waiting for.
    """
    if not unwrap_secrets(before.get("wiring")):
        return before
    now = dict(find_connections("Deployment", news))
    expect = before.get(EXPECT)
    plain = expect.value if isinstance(expect, Secret) else expect
    if not isinstance(plain, Mapping):
        return before
    return {
        **before,
        EXPECT: {name: _with(each, now.get((EXPECT, name, CONNECTION))) for name, each in plain.items()},
    }


def changed_connections(before: PropertyMap, news: PropertyMap) -> dict[Path, Change]:
    """Return the paths of the connections in the `expect` of a Deployment that differ, and how."""
    old, new = dict(find_connections("Deployment", before)), dict(find_connections("Deployment", news))
    return {
        path: Change.ADD if path not in old else Change.DELETE if path not in new else Change.UPDATE
        for path in {**old, **new}
        if not equivalent(old.get(path), new.get(path))
    }


def without_members(found: Diff) -> Diff:
    """Return a diff of a Deployment in which a connection in `expect` is one change as a whole."""
    changes = {
        path[:3] if path[:1] == (EXPECT,) and path[2:3] == (CONNECTION,) else path: change
        for path, change in found.changes.items()
    }
    return replace(found, changes=changes)


def one_of(connections: Mapping[str, PropertyValue]) -> PropertyValue:
    """Return the connection that lists for a whole Deployment, from those of its applications, if one has any."""
    return next((connections[name] for name in sorted(connections) if connections[name] is not None), None)


def connection_in(expect: PropertyValue) -> PropertyValue:
    """Return the connection that lists what an `expect` in inputs or outputs names, if it has one."""
    found = {str(path[1]): connection for path, connection in find_connections("Deployment", {EXPECT: expect})}
    return one_of(found)


def _find(value: PropertyValue, pattern: Pattern, path: Path) -> Iterator[tuple[Path, PropertyValue]]:
    while isinstance(value, Secret):
        value = value.value
    if not pattern:
        if value is not None:
            yield path, value
        return
    step, rest = pattern[0], pattern[1:]
    if step is EACH:
        for name, child in _members(value):
            yield from _find(child, rest, (*path, name))
    elif isinstance(value, Mapping):
        yield from _find(value.get(step), rest, (*path, step))


def _members(value: PropertyValue) -> Iterator[tuple[str | int, PropertyValue]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from enumerate(value)


def _rewrite(
    value: PropertyValue, pattern: Pattern, act: Callable[[PropertyValue], PropertyValue]
) -> PropertyValue:
    """Return the value with each connection replaced. What leads to one is not secret: only its members are."""
    if not any(True for _ in _find(value, pattern, ())):
        return value
    while isinstance(value, Secret):
        value = value.value
    if not pattern:
        return act(value)
    step, rest = pattern[0], pattern[1:]
    if step is not EACH:
        return {**value, step: _rewrite(value[step], rest, act)} if isinstance(value, Mapping) else value
    if isinstance(value, Mapping):
        return {name: _rewrite(child, rest, act) for name, child in value.items()}
    return [_rewrite(child, rest, act) for _, child in _members(value)]


def _with(expectation: PropertyValue, connection: PropertyValue) -> PropertyValue:
    plain = expectation.value if isinstance(expectation, Secret) else expectation
    if not isinstance(plain, Mapping):
        return expectation
    rest = {name: value for name, value in plain.items() if name != CONNECTION}
    return rest if connection is None else {**rest, CONNECTION: connection}
