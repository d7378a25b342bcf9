"""Mistakes in a Deployment's inputs that a model of single fields does not see, and its defaults. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from commercetools_connect.contract.paths import Path
from commercetools_connect.contract.results import CheckFailure
from commercetools_connect.contract.values import UNKNOWN, Secret, Tree, Value, has_unknown, reveal
from commercetools_connect.resources.deployment.inputs import CONFIGURATION_KINDS, DeploymentType
from commercetools_connect.resources.fields import canonical_value

__all__ = [
    "canonical_configurations",
    "connector_failures",
    "default_type",
    "mask_failures",
]


def default_type(connector: Value) -> Value:
    """Return the type of a Deployment that names none: `preview` for a staged connector, else `sandbox`."""
    connector = reveal(connector)
    staged = connector.get("staged") if isinstance(connector, Mapping) else connector
    if staged is UNKNOWN:
        return UNKNOWN
    return str((DeploymentType.PREVIEW if staged else DeploymentType.SANDBOX).value)


def connector_failures(inputs: Tree) -> tuple[CheckFailure, ...]:
    """Return what does not fit together in `connector` and `type` (API §4.4, §4.6)."""
    connector = reveal(inputs.get("connector"))
    if not isinstance(connector, Mapping):
        return ()
    failures = []
    given = [name for name in ("id", "key") if connector.get(name) is not None]
    if len(given) != 1 and not has_unknown(connector):
        found = "both are given" if given else "neither is given"
        failures.append(CheckFailure(("connector",), f"needs exactly one of id and key; {found}"))
    staged, kind = connector.get("staged") or False, reveal(inputs.get("type"))
    if not has_unknown([staged, kind]):
        failures.extend(_type_failures(staged=staged is True, kind=kind))
    return tuple(failures)


def _type_failures(*, staged: bool, kind: Value) -> list[CheckFailure]:
    path: Path = ("type",)
    if staged and kind != DeploymentType.PREVIEW.value:
        return [
            CheckFailure(path, "a staged connector can only be deployed as preview; leave type out or change it")
        ]
    if not staged and kind == DeploymentType.PREVIEW.value:
        return [
            CheckFailure(path, "only a staged connector can be deployed as preview; set connector.staged to true")
        ]
    return []


def mask_failures(inputs: Tree) -> tuple[CheckFailure, ...]:
    """Return every secured value that is what the API shows instead of one: it would overwrite the real one."""
    applications = reveal(inputs.get("configurations"))
    named = applications.items() if isinstance(applications, Mapping) else ()
    holders: list[tuple[Path, Value]] = [(("configurations", name), holder) for name, holder in named]
    holders.append((("globalConfiguration",), reveal(inputs.get("globalConfiguration"))))
    failures = []
    for path, holder in holders:
        secured = holder.get("securedConfiguration") if isinstance(holder, Mapping) else None
        for key, value in secured.items() if isinstance(secured, Mapping) else ():
            if isinstance(value, str) and value and not value.strip("*"):
                reason = (
                    "is the mask that Connect shows instead of a secret; give the secret, or leave the key out"
                )
                failures.append(CheckFailure((*path, "securedConfiguration", key), reason))
    return tuple(failures)


def canonical_configurations(inputs: Tree) -> dict[str, Value]:
    """Return the inputs with every configuration value written as the API keeps it: a string.

    Unknown values stay, secrets stay secret, and structures stay as they are for the model to complain about.
    """
    result = dict(inputs)
    if inputs.get("configurations") is not None:
        result["configurations"] = _canonical_applications(inputs["configurations"])
    if inputs.get("globalConfiguration") is not None:
        result["globalConfiguration"] = _canonical_holder(inputs["globalConfiguration"])
    return result


def _canonical_applications(applications: Value) -> Value:
    if isinstance(applications, Secret):
        return Secret(_canonical_applications(applications.value))
    if not isinstance(applications, Mapping):
        return applications
    return {name: _canonical_holder(holder) for name, holder in applications.items()}


def _canonical_holder(holder: Value) -> Value:
    if isinstance(holder, Secret):
        return Secret(_canonical_holder(holder.value))
    if not isinstance(holder, Mapping):
        return holder
    return {
        name: _canonical_map(value) if name in CONFIGURATION_KINDS else value for name, value in holder.items()
    }


def _canonical_map(values: Value) -> Value:
    if isinstance(values, Secret):
        return Secret(_canonical_map(values.value))
    if not isinstance(values, Mapping):
        return values
    return {key: _canonical_leaf(value) for key, value in values.items() if value is not None}


def _canonical_leaf(value: Value) -> Value:
    if isinstance(value, Secret):
        return Secret(_canonical_leaf(value.value))
    if not isinstance(value, bool | int | float):
        return value
    try:
        return canonical_value(value)
    except ValueError:
        return value  # for the model to complain about, with its path
