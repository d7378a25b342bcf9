"""From types of Python models to types of a Pulumi schema."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias, get_args, get_origin

from pydantic import BaseModel, JsonValue, SecretStr
from pydantic.fields import FieldInfo

from commercetools_connect.plugin.urns import PACKAGE
from commercetools_connect.resources.fields import ConfigurationValue, Duration
from commercetools_connect.resources.secrecy import Annotation, is_secret, without_absence

__all__ = ["Json", "Properties", "TypeTable", "properties_of"]

Json: TypeAlias = "str | bool | int | float | Sequence[Json] | Mapping[str, Json] | None"

SIMPLE: Final[Mapping[object, str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    SecretStr: "string",
}


@dataclass
class Properties:
    """The members of an object type: each one's schema, and the names of those that are always there."""

    properties: dict[str, dict[str, Json]] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)


@dataclass
class TypeTable:
    """The nested types of a package, filled while properties refer to them."""

    entries: dict[str, Json] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _owners: dict[str, type] = field(default_factory=dict)

    def rename(self, names: Mapping[str, str]) -> None:
        """Call these classes by other names."""
        self._names.update(names)

    def reference(self, model: type) -> dict[str, Json]:
        """Return a reference to a class's type, and see to it that the type is there."""
        name = self._names.get(model.__name__) or model.__name__.removesuffix("Inputs").removesuffix("State")
        token = f"{PACKAGE}:index:{name}"
        if self._owners.setdefault(token, model) is not model:
            raise ValueError(f"{model.__name__} and {self._owners[token].__name__} would both be {token}")
        if token not in self.entries:
            self.entries[token] = {}  # a type may contain itself
            self.entries[token] = self._enumeration(model) if issubclass(model, Enum) else self._object(model)
        return {"$ref": f"#/types/{token}"}

    def _enumeration(self, model: type[Enum]) -> Json:
        return {
            "description": inspect.getdoc(model) or "",
            "type": "string",
            "enum": [{"name": each.name.title(), "value": each.value} for each in model],
        }

    def _object(self, model: type) -> Json:
        if not issubclass(model, BaseModel):
            raise TypeError(f"{model.__name__} is no type that a schema can have")
        found = properties_of(model, self)
        required: Mapping[str, Json] = {"required": found.required} if found.required else {}
        return {
            "description": inspect.getdoc(model) or "",
            "type": "object",
            "properties": found.properties,
            **required,
        }


def properties_of(model: type[BaseModel], types: TypeTable) -> Properties:
    """Return a model's members."""
    found = Properties()
    for attribute, info in model.model_fields.items():
        name = info.alias or attribute
        schema = _type(_as_written(info), types)
        schema["description"] = info.description or ""
        if is_secret(info):
            schema["secret"] = True
        found.properties[name] = schema
        if info.is_required():
            found.required.append(name)
    return found


def _as_written(info: FieldInfo) -> Annotation:
    """Return a field's type; pydantic has taken apart what says that it is a duration."""
    (mark,) = get_args(Duration)[1:]
    return Duration if mark in info.metadata else info.annotation


def _alternatives(annotation: Annotation) -> tuple[str, ...]:
    """Return the types that a value may have where the API keeps one, and people write it in several ways."""
    if annotation == ConfigurationValue:
        return ("string", "number", "boolean")
    return ("number", "string") if Duration in (annotation, *get_args(annotation)) else ()


def _type(annotation: Annotation, types: TypeTable) -> dict[str, Json]:
    alternatives = _alternatives(annotation)
    if alternatives:
        return {"oneOf": [{"type": each} for each in alternatives]}
    declared = without_absence(annotation)
    if declared == JsonValue:
        return {"$ref": "pulumi.json#/Any"}
    if declared in SIMPLE:
        return {"type": SIMPLE[declared]}
    arguments = get_args(declared)
    if get_origin(declared) in (tuple, list):
        return {"type": "array", "items": _type(arguments[0], types)}
    if get_origin(declared) is dict:
        return {"type": "object", "additionalProperties": _type(arguments[1], types)}
    return _named_type(declared, types)


def _named_type(declared: Annotation, types: TypeTable) -> dict[str, Json]:
    if not isinstance(declared, type):
        raise TypeError(f"{declared!r} is no type that a schema can have")
    if issubclass(declared, Enum):
        # Open: the API may know values before we do.
        return {"oneOf": [{"type": "string"}, {**types.reference(declared), "type": "string"}]}
    return types.reference(declared)
