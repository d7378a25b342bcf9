"""Validation of a Deployment's inputs, by themselves and against a version of its connector. Pure.

What is not known yet is not a failure. Reasons name applications and keys, never a value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from commercetools_connect.api import (
    KNOWN_REGIONS,
    ConnectorConfigurationApplication,
    StandardConfigurationKey,
)
from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.text import Path, escape_untrusted, nearest, suggest
from commercetools_connect.core.values import (
    UNKNOWN,
    PlainValue,
    PropertyMap,
    PropertyValue,
    as_list,
    as_map,
    has_unknown,
    unwrap_secrets,
)
from commercetools_connect.resources.deployment.configuration_values import (
    GLOBAL,
    SECURED,
    STANDARD,
    ConfigurationKey,
    ConfigurationValues,
    application_path,
    shown_name,
)
from commercetools_connect.resources.deployment.connector_version import (
    ConnectorVersion,
    Definitions,
    definitions_of,
)
from commercetools_connect.resources.deployment.model import DeploymentType
from commercetools_connect.resources.deployment.wiring.messages import invalid_expectations
from commercetools_connect.resources.inputs import value_of

REMOVED: Final = "was removed from the program; it is required and has no default, so give it a value"

NO_PROJECT: Final = (
    "is required; set it here, or for all deployments commercetools-connect:projectKey (CTP_PROJECT_KEY)"
)
"""Of a Deployment of the provider's own configuration; one with a connection can get its project there."""

Running = Mapping[str, Collection[str]]
"""The applications that will run, and the keys that are set in each already; `GLOBAL` is one of them."""


def default_type(connector: PropertyValue) -> PropertyValue:
    """Return the type of a Deployment that names none: `preview` for a staged connector, else `sandbox`."""
    connector = unwrap_secrets(connector)
    staged = connector.get("staged") if isinstance(connector, Mapping) else connector
    if staged is UNKNOWN:
        return UNKNOWN
    return str((DeploymentType.PREVIEW if staged else DeploymentType.SANDBOX).value)


def connector_failures(inputs: PropertyMap) -> tuple[CheckFailure, ...]:
    """Return what does not fit together in `connector` and `type` (API §4.4, §4.6)."""
    connector = value_of(inputs, "connector")
    if not isinstance(connector, Mapping):
        return ()
    failures = []
    given = [name for name in ("id", "key") if connector.get(name) is not None]
    if len(given) != 1 and not has_unknown(connector):
        found = "both are given" if given else "neither is given"
        failures.append(CheckFailure(("connector",), f"needs exactly one of id and key; {found}"))
    staged, kind = connector.get("staged") or False, value_of(inputs, "type")
    is_staged, is_preview = staged is True, kind == DeploymentType.PREVIEW.value
    if is_staged != is_preview and not has_unknown([staged, kind]):
        reason = "only a staged connector can be deployed as preview; set connector.staged to true"
        if is_staged:
            reason = "a staged connector can only be deployed as preview; leave type out or change it"
        failures.append(CheckFailure(("type",), reason))
    return tuple(failures)


def validate(
    version: ConnectorVersion | None,
    desired: PropertyMap,
    running: Running | None = None,
    last_applied: PropertyMap | None = None,
    declared: Mapping[str, PlainValue] | None = None,
    configuration: ConfigurationValues | None = None,
) -> list[CheckFailure]:
    """Return every failure for which Connect would refuse a request, at a preview and before the request is made.

    - `version`: what will run; `None` where that is not known yet.
    - `running`: what the request changes, `None` for a create. Applications that are not in it are not asked for
      missing keys, so a preview that cannot read what runs passes an empty one.
    - `last_applied`: the outputs of the state.
    - `declared`: what the program declares of the ConnectorStaged; `None` leaves region and project unchecked,
      which no request changes in place.
    - `configuration`: those of `desired`, where the caller has them.
    """
    configuration = configuration or ConfigurationValues.of(desired)
    failures = [*_option_failures(configuration)]
    if version is None:
        return failures
    failures += _configuration_failures(version, configuration)
    if types := {each.application_name: each.application_type for each in version.configurations}:
        failures += invalid_expectations(desired.get("expect"), types)
    if declared is not None:
        failures += region_failures(version, desired, declared)
    removed = ConfigurationValues.of(last_applied or {}).removed(configuration)
    for key in missing_keys(version, configuration, running):
        if running is None or key.key not in running[key.application]:
            words = (
                "is required; secured keys have no default" if key.secured else "is required and has no default"
            )
            failures.append(CheckFailure(key.path, words))
        elif key in removed and not key.secured:
            failures.append(CheckFailure(key.path, REMOVED))
    return failures


def missing_keys(
    version: ConnectorVersion, configuration: ConfigurationValues, running: Running | None = None
) -> list[ConfigurationKey]:
    """Return the required keys without a default that the program does not set, of the applications that will run.

    A key that is misspelt or in the wrong place is another failure, which is enough; so is what is written under a
    misspelt name of an application that the program does not name correctly as well.
    """
    definitions = definitions_of(version) if version.configurations else {}
    meant = {name: nearest(name, definitions) for name in configuration.applications if name not in definitions}
    missing: list[ConfigurationKey] = []
    for name, definition in definitions.items():
        if (() in configuration.unknown and name != GLOBAL) or (running is not None and name not in running):
            continue
        misspelt = [] if name in configuration.applications else [each for each in meant if meant[each] == name]
        own = [each.key for each in _keys_of(name, definition)]
        missing += [
            key
            for key in _keys_of(name, definition, needed=True)
            if not any(_is_set(key._replace(application=each), configuration, own) for each in (name, *misspelt))
        ]
    return missing


def needs_value(definition: StandardConfigurationKey) -> bool:
    """Tell whether a program must give the key a value (API §4.4)."""
    return definition.required and definition.default is None


def no_such_application(name: str, known: Collection[str]) -> str:
    """Return the reason for an application that the connector does not have."""
    return f"the connector has no such application{suggest(name, known)}"


def unnamed_applications(version: ConnectorVersion, configuration: ConfigurationValues) -> list[str]:
    """Return the applications that the connector has and the program does not name."""
    names = (each.application_name for each in version.configurations)
    return (
        [] if () in configuration.unknown else [name for name in names if name not in configuration.applications]
    )


def _configuration_failures(
    version: ConnectorVersion, configuration: ConfigurationValues
) -> Iterator[CheckFailure]:
    """Return every application, key and value that this version of the connector does not know or cannot take."""
    if not version.configurations:
        return
    definitions = definitions_of(version)
    known = definitions.keys() - {GLOBAL}
    for name in configuration.applications:
        definition = definitions.get(name)
        if definition is None:
            yield CheckFailure(application_path(name), no_such_application(name, known))
            continue
        own = [each for each in configuration.values if each.application == name]
        yield from _key_failures(own, version, definitions)
        yield from _template_failures(own, configuration, definitions)
        required = {each.key for each in definition.standard_configuration if each.required}
        required |= {each.key for each in definition.secured_configuration if each.required}
        for key in own:
            if configuration.values[key] == "" and key.key in required:  # API §11.2
                yield CheckFailure(key.path, "is required and must not be empty")
        if isinstance(definition, ConnectorConfigurationApplication):
            yield from _misplaced_options(configuration, name, definition.application_type)


def _key_failures(
    keys: Collection[ConfigurationKey], version: ConnectorVersion, definitions: Mapping[str, Definitions]
) -> Iterator[CheckFailure]:
    defined = [key for name, definition in definitions.items() for key in _keys_of(name, definition)]
    for key in keys:
        if key in defined:
            continue
        other = key._replace(kind=STANDARD if key.secured else SECURED)
        if other in defined:
            kind = "secured" if other.secured else "standard"
            yield CheckFailure(key.path, f"is a {kind} key of the connector: write it under {other.kind}")
        elif any(each._replace(application=GLOBAL) in defined for each in (key, other)):
            yield CheckFailure(key.path, "is a global key: write it under globalConfiguration")
        else:
            yield CheckFailure(key.path, _unknown_key(key, version, defined))


def _unknown_key(key: ConfigurationKey, version: ConnectorVersion, defined: Collection[ConfigurationKey]) -> str:
    whose = "the connector" if key.application == GLOBAL else key.application
    what = "global key" if key.application == GLOBAL else "key"
    own = [each.key for each in defined if each.application == key.application]
    names = (each.application_name for each in version.configurations if each.application_name != key.application)
    elsewhere = [name for name in names if any(each[::2] == (name, key.key) for each in defined)]
    reason = f"{whose} has no such {what} at {escape_untrusted(version.tag)}"
    if elsewhere and nearest(key.key, own) is None:
        return f"{reason}; it is a key of {' and '.join(elsewhere)}"
    return f"{reason}{suggest(key.key, own)}"


def _template_failures(
    keys: Collection[ConfigurationKey], configuration: ConfigurationValues, definitions: Mapping[str, Definitions]
) -> Iterator[CheckFailure]:
    for key in keys:
        for name in configuration.templates.get(key, ()):
            definition = definitions.get(name)
            shown = shown_name(key, name)
            if definition is None:
                reason = no_such_application(shown, definitions.keys() - {GLOBAL})
                yield CheckFailure(key.path, f"{{{{url:{shown}}}}}: {reason}")
            elif isinstance(definition, ConnectorConfigurationApplication) and (
                definition.application_type in WITHOUT_URL
            ):
                reason = f"an application of type {definition.application_type} has no URL"
                yield CheckFailure(key.path, f"{{{{url:{shown}}}}}: {reason}")


def _is_set(key: ConfigurationKey, configuration: ConfigurationValues, own: Collection[str]) -> bool:
    """Tell whether the program sets the key, be it under a wrong name or in the wrong place."""
    if configuration.may_set(key):
        return True
    written = {each.key for each in configuration.values if each.application == key.application}
    return key.key in written or any(nearest(name, own) == key.key for name in written.difference(own))


def _keys_of(name: str, definition: Definitions, *, needed: bool = False) -> Iterator[ConfigurationKey]:
    """Return the keys of an application, or those of them that a program must set."""
    for standard in definition.standard_configuration:
        if not needed or needs_value(standard):
            yield ConfigurationKey(name, STANDARD, standard.key)
    for secured in definition.secured_configuration:
        if not needed or secured.required:
            yield ConfigurationKey(name, SECURED, secured.key)


def region_failures(
    version: ConnectorVersion, desired: PropertyMap, declared: Mapping[str, PlainValue]
) -> Iterator[CheckFailure]:
    """Return why the connector cannot be deployed to this region or project (API §4.1, §11.2).

    `declared` is what the program declares of the connector's ConnectorStaged: Connect will have it by then. No
    region list means all regions; no project list means the creator's own project, which the API does not tell.
    """
    regions = [*map(str, as_list(declared.get("supportedRegions")))] or version.supported_regions
    region = value_of(desired, "region")
    if isinstance(region, str) and regions and region not in regions:
        yield CheckFailure(("region",), f"the connector does not support {region}{suggest(region, regions)}")
    projects = [*map(str, as_list(declared.get("privateProjects")))] or version.private_projects
    project = value_of(desired, "projectKey")
    listed = [each.partition(":")[2] for each in projects]
    if isinstance(project, str) and version.private and listed and project not in listed:
        reason = (
            f"the connector is private and the privateProjects of its ConnectorStaged do not list {project}, so "
            f"Connect would answer 403{suggest(project, listed)}"
        )
        yield CheckFailure(("projectKey",), reason)


def region_doubt(desired: PropertyMap, supported: Collection[str]) -> str | None:
    """Return a warning for a region that is not known (API §1.1) where the connector names none: it may be new."""
    region = value_of(desired, "region")
    if not isinstance(region, str) or region in KNOWN_REGIONS or supported:
        return None
    return f"region: {region} is not a region of Connect that this version knows{suggest(region, KNOWN_REGIONS)}"


def project_failure(desired: PropertyMap, projects: Collection[str] | None) -> CheckFailure | None:
    """Return the failure of a project that no scope of the token names; `projects` is `None` without a list.

    A scope of any kind will do: clients for previews have `view_…` scopes only.
    """
    project = value_of(desired, "projectKey")
    if not isinstance(project, str) or projects is None or project in projects:
        return None
    reason = f"no scope of the API client names project {escape_untrusted(project)}{suggest(project, projects)}"
    return CheckFailure(("projectKey",), reason)


NICKNAMES: Final = ("@annually", "@daily", "@hourly", "@monthly", "@reboot", "@weekly", "@yearly")

PATTERN: Final = re.compile(
    rf"({'|'.join(NICKNAMES)})"
    r"|(@every ([0-9]+(ns|us|µs|ms|s|m|h))+)"
    r"|((([0-9]+,)+[0-9]+|([0-9]+|\*)[/-][0-9]+|[0-9]+|\*) ?){5,7}"
)
"""It is not anchored: `CRON_TZ=UTC 0 3 * * *` passes too."""

MOST_CHARACTERS: Final = 1000
"""No schedule has more; the pattern takes quadratic time."""

PLAIN_FIELD: Final = re.compile(r"[0-9*/,-]+")
COMMON_FIELDS: Final = 5
FIELD_NAMES: Final = ("minute (0-59)", "hour (0-23)", "day of month (1-31)", "month (1-12)", "day of week (0-7)")

FORMS: Final = (
    f"five to seven fields of digits, *, lists, ranges and steps such as 0 3 * * *, {', '.join(NICKNAMES)}, "
    "or @every <duration>"
)


def schedule_doubt(text: str) -> str | None:
    """Return why Connect may refuse a schedule, as the end of a sentence; `None` if there is no reason."""
    if len(text) > MOST_CHARACTERS or not PATTERN.search(text):
        return (
            f"is not a schedule that connect.yaml can have: {FORMS}. Whether Connect accepts it for a deployment "
            "is not known; if Connect refuses it, use one of these forms"
        )
    fields = text.split()
    wrong = _unreadable(fields)
    if not wrong or _are_plain(fields):
        return None
    return f"may be refused by Connect: {wrong} cannot be read; use one of these forms: {FORMS}"


def schedule_problem(text: str) -> str | None:
    """Return what is wrong with five plain fields, as the end of a sentence; `None` if nothing certainly is.

    They are read as cron reads them. All other schedules are left to the server: what a sixth or seventh field
    means differs between cron implementations.
    """
    fields = text.split()
    if len(text) > MOST_CHARACTERS or not PATTERN.search(text) or not _are_plain(fields):
        return None
    wrong = _unreadable(fields)
    return f"is not a valid cron expression: {wrong} cannot be read" if wrong else None


def _are_plain(fields: list[str]) -> bool:
    return all(map(PLAIN_FIELD.fullmatch, fields))


def _unreadable(fields: list[str]) -> str:
    """Return the names of the fields that cron cannot read; empty if there are not five fields."""
    from croniter import croniter  # noqa: PLC0415 - few deployments have a schedule, and all would wait for it

    if len(fields) != COMMON_FIELDS:
        return ""
    alone = (["*"] * at + [field] + ["*"] * (COMMON_FIELDS - 1 - at) for at, field in enumerate(fields))
    wrong = [name for name, each in zip(FIELD_NAMES, alone, strict=True) if not croniter.is_valid(" ".join(each))]
    return " and ".join(wrong)


EXPONENTIAL: Final = "exponential-backoff"
STRATEGIES: Final = ("immediate", EXPONENTIAL)

BACKOFFS: Final = ("minBackoffSeconds", "maxBackoffSeconds")
RANGES: Final[Mapping[str, tuple[int, int]]] = {
    **dict.fromkeys(BACKOFFS, (1, 600)),
    "maxAttempts": (5, 100),
}
"""API §13.2."""

OWNERS: Final[Mapping[str, str]] = {"schedule": "job", "retryPolicy": "event"}
"""What only applications of one type can have (API §4.6)."""

MERCHANT_CENTER: Final = ("merchant-center-custom-application", "merchant-center-custom-view", "mc-app")
WITHOUT_URL: Final = frozenset({"event", "job"})
"""Types of applications that Connect never gives a URL (API §4.7, §22 #47)."""

TYPES: Final = frozenset({"service", "event", "job", "assets", *MERCHANT_CENTER})
"""The known types; what an application of another type can have is not known."""


def _option_failures(configuration: ConfigurationValues) -> Iterator[CheckFailure]:
    """Return what is wrong with schedules and retry policies by themselves."""
    for (application, name), value in configuration.options.items():
        path = (*application_path(application), name)
        if name == "retryPolicy":
            yield from _retry_policy_failures(path, as_map(value))
        elif isinstance(value, str) and (problem := schedule_problem(value)):
            yield CheckFailure(path, problem)


def schedule_doubts(configuration: ConfigurationValues) -> Iterator[CheckFailure]:
    """Return the schedules that Connect may refuse; a preview warns of them."""
    for (application, name), value in configuration.options.items():
        if name == "schedule" and isinstance(value, str) and (doubt := schedule_doubt(value)):
            yield CheckFailure((*application_path(application), name), doubt)


def _misplaced_options(
    configuration: ConfigurationValues, application: str, application_type: str
) -> Iterator[CheckFailure]:
    """Return the schedule or retry policy of an application whose type cannot have one."""
    for name, owner in OWNERS.items():
        given = configuration.options.get((application, name)) not in (None, UNKNOWN)
        if given and application_type != owner and application_type in TYPES:
            reason = f"only applications of type {owner} can have one, not {application_type}"
            yield CheckFailure((*application_path(application), name), reason)


def _retry_policy_failures(path: Path, policy: Mapping[str, PlainValue]) -> Iterator[CheckFailure]:
    given = {name: value for name, value in policy.items() if value is not None}
    strategy = given.get("strategy")
    if isinstance(strategy, str) and strategy not in STRATEGIES:
        yield CheckFailure(
            (*path, "strategy"), f"must be {' or '.join(STRATEGIES)}{suggest(strategy, STRATEGIES)}"
        )
    if strategy == "immediate":
        for name in (each for each in RANGES if each in given):
            yield CheckFailure((*path, name), f"belongs to the strategy {EXPONENTIAL}; immediate takes none")
        return
    for name, (lowest, highest) in RANGES.items():
        number = given.get(name)
        if isinstance(number, int | float) and not lowest <= number <= highest:
            yield CheckFailure((*path, name), f"must be {lowest} to {highest}")
        if strategy == EXPONENTIAL and name in BACKOFFS and name not in given:
            yield CheckFailure((*path, name), f"is required for the strategy {EXPONENTIAL}: {lowest} to {highest}")
    shortest, longest = (given.get(name) for name in BACKOFFS)
    if isinstance(shortest, int | float) and isinstance(longest, int | float) and shortest > longest:
        yield CheckFailure((*path, BACKOFFS[0]), "must not be greater than maxBackoffSeconds")
