"""Extensions and Subscriptions that another person adds, changes or removes, by `/__admin` or in a seed.

A person may write destinations, triggers and statuses that this emulator does not know: new types appear.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, Field, JsonValue

from commercetools_connect.emulator.destinations import with_changes
from commercetools_connect.emulator.entities import Extension, Key, Subscription, Version
from commercetools_connect.emulator.errors import AdminError, ApiError
from commercetools_connect.emulator.json_values import JsonObject
from commercetools_connect.emulator.model import Model, evolve, parse_json
from commercetools_connect.emulator.references import Reference
from commercetools_connect.emulator.registrations import EXTENSIONS, SUBSCRIPTIONS, A, D, Kind, R, add
from commercetools_connect.emulator.store import World

Members = dict[str, JsonValue]


def _with_type(destination: Members) -> Members:
    if "type" not in destination:
        raise ValueError("type is needed")
    return destination


Destination = Annotated[Members, AfterValidator(_with_type)]


class _Edit(Model):
    key: Key | None = None
    version: Version | None = None
    destination: Members | None = None

    def given(self) -> dict[str, object]:
        """Return the members that were given, without the destination."""
        names = type(self).model_fields.keys() - {"destination"}
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class ExtensionEdit(_Edit):
    """Members of an Extension; `destination` is merged unless it names another type."""

    triggers: list[JsonValue] | None = None
    timeout_in_ms: int | None = None
    expansion_paths: list[str] | None = None
    additional_context: Members | None = None


class SubscriptionEdit(_Edit):
    """Members of a Subscription; `destination` is merged unless it names another type."""

    messages: list[JsonValue] | None = None
    changes: list[JsonValue] | None = None
    events: list[JsonValue] | None = None
    format: Members | None = None
    status: str | None = None


class NewExtension(ExtensionEdit):
    """An Extension that a person makes."""

    destination: Destination


class NewSubscription(SubscriptionEdit):
    """A Subscription that a person makes."""

    destination: Destination


class ProjectRegistrations(Model):
    """What a seed puts into one project."""

    extensions: list[NewExtension] = Field(default_factory=list)
    subscriptions: list[NewSubscription] = Field(default_factory=list)


def list_registrations(world: World, project: str) -> JsonObject:
    """Return the Extensions and Subscriptions of a project as the HTTP API shows them."""
    world.settle()
    return {
        "extensions": [EXTENSIONS.body(each) for each in EXTENSIONS.in_project(world, project)],
        "subscriptions": [SUBSCRIPTIONS.body(each) for each in SUBSCRIPTIONS.in_project(world, project)],
    }


def add_seeded(world: World, seeded: Mapping[str, ProjectRegistrations]) -> None:
    """Add what a seed has for each project."""
    now = world.clock.now()
    for project, given in seeded.items():
        for name, items in (("extensions", given.extensions), ("subscriptions", given.subscriptions)):
            edited = _KINDS[name]
            for each in items:
                _add(edited.kind, world, edited.made(each, project, now), now)


def add_registration(world: World, project: str, kind: str, body: bytes) -> JsonObject:
    """Add an Extension or a Subscription."""
    now, edited = world.settle(), _edited(kind)
    return _add(edited.kind, world, edited.made(parse_json(edited.new, body), project, now), now)


def edit_registration(world: World, project: str, kind: str, reference: str, body: bytes) -> JsonObject:
    """Change one; its version grows by one unless the body gives one. `reference`: id or `key=`."""
    world.settle()
    edited = _edited(kind)
    return _edit(edited.kind, world, project, reference, parse_json(edited.edit, body))


def remove_registration(world: World, project: str, kind: str, reference: str) -> JsonObject:
    """Remove one; return what it was."""
    world.settle()
    return _remove(_edited(kind).kind, world, project, reference)


@dataclass(frozen=True)
class _Edited:
    """How a person makes and changes one kind of registration; `defaults` are what a new one must have."""

    kind: Kind[Any, Any, Any]
    model: type[Extension | Subscription]
    new: type[NewExtension | NewSubscription]
    edit: type[ExtensionEdit | SubscriptionEdit]
    defaults: Mapping[str, object] = field(default_factory=dict)

    def made(self, new: NewExtension | NewSubscription, project: str, now: float) -> Extension | Subscription:
        """Return a new registration, with all members that were given."""
        moments = {"created_at": now, "modified_at": now}
        named = {"id": str(uuid.uuid4()), "project": project, "destination": new.destination}
        bare = self.model.model_validate({**named, **moments, **self.defaults}, by_name=True)
        return evolve(bare, **new.given())


_KINDS: Mapping[str, _Edited] = {
    "extensions": _Edited(EXTENSIONS, Extension, NewExtension, ExtensionEdit),
    "subscriptions": _Edited(
        SUBSCRIPTIONS, Subscription, NewSubscription, SubscriptionEdit, {"format": {"type": "Platform"}}
    ),
}


def _edited(kind: str) -> _Edited:
    if kind not in _KINDS:
        raise AdminError(f"there are no {kind}; known are {', '.join(_KINDS)}", 404)
    return _KINDS[kind]


def _add(kind: Kind[R, D, A], world: World, made: R, now: float) -> JsonObject:
    try:
        add(kind, world, made, now)
    except ApiError as error:
        raise AdminError(error.message, error.status) from None
    return kind.body(made)


def _edit(kind: Kind[R, D, A], world: World, project: str, reference: str, edit: _Edit) -> JsonObject:
    before = _found(kind, world, project, reference)
    now = world.clock.now()
    changed = evolve(
        before,
        **{"version": before.version + 1, **edit.given()},
        destination=with_changes(before.destination, edit.destination or {}),
        modified_at=now,
        modified_by=None,
    )
    kind.objects(world).put(changed, now)
    return kind.body(changed)


def _remove(kind: Kind[R, D, A], world: World, project: str, reference: str) -> JsonObject:
    there = _found(kind, world, project, reference)
    kind.objects(world).remove(there.id, world.clock.now())
    return kind.body(there)


def _found(kind: Kind[R, D, A], world: World, project: str, reference: str) -> R:
    name = reference.removeprefix("key=")
    there = kind.in_project(world, project)
    found = Reference(id=name).find(there) or Reference(key=name).find(there)
    if found is None:
        raise AdminError(f"there is no {kind.name} {name} in the project {project}", 404)
    return found
