"""Values that contain an application's own URL: `{{url:service}}/callback` (API §9.5). Pure.

The URL is known once the application is deployed. On the first create the text itself is sent as a placeholder
that everyone recognises; a redeploy then sends the real value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from commercetools_connect.contract.errors import InvalidInputError
from commercetools_connect.contract.values import Plain, PlainTree, Tree, reveal
from commercetools_connect.resources.deployment.inputs import (
    CONFIGURATION_KINDS,
    DeploymentInputs,
    GlobalConfigurationInputs,
)

__all__ = [
    "applications_in",
    "resolve_inputs",
    "resolve_known",
    "resolve_text",
    "resolve_tree",
    "waiting_applications",
    "waits_for_url",
    "without_templates",
]

TEMPLATE: Final = re.compile(r"\{\{\s*url:([A-Za-z0-9_-]{2,256})\s*\}\}")

NO_URLS: Final[Mapping[str, str]] = MappingProxyType({})


def resolve_text(text: str, urls: Mapping[str, str]) -> str:
    """Return the text with the URLs that are known; a template of another application stays."""
    return TEMPLATE.sub(lambda found: urls.get(found[1], found[0]), text)


def applications_in(value: Plain) -> list[str]:
    """Return the applications whose URL a value contains."""
    return TEMPLATE.findall(value) if isinstance(value, str) else []


def waits_for_url(text: str, urls: Mapping[str, str]) -> bool:
    """Tell whether the text names an application whose URL is not known."""
    return any(name not in urls for name in TEMPLATE.findall(text))


def waiting_applications(inputs: DeploymentInputs, urls: Mapping[str, str]) -> list[str]:
    """Return the applications that values name and that have no URL, sorted."""
    return sorted(name for name in _named(inputs) if name not in urls)


def resolve_inputs(inputs: DeploymentInputs, urls: Mapping[str, str]) -> DeploymentInputs:
    """Return the inputs with every URL in its place.

    Raises `InvalidInputError` for an application that has no URL.
    """
    if missing := waiting_applications(inputs, urls):
        known = ", ".join(sorted(urls)) or "none"
        raise InvalidInputError(
            f"Deployment {inputs.key}: {{{{url:{missing[0]}}}}} names an application without a URL.",
            f"Applications with a URL: {known}.",
        )
    return resolve_known(inputs, urls, lambda *_: True)


def resolve_known(
    inputs: DeploymentInputs, urls: Mapping[str, str], keep_waiting: Callable[[str, str], bool]
) -> DeploymentInputs:
    """Return the inputs with the URLs that are known.

    A value that waits for another one stays as it is where `keep_waiting(application, key)`, else it is left out;
    `application` is `""` for global values.
    """

    def values(name: str, pairs: Mapping[str, str]) -> dict[str, str]:
        return {
            key: resolve_text(value, urls)
            for key, value in pairs.items()
            if not waits_for_url(value, urls) or keep_waiting(name, key)
        }

    def resolve(name: str, holder: GlobalConfigurationInputs) -> dict[str, object]:
        return {
            "standard_configuration": values(name, holder.standard_configuration),
            "secured_configuration": values(name, holder.secured_configuration),
        }

    shared = inputs.global_configuration
    return inputs.model_copy(
        update={
            "configurations": {
                name: holder.model_copy(update=resolve(name, holder))
                for name, holder in inputs.configurations.items()
            },
            "global_configuration": shared.model_copy(update=resolve("", shared)) if shared else None,
        }
    )


def resolve_tree(held: Tree, urls: Mapping[str, str]) -> dict[str, Plain]:
    """Return the inputs, as a tree, with the URLs that are known."""
    return _each_value(held, lambda value: resolve_text(value, urls))


def without_templates(held: Tree, urls: Mapping[str, str] = NO_URLS) -> dict[str, Plain]:
    """Return the inputs without the values that wait for a URL: the API does not hold those yet."""
    return _each_value(held, lambda value: None if waits_for_url(value, urls) else value)


def _named(inputs: DeploymentInputs) -> set[str]:
    holders = [*inputs.configurations.values(), inputs.global_configuration]
    values = [
        value
        for holder in holders
        if holder is not None
        for value in (*holder.standard_configuration.values(), *holder.secured_configuration.values())
    ]
    return {name for value in values for name in TEMPLATE.findall(value)}


def _each_value(held: Tree, change: Callable[[str], str | None]) -> dict[str, Plain]:
    plain: dict[str, Plain] = {name: reveal(value) for name, value in held.items()}
    applications = plain.get("configurations")
    if isinstance(applications, Mapping):
        plain["configurations"] = {name: _each_in(holder, change) for name, holder in applications.items()}
    if plain.get("globalConfiguration") is not None:
        plain["globalConfiguration"] = _each_in(plain["globalConfiguration"], change)
    return plain


def _each_in(holder: Plain, change: Callable[[str], str | None]) -> Plain:
    if not isinstance(holder, Mapping):
        return holder
    result: dict[str, Plain] = dict(holder)
    for kind in CONFIGURATION_KINDS:
        values = holder.get(kind)
        if isinstance(values, Mapping):
            changed: PlainTree = {k: change(v) if isinstance(v, str) else v for k, v in values.items()}
            result[kind] = {k: v for k, v in changed.items() if v is not None}
    return result
