"""What a kind of object shows of itself, declared once: for schemas, for previews, and to keep secrets secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from commercetools_connect.contract.values import Tree, Value
from commercetools_connect.resources.inputs import InputModel, member_names
from commercetools_connect.resources.secrecy import seal

__all__ = ["Declaration", "ReportEntryState", "StateModel"]


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
        """Return inputs or outputs with every value of a secret input wrapped in `Secret`, however it came."""
        return seal(self.inputs, tree)
