"""Request bodies of the HTTP API for Extensions and Subscriptions, closed to unknown members.

Members that no connector uses are left out: `dependencies` of Extensions.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from commercetools_connect.emulator.destinations import ExtensionDestination, NonEmpty, SubscriptionDestination
from commercetools_connect.emulator.entities import Key, Version
from commercetools_connect.emulator.model import Model

Timeout = Annotated[int, Field(ge=1, le=10_000)]
ExpansionPaths = Annotated[list[str], Field(max_length=3)]


class ExtensionTrigger(Model):
    """What an Extension is called for."""

    resource_type_id: Literal[
        "cart", "order", "payment", "payment-method", "customer", "customer-group", "quote-request",
        "staged-quote", "quote", "business-unit", "shopping-list",
    ]  # fmt: skip
    actions: list[Literal["Create", "Update"]]
    condition: str | None = None


class AdditionalContext(Model):
    """What a call of an Extension also carries."""

    include_old_resource: bool | None = None


class ExtensionDraft(Model):
    """Body of POST /{projectKey}/extensions."""

    key: Key | None = None
    destination: ExtensionDestination
    triggers: list[ExtensionTrigger]
    timeout_in_ms: Timeout | None = None
    expansion_paths: ExpansionPaths | None = None
    additional_context: AdditionalContext | None = None


class ChangeExtensionDestination(Model):
    """Replaces the destination."""

    action: Literal["changeDestination"]
    destination: ExtensionDestination


class ChangeTriggers(Model):
    """Replaces the triggers."""

    action: Literal["changeTriggers"]
    triggers: list[ExtensionTrigger]


class SetKey(Model):
    """Sets the key; without it the key is removed."""

    action: Literal["setKey"]
    key: Key | None = None


class SetTimeoutInMs(Model):
    """Sets the time limit; without it the default counts."""

    action: Literal["setTimeoutInMs"]
    timeout_in_ms: Timeout | None = None


class SetExpansionPaths(Model):
    """Sets the paths; without them there are none."""

    action: Literal["setExpansionPaths"]
    expansion_paths: ExpansionPaths | None = None


class SetAdditionalContext(Model):
    """Sets the additional context; without it there is none."""

    action: Literal["setAdditionalContext"]
    additional_context: AdditionalContext | None = None


ExtensionAction = (
    ChangeExtensionDestination
    | ChangeTriggers
    | SetKey
    | SetTimeoutInMs
    | SetExpansionPaths
    | SetAdditionalContext
)


class ExtensionUpdate(Model):
    """Body of POST /{projectKey}/extensions/{id}."""

    version: Version
    actions: list[Annotated[ExtensionAction, Field(discriminator="action")]]


class MessageSubscription(Model):
    """Messages of a resource type; without `types` all of them."""

    resource_type_id: NonEmpty
    types: list[NonEmpty] | None = None


class ChangeSubscription(Model):
    """Changes of a resource type."""

    resource_type_id: NonEmpty


class EventSubscription(Model):
    """Events of Checkout or the Import API; without `types` all of them."""

    resource_type_id: Literal["checkout", "import-api"]
    types: list[NonEmpty] | None = None


class PlatformFormat(Model):
    """The format of commercetools."""

    type: Literal["Platform"]


class CloudEventsFormat(Model):
    """CloudEvents in JSON."""

    type: Literal["CloudEvents"]
    cloud_events_version: Literal["1.0"]


class SubscriptionDraft(Model):
    """Body of POST /{projectKey}/subscriptions."""

    key: Key | None = None
    destination: SubscriptionDestination
    messages: list[MessageSubscription] | None = None
    changes: list[ChangeSubscription] | None = None
    events: list[EventSubscription] | None = None
    format: Annotated[PlatformFormat | CloudEventsFormat, Field(discriminator="type")] | None = None

    @model_validator(mode="after")
    def _subscribes(self) -> SubscriptionDraft:
        if not (self.messages or self.changes or self.events):
            raise ValueError("one of messages, changes and events is needed")
        return self


class ChangeSubscriptionDestination(Model):
    """Replaces the destination; a test message is sent again."""

    action: Literal["changeDestination"]
    destination: SubscriptionDestination


class SetMessages(Model):
    """Sets the messages."""

    action: Literal["setMessages"]
    messages: list[MessageSubscription] | None = None


class SetChanges(Model):
    """Sets the changes."""

    action: Literal["setChanges"]
    changes: list[ChangeSubscription] | None = None


class SetEvents(Model):
    """Sets the events."""

    action: Literal["setEvents"]
    events: list[EventSubscription] | None = None


SubscriptionAction = ChangeSubscriptionDestination | SetMessages | SetChanges | SetEvents | SetKey


class SubscriptionUpdate(Model):
    """Body of POST /{projectKey}/subscriptions/{id}."""

    version: Version
    actions: list[Annotated[SubscriptionAction, Field(discriminator="action")]]
