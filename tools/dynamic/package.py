"""The schema and the overlay, read as classes, argument types and functions of Python."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

from commercetools_connect.frontends.dynamic.input_shapes import snake_case

__all__ = ["Described", "Json", "Member", "Package", "snake_case"]

Json: TypeAlias = Mapping[str, Any]

OVERLAY: Final = Path(__file__).parent / "overlay.yaml"
PREFIX: Final = "commercetools-connect:index:"
COMMON: Final = ("resource_name", "timeouts")
"""Arguments of every class that the schema does not have and the overlay may describe."""
NOT_IN_PYTHON: Final = re.compile(r"\s*Import by [^.]*\.")


@dataclass(frozen=True)
class Member:
    """An input, an output, or a member of an argument type. `name` is Pulumi's."""

    name: str
    schema: Json
    description: str
    required: bool
    plain: bool = False
    own: Json = field(default_factory=dict)

    @property
    def python(self) -> str:
        """The name in Python."""
        return snake_case(self.name)


@dataclass(frozen=True)
class Described:
    """A resource, an argument type or a function. `own` is its part of the overlay."""

    name: str
    description: str
    inputs: tuple[Member, ...]
    outputs: tuple[Member, ...] = ()
    own: Json = field(default_factory=dict)


class Package:
    """Everything that is generated, in the schema's order."""

    def __init__(self, schema: Json, overlay: Json) -> None:
        self.overlay = overlay
        self._schema = schema
        text = json.dumps(schema, ensure_ascii=False)
        replaced = [there for there, _ in overlay["replaced"]]
        _require_known("descriptions of the schema", replaced, [each for each in replaced if each in text])
        entries = [*schema["types"].values(), *schema["resources"].values()]
        properties = (each.get(part, {}) for each in entries for part in ("properties", "inputProperties"))
        self._names = {name for each in properties for name in each if name != snake_case(name)}

    @classmethod
    def read(cls, path: Path) -> Package:
        """Return the package of a `schema.json`, with the overlay of this folder."""
        overlay = yaml.safe_load(OVERLAY.read_text(encoding="utf-8"))
        return cls(json.loads(path.read_text(encoding="utf-8")), overlay)

    def resources(self) -> Iterator[Described]:
        """Yield the resources, the component among them."""
        for name, schema, own in self._entries("resources"):
            inputs = self._members(schema["inputProperties"], schema["requiredInputs"], own)
            # A component's outputs may have the names of inputs and be other things.
            own_outputs = {} if own.get("component") else own
            outputs = self._members(schema["properties"], schema["required"], own_outputs, output=True)
            if own.get("outputs_only"):
                outputs = tuple(each for each in outputs if each.name not in schema["inputProperties"])
            yield Described(name, self._description(schema, own), inputs, outputs, own)

    def functions(self) -> Iterator[Described]:
        """Yield the functions."""
        for name, schema, own in self._entries("functions"):
            given = schema["inputs"]
            inputs = self._members(given["properties"], given.get("required", []), own)
            yield Described(name, self._description(schema, own), inputs, own=own)

    def arguments(self) -> Iterator[Described]:
        """Yield the types of nested inputs, each after those that it refers to."""
        types = {name: (schema, own) for name, schema, own in self._entries("types")}
        seen: set[str] = set()

        def visit(members: tuple[Member, ...]) -> Iterator[Described]:
            for name in (name for each in members for name in self.referenced(each.schema)):
                if name in seen:
                    continue
                seen.add(name)
                schema, own = types[name]
                inner = self._members(schema["properties"], schema.get("required", []), own)
                yield from visit(inner)
                yield Described(name, self._description(schema, own), inner, own=own)

        for described in (*self.resources(), *self.functions()):
            yield from visit(described.inputs)

    def referenced(self, schema: Json) -> Iterator[str]:
        """Yield the argument types that a property refers to, at any depth of lists and maps."""
        if "$ref" in schema:
            name = self.type_name(schema)
            if name and name not in self.overlay["results"] and "enum" not in self.type(name):
                yield name
        for inner in (schema.get("items"), schema.get("additionalProperties"), *schema.get("oneOf", ())):
            yield from self.referenced(inner) if inner else ()

    def type_name(self, schema: Json) -> str:
        """Return the name of the type that is referred to; `""` if it is not one of ours."""
        return str(schema["$ref"].rpartition(PREFIX)[2]) if PREFIX in schema.get("$ref", "") else ""

    def type(self, name: str) -> Json:
        """Return a type of the schema."""
        return dict(self._schema["types"][PREFIX + name])

    def argument_class(self, name: str) -> str:
        """Return the name of the Python class for an argument type."""
        return str(self.overlay["argument_classes"].get(name, f"{name}Args"))

    def _entries(self, part: str) -> Iterator[tuple[str, Json, Json]]:
        own = self.overlay[part]
        schemas = {token.removeprefix(PREFIX): schema for token, schema in self._schema[part].items()}
        _require_known(f"{part} of the schema", own, schemas)
        for name, schema in schemas.items():
            yield name, schema, own.get(name, {})
            _require_known(f"members of {name}", *_names(schema, own.get(name, {})))

    def _members(
        self, properties: Json, required: list[str], own: Json, *, output: bool = False
    ) -> tuple[Member, ...]:
        """Return the members, those that are required first."""
        entries = {name: _entry(each) for name, each in own.get("members", {}).items()}
        added = {name: entry for name, entry in entries.items() if "type" in entry}
        required = own.get("required", required)
        found = [
            Member(
                name,
                schema,
                self._text(_member_text(schema, entries.get(name, {}), output=output))
                + (self._members_of_output(schema) if output else ""),
                required=name in required,
                plain=name in own.get("plain", ()),
                own=entries.get(name, {}),
            )
            for name, schema in {**properties, **added}.items()
            if name not in own.get("omit", ())
        ]
        return tuple(sorted(found, key=lambda member: not member.required))

    def _members_of_output(self, schema: Json) -> str:
        """Return a sentence with the members of an output, which is a map without a type in Python."""
        inner = schema.get("items") or schema.get("additionalProperties") or schema
        names = self.type(self.type_name(inner))["properties"] if self.type_name(inner) else ()
        return f" Members: {', '.join(f'`{name}`' for name in names)}." if names else ""

    def _description(self, schema: Json, own: Json) -> str:
        return self._text(own.get("description") or schema["description"].partition("{{%")[0].strip())

    def _text(self, description: str) -> str:
        """Return a description with Python's names, and without what dynamic classes do not have."""
        for there, here in self.overlay["replaced"]:
            description = description.replace(there, here)
        quoted = NOT_IN_PYTHON.sub("", description).split("`")
        quoted[::2] = [re.sub(r"(?<![\w:.])[a-z]+[A-Z]\w*", self._name, each) for each in quoted[::2]]
        return "`".join(quoted)

    def _name(self, match: re.Match[str]) -> str:
        return f"`{snake_case(match[0])}`" if match[0] in self._names else match[0]


def _entry(entry: object) -> Json:
    return entry if isinstance(entry, Mapping) else {"description": entry}


def _names(schema: Json, own: Json) -> tuple[set[str], set[str]]:
    """Return the names of members in a part of the overlay, and those that there are."""
    inputs = schema.get("inputs", {}).get("properties", {})
    members = own.get("members", {})
    known = {*schema.get("properties", ()), *schema.get("inputProperties", ()), *inputs, *COMMON}
    known |= {name for name, each in members.items() if isinstance(each, Mapping) and "type" in each}
    return {name for part in ("members", "plain", "omit", "required") for name in own.get(part, ())}, known


def _require_known(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
    if unknown := set(names) - set(known):
        raise ValueError(f"{OVERLAY.name}: not among the {kind}: {', '.join(sorted(unknown))}")


def _member_text(schema: Json, own: Json, *, output: bool) -> str:
    text = str((own.get("output") if output else None) or own.get("description") or schema["description"])
    return f"{text} A change replaces the object." if schema.get("willReplaceOnChanges") else text
