"""Comparison of what Extensions and Subscriptions point to with the URLs and topics of applications. Pure.

Addresses are parsed, never compared as text: `/svc2` is not below `/svc`, and `…app.evil.example` is another host.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import unquote, urlsplit

from commercetools_connect.api.models.wiring import URL_TYPES, ExtensionDestination, SubscriptionDestination

_PORTS: Final = {"http": 80, "https": 443}
_PUB_SUB: Final = re.compile(r"(?://pubsub\.googleapis\.com/)?projects/(?P<project>[^/]+)/topics/(?P<name>[^/]+)")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")

PUB_SUB: Final = "GoogleCloudPubSub"
SNS: Final = "SNS"
CONNECT_DOMAIN: Final = ".commercetools.app"
"""What the hosts of all applications in Connect end in."""


class Match(Enum):
    """How an address that is pointed to fits the address of an application.

    `BY_NAME`: the topics have the same name, and one of them says no more. `SAME_HOST`: the host is the same, and
    the path, the scheme or the port is not.
    """

    EXACT = "exact"
    BY_NAME = "by name"
    SAME_HOST = "same host"
    NONE = "none"

    @property
    def fits(self) -> bool:
        """Whether the application is what is pointed to."""
        return self in (Match.EXACT, Match.BY_NAME)


@dataclass(frozen=True)
class Url:
    """A URL without what is not compared: user name, query, fragment, empty and dot segments of its path."""

    scheme: str
    host: str
    port: int | None
    segments: tuple[str, ...]


def parse_url(text: str) -> Url | None:
    """Return the parts of a URL, `None` for what is not one. Without a scheme it is `https`."""
    text = text.strip()
    try:
        parts = urlsplit(text if _SCHEME.match(text) else f"https://{text}")
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if not host or parts.scheme not in _PORTS or re.search(r"[\s\\]", parts.netloc):
        return None
    return Url(parts.scheme, host, port or _PORTS[parts.scheme], _segments(parts.path))


def _segments(path: str) -> tuple[str, ...]:
    found: list[str] = []
    for segment in map(unquote, path.split("/")):
        if segment == "..":
            del found[-1:]
        elif segment not in ("", "."):
            found.append(segment)
    return tuple(found)


def compare_urls(application: str, called: str) -> Match:
    """Tell how a URL that is called fits the URL of an application: equal, or below it."""
    own, other = parse_url(application), parse_url(called)
    if own is None or other is None or own.host != other.host:
        return Match.NONE
    same_origin = (own.scheme, own.port) == (other.scheme, other.port)
    below = other.segments[: len(own.segments)] == own.segments
    return Match.EXACT if same_origin and below else Match.SAME_HOST


@dataclass(frozen=True)
class Topic:
    """A topic; `service` is `""` where a short name does not tell, and `scope` is what stands before the name.

    The scope is the project on Google Cloud, and on AWS the ARN up to the name.
    """

    name: str
    scope: str = ""
    service: str = ""


def parse_topic(text: str) -> Topic | None:
    """Return the topic that a Deployment names, in any of its forms: full, ARN or short. `None` for no topic."""
    text = text.strip()
    if not text:
        return None
    if found := _PUB_SUB.fullmatch(text):
        return Topic(found["name"], found["project"], PUB_SUB)
    if text.startswith("arn:"):
        scope, _, name = text.rpartition(":")
        return Topic(name, scope, SNS)
    return Topic(text)


def topic_of(destination: SubscriptionDestination) -> Topic | None:
    """Return the topic that a Subscription delivers to; `None` for destinations that Connect does not give."""
    if destination.type == PUB_SUB and (topic := parse_topic(destination.topic)):
        return Topic(topic.name, topic.scope or destination.project_id, PUB_SUB)
    if destination.type == SNS and (topic := parse_topic(destination.topic_arn)):
        return Topic(topic.name, topic.scope, SNS)
    return None


def compare_topics(application: str, destination: SubscriptionDestination) -> Match:
    """Tell how the destination of a Subscription fits the topic of an application."""
    own, other = parse_topic(application), topic_of(destination)
    if own is None or other is None or own.name != other.name:
        return Match.NONE
    if own.service and own.service != other.service:
        return Match.NONE
    if own.scope and other.scope:
        return Match.EXACT if own.scope == other.scope else Match.NONE
    return Match.BY_NAME


def called_url(destination: ExtensionDestination) -> str:
    """Return the URL that an Extension calls, `""` where it calls something else."""
    return destination.url if destination.type in URL_TYPES else ""


def shown_extension(destination: ExtensionDestination) -> str:
    """Return what an Extension calls, for people. Never a secret."""
    return called_url(destination) or destination.arn or destination.type or "an unknown destination"


def shown_subscription(destination: SubscriptionDestination) -> str:
    """Return where a Subscription delivers, for people. Never a secret."""
    topic = topic_of(destination)
    if topic is None:
        address = destination.queue_url or destination.source or destination.uri or destination.topic
        return " ".join(filter(None, (destination.type, address))) or "an unknown destination"
    if topic.service == PUB_SUB and topic.scope:
        return f"projects/{topic.scope}/topics/{topic.name}"
    return f"{topic.scope}:{topic.name}" if topic.scope else topic.name
