"""Pulumi package schema, generated from the models. This module writes it when it runs as a program.

The engine, the YAML runtime and the generators of every SDK read it; it is the same text on every machine.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import UnionType
from typing import Any, Final, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, JsonValue, SecretStr
from pydantic.fields import FieldInfo

import commercetools_connect
from commercetools_connect.api.hosts import ENVIRONMENT_NAMES
from commercetools_connect.core.urns import DYNAMIC_TYPE, PACKAGE
from commercetools_connect.frontends.plugin.schema.examples import with_examples
from commercetools_connect.lookups.function import Function
from commercetools_connect.lookups.listing import LISTINGS
from commercetools_connect.lookups.registry import FUNCTIONS
from commercetools_connect.resources.configuration import ConnectedInputs, ProviderConfiguration
from commercetools_connect.resources.inputs import ConfigurationValue, Duration, is_secret
from commercetools_connect.resources.provider import RESOURCE_SCHEMAS
from commercetools_connect.resources.schema import Annotation, ResourceSchema, without_optional
from commercetools_connect.rollout.model import COMPONENTS

Json: TypeAlias = "str | bool | int | float | Sequence[Json] | Mapping[str, Json] | None"

OWNER: Final = "commercetools-connect-as-code"
NAME: Final = f"pulumi-{PACKAGE}"
HOME: Final = f"https://github.com/{OWNER}/{NAME}"
"""Home of the project: source, releases, and the first part of the Go SDK's import path."""

LANGUAGES: Final[Mapping[str, Json]] = {
    # Generated SDKs say their version themselves, so that a program asks for the plugin that fits.
    "python": {
        # Not commercetools_connect: that is the distribution with the plugin and the dynamic resources.
        "packageName": NAME.replace("-", "_"),
        "pythonRequires": ">=3.10",
        "pyproject": {"enabled": True},
        "inputTypes": "classes-and-dicts",
        "respectSchemaVersion": True,
    },
    # Without a name the package would be in Pulumi's own npm scope.
    "nodejs": {"packageName": NAME, "typescriptVersion": "^5.0.0", "respectSchemaVersion": True},
    "go": {
        "modulePath": f"{HOME.removeprefix('https://')}/sdk/go",
        "importBasePath": f"{HOME.removeprefix('https://')}/sdk/go/commercetoolsconnect",
        "generateResourceContainerTypes": True,
        "respectSchemaVersion": True,
    },
    # NuGet reserves Pulumi.* for Pulumi.
    "csharp": {"rootNamespace": "ConnectAsCode", "respectSchemaVersion": True},
}

METADATA: Final[Mapping[str, Json]] = {
    "name": PACKAGE,
    "displayName": "commercetools Connect",
    "version": commercetools_connect.__version__,
    "description": "Declare commercetools Connect: connectors, their publication and their deployments.",
    "keywords": ["pulumi", "commercetools", "connect", "category/infrastructure", "kind/native"],
    "homepage": HOME,
    "license": "Apache-2.0",
    "repository": HOME,
    "publisher": "commercetools Connect as code",
    "logoUrl": f"https://raw.githubusercontent.com/{OWNER}/{NAME}/main/docs/logo.png",
    "pluginDownloadURL": f"github://api.github.com/{OWNER}/{NAME}",
    # The Go SDK is a module of its own, in sdk/go.
    "meta": {"supportPack": True},
    "language": LANGUAGES,
}
"""The members of the schema that no model knows."""

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
            self.entries[token] = self._declare(model)
        return {"$ref": f"#/types/{token}"}

    def _declare(self, model: type) -> Json:
        description = inspect.getdoc(model) or ""
        if issubclass(model, Enum):
            values = [{"name": each.name.title(), "value": each.value} for each in model]
            return {"description": description, "type": "string", "enum": values}
        if not issubclass(model, BaseModel):
            raise TypeError(f"{model.__name__} is not a type that a schema can have")
        return {"description": description, **_object(model, self)}


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
    """Return a field's type; pydantic has taken apart what says that it is a duration, or read from a text."""
    if any(isinstance(each, BeforeValidator) and each.json_schema_input_type is str for each in info.metadata):
        return str
    (mark,) = get_args(Duration)[1:]
    return Duration if mark in info.metadata else info.annotation


def _alternatives(annotation: Annotation, types: TypeTable) -> list[dict[str, Json]]:
    """Return the types that a value may have where people write it in several ways."""
    if annotation == ConfigurationValue:
        return [{"type": each} for each in ("string", "number", "boolean")]
    if Duration in (annotation, *get_args(annotation)):
        return [{"type": each} for each in ("number", "string")]
    declared = without_optional(annotation)
    if declared == JsonValue or get_origin(declared) not in (Union, UnionType):
        return []
    return [_type(each, types) for each in get_args(declared) if each is not type(None)]


def _type(annotation: Annotation, types: TypeTable) -> dict[str, Json]:
    if alternatives := _alternatives(annotation, types):
        return {"oneOf": alternatives}
    declared = without_optional(annotation)
    if declared == JsonValue:
        return {"$ref": "pulumi.json#/Any"}
    if declared in SIMPLE:
        return {"type": SIMPLE[declared]}
    arguments = get_args(declared)
    if get_origin(declared) in (tuple, list):
        return {"type": "array", "items": _type(arguments[0], types)}
    if get_origin(declared) is dict:
        return {"type": "object", "additionalProperties": _type(arguments[1], types)}
    return _other_type(declared, types)


def _other_type(declared: Annotation, types: TypeTable) -> dict[str, Json]:
    if get_origin(declared) in (Union, UnionType):
        return {"oneOf": [_type(each, types) for each in get_args(declared)]}
    if not isinstance(declared, type):
        raise TypeError(f"{declared!r} is not a type that a schema can have")
    if issubclass(declared, Enum):
        # Open: the API may know values before we do.
        return {"oneOf": [{"type": "string"}, {**types.reference(declared), "type": "string"}]}
    return types.reference(declared)


LASTING_ENVIRONMENT: Final = frozenset({"projectKey"})
"""Configuration that an SDK may fill in from the environment. It would keep what it finds in the state, where
credentials and addresses would go on pointing to where they once came from; those are read at each run."""


def package_schema() -> dict[str, Json]:
    """Return the schema of the package."""
    types = TypeTable()
    resources = {
        f"{PACKAGE}:index:{name}": _resource(name, each, types) for name, each in RESOURCE_SCHEMAS.items()
    }
    resources |= {f"{PACKAGE}:index:{name}": _component(name, each, types) for name, each in COMPONENTS.items()}
    functions = {f"{PACKAGE}:index:{name}": _function(each, types) for name, each in FUNCTIONS.items()}
    configuration = _configuration(types)
    return {
        **METADATA,
        "config": {"variables": configuration},
        "provider": {
            "description": "How commercetools Connect is reached, and as whom.",
            "inputProperties": configuration,
        },
        "types": types.entries,
        "resources": resources,
        "functions": functions,
    }


def schema_text() -> str:
    """Return the text of `schema.json`."""
    return json.dumps(package_schema(), indent=2, ensure_ascii=False) + "\n"


def _resource(kind: str, schema: ResourceSchema, types: TypeTable) -> Json:
    types.rename(schema.type_names)
    inputs = properties_of(schema.inputs, types)
    if schema.connected:
        inputs.properties |= properties_of(ConnectedInputs, types).properties
    state = properties_of(schema.state, types)
    for name in schema.replaced_by:
        inputs.properties[name]["willReplaceOnChanges"] = True
    as_outputs = {
        name: {key: value for key, value in each.items() if key not in ("willReplaceOnChanges", "default")}
        for name, each in inputs.properties.items()
    }
    return {
        "description": with_examples(kind, schema.description),
        "inputProperties": inputs.properties,
        "requiredInputs": [name for name in inputs.required if name not in schema.filled_in],
        "properties": {**as_outputs, **state.properties},
        "required": [*inputs.required, *state.required],
        "aliases": [{"type": f"{DYNAMIC_TYPE}:{kind}"}],
        **_list_inputs(kind, types),
    }


def _list_inputs(kind: str, types: TypeTable) -> dict[str, Json]:
    """Return the filters of `pulumi do <type> list`; nothing where the kind cannot be listed."""
    listing = LISTINGS.get(kind)
    return {"listInputs": _object(listing.inputs, types)} if listing else {}


def _component(name: str, schema: ResourceSchema, types: TypeTable) -> Json:
    """Return a component; unlike a resource it does not give its inputs back."""
    types.rename(schema.type_names)
    inputs = properties_of(schema.inputs, types)
    state = properties_of(schema.state, types)
    return {
        "description": with_examples(name, schema.description),
        "isComponent": True,
        "inputProperties": inputs.properties,
        "requiredInputs": inputs.required,
        "properties": state.properties,
        "required": state.required,
    }


def _function(function: Function[Any, Any], types: TypeTable) -> Json:
    inputs = _object(function.inputs, types)
    connection = properties_of(ConnectedInputs, types).properties
    return {
        "description": with_examples(function.name, function.description),
        "inputs": {**inputs, "properties": {**inputs["properties"], **connection}},
        "outputs": _object(function.result, types),
    }


def _object(model: type[BaseModel], types: TypeTable) -> dict[str, Any]:
    found = properties_of(model, types)
    required: Mapping[str, Json] = {"required": found.required} if found.required else {}
    return {"type": "object", "properties": found.properties, **required}


def _configuration(types: TypeTable) -> Json:
    found = properties_of(ProviderConfiguration, types).properties
    for name, variable in ENVIRONMENT_NAMES.items():
        found[name]["description"] = f"{found[name]['description']} Environment: `{variable}`."
        if name in LASTING_ENVIRONMENT:
            found[name]["defaultInfo"] = {"environment": [variable]}
    return dict(found)


if __name__ == "__main__":
    sys.stdout.write(schema_text())
