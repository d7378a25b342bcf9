"""What a program asks of a connector that this version of it cannot give, key by key. Pure.

What is not known yet is no mistake. Reasons name applications and keys, never a value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from commercetools_connect.api import (
    ApplicationDeployment,
    ConnectorConfigurationApplication,
    DeployedGlobalConfiguration,
    Deployment,
)
from commercetools_connect.contract.errors import quote_foreign
from commercetools_connect.contract.results import CheckFailure
from commercetools_connect.contract.values import UNKNOWN, Tree, reveal
from commercetools_connect.resources.deployment.behaviour import misplaced_behaviour
from commercetools_connect.resources.deployment.holders import Holder, holders_of
from commercetools_connect.resources.deployment.inputs import CONFIGURATION_KINDS
from commercetools_connect.resources.deployment.metadata import (
    ConfigurationKey,
    Definitions,
    Metadata,
    definitions_of,
)
from commercetools_connect.resources.deployment.outputs import GLOBAL
from commercetools_connect.resources.deployment.removed import REMOVED, needs_value
from commercetools_connect.resources.deployment.urls import applications_in
from commercetools_connect.resources.suggestions import nearest, suggest

__all__ = [
    "configuration_mistakes",
    "missing_failure",
    "missing_keys",
    "no_such_application",
    "still_missing",
    "unnamed_applications",
]


def configuration_mistakes(version: Metadata, wanted: Tree) -> Iterator[CheckFailure]:
    """Return every application, key and value that this version of the connector does not know or cannot take."""
    if not version.configurations:
        return
    definitions = definitions_of(version)
    for holder in holders_of(wanted):
        definition = definitions.get(holder.name)
        if definition is None:
            yield CheckFailure(holder.path, no_such_application(holder.name, definitions.keys() - {GLOBAL}))
            continue
        yield from _key_mistakes(holder, version)
        yield from _template_mistakes(holder, definitions.keys() - {GLOBAL})
        if isinstance(definition, ConnectorConfigurationApplication):
            yield from misplaced_behaviour(holder, definition.application_type)
        else:
            yield from _empty_global_values(holder, definition)


def no_such_application(name: str, known: Collection[str]) -> str:
    """Return the reason for an application that the connector does not have."""
    return f"the connector has no such application{suggest(name, known)}"


def missing_keys(
    version: Metadata, wanted: Tree, deployed: Collection[str] | None = None
) -> list[ConfigurationKey]:
    """Return the required keys without a default that the program gives no value.

    `deployed`: the applications that matter, where not all of the connector's are deployed. What a running
    deployment holds already need not be given again; the caller knows whether there is one. A key that is
    misspelt or in the wrong place is another mistake, which is enough.
    """
    definitions = definitions_of(version) if version.configurations else {}
    holders = {each.name: each for each in holders_of(wanted)}
    meant = {nearest(name, definitions) for name in holders if name not in definitions}
    hidden = reveal(wanted.get("configurations")) is UNKNOWN
    return [
        key
        for name, definition in definitions.items()
        if name == GLOBAL or not (hidden or name in meant or (deployed is not None and name not in deployed))
        for key in _required(name, definition)
        if not (name in holders and _is_given(key, holders[name], definition))
    ]


def missing_failure(key: ConfigurationKey) -> CheckFailure:
    """Return the mistake of a required key without a value."""
    kind = "secured key" if key.secured else "key"
    return CheckFailure(key.path, f"is missing: the connector requires this {kind} and has no default for it")


def still_missing(
    missing: Iterable[ConfigurationKey],
    running: Deployment,
    deployed: Collection[str],
    removed: Collection[ConfigurationKey],
) -> Iterator[CheckFailure]:
    """Return the mistakes that are left of missing keys beside a running Deployment, which keeps what it holds.

    `deployed`: the applications that will run; `removed`: what the program gave up. A standard key must have a
    value then; a secured one stays set (API §12.4).
    """
    held = {each.application_name: _held_keys(each) for each in running.applications}
    held[GLOBAL] = _held_keys(running.global_configuration)
    for key in missing:
        if key.application != GLOBAL and key.application not in deployed:
            continue
        if key.key not in held.get(key.application, ()):
            yield missing_failure(key)
        elif key in removed and not key.secured:
            yield CheckFailure(key.path, REMOVED)


def unnamed_applications(version: Metadata, wanted: Tree) -> list[str]:
    """Return the applications that the connector has and the program does not name."""
    declared = reveal(wanted.get("configurations"))
    if declared is UNKNOWN:
        return []
    named = {holder.name for holder in holders_of(wanted)}
    return [each.application_name for each in version.configurations if each.application_name not in named]


def _key_mistakes(holder: Holder, version: Metadata) -> Iterator[CheckFailure]:
    definitions = definitions_of(version)
    own = [_keys(definitions[holder.name], secured=secured) for secured in (False, True)]
    shared = {key for secured in (False, True) for key in _keys(definitions[GLOBAL], secured=secured)}
    for secured, kind in enumerate(CONFIGURATION_KINDS):
        for key in holder.values(kind):
            if key in own[secured]:
                continue
            path = (*holder.path, kind, key)
            if key in own[1 - secured]:
                yield CheckFailure(path, _of_other_kind(secured=bool(secured)))
            elif holder.name != GLOBAL and key in shared:
                yield CheckFailure(path, "is a global key: write it under globalConfiguration")
            else:
                yield CheckFailure(path, _unknown_key(holder, key, [*own[secured], *own[1 - secured]], version))


def _is_given(key: ConfigurationKey, holder: Holder, definition: Definitions) -> bool:
    """Tell whether the program gives the key a value, be it under a wrong name or in the wrong place."""
    if holder.may_declare(CONFIGURATION_KINDS[key.secured], key.key):
        return True
    own = [*_keys(definition, secured=False), *_keys(definition, secured=True)]
    written = [name for kind in CONFIGURATION_KINDS for name in holder.values(kind)]
    return key.key in written or any(nearest(name, own) == key.key for name in written if name not in own)


def _of_other_kind(*, secured: bool) -> str:
    if secured:
        return "is a standard key of the connector: write it under standardConfiguration"
    return "is a secured key of the connector: write it under securedConfiguration"


def _unknown_key(holder: Holder, key: str, own: list[str], version: Metadata) -> str:
    whose = "the connector has no such global key" if holder.name == GLOBAL else f"{holder.name} has no such key"
    elsewhere = [
        name
        for name, definition in definitions_of(version).items()
        if name not in (holder.name, GLOBAL)
        and key in (*_keys(definition, secured=False), *_keys(definition, secured=True))
    ]
    if elsewhere and nearest(key, own) is None:
        return f"{whose} at {quote_foreign(version.tag)}; it is a key of {' and '.join(elsewhere)}"
    return f"{whose} at {quote_foreign(version.tag)}{suggest(key, own)}"


def _empty_global_values(holder: Holder, definition: Definitions) -> Iterator[CheckFailure]:
    """Return empty values of required global keys (API §11.2); of an application's keys nothing is known."""
    required = {(each.key, each.required) for each in definition.standard_configuration}
    required |= {(each.key, each.required) for each in definition.secured_configuration}
    for kind in CONFIGURATION_KINDS:
        for key, value in holder.values(kind).items():
            if value == "" and (key, True) in required:
                yield CheckFailure((*holder.path, kind, key), "must not be empty: the connector requires it")


def _template_mistakes(holder: Holder, known: Collection[str]) -> Iterator[CheckFailure]:
    for kind in CONFIGURATION_KINDS:
        for key, value in holder.values(kind).items():
            for name in applications_in(value):
                if name not in known:
                    # of a secured value not even this part is shown
                    shown = name if kind == CONFIGURATION_KINDS[0] else "…"
                    reason = f"{{{{url:{shown}}}}} names no application of the connector{suggest(shown, known)}"
                    yield CheckFailure((*holder.path, kind, key), reason)


def _required(name: str, definition: Definitions) -> Iterator[ConfigurationKey]:
    for standard in definition.standard_configuration:
        if needs_value(standard):
            yield ConfigurationKey(name, standard.key, secured=False)
    for secured in definition.secured_configuration:
        if secured.required:
            yield ConfigurationKey(name, secured.key, secured=True)


def _held_keys(holder: ApplicationDeployment | DeployedGlobalConfiguration) -> frozenset[str]:
    return frozenset((*holder.secured_keys, *(entry.key for entry in holder.standard_configuration)))


def _keys(definition: Definitions, *, secured: bool) -> list[str]:
    if secured:
        return [each.key for each in definition.secured_configuration]
    return [each.key for each in definition.standard_configuration]
