"""What an engine is told and what it keeps: programs, states, and the steps of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from commercetools_connect.contract.results import State
from commercetools_connect.contract.values import UNKNOWN, Secret, Tree, Value

__all__ = [
    "PROJECT",
    "STACK",
    "Declared",
    "Deed",
    "Entry",
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
    - `delete_first`: the option `deleteBeforeReplace`; `None`: as the diff says.
    """

    kind: str
    name: str
    inputs: Mapping[str, Any]
    timeouts: Mapping[str, float] = field(default_factory=dict)
    delete_first: bool | None = None

    @property
    def urn(self) -> str:
        """The full name."""
        return urn_of(self.kind, self.name)

    @property
    def needs(self) -> frozenset[str]:
        """Names of the resources whose outputs the inputs mention, as `Output.of` has them."""
        return frozenset(_outputs_in(self.inputs))

    @property
    def needed_urns(self) -> frozenset[str]:
        """The same as full names."""
        return frozenset(urn_of(*name.split("/", 1)) for name in self.needs)


Program: TypeAlias = Sequence[Declared]
"""What the user wrote; `Output.of` is `<kind>/<name>`."""


@dataclass(frozen=True)
class Entry:
    """One resource as the state keeps it.

    - `init_errors`: why it is not as asked; the next `up` updates it even without a difference.
    - `condemned`: replaced, and still to be deleted.
    - `awaits_create`: deleted by a replacement whose create has not happened yet.
    """

    urn: str
    kind: str
    name: str
    id: str
    inputs: Tree
    outputs: Tree
    needs: frozenset[str] = frozenset()
    timeouts: Mapping[str, float] = field(default_factory=dict)
    init_errors: tuple[str, ...] = ()
    condemned: bool = False
    awaits_create: bool = False

    @property
    def state(self) -> State:
        """What the provider is told of it."""
        return State(self.id, self.outputs, self.inputs)


@dataclass(frozen=True)
class Step:
    """Something that was tried for one resource, and how it ended; `before` is what the state had of it."""

    urn: str
    kind: str
    name: str
    deed: Deed
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
        return [f"{each.deed} {each.kind}/{each.name} {each.how}" for each in self.steps if each.deed != "same"]

    @property
    def errors(self) -> list[str]:
        """What the user would read."""
        return [str(each.error) for each in self.steps if each.error is not None]


def urn_of(kind: str, name: str) -> str:
    """Return the full name that this engine's stack gives a resource."""
    return f"urn:pulumi:{STACK}::{PROJECT}::commercetools-connect:index:{kind}::{name}"


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


def resolve(value: Any, shown: Mapping[str, Tree]) -> Any:
    """Return inputs with every `Output` in its place; `shown` has what each resource shows, by `<kind>/<name>`."""
    if isinstance(value, Output):
        return _at(shown[value.of], value.path)
    if isinstance(value, Mapping):
        return {name: resolve(child, shown) for name, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolve(child, shown) for child in value]
    return value


def _at(value: Value, path: Sequence[str]) -> Value:
    for step in path:
        if isinstance(value, Secret):
            return Secret(_at(value.value, path))
        if value is UNKNOWN or not isinstance(value, Mapping):
            return UNKNOWN if value is UNKNOWN else None
        value = value.get(step)
    return value
