"""The description of `openapi.yaml`: which operation a call is, and what is wrong with a body or an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from jsonschema_rs import Draft202012Validator, ValidationError

__all__ = ["OPENAPI", "Description", "Operation", "description"]

OPENAPI: Final = Path(__file__).with_name("openapi.yaml")
ERRORS: Final = "ErrorResponse"
TOKENS: Final[Mapping[str, str]] = {"/oauth/token": "TokenResponse", "/oauth/introspect": "IntrospectionResponse"}
"""Endpoints of the other host: path → schema of success."""


@dataclass(frozen=True)
class Operation:
    """One operation: the schema of its request, and that of each status of success."""

    name: str
    request: str | None
    answers: Mapping[int, str]


UNKNOWN: Final = Operation("", None, {})


class Description:
    """The whole description."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._components = document["components"]
        self._known = {("POST", path): Operation(path, None, {200: schema}) for path, schema in TOKENS.items()}
        self._validators: dict[str, Draft202012Validator] = {}
        self._operations = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), method.upper(), _operation(item[method]))
            for path, item in sorted(document["paths"].items(), key=lambda each: each[0].count("{"))
            for method in ("get", "post", "delete")
            if method in item
        ]

    def operation(self, method: str, path: str) -> Operation | None:
        """Return the operation of a call, or None if the description has none."""
        known = self._known.get((method, path))
        if known is None:
            found = (
                each for pattern, verb, each in self._operations if verb == method and pattern.fullmatch(path)
            )
            known = self._known[method, path] = next(found, UNKNOWN)
        return known if known is not UNKNOWN else None

    def problems(self, schema: str, value: object) -> list[ValidationError]:
        """Return why a value is not of that schema."""
        validator = self._validators.get(schema)
        if validator is None:
            whole = {"$ref": f"#/components/schemas/{schema}", "components": self._components}
            validator = self._validators[schema] = Draft202012Validator(whole)
        return [] if validator.is_valid(value) else list(validator.iter_errors(value))


def _operation(item: Mapping[str, Any]) -> Operation:
    body = item.get("requestBody")
    answers = {
        int(status): _last(each["$ref"]) for status, each in item["responses"].items() if status != "default"
    }
    return Operation(item["operationId"], _last(body["$ref"]) if body else None, answers)


def _last(reference: str) -> str:
    """Return the name of a component; each body and each answer has the name of its schema."""
    return reference.rpartition("/")[2]


@cache
def description() -> Description:
    """Return what `openapi.yaml` describes."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Description(yaml.load(OPENAPI.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506 - a safe one
