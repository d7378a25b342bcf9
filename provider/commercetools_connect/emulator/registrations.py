"""The calls of the HTTP API for Extensions and Subscriptions: list, read, create, update, delete.

Both kinds behave alike; `EXTENSIONS` and `SUBSCRIPTIONS` say where they differ. What differs from Connect's own
calls: updates and deletions answer 200, a deletion names its version, refusals are `InvalidInput`, and a missing
scope is `insufficient_scope`. There are no scopes for reading alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from commercetools_connect.emulator import extensions, subscriptions
from commercetools_connect.emulator.collection import Collection
from commercetools_connect.emulator.entities import Extension, Registration, Subscription
from commercetools_connect.emulator.errors import (
    ApiError,
    concurrent_modification,
    duplicate_key,
    insufficient_scope,
    invalid_input,
    limit_exceeded,
    not_found,
)
from commercetools_connect.emulator.json_values import JsonObject
from commercetools_connect.emulator.model import Model, evolve
from commercetools_connect.emulator.paging import PageQuery, Query, page_query, paged, require_known
from commercetools_connect.emulator.references import Reference
from commercetools_connect.emulator.registration_requests import (
    ExtensionAction,
    ExtensionDraft,
    SubscriptionAction,
    SubscriptionDraft,
)
from commercetools_connect.emulator.scopes import Operation, Principal
from commercetools_connect.emulator.store import World

R = TypeVar("R", bound=Registration)
D = TypeVar("D", bound=Model)
A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)

_PREDICATE = re.compile(r'\s*(?P<field>id|key)\s*=\s*"(?P<value>[^"\\]*)"\s*')


class Update(Protocol[A_co]):
    """Body of an update."""

    @property
    def version(self) -> int:
        """The version on which it was decided."""

    @property
    def actions(self) -> Sequence[A_co]:
        """What to change, in this order."""


@dataclass(frozen=True)
class Kind(Generic[R, D, A]):
    """What tells one kind of object from the other."""

    name: str
    scope: Operation
    limit: int
    objects: Callable[[World], Collection[R]]
    new: Callable[[D, str, str | None, float], R]
    after: Callable[[R, A], R]
    body: Callable[[R], JsonObject]

    def in_project(self, world: World, project: str, at: float | None = None) -> list[R]:
        """Return the objects of a project, as they are or as they were."""
        return [each for each in self.objects(world).all(at) if each.project == project]


EXTENSIONS: Kind[Extension, ExtensionDraft, ExtensionAction] = Kind(
    "extension",
    "manage_extensions",
    extensions.LIMIT,
    lambda world: world.extensions,
    extensions.new,
    extensions.after,
    extensions.body,
)
SUBSCRIPTIONS: Kind[Subscription, SubscriptionDraft, SubscriptionAction] = Kind(
    "subscription",
    "manage_subscriptions",
    subscriptions.LIMIT,
    lambda world: world.subscriptions,
    subscriptions.new,
    subscriptions.after,
    subscriptions.body,
)


def query(
    kind: Kind[R, D, A], world: World, principal: Principal, project: str, query: Query, at: float | None
) -> JsonObject:
    """Return a page. Of predicates only `key = "…"` and `id = "…"` are known; several must all hold."""
    _require_scope(principal, kind.scope, project)
    page = _page_query(query)
    conditions = [_condition(each) for each in page.filters.get("where", ())]
    found = [
        each
        for each in kind.in_project(world, project, at)
        if all(getattr(each, name) == value for name, value in conditions)
    ]
    answer = paged(found, page).body(kind.body)
    return {
        name: value for name, value in answer.items() if name != "total" or page.wants("withTotal", value=True)
    }


def get(
    kind: Kind[R, D, A], world: World, principal: Principal, project: str, reference: Reference, at: float | None
) -> JsonObject:
    """Return one object."""
    _require_scope(principal, kind.scope, project)
    return kind.body(find(kind, world, project, reference, at))


def create(
    kind: Kind[R, D, A], world: World, principal: Principal, project: str, read: Callable[[], D]
) -> JsonObject:
    """Make an object."""
    _require_scope(principal, kind.scope, project)
    now = world.clock.now()
    made = kind.new(read(), project, principal.client_id, now)
    add(kind, world, made, now)
    return kind.body(made)


def add(kind: Kind[R, D, A], world: World, made: R, now: float) -> None:
    """Keep a new object, unless its project has that key, or is full."""
    there = kind.in_project(world, made.project)
    _require_free_key(made, there)
    if len(there) >= kind.limit:
        raise limit_exceeded(kind.name, kind.limit)
    kind.objects(world).put(made, now)


def update(
    kind: Kind[R, D, A],
    world: World,
    principal: Principal,
    project: str,
    reference: Reference,
    read: Callable[[], Update[A]],
) -> JsonObject:
    """Change an object: all actions or none, in one version step."""
    _require_scope(principal, kind.scope, project)
    before = find(kind, world, project, reference)
    body = read()
    _require_version(before, body.version)
    changed = before
    for action in body.actions:
        changed = kind.after(changed, action)
    _require_free_key(changed, kind.in_project(world, project))
    if changed != before:
        now = world.clock.now()
        changed = evolve(changed, version=before.version + 1, modified_at=now, modified_by=principal.client_id)
        kind.objects(world).put(changed, now)
    return kind.body(changed)


def delete(
    kind: Kind[R, D, A], world: World, principal: Principal, project: str, reference: Reference, query: Query
) -> JsonObject:
    """Remove an object in the version that the query names."""
    _require_scope(principal, kind.scope, project)
    there = find(kind, world, project, reference)
    _require_version(there, _version(query))
    kind.objects(world).remove(there.id, world.clock.now())
    return kind.body(there)


def find(kind: Kind[R, D, A], world: World, project: str, reference: Reference, at: float | None = None) -> R:
    """Return the object that a path names, now or as it was; refuse with 404."""
    found = reference.find(kind.in_project(world, project, at))
    if found is None:
        raise not_found(f"The Resource with {reference.described} was not found.")
    return found


def _require_scope(principal: Principal, scope: Operation, project: str) -> None:
    if not principal.may(scope, project):
        raise insufficient_scope(scope)


def _require_free_key(made: Registration, there: Sequence[Registration]) -> None:
    if made.key is not None and any(each.key == made.key and each.id != made.id for each in there):
        raise duplicate_key(made.key)


def _require_version(there: Registration, version: int) -> None:
    if there.version != version:
        raise concurrent_modification(version, there.version)


def _page_query(query: Query) -> PageQuery:
    with_names = {name: values for name, values in query.items() if not name.startswith("var.")}
    try:
        page = page_query(with_names, "where", "withTotal")
    except ApiError as error:
        raise _malformed(error) from None
    variables = {name.removeprefix("var."): values[0] for name, values in query.items() if name not in with_names}
    where = [_with_variables(each, variables) for each in page.filters.get("where", ())]
    return PageQuery(page.limit, page.offset, page.sort, {**page.filters, "where": where})


def _with_variables(predicate: str, variables: Mapping[str, str]) -> str:
    """Put the values of `var.<name>` into a predicate, for `:name`."""
    return re.sub(r":([A-Za-z0-9_]+)", lambda name: f'"{variables.get(name[1], "")}"', predicate)


def _condition(predicate: str) -> tuple[str, str]:
    found = _PREDICATE.fullmatch(predicate)
    if found is None:
        raise invalid_input(f'Malformed parameter: where: the emulator knows key = "…" and id = "…": {predicate}')
    return found["field"], found["value"]


def _version(query: Query) -> int:
    try:
        require_known(query, {"version"})
    except ApiError as error:
        raise _malformed(error) from None
    text = query.get("version", [""])[0]
    if not (text.isascii() and text.isdigit()):
        raise invalid_input("Malformed parameter: version: a whole number is needed")
    return int(text)


def _malformed(error: ApiError) -> ApiError:
    return invalid_input(f"Malformed parameter: {error.members.get('detailedErrorMessage', error.message)}")
