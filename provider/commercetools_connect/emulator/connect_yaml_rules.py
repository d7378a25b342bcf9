"""The rules of connect.yaml that look at more than one field (API §13.2)."""

from __future__ import annotations

from commercetools_connect.emulator.specification import ApplicationSpecification, Specification

CUSTOM_APPLICATION = "merchant-center-custom-application"
CUSTOM_VIEW = "merchant-center-custom-view"
_REQUIRED_KEYS = {
    CUSTOM_APPLICATION: ("CUSTOM_APPLICATION_ID", "ENTRY_POINT_URI_PATH"),
    CUSTOM_VIEW: ("CUSTOM_VIEW_ID",),
}
_CLOUD = "CLOUD_IDENTIFIER"


def check(specification: Specification, problems: list[str]) -> None:
    """Add a line to `problems` for each broken rule."""
    _unique_names(specification, problems)
    _global_keys_not_repeated(specification, problems)
    for position, application in enumerate(specification.applications):
        if application.application_type in _REQUIRED_KEYS:
            _merchant_center(specification, position, application, problems)


def _unique_names(specification: Specification, problems: list[str]) -> None:
    seen: set[str] = set()
    for position, application in enumerate(specification.applications):
        if application.name and application.name in seen:
            problems.append(f"[deployAs.{position}.name]: the name {application.name} appears more than once")
        seen.add(application.name)


def _global_keys_not_repeated(specification: Specification, problems: list[str]) -> None:
    shared = specification.global_keys
    if shared is None:
        return
    names = {*shared.standard_names, *shared.secured_names} - {""}
    for position, application in enumerate(specification.applications):
        own = {*application.keys.standard_names, *application.keys.secured_names}
        problems.extend(
            f"[deployAs.{position}.configuration]: the key {key} is a global key already"
            for key in sorted(names & own)
        )


def _merchant_center(
    specification: Specification,
    position: int,
    application: ApplicationSpecification,
    problems: list[str],
) -> None:
    path = f"[deployAs.{position}.configuration]"
    standard = {each.key: each for each in application.keys.standard}
    problems.extend(
        f"{path}: the standard key {key} must be declared with required: true"
        for key in _REQUIRED_KEYS[application.application_type]
        if key not in standard or not standard[key].required
    )
    if application.keys.secured:
        problems.append(f"{path}: secured keys are not allowed for {application.application_type}")
    own = standard.get(_CLOUD)
    shared = specification.global_keys.standard if specification.global_keys else []
    global_and_required = any(each.key == _CLOUD and each.required for each in shared)
    own_and_filled = own is not None and (own.required or own.default is not None)
    if not global_and_required and not own_and_filled:
        problems.append(f"{path}: {_CLOUD} must be declared, required or with a default")
