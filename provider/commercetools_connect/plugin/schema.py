"""The Pulumi package schema, from the models: `python -m commercetools_connect.plugin.schema > schema.json`.

The engine, the YAML runtime and the generators of every SDK read it; it is the same text on every machine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from commercetools_connect.api.settings import ENVIRONMENT_NAMES
from commercetools_connect.functions.function import Function
from commercetools_connect.functions.registry import FUNCTIONS
from commercetools_connect.plugin.schema_examples import with_examples
from commercetools_connect.plugin.schema_metadata import METADATA
from commercetools_connect.plugin.schema_types import Json, TypeTable, properties_of
from commercetools_connect.plugin.urns import DYNAMIC_TYPE, PACKAGE
from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.declarations import DECLARATIONS
from commercetools_connect.resources.state import Declaration
from commercetools_connect.rollout.declaration import COMPONENTS

__all__ = ["package_schema", "schema_text"]

LASTING_ENVIRONMENT: Final = frozenset({"projectKey"})
"""Configuration that an SDK may fill in from the environment. It would keep what it finds in the state, where
credentials and addresses would go on pointing to where they once came from; those are read at each run."""


def package_schema() -> dict[str, Json]:
    """Return the schema of the package."""
    types = TypeTable()
    resources = {f"{PACKAGE}:index:{name}": _resource(name, each, types) for name, each in DECLARATIONS.items()}
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


def _resource(kind: str, declaration: Declaration, types: TypeTable) -> Json:
    types.rename(declaration.type_names)
    inputs = properties_of(declaration.inputs, types)
    state = properties_of(declaration.state, types)
    for name in declaration.replaced_by:
        inputs.properties[name]["willReplaceOnChanges"] = True
    return {
        "description": with_examples(kind, declaration.description),
        "inputProperties": inputs.properties,
        "requiredInputs": [name for name in inputs.required if name not in declaration.filled_in],
        "properties": {**_as_outputs(inputs.properties), **state.properties},
        "required": [*inputs.required, *state.required],
        "aliases": [{"type": f"{DYNAMIC_TYPE}:{kind}"}],
    }


def _component(name: str, declaration: Declaration, types: TypeTable) -> Json:
    """Return a component; unlike a resource it does not give its inputs back."""
    types.rename(declaration.type_names)
    inputs = properties_of(declaration.inputs, types)
    state = properties_of(declaration.state, types)
    return {
        "description": with_examples(name, declaration.description),
        "isComponent": True,
        "inputProperties": inputs.properties,
        "requiredInputs": inputs.required,
        "properties": state.properties,
        "required": state.required,
    }


def _function(function: Function[Any, Any], types: TypeTable) -> Json:
    return {
        "description": with_examples(function.name, function.description),
        "inputs": _object(function.inputs, types),
        "outputs": _object(function.result, types),
    }


def _object(model: type[BaseModel], types: TypeTable) -> Json:
    found = properties_of(model, types)
    required: Mapping[str, Json] = {"required": found.required} if found.required else {}
    return {"type": "object", "properties": found.properties, **required}


def _as_outputs(inputs: Mapping[str, dict[str, Json]]) -> dict[str, Json]:
    return {
        name: {key: value for key, value in each.items() if key not in ("willReplaceOnChanges", "default")}
        for name, each in inputs.items()
    }


def _configuration(types: TypeTable) -> Json:
    found = properties_of(ProviderConfiguration, types).properties
    for name, variable in ENVIRONMENT_NAMES.items():
        found[name]["description"] = f"{found[name]['description']} Environment: `{variable}`."
        if name in LASTING_ENVIRONMENT:
            found[name]["defaultInfo"] = {"environment": [variable]}
    return dict(found)


if __name__ == "__main__":
    sys.stdout.write(schema_text())
