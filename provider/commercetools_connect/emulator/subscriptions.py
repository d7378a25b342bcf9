"""Subscriptions: what a draft makes, what an update action changes, and what the HTTP API shows. No I/O."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from commercetools_connect.emulator import registration_requests as r
from commercetools_connect.emulator.destinations import (
    EventGridDestination,
    GoogleCloudPubSubDestination,
    SubscriptionDestination,
)
from commercetools_connect.emulator.entities import Subscription
from commercetools_connect.emulator.errors import invalid_input
from commercetools_connect.emulator.extensions import common_members
from commercetools_connect.emulator.json_values import Json, JsonObject
from commercetools_connect.emulator.model import Model, evolve, to_members

#: How many Subscriptions a project may have.
LIMIT = 50


def new(draft: r.SubscriptionDraft, project: str, client: str | None, now: float) -> Subscription:
    """Return the Subscription that a draft asks for; refuse a destination that no test message reaches."""
    format_: dict[str, JsonValue] = to_members(draft.format) if draft.format else {"type": "Platform"}
    return Subscription(
        id=str(uuid.uuid4()),
        key=draft.key,
        project=project,
        destination=_reachable(draft.destination, project, draft.key, format_),
        messages=_messages(draft.messages),
        changes=_written(draft.changes),
        events=_messages(draft.events),
        format=format_,
        created_at=now,
        modified_at=now,
        created_by=client,
        modified_by=client,
    )


def after(subscription: Subscription, action: r.SubscriptionAction) -> Subscription:
    """Return the Subscription after one update action."""
    if isinstance(action, r.ChangeSubscriptionDestination):
        destination = _reachable(action.destination, subscription.project, subscription.key, subscription.format)
        return evolve(subscription, destination=destination, status="Healthy")
    if isinstance(action, r.SetKey):
        return evolve(subscription, key=action.key)
    if isinstance(action, r.SetMessages):
        changed = evolve(subscription, messages=_messages(action.messages))
    elif isinstance(action, r.SetChanges):
        changed = evolve(subscription, changes=_written(action.changes))
    else:
        changed = evolve(subscription, events=_messages(action.events))
    if not (changed.messages or changed.changes or changed.events):
        raise invalid_input("One of messages, changes and events must be set.")
    return changed


def body(subscription: Subscription) -> JsonObject:
    """Return a Subscription as answers show it: with empty lists, not without them."""
    lists: dict[str, Json] = {
        "messages": subscription.messages,
        "changes": subscription.changes,
        "events": subscription.events,
    }
    return {
        **common_members(subscription),
        **lists,
        "format": subscription.format,
        "status": subscription.status,
    }


def _reachable(
    destination: SubscriptionDestination, project: str, key: str | None, format_: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Return a destination as it is kept. The emulator has no network: only names that cannot be are refused."""
    if isinstance(destination, GoogleCloudPubSubDestination) and not (
        destination.project_id and destination.topic
    ):
        raise invalid_input(
            "A test message could not be delivered to this destination: GoogleCloudPubSub topic "
            f"'{destination.topic}' in project '{destination.project_id}'. Please make sure your destination is "
            "correctly configured."
        )
    if isinstance(destination, EventGridDestination) and format_.get("type") != "CloudEvents":
        raise invalid_input("A destination of the type EventGrid needs the format CloudEvents.")
    kept: dict[str, JsonValue] = to_members(destination)
    if kept["type"] == "EventBridge":
        kept["source"] = f"aws.partner/commercetools.com/{project}/{key or ''}"
    return kept


def _messages(entries: Sequence[r.MessageSubscription | r.EventSubscription] | None) -> list[JsonValue]:
    return [{"resourceTypeId": each.resource_type_id, "types": [*(each.types or [])]} for each in entries or ()]


def _written(entries: Sequence[Model] | None) -> list[JsonValue]:
    return [to_members(each) for each in entries or ()]
