"""Destinations of Extensions and Subscriptions: their shapes, what answers hide, and those that scripts use.

The types are those of the HTTP API's reference. Answers show of a secret four stars and its last characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from commercetools_connect.emulator.json_values import JsonObject
from commercetools_connect.emulator.lifecycles import CLOUD_PROJECT
from commercetools_connect.emulator.model import Model

NonEmpty = Annotated[str, Field(min_length=1)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s/]+")]
AuthenticationMode = Literal["Credentials", "IAM"]

_SECRETS = frozenset({"accessKey", "accessSecret", "apiKey", "apiSecret", "headerValue"})
_SHARED_ACCESS_KEY = re.compile(r"(?<=SharedAccessKey=)[^;]*")
_SHOWN = 4
_TOPIC = re.compile(r"projects/(?P<project>[^/]+)/topics/(?P<name>[^/]+)")


class AuthorizationHeader(Model):
    """The header with which an Extension is called."""

    type: Literal["AuthorizationHeader"]
    header_value: NonEmpty


class AzureFunctions(Model):
    """The key with which an Azure function is called."""

    type: Literal["AzureFunctions"]
    key: NonEmpty


class HttpDestination(Model):
    """A URL."""

    type: Literal["HTTP"]
    url: Url
    authentication: Annotated[AuthorizationHeader | AzureFunctions, Field(discriminator="type")] | None = None


class AwsLambdaDestination(Model):
    """A function on AWS."""

    type: Literal["AWSLambda"]
    arn: NonEmpty
    access_key: NonEmpty
    access_secret: NonEmpty


class GoogleCloudFunctionDestination(Model):
    """A function on Google Cloud."""

    type: Literal["GoogleCloudFunction"]
    url: Url


class GoogleCloudPubSubDestination(Model):
    """A topic on Google Cloud. Empty names have an error of their own."""

    type: Literal["GoogleCloudPubSub"]
    project_id: str
    topic: str


class _AwsCredentials(Model):
    authentication_mode: AuthenticationMode | None = None
    access_key: str | None = None
    access_secret: str | None = None

    @model_validator(mode="after")
    def _has_credentials(self) -> _AwsCredentials:
        if self.authentication_mode != "IAM" and not (self.access_key and self.access_secret):
            raise ValueError("accessKey and accessSecret are required unless authenticationMode is IAM")
        return self


class SnsDestination(_AwsCredentials):
    """A topic on AWS."""

    type: Literal["SNS"]
    topic_arn: NonEmpty


class SqsDestination(_AwsCredentials):
    """A queue on AWS."""

    type: Literal["SQS"]
    queue_url: NonEmpty
    region: NonEmpty


class EventBridgeDestination(Model):
    """A partner event source on AWS; the API sets its `source`."""

    type: Literal["EventBridge"]
    region: NonEmpty
    account_id: NonEmpty


class AzureServiceBusDestination(Model):
    """A queue or topic on Azure."""

    type: Literal["AzureServiceBus"]
    connection_string: NonEmpty


class EventGridDestination(Model):
    """A topic of Azure Event Grid."""

    type: Literal["EventGrid"]
    uri: Url
    access_key: NonEmpty


class ConfluentCloudDestination(Model):
    """A topic in Confluent Cloud."""

    type: Literal["ConfluentCloud"]
    bootstrap_server: NonEmpty
    api_key: NonEmpty
    api_secret: NonEmpty
    acks: Literal["0", "1", "all"]
    topic: NonEmpty
    key: str | None = None


class IronMqDestination(Model):
    """A queue of IronMQ (deprecated)."""

    type: Literal["IronMQ"]
    uri: Url


ExtensionDestination = Annotated[
    HttpDestination | AwsLambdaDestination | GoogleCloudFunctionDestination, Field(discriminator="type")
]
SubscriptionDestination = Annotated[
    GoogleCloudPubSubDestination
    | SnsDestination
    | SqsDestination
    | EventBridgeDestination
    | AzureServiceBusDestination
    | EventGridDestination
    | ConfluentCloudDestination
    | IronMqDestination,
    Field(discriminator="type"),
]


def masked(destination: Mapping[str, JsonValue]) -> JsonObject:
    """Return a destination of any type as answers show it."""
    return {name: _shown(name, value) for name, value in destination.items()}


def _shown(name: str, value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        secret = {*_SECRETS, "key"}
        return {inner: _masked(each) if inner in secret else each for inner, each in value.items()}
    if name == "connectionString" and isinstance(value, str):
        hidden = _SHARED_ACCESS_KEY.sub(lambda found: _mask(found[0]), value)
        return hidden if hidden != value else _mask(value)
    return _masked(value) if name in _SECRETS else value


def _masked(value: JsonValue) -> JsonValue:
    return _mask(value) if isinstance(value, str) else value


def _mask(secret: str) -> str:
    return "****" + (secret[-_SHOWN:] if len(secret) > 2 * _SHOWN else "")


def with_changes(destination: Mapping[str, JsonValue], changes: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a destination with some members changed; one of another type replaces it."""
    if changes.get("type", destination.get("type")) != destination.get("type"):
        return dict(changes)
    return {**destination, **changes}


def url_destination(url: str) -> dict[str, JsonValue]:
    """Return the destination of an Extension that calls an application."""
    return {"type": "HTTP", "url": url}


def topic_destination(topic: str) -> dict[str, JsonValue]:
    """Return the destination of a Subscription that feeds an event application, as scripts write it."""
    if topic.startswith("arn:"):
        return {"type": "SNS", "topicArn": topic, "authenticationMode": "IAM"}
    found = _TOPIC.fullmatch(topic)
    project, name = (found["project"], found["name"]) if found else (CLOUD_PROJECT, topic)
    return {"type": "GoogleCloudPubSub", "projectId": project, "topic": name}
