"""Owners of what a project has registered: an application of a Deployment, none any more, or another system. Pure.

Only what is Connect's can be an orphan: a host of its domain, or a topic in a cloud project of its Deployments.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from commercetools_connect.api import Deployment
from commercetools_connect.api.models.wiring import Subscription
from commercetools_connect.resources.deployment.wiring import ApplicationAddress, Registration, addresses_of
from commercetools_connect.resources.deployment.wiring_addresses import (
    CONNECT_DOMAIN,
    PUB_SUB,
    Match,
    called_url,
    parse_topic,
    parse_url,
    topic_of,
)


class Ownership(str, Enum):
    """Whose a registration is.

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
    ownership: Ownership
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
                    registration, Ownership.DEPLOYMENT, deployment.id, deployment.key, address.name, wanted
                )
    is_orphan = _is_orphan(registration, hosts, scopes)
    return Owner(registration, Ownership.ORPHAN if is_orphan else Ownership.OTHER)


def _is_orphan(registration: Registration, hosts: set[str], scopes: set[str]) -> bool:
    source = registration.source
    if isinstance(source, Subscription):
        topic = topic_of(source.destination)
        return topic is not None and topic.service == PUB_SUB and topic.scope in scopes
    url = parse_url(called_url(source.destination))
    return url is not None and url.host.endswith(CONNECT_DOMAIN) and url.host not in hosts
