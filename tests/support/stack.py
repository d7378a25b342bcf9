"""What an engine receives and what it keeps: programs, states, and the steps of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from commercetools_connect.core.results import State
from commercetools_connect.core.values import UNKNOWN, PropertyMap, PropertyValue, Secret

__all__ = [
    "PROJECT",
    "STACK",
    "Declared",
    "Deed",
    "Entry",
    "Frontend",
    "How",
    "Output",
    "Program",
    "Run",
    "Step",
    "resolve",
    "urn_of",
]

PROJECT, STACK = "shop", "test"

Deed: TypeAlias = Literal["same", "create", "update", "replace", "delete", "read"]
"""What a step does; `replace` is the create of a replacement, and its delete a `delete`."""

How: TypeAlias = Literal["done", "partial", "failed", "killed"]

Frontend: TypeAlias = Literal["plugin", "dynamic"]
"""Through which frontend a program's resources are served."""

TYPES: Mapping[Frontend, str] = {
    "plugin": "commercetools-connect:index:",
    "dynamic": "pulumi-python:dynamic/commercetools-connect:",
}


@dataclass(frozen=True)
class Output:
    """In the inputs of a program: what another resource shows, `("id",)` for its id."""

    of: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Declared:
    """One resource of a program.

    - `inputs`: values, with `Output`s at any depth.
    - `timeouts`: seconds by `create`, `update`, `delete`, as the option `customTimeouts` has them.
    - `delete_first`: the option `deleteBeforeReplace`; `None`: as the resource's class and the diff say.
    - `depends_on`: the option `dependsOn`, as `Output.of` has names.
    - `aliases`: names that the resource had before.
    - `retain`: the option `retainOnDelete`.
    - `provider`: the name of an explicit provider, `""` for the default one.
    """

    kind: str
    name: str
    inputs: Mapping[str, Any]
    timeouts: Mapping[str, float] = field(default_factory=dict)
    delete_first: bool | None = None
    depends_on: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    retain: bool = False
    provider: str = ""

    @property
    def urn(self) -> str:
        """The full name in a stack of the usual names, served by the plugin."""
        return urn_of(self.kind, self.name)

    @property
    def needs(self) -> frozenset[str]:
        """Names of the resources that must be there before, as `Output.of` has them."""
        return frozenset(_outputs_in(self.inputs)) | frozenset(self.depends_on)

    @property
    def needs_by_input(self) -> dict[str, frozenset[str]]:
        """The names whose outputs each input mentions."""
        return {name: frozenset(_outputs_in(value)) for name, value in self.inputs.items()}


Program: TypeAlias = Sequence[Declared]
"""What the user wrote; `Output.of` is `<kind>/<name>`."""


@dataclass(frozen=True)
class Entry:
    """One resource as the state keeps it.

    - `needs`: URNs of what it depends on, `needs_by_input`: those whose outputs each input has.
    - `init_errors`: why it is not as asked; the next `up` updates it even without a difference.
    - `condemned`: replaced, and still to be deleted.
    - `awaits_create`: deleted by a replacement whose create has not happened yet.
    - `retain`: a delete only takes it out of the state.
    - `provider`: the explicit provider that it was last served by.
    """

    urn: str
    kind: str
    name: str
    id: str
    inputs: PropertyMap
    outputs: PropertyMap
    needs: frozenset[str] = frozenset()
    timeouts: Mapping[str, float] = field(default_factory=dict)
    init_errors: tuple[str, ...] = ()
    condemned: bool = False
    awaits_create: bool = False
    retain: bool = False
    provider: str = ""
    needs_by_input: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """What the provider receives of it."""
        return State(self.id, self.outputs, self.inputs)


@dataclass(frozen=True)
class Step:
    """Something that was tried for one resource, and how it ended; `before` is what the state had of it."""

    urn: str
    kind: str
    name: str
    action: Deed
    how: How
    before: Entry | None = None
    after: State | None = None
    error: BaseException | None = None


@dataclass
class Run:
    """One `up`, `preview`, `refresh` or `destroy`: its steps in the order in which they ended."""

    preview: bool = False
    steps: list[Step] = field(default_factory=list)
    failed: bool = False

    @property
    def changes(self) -> list[str]:
        """What was done, without what stays the same: `update Deployment/greeter done`."""
        return [
            f"{each.action} {each.kind}/{each.name} {each.how}" for each in self.steps if each.action != "same"
        ]

    @property
    def errors(self) -> list[str]:
        """What the user would read."""
        return [str(each.error) for each in self.steps if each.error is not None]


def urn_of(kind: str, name: str, stack: str = STACK, project: str = PROJECT, frontend: Frontend = "plugin") -> str:
    """Return the full name that a stack gives a resource."""
    return f"urn:pulumi:{stack}::{project}::{TYPES[frontend]}{kind}::{name}"


def _outputs_in(value: Any) -> Iterable[str]:
    if isinstance(value, Output):
        yield value.of
    elif isinstance(value, Secret):
        yield from _outputs_in(value.value)
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from _outputs_in(child)
    elif isinstance(value, (list, tuple)):
        for child in value:
            yield from _outputs_in(child)


def resolve(value: Any, shown: Mapping[str, PropertyMap]) -> Any:
    """Return inputs with every `Output` in its place; `shown` has what each resource shows, by `<kind>/<name>`."""
    if isinstance(value, Output):
        return _at(shown[value.of], value.path)
    if isinstance(value, Mapping):
        return {name: resolve(child, shown) for name, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolve(child, shown) for child in value]
    return value


def _at(value: PropertyValue, path: Sequence[str]) -> PropertyValue:
    for step in path:
        if isinstance(value, Secret):
            return Secret(_at(value.value, path))
        if value is UNKNOWN or not isinstance(value, Mapping):
            return UNKNOWN if value is UNKNOWN else None
        value = value.get(step)
    return value
