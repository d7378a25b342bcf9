"""Keys that the program no longer names: the API cannot unset them (API §12.4). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from commercetools_connect.api import StandardConfigurationKey
from commercetools_connect.contract.errors import InvalidInputError
from commercetools_connect.contract.values import UNKNOWN, Plain, Tree, reveal
from commercetools_connect.resources.deployment.inputs import CONFIGURATION_KINDS
from commercetools_connect.resources.deployment.metadata import ConfigurationKey, Definitions
from commercetools_connect.resources.deployment.outputs import GLOBAL

__all__ = ["REMOVED", "needs_value", "removed_keys", "removed_settings", "replacement_values"]

REMOVED: Final = "was removed from the program, but the connector requires it and has no default; give it a value"


def removed_keys(held: Tree, news: Tree) -> tuple[ConfigurationKey, ...]:
    """Return the keys that were declared and are no longer. What is not known yet may still declare them."""
    before = _holders(held)
    return tuple(_removed(before, _holders(news, before)))


def removed_settings(held: Tree, news: Tree) -> tuple[str, ...]:
    """Return the paths of schedules and retry policies that were declared and are no longer."""
    before = _holders(held)
    after = _holders(news, before)
    return tuple(
        f"configurations.{application}.{name}"
        for application, holder in before.items()
        for name in ("schedule", "retryPolicy")
        if _member(holder, name) is not None and _member(after.get(application), name) is None
    )


def replacement_values(
    removed: tuple[ConfigurationKey, ...],
    applications: Mapping[str, Definitions],
) -> dict[str, dict[str, str]]:
    """Return application → key → the value to send for each removed standard key that the version still has.

    The default of connect.yaml, else `""` for an optional key. Raises `InvalidInputError` for a required key
    without a default: it must have a value.
    """
    values: dict[str, dict[str, str]] = {}
    for each in removed:
        definition = _definition(applications.get(each.application), each)
        if each.secured or definition is None:
            continue
        if needs_value(definition):
            raise InvalidInputError(f"{each}: {REMOVED}.")
        values.setdefault(each.application, {})[each.key] = definition.default or ""
    return values


def needs_value(definition: StandardConfigurationKey) -> bool:
    """Tell whether a program must give the key a value (API §4.4)."""
    return definition.required and definition.default is None


def _definition(holder: Definitions | None, removed: ConfigurationKey) -> StandardConfigurationKey | None:
    keys = holder.standard_configuration if holder else ()
    return next((key for key in keys if key.key == removed.key), None)


def _holders(tree: Tree, names: Iterable[str] = ()) -> dict[str, Plain]:
    """Return the configuration of every application and the global one; `names` also where it is not known yet."""
    applications = reveal(tree.get("configurations"))
    holders: dict[str, Plain] = dict(applications) if isinstance(applications, Mapping) else {}
    if applications is UNKNOWN:
        holders = dict.fromkeys(names, UNKNOWN)
    return {**holders, GLOBAL: reveal(tree.get("globalConfiguration"))}


def _removed(held: Mapping[str, Plain], news: Mapping[str, Plain]) -> Iterator[ConfigurationKey]:
    for application, before in held.items():
        for kind in CONFIGURATION_KINDS:
            left = _member(news.get(application), kind)
            for key, value in _values(before, kind).items():
                if value is not None and _member(left, key) is None:
                    yield ConfigurationKey(application, key, secured=kind == "securedConfiguration")


def _values(holder: Plain, kind: str) -> Mapping[str, Plain]:
    values = holder.get(kind) if isinstance(holder, Mapping) else None
    return values if isinstance(values, Mapping) else {}


def _member(holder: Plain, name: str) -> Plain:
    """Return a member; of something unknown every member is unknown."""
    if isinstance(holder, Mapping):
        return holder.get(name)
    return UNKNOWN if holder is UNKNOWN else None
