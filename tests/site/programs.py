"""Holds YAML programs of the pages against schema.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.site.reference import SCHEMA

__all__ = ["mistakes"]

PACKAGE = "commercetools-connect"
PROVIDER = f"pulumi:providers:{PACKAGE}"
STACK_REFERENCE = "pulumi:pulumi:StackReference"
PARTS = {"name", "runtime", "description", "config", "variables", "resources", "outputs"}
OPTIONS = {"provider", "dependsOn", "protect", "customTimeouts", "import"}
RESOURCE = {"type", "name", "properties", "options"}


def mistakes(program: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the schema does not know, or asks for and does not get."""
    yield from _unknown("program", program, PARTS)
    for name, resource in program.get("resources", {}).items():
        yield from _unknown(name, resource, RESOURCE)
        yield from _unknown(f"{name}.options", resource.get("options", {}), OPTIONS)
        yield from _resource(name, resource)


def _resource(name: str, resource: Mapping[str, Any]) -> Iterator[str]:
    if resource["type"] == PROVIDER:
        yield from _properties(name, resource.get("properties", {}), SCHEMA["provider"]["inputProperties"], ())
        return
    if resource["type"] == STACK_REFERENCE:
        yield from _unknown(name, resource.get("properties", {}), {"name"})
        return
    package, _, kind = resource["type"].partition(":")
    spec = SCHEMA["resources"].get(f"{package}:index:{kind}")
    if spec is None:
        yield f"{name}: there is no {resource['type']}"
        return
    yield from _properties(
        name, resource.get("properties", {}), spec["inputProperties"], spec.get("requiredInputs", ())
    )


def _properties(where: str, given: Mapping[str, Any], known: Mapping[str, Any], required: Any) -> Iterator[str]:
    yield from _unknown(where, given, known)
    yield from (f"{where}: {name} is missing" for name in required if name not in given)
    for name, value in given.items():
        if name in known:
            yield from _value(f"{where}.{name}", value, known[name])


def _value(where: str, value: Any, spec: Mapping[str, Any]) -> Iterator[str]:
    reference = next(
        (each["$ref"] for each in (spec, *spec.get("oneOf", ())) if "$ref" in each), ""
    )  # words that are allowed stand beside plain text
    is_text = isinstance(value, str)
    if is_text and value.startswith("${"):
        return  # known only when it runs
    by_name = is_text and any(each.get("type") == "string" for each in spec.get("oneOf", ()))
    if "#/types/" in reference:
        spec = SCHEMA["types"][reference.partition("#/types/")[2]]
        words = [each["value"] for each in spec.get("enum", ())]
        if words and value not in words:
            yield f"{where}: {value} is none of {words}"
        elif not words and by_name:
            return
        elif not words and not isinstance(value, Mapping):
            yield f"{where}: must be an object"
        elif not words:
            yield from _properties(where, value, spec["properties"], spec.get("required", ()))
    else:
        yield from _plain(where, value, spec)


def _plain(where: str, value: Any, spec: Mapping[str, Any]) -> Iterator[str]:
    if spec.get("type") == "array":
        for position, each in enumerate(value):
            yield from _value(f"{where}[{position}]", each, spec["items"])
    elif spec.get("type") == "object" and "additionalProperties" in spec:
        for name, each in value.items():
            yield from _value(f"{where}.{name}", each, spec["additionalProperties"])
    elif spec.get("type") == "boolean" and not isinstance(value, bool):
        yield f"{where}: must be true or false"


def _unknown(where: str, given: Mapping[str, Any], known: Any) -> Iterator[str]:
    yield from (f"{where}: there is no {name}" for name in given if name not in known)
