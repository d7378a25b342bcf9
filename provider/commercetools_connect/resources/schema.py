"""Schema of a resource: inputs, outputs, their secrets and differences; and models of the API as outputs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat
from types import UnionType
from typing import Annotated, Any, Final, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from commercetools_connect.api import ReportEntry, ReportEntryType
from commercetools_connect.core.results import Change
from commercetools_connect.core.text import Path, capped_list, escape_untrusted
from commercetools_connect.core.values import (
    LEAVES,
    UNKNOWN,
    PlainMap,
    PropertyMap,
    PropertyValue,
    Secret,
    equivalent,
    has_unknown,
    unwrap_secrets,
)
from commercetools_connect.resources.inputs import SECRET, InputModel, is_secret, member_names
from commercetools_connect.waiters import ReportLine

Annotation: TypeAlias = object
"""A type as a model's field declares it; Python has no type for these."""


class StateModel(BaseModel):
    """A part of an object's outputs: camelCase outside; `None` is what may be absent."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, hide_input_in_errors=True)

    def __getitem__(self, name: str) -> Any:
        """Return a member by its Python name: to programs a function's result is a dictionary as well."""
        if name not in type(self).model_fields:
            raise KeyError(name)
        return getattr(self, name)


def state_names(model: type[StateModel]) -> tuple[str, ...]:
    """Return the names of a model's members as states have them."""
    return tuple(info.alias or name for name, info in model.model_fields.items())


class ReportEntryState(StateModel):
    """An entry of the report of a preview, a publication or a deployment."""

    type: str | None = Field(default=None, description="Information, Warning or Error.")
    title: str | None = Field(default=None, description="Title of the entry.")
    message: str | None = Field(default=None, description="Text of the entry.")
    application: str | None = Field(
        default=None, description="Application that the entry is about. Absent if it is about all."
    )
    created_at: str | None = Field(default=None, description="Time of the entry, in ISO 8601.")


@dataclass(frozen=True)
class ResourceSchema:
    """One kind of object, as its users see it.

    - `inputs`, `state`: what a program writes, and what it can read besides. Inputs can be read as well.
    - `filled_in`: required inputs that a check fills in when the program leaves them out.
    - `replaced_by`: inputs whose change makes another object; a hint for documentation, the diff decides.
    - `type_names`: names of nested types, where the name of the class would say too little.
    - `connected`: whether the objects are in Connect, so that a program may name a connection for each.
    """

    description: str
    inputs: type[InputModel]
    state: type[StateModel]
    filled_in: frozenset[str] = frozenset()
    replaced_by: frozenset[str] = frozenset()
    type_names: Mapping[str, str] = field(default_factory=dict)
    connected: bool = True

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the inputs, in the order of the model."""
        return member_names(self.inputs)

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs that are not inputs."""
        return state_names(self.state)

    def mark_secrets(self, properties: PropertyMap) -> dict[str, PropertyValue]:
        """Return inputs or outputs with every value of a secret input wrapped in `Secret`, however it came."""
        return mark_secrets(self.inputs, properties)


def mark_secrets(model: type[BaseModel], properties: Mapping[str, PropertyValue]) -> dict[str, PropertyValue]:
    """Return inputs or outputs with every value of a secret input wrapped in `Secret`, however it came.

    Values of a map are wrapped one by one: states and diffs still show which keys are set. What is secret as a
    whole stays so; nothing and `UNKNOWN` are no secrets.
    """
    root: list[Any] = [properties]
    pending: list[tuple[Any, Any, Annotation]] = [(root, 0, model)]
    while pending:
        parent, place, declared = pending.pop()
        value = parent[place]
        if type(value) in LEAVES:
            if declared is SECRET and not (value is None or value is UNKNOWN):
                parent[place] = Secret(value)
        elif isinstance(value, Mapping):
            parent[place] = value = dict(value)
            declared = declared if declared is SECRET else _object_in(without_optional(declared))
            if isinstance(declared, type) and issubclass(declared, BaseModel):
                pending += ((value, name, inside) for name, inside in _members_of(declared) if name in value)
            elif declared is SECRET or get_origin(declared) is dict:
                inside = SECRET if declared is SECRET else get_args(declared)[1]
                pending += zip(repeat(value), value, repeat(inside))
        elif isinstance(value, Sequence) and not isinstance(value, str):
            declared = declared if declared is SECRET else without_optional(declared)
            if declared is SECRET or get_origin(declared) in (tuple, list):
                parent[place] = value = list(value)
                inside = SECRET if declared is SECRET else get_args(declared)[0]
                pending += zip(repeat(value), range(len(value)), repeat(inside))
        elif declared is SECRET and not isinstance(value, Secret):
            parent[place] = Secret(value)
    whole: dict[str, PropertyValue] = root[0]
    return whole


@lru_cache
def _members_of(model: type[BaseModel]) -> tuple[tuple[str, Annotation], ...]:
    """Return the name of each member, and its type or `SECRET`."""
    fields = model.model_fields.items()
    return tuple((info.alias or name, SECRET if is_secret(info) else info.annotation) for name, info in fields)


def _object_in(declared: Any) -> Any:
    """Return the model among alternatives such as a name or an object; any other type as it is."""
    if get_origin(declared) not in (Union, UnionType):
        return declared
    models = (each for each in get_args(declared) if isinstance(each, type) and issubclass(each, BaseModel))
    return next(models, declared)


def restore_secrets(value: PropertyValue, like: PropertyValue) -> PropertyValue:
    """Return the value with a `Secret` wherever `like` has one: reading a value does not make it public.

    A list of which one member is secret is secret as a whole when it has become another list: members move.
    """
    root: list[Any] = [value]
    pending: list[tuple[Any, Any, PropertyValue]] = [(root, 0, like)]
    while pending:
        parent, place, like = pending.pop()
        value = parent[place]
        if isinstance(like, Secret):
            parent[place] = value if value is None or isinstance(value, Secret) else Secret(value)
        elif isinstance(value, Mapping) and isinstance(like, Mapping):
            parent[place] = value = dict(value)
            pending += zip(repeat(value), value, map(like.get, value))
        elif isinstance(value, list) and isinstance(like, list):
            if equivalent(value, like):
                parent[place] = value = list(value)
                pending += zip(repeat(value), range(len(value)), like)
            elif has_secret(like):
                parent[place] = Secret(value)
    whole: PropertyValue = root[0]
    return whole


def without_optional(annotation: Annotation) -> Annotation:
    """Return `int` for `Annotated[int, …] | None`: the type of a value that is there."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        present = [each for each in get_args(annotation) if each is not type(None)]
        return without_optional(present[0]) if len(present) == 1 else annotation
    return annotation


def has_secret(value: PropertyValue) -> bool:
    """Return whether a part of the value is marked as secret."""
    if isinstance(value, Mapping):
        return any(map(has_secret, value.values()))
    return isinstance(value, Secret) or (isinstance(value, list) and any(map(has_secret, value)))


def find_differences(
    held: PropertyValue, wanted: PropertyValue, *, unordered: Collection[str] = (), path: Path = ()
) -> dict[Path, Change]:
    """Return every path at which `wanted` differs from `held`, and how.

    Maps are compared member by member; an empty map and no map are the same. Lists are compared as wholes; those
    named in `unordered` without regard to order. A value that is not known yet counts as changed.
    """
    changes: dict[Path, Change] = {}
    pending: list[tuple[Path, PropertyValue, PropertyValue]] = [
        (path, unwrap_secrets(held), unwrap_secrets(wanted))
    ]
    while pending:
        path, before, after = pending.pop()
        old, new = {} if before is None else before, {} if after is None else after
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            names = [*reversed({**old, **new})]
            paths = [(*path, name) for name in names]
            pending += zip(paths, map(old.get, names), map(new.get, names), strict=True)
            continue
        if path and path[-1] in unordered:
            before, after = _ordered(before), _ordered(after)
        if not equivalent(before, after):
            added = Change.ADD if before is None else Change.UPDATE
            changes[path] = Change.DELETE if after is None else added
    return changes


def _ordered(value: PropertyValue) -> PropertyValue:
    if isinstance(value, list) and not has_unknown(value):
        return sorted(value, key=str)
    return value


MAX_ENTRIES: Final = 200
"""Of a report in the outputs; each has two texts of up to 500 characters."""


def to_plain(model: BaseModel) -> PlainMap:
    """Return a representation under the API's own names, without what is absent."""
    return dict(model.model_dump(mode="json", by_alias=True, exclude_none=True))


def report_entries(entries: Iterable[ReportEntry]) -> list[PlainMap]:
    """Return the entries of a report (API §4.4, §4.7), safe to print: the first 200, and how many more."""
    shown = capped_list(
        list(entries), MAX_ENTRIES, lambda text: ReportEntry(type=ReportEntryType.INFORMATION, title=text)
    )
    return [
        {
            name: escape_untrusted(value)
            for name, value in to_plain(entry).items()
            if isinstance(value, str) and value
        }
        for entry in shown
    ]


def report_lines(entries: Iterable[ReportEntry]) -> tuple[ReportLine, ...]:
    """Return the entries as a wait shows them.

    A check that was skipped is called an error in reports of drafts that passed (API §8.1): it is information.
    """
    return tuple(
        ReportLine(
            ReportEntryType.INFORMATION if entry.title.endswith("skipped") else entry.type,
            entry.title,
            entry.message,
            entry.application,
            entry.created_at,
        )
        for entry in entries
    )
