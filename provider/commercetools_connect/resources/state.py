"""What a kind of object shows of itself, declared once: for schemas, for previews, and to keep secrets secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import UnionType
from typing import Annotated, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from commercetools_connect.contract.values import UNKNOWN, Secret, Tree, Value
from commercetools_connect.resources.inputs import InputModel, member_names

__all__ = ["Annotation", "Declaration", "ReportEntryState", "StateModel", "without_absence"]

Annotation: TypeAlias = object
"""A type as a model's field declares it; Python has no type for these."""


class StateModel(BaseModel):
    """A part of an object's outputs: camelCase outside; `None` is what may be absent."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, hide_input_in_errors=True)


class ReportEntryState(StateModel):
    """One finding of a preview, a publication or a build."""

    type: str | None = Field(default=None, description="Information, Warning or Error.")
    title: str | None = Field(default=None, description="What was found.")
    message: str | None = Field(default=None, description="More about it.")
    application: str | None = Field(default=None, description="Application that it concerns; all if absent.")
    created_at: str | None = Field(default=None, description="When it was found, in ISO 8601.")


@dataclass(frozen=True)
class Declaration:
    """One kind of object, as its users see it.

    - `inputs`, `state`: what a program writes, and what it can read besides. Inputs can be read as well.
    - `filled_in`: required inputs that a check fills in when the program leaves them out.
    - `replaced_by`: inputs whose change makes another object; a hint for documentation, the diff decides.
    - `type_names`: names of nested types, where the name of the class would say too little.
    """

    description: str
    inputs: type[InputModel]
    state: type[StateModel]
    filled_in: frozenset[str] = frozenset()
    replaced_by: frozenset[str] = frozenset()
    type_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the inputs, in the order of the model."""
        return member_names(self.inputs)

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs that are not inputs."""
        return tuple(info.alias or name for name, info in self.state.model_fields.items())

    def seal(self, tree: Tree) -> dict[str, Value]:
        """Return inputs or outputs with every value of a secret input wrapped in `Secret`, however it came.

        A field of an input model is secret when it is kept out of the model's `repr`. Values of a map are wrapped
        one by one: states and diffs still show which keys are set. What is secret as a whole stays so.
        """
        return _seal_members(self.inputs, tree)


def without_absence(annotation: Annotation) -> Annotation:
    """Return `int` for `Annotated[int, …] | None`: the type of a value that is there."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        present = [each for each in get_args(annotation) if each is not type(None)]
        return without_absence(present[0]) if len(present) == 1 else annotation
    return annotation


def _seal_members(model: type[InputModel], tree: Mapping[str, Value]) -> dict[str, Value]:
    sealed = dict(tree)
    for name, info in model.model_fields.items():
        member = info.alias or name
        if member in tree:
            sealed[member] = (
                _seal_inside(info.annotation, tree[member]) if info.repr else _seal_leaves(tree[member])
            )
    return sealed


def _seal_inside(annotation: Annotation, value: Value) -> Value:
    """Follow a value along its declared type; where the value has another shape there is nothing to find."""
    declared = without_absence(annotation)
    if not isinstance(value, Mapping):
        return value
    if isinstance(declared, type) and issubclass(declared, InputModel):
        return _seal_members(declared, value)
    if get_origin(declared) is dict:
        inside = get_args(declared)[1]
        return {key: _seal_inside(inside, child) for key, child in value.items()}
    return value


def _seal_leaves(value: Value) -> Value:
    if isinstance(value, Mapping):
        return {key: _seal_leaves(child) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_seal_leaves(child) for child in value]
    return value if value is None or value is UNKNOWN or isinstance(value, Secret) else Secret(value)
