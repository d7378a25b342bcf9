"""Registrations of a project: what its Extensions call and its Subscriptions feed, and whose that is. Pure.

Addresses are parsed, never compared as text: `/svc2` is not below `/svc`, and `…app.evil.example` is another host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final
from urllib.parse import unquote, urlsplit

from commercetools_connect.api import Deployment
from commercetools_connect.api.models.wiring import (
    STOPPED_STATUSES,
    URL_TYPES,
    Extension,
    ExtensionDestination,
    Subscription,
    SubscriptionDestination,
    SubscriptionStatus,
)
from commercetools_connect.api.wiring import WiringKind
from commercetools_connect.core.values import PlainValue, PropertyValue, as_map, as_maps, unwrap_secrets

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


@dataclass(frozen=True)
class ApplicationAddress:
    """Where an application is reached; `keys` are those under which it was wired before, by kind."""

    name: str
    url: str = ""
    topic: str = ""
    keys: Mapping[WiringKind, tuple[str, ...]] = field(default_factory=dict)

    def of(self, kind: WiringKind) -> str:
        """Return what an Extension calls or a Subscription feeds, `""` where there is no such address."""
        text = self.url if kind is WiringKind.EXTENSION else self.topic
        known = parse_url(text) if kind is WiringKind.EXTENSION else parse_topic(text)
        return text if known else ""


def addresses_of(deployment: Deployment) -> tuple[ApplicationAddress, ...]:
    """Return the addresses of a Deployment as the API shows it."""
    return tuple(
        ApplicationAddress(each.application_name, each.url, each.topic) for each in deployment.applications
    )


def former_addresses(applications: PropertyValue, wiring: PropertyValue = None) -> tuple[ApplicationAddress, ...]:
    """Return the addresses that the outputs `applications` and `wiring` of a state tell, with the keys in use."""
    known = as_map(unwrap_secrets(wiring))
    return tuple(
        ApplicationAddress(
            name := str(each["name"]),
            str(each.get("url") or ""),
            str(each.get("topic") or ""),
            {kind: _keys(as_map(known.get(name)).get(f"{kind.value}s")) for kind in WiringKind},
        )
        for each in as_maps(unwrap_secrets(applications))
        if each.get("name")
    )


def _keys(entries: PlainValue) -> tuple[str, ...]:
    return tuple(str(each["key"]) for each in as_maps(entries) if each.get("key"))


@dataclass(frozen=True)
class Registration:
    """An Extension or a Subscription, as far as it is compared and shown."""

    kind: WiringKind
    key: str
    address: str
    source: Extension | Subscription = field(repr=False, compare=False)

    @property
    def status(self) -> str:
        """The status of a Subscription; Extensions have none."""
        return self.source.status if isinstance(self.source, Subscription) else ""

    @property
    def is_stopped(self) -> bool:
        """Whether nothing is delivered, and will not be without a change."""
        return self.status in STOPPED_STATUSES

    @property
    def is_ill(self) -> bool:
        """Whether it has a status other than healthy."""
        return self.status not in ("", SubscriptionStatus.HEALTHY)

    def match(self, application: ApplicationAddress) -> Match:
        """Tell how what this points to fits an application."""
        if isinstance(self.source, Subscription):
            return compare_topics(application.topic, self.source.destination)
        return compare_urls(application.url, called_url(self.source.destination))


def registrations_of(
    extensions: Iterable[Extension], subscriptions: Iterable[Subscription]
) -> tuple[Registration, ...]:
    """Return what a project has, in a fixed order."""
    found = [
        *(
            Registration(WiringKind.EXTENSION, each.key, shown_extension(each.destination), each)
            for each in extensions
        ),
        *(
            Registration(WiringKind.SUBSCRIPTION, each.key, shown_subscription(each.destination), each)
            for each in subscriptions
        ),
    ]
    return tuple(sorted(found, key=lambda each: (each.kind, each.key, each.address)))


class OwnerKind(str, Enum):
    """Whose a registration is. Only what is Connect's can be an orphan: its domain, or a topic in its project.

    `DEPLOYMENT`: it points to an application, or to another path of its host. `ORPHAN`: it points to something of
    Connect that no Deployment of the project has. `OTHER`: Connect may have nothing to do with it: no verdict.
    """

    DEPLOYMENT = "deployment"
    ORPHAN = "orphan"
    OTHER = "other"


@dataclass(frozen=True)
class Owner:
    """Whose a registration is, and of which application where that is known."""

    registration: Registration
    kind: OwnerKind
    deployment_id: str = ""
    deployment_key: str = ""
    application: str = ""
    match: Match = Match.NONE


def owners(registrations: Iterable[Registration], deployments: Iterable[Deployment]) -> tuple[Owner, ...]:
    """Return whose each registration is.

    `deployments` are *all* of the project, of every region: what one of them is not shown looks like an orphan.
    """
    places = [(each, address) for each in deployments for address in addresses_of(each)]
    addresses = [address for _, address in places]
    hosts = {url.host for each in addresses if (url := parse_url(each.url))}
    scopes = {topic.scope for each in addresses if (topic := parse_topic(each.topic)) and topic.service == PUB_SUB}
    return tuple(_owner(each, places, hosts, scopes) for each in registrations)


def _owner(
    registration: Registration,
    places: list[tuple[Deployment, ApplicationAddress]],
    hosts: set[str],
    scopes: set[str],
) -> Owner:
    for wanted in (Match.EXACT, Match.BY_NAME, Match.SAME_HOST):
        for deployment, address in places:
            if registration.match(address) is wanted:
                return Owner(
                    registration, OwnerKind.DEPLOYMENT, deployment.id, deployment.key, address.name, wanted
                )
    is_orphan = _is_orphan(registration, hosts, scopes)
    return Owner(registration, OwnerKind.ORPHAN if is_orphan else OwnerKind.OTHER)


def _is_orphan(registration: Registration, hosts: set[str], scopes: set[str]) -> bool:
    source = registration.source
    if isinstance(source, Subscription):
        topic = topic_of(source.destination)
        return topic is not None and topic.service == PUB_SUB and topic.scope in scopes
    url = parse_url(called_url(source.destination))
    return url is not None and url.host.endswith(CONNECT_DOMAIN) and url.host not in hosts
