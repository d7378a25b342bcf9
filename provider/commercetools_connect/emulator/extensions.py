"""API Extensions: what a draft makes, what an update action changes, and what the HTTP API shows. No I/O."""

from __future__ import annotations

import uuid

from commercetools_connect.emulator import registration_requests as r
from commercetools_connect.emulator.clock import timestamp
from commercetools_connect.emulator.destinations import masked
from commercetools_connect.emulator.entities import Extension, Registration
from commercetools_connect.emulator.json_values import Json, JsonObject
from commercetools_connect.emulator.model import evolve, to_members

#: How many Extensions a project may have.
LIMIT = 25


def new(draft: r.ExtensionDraft, project: str, client: str | None, now: float) -> Extension:
    """Return the Extension that a draft asks for."""
    context = draft.additional_context
    return Extension(
        id=str(uuid.uuid4()),
        key=draft.key,
        project=project,
        destination=to_members(draft.destination),
        triggers=[to_members(each) for each in draft.triggers],
        timeout_in_ms=draft.timeout_in_ms,
        expansion_paths=draft.expansion_paths,
        additional_context=to_members(context) if context else None,
        created_at=now,
        modified_at=now,
        created_by=client,
        modified_by=client,
    )


def after(extension: Extension, action: r.ExtensionAction) -> Extension:
    """Return the Extension after one update action."""
    if isinstance(action, r.ChangeExtensionDestination):
        return evolve(extension, destination=to_members(action.destination))
    if isinstance(action, r.ChangeTriggers):
        return evolve(extension, triggers=[to_members(each) for each in action.triggers])
    if isinstance(action, r.SetKey):
        return evolve(extension, key=action.key)
    if isinstance(action, r.SetTimeoutInMs):
        return evolve(extension, timeout_in_ms=action.timeout_in_ms)
    if isinstance(action, r.SetExpansionPaths):
        return evolve(extension, expansion_paths=action.expansion_paths)
    context = action.additional_context
    return evolve(extension, additional_context=to_members(context) if context else None)


def body(extension: Extension) -> JsonObject:
    """Return an Extension as answers show it. Nothing in it says whether its URL answers."""
    optional: dict[str, Json] = {
        "timeoutInMs": extension.timeout_in_ms,
        "expansionPaths": extension.expansion_paths,
        "additionalContext": extension.additional_context,
    }
    return {
        **common_members(extension),
        "triggers": extension.triggers,
        **{name: value for name, value in optional.items() if value is not None},
    }


def common_members(registration: Registration) -> dict[str, Json]:
    """Return the members that Extensions and Subscriptions have in common; secrets are masked."""
    key: dict[str, Json] = {} if registration.key is None else {"key": registration.key}
    return {
        "id": registration.id,
        "version": registration.version,
        "createdAt": timestamp(registration.created_at),
        "lastModifiedAt": timestamp(registration.modified_at),
        "createdBy": _author(registration.created_by),
        "lastModifiedBy": _author(registration.modified_by),
        **key,
        "destination": masked(registration.destination),
    }


def _author(client: str | None) -> JsonObject:
    return {"isPlatformClient": True} if client is None else {"clientId": client, "isPlatformClient": False}
