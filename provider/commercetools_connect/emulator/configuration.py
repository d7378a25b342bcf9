"""Configuration values: which are allowed, which are missing, how new ones merge with old ones (API §6.1, §12).

Pure: request values, the connector's keys and the values of before → the values afterwards, or an `ApiError`.
No error names a value.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from commercetools_connect.emulator.connect_yaml import InvalidConnectYamlError, parse_retry_policy
from commercetools_connect.emulator.cron import FORMS, is_schedule
from commercetools_connect.emulator.entities import Application, GlobalValues
from commercetools_connect.emulator.errors import invalid_json, refused
from commercetools_connect.emulator.model import evolve
from commercetools_connect.emulator.requests import ApplicationValues, ConfigurationValue, GlobalConfiguration
from commercetools_connect.emulator.specification import ApplicationSpecification, Keys, RetryPolicy, Specification


def new_applications(
    specification: Specification, values: Sequence[ApplicationValues] | None, *, with_defaults: bool
) -> list[Application]:
    """Return the applications of a new Deployment.

    Only listed applications are deployed (API §4.6). Without any list all are, with their defaults.
    """
    if values is None:
        values = [ApplicationValues(application_name=each.name) for each in specification.applications]
    _require_applications(values)
    applications = []
    for entry in values:
        declared = _declared(specification, entry)
        fresh = Application(id=str(uuid.uuid4()), name=entry.application_name)
        applications.append(_with_values(fresh, declared, entry, with_defaults=with_defaults))
    return applications


def merged_applications(
    specification: Specification,
    before: Sequence[Application],
    values: Sequence[ApplicationValues] | None,
    addable: frozenset[str],
    *,
    with_defaults: bool,
) -> list[Application]:
    """Return the applications of a redeployed Deployment: per key, what is not named keeps its value.

    `addable` names the applications that may join (new in the connector's version); any other that is not
    deployed is DeploymentApplicationDoNotBelong.
    """
    if values is not None:
        _require_applications(values)
    after = {each.name: each for each in before}
    for entry in values or ():
        declared = _declared(specification, entry)
        if entry.application_name not in after and entry.application_name not in addable:
            raise refused(
                "DeploymentApplicationDoNotBelong",
                f"The application '{entry.application_name}' does not belong to the Deployment.",
            )
        known = after.get(entry.application_name)
        base = known or Application(id=str(uuid.uuid4()), name=entry.application_name)
        after[base.name] = _with_values(base, declared, entry, with_defaults=with_defaults)
    return [_with_defaults(each, specification, with_defaults=with_defaults) for each in after.values()]


def missing_application_key(specification: Specification, applications: Iterable[Application]) -> str | None:
    """Say which required key of which application has no value, or return None."""
    for application in applications:
        declared = specification.application(application.name)
        for key, filled in _required(declared.keys if declared else Keys()).items():
            value = application.standard.get(key, application.secured.get(key))
            if not value and not (value is None and filled):
                return f"The required key '{key}' of the application '{application.name}' has no value."
    return None


def merged_global_values(
    keys: Keys | None, before: GlobalValues, body: GlobalConfiguration | None, *, with_defaults: bool
) -> GlobalValues:
    """Return the global values: like application values, with error codes of their own (API §11.2)."""
    keys = keys or Keys()
    standard_keys = set(keys.standard_names)
    secured_keys = set(keys.secured_names)
    standard = _by_key(body.standard_configuration if body else None, "globalConfiguration")
    secured = _by_key(body.secured_configuration if body else None, "globalConfiguration")
    for key in (*(standard.keys() - standard_keys), *(secured.keys() - secured_keys)):
        raise refused("DeploymentUnknownGlobalConfigurationKey", f"Unknown global configuration key '{key}'.")
    defaults = _defaults(keys) if with_defaults else {}
    after = GlobalValues(
        standard=defaults | before.standard | standard,
        secured=before.secured | secured,
    )
    _require_global_values(keys, after)
    return after


def _require_global_values(keys: Keys, values: GlobalValues) -> None:
    for key, filled in _required(keys).items():
        value = values.standard.get(key, values.secured.get(key))
        if value is None and not filled:
            raise refused(
                "DeploymentMissingGlobalConfigurationKey",
                f"The required global configuration key '{key}' is missing.",
            )
        if value == "":
            raise refused(
                "DeploymentEmptyRequiredGlobalConfigurationKey",
                f"The required global configuration key '{key}' is empty.",
            )


def _require_applications(values: Sequence[ApplicationValues]) -> None:
    if not values:
        raise refused("DeploymentApplicationRequired", "At least one application is required.")
    names = [each.application_name for each in values]
    for name in names:
        if names.count(name) > 1:
            raise invalid_json(f"configurations: the application '{name}' appears more than once")


def _declared(specification: Specification, entry: ApplicationValues) -> ApplicationSpecification:
    """Return what the connector says about the application; check the entry's keys against it."""
    name = entry.application_name
    declared = specification.application(name)
    has_values = bool(entry.standard_configuration or entry.secured_configuration)
    takes_none = declared is not None and not declared.keys.standard and not declared.keys.secured
    if declared is None or (takes_none and has_values):
        raise refused(
            "DeploymentUnknownApplicationConfiguration",
            f"Unknown application configuration for the application '{name}'.",
        )
    _require_known(entry.standard_configuration, set(declared.keys.standard_names), name)
    _require_known(entry.secured_configuration, set(declared.keys.secured_names), name)
    return declared


def _require_known(values: Sequence[ConfigurationValue] | None, known: set[str], name: str) -> None:
    for value in values or ():
        if value.key not in known:
            raise refused(
                "DeploymentUnknownApplicationConfigurationKey",
                f"Unknown configuration key '{value.key}' for the application '{name}'.",
            )


def _with_values(
    application: Application,
    declared: ApplicationSpecification,
    entry: ApplicationValues,
    *,
    with_defaults: bool,
) -> Application:
    where = f"application '{application.name}'"
    defaults = _defaults(declared.keys) if with_defaults else {}
    schedule = _schedule(entry, declared) or application.schedule or declared.schedule
    policy = _retry_policy(entry, declared) or application.retry_policy or declared.retry_policy
    return evolve(
        application,
        standard=defaults | application.standard | _by_key(entry.standard_configuration, where),
        secured=application.secured | _by_key(entry.secured_configuration, where),
        schedule=schedule,
        retry_policy=policy,
    )


def _with_defaults(application: Application, specification: Specification, *, with_defaults: bool) -> Application:
    """Fill in the defaults of keys that a newer version brought (assumption 3)."""
    declared = specification.application(application.name)
    if declared is None or not with_defaults:
        return application
    return evolve(application, standard=_defaults(declared.keys) | application.standard)


def _schedule(entry: ApplicationValues, declared: ApplicationSpecification) -> str | None:
    if entry.schedule is None:
        return None
    if declared.application_type != "job":
        raise invalid_json(f"schedule: the application '{declared.name}' is no job")
    if not is_schedule(entry.schedule):
        raise invalid_json(f"schedule: the application '{declared.name}' needs {FORMS}")
    return entry.schedule


def _retry_policy(entry: ApplicationValues, declared: ApplicationSpecification) -> RetryPolicy | None:
    if entry.retry_policy is None:
        return None
    if declared.application_type != "event":
        raise refused(
            "DeploymentRetryPolicyOverrideNotAllowed",
            f"The application '{declared.name}' is no event application; it takes no retryPolicy.",
        )
    try:
        return parse_retry_policy(entry.retry_policy)
    except InvalidConnectYamlError as error:
        raise refused(
            "DeploymentInvalidRetryPolicy",
            f"The retryPolicy of the application '{declared.name}' is not valid: {error.problems[0]}",
        ) from None


def _by_key(values: Sequence[ConfigurationValue] | None, where: str) -> dict[str, str]:
    by_key: dict[str, str] = {}
    for each in values or ():
        if each.key in by_key:
            raise invalid_json(f"{where}: the key '{each.key}' appears more than once")
        by_key[each.key] = each.value
    return by_key


def _required(keys: Keys) -> Mapping[str, bool]:
    """Return the required keys, each with whether its default fills it."""
    standard = {each.key: each.default is not None for each in keys.standard if each.required}
    return standard | {each.key: False for each in keys.secured if each.required}


def _defaults(keys: Keys) -> dict[str, str]:
    return {each.key: each.default for each in keys.standard if each.default is not None}


def values_of_keys(
    keys: Keys, standard: Mapping[str, str], secured: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return the values that `keys` still know, as members of an application or of the global values."""
    standard_keys = set(keys.standard_names)
    secured_keys = set(keys.secured_names)
    return {
        "standard": {key: value for key, value in standard.items() if key in standard_keys},
        "secured": {key: value for key, value in secured.items() if key in secured_keys},
    }
