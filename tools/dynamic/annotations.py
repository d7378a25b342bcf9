"""Annotations and shapes of inputs and outputs, from the types of the schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tools.dynamic.package import Json, Member, Package, snake_case

__all__ = ["Annotations"]

SCALARS: Final = {"string": "str", "boolean": "bool", "integer": "int", "number": "float"}
ANY: Final = "pulumi.json#/Any"


class Annotations:
    """Writes what a type checker and `input_shapes` know of each member."""

    def __init__(self, package: Package) -> None:
        self._package = package

    def of_input(self, member: Member, *, optional: str = " | None", elements: bool = False) -> str:
        """Return the annotation of an input; `elements` of lists and maps may be outputs as well."""
        wrap = _input if elements and not member.plain else str
        text = member.own.get("annotation") or self._type(member.schema, wrap)
        if not (member.plain or text == "Duration" or "annotation" in member.own):
            text = _input(text)
        return text if member.required or "default" in member.own else f"{text}{optional}"

    def of_argument(self, member: Member) -> str:
        """Return the annotation of a member of an argument type."""
        return self.of_input(member, optional="")

    def of_look_up(self, member: Member, wrap: Callable[[str], str]) -> str:
        """Return the annotation of an argument of a function. Enumerations have names there."""
        reference = self._enumeration(member.schema)
        text = wrap(reference or self._type(member.schema, str))
        return text if member.required else f"{text} | None"

    def of_output(self, member: Member, *, is_input: bool) -> str:
        """Return the annotation of an output."""
        own = "" if is_input else member.own.get("annotation")
        text = own or self._output_type(member.schema)
        return text if member.required or text == "object" else f"{text} | None"

    def literal(self, enumeration: str) -> str:
        """Return the values of an enumeration as a type."""
        values = ", ".join(f'"{each["value"]}"' for each in self._package.type(enumeration)["enum"])
        return f"Literal[{values}]"

    def enumerations(self, members: tuple[Member, ...]) -> set[str]:
        """Return the names of the enumerations that some members have as types."""
        return {name for each in members if (name := self._enumeration(each.schema))}

    def shape(self, schema: Json) -> str:
        """Return the expression for a property's shape."""
        if schema.get("secret"):
            return self._secret_shape({name: each for name, each in schema.items() if name != "secret"})
        if "oneOf" in schema.get("additionalProperties", {}):
            return "map_of(scalar)"
        if not list(self._package.referenced(schema)):
            return "duration" if _is_duration(schema) else "sendable"
        if "oneOf" in schema or "$ref" in schema:
            return self._shape_of_reference(schema)
        if "items" in schema:
            return f"list_of({self.shape(schema['items'])})"
        return f"map_of({self.shape(schema['additionalProperties'])})"

    def _shape_of_reference(self, schema: Json) -> str:
        if "oneOf" in schema:  # text, or an object
            return f"text_or({', '.join(self.shape(each) for each in schema['oneOf'] if '$ref' in each)})"
        return self.shape_name(self._package.type_name(schema))

    def shape_name(self, type_name: str) -> str:
        """Return the name of the constant for the shape of an argument type."""
        return f"_{snake_case(type_name).upper().lstrip('_')}"

    def _secret_shape(self, schema: Json) -> str:
        # Each value of a map by itself and not the map as a whole: states and diffs still show which keys are set.
        if "additionalProperties" in schema:
            return f"map_of({self._secret_shape(schema['additionalProperties'])})"
        is_scalar = schema.get("type") in SCALARS or "oneOf" in schema
        return f"secret({'scalar' if is_scalar else self.shape(schema)})"

    def _type(self, schema: Json, wrap: Callable[[str], str]) -> str:
        if "oneOf" in schema:
            return self._union(schema, wrap)
        if "$ref" in schema:
            return self._reference(schema)
        if "items" in schema:
            inner = self._type(schema["items"], wrap)
            return f"Sequence[{inner if inner == 'Mapping[str, object]' else wrap(inner)}]"
        if "additionalProperties" in schema:
            inner = self._type(schema["additionalProperties"], wrap)
            return f"Mapping[str, {_input(inner) if inner == 'ConfigurationValue' else wrap(inner)}]"
        return SCALARS[schema["type"]]

    def _reference(self, schema: Json) -> str:
        if schema["$ref"] == ANY:
            return "object"
        known = list(self._package.referenced(schema))
        return self._package.argument_class(self._package.type_name(schema)) if known else "Mapping[str, object]"

    def _union(self, schema: Json, wrap: Callable[[str], str]) -> str:
        if enumeration := self._enumeration(schema):
            return self.literal(enumeration)
        if any("items" in each for each in schema["oneOf"]) or any(self._package.referenced(schema)):
            return " | ".join(self._type(each, wrap) for each in schema["oneOf"])
        return "Duration" if _is_duration(schema) else "ConfigurationValue"

    def _output_type(self, schema: Json) -> str:
        if schema.get("$ref") == ANY:
            return "object"
        if "$ref" in schema:
            entry = self._package.type(self._package.type_name(schema))
            properties = entry["properties"]
            texts = all(each.get("type") == "string" for each in properties.values())
            complete = properties.keys() == set(entry.get("required", ()))
            return f"Mapping[str, {'str' if texts and complete else 'object'}]"
        if "items" in schema:
            return f"Sequence[{self._output_type(schema['items'])}]"
        if "additionalProperties" in schema:
            return f"Mapping[str, {self._output_type(schema['additionalProperties'])}]"
        if any(self._package.referenced(schema)):
            return " | ".join(self._output_type(each) for each in schema["oneOf"])
        return "str" if "oneOf" in schema else SCALARS[schema["type"]]

    def _enumeration(self, schema: Json) -> str:
        names = (self._package.type_name(each) for each in schema.get("oneOf", ()))
        return next((name for name in names if name and "enum" in self._package.type(name)), "")


def _input(text: str) -> str:
    return f"pulumi.Input[{text}]"


def _is_duration(schema: Json) -> bool:
    return sorted(each.get("type", "") for each in schema.get("oneOf", ())) == ["number", "string"]
