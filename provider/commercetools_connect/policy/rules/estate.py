"""What only the resources of a stack together show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from commercetools_connect.core.urns import PROVIDER_TYPE
from commercetools_connect.core.values import UNKNOWN, PropertyValue
from commercetools_connect.policy.model import (
    DEPLOYMENT,
    Finding,
    Resource,
    Settings,
    StackRule,
    configuration_groups,
    known,
    number,
    quoted,
    texts,
)
from commercetools_connect.policy.publications import connector_names, is_staged, publications_of

__all__ = ["ONE_API_CLIENT_PER_CONNECTOR", "PREVIEW_DEPLOYMENTS", "TAGS_AGREE"]


def _shared_clients(resources: Sequence[Resource], settings: Settings) -> Iterator[Finding]:
    keys = frozenset(texts(settings["keys"]))
    deployments = [(each, _clients(each, keys)) for each in resources if each.kind == DEPLOYMENT]
    own = {known(each.props.get("clientId")) for each in resources if each.type == PROVIDER_TYPE} - {""}
    for deployment, clients in deployments:
        if clients & own:
            yield Finding("its connector runs with the API client that this stack deploys with", deployment.urn)
    for (one, its), (other, others) in combinations(deployments, 2):
        if its & others and _different_connectors(one, other):
            yield Finding(
                f"its connector uses the API client of another connector's, {quoted(one.name)}", other.urn
            )


def _clients(deployment: Resource, keys: frozenset[str]) -> frozenset[str]:
    """Return the ids of the API clients that a deployment's connector calls commercetools with."""
    given = (
        known(value)
        for group in configuration_groups(deployment)
        for name in ("standardConfiguration", "securedConfiguration")
        for path, value in group.values(name)
        if path[-1] in keys
    )
    return frozenset({*given, known(deployment.props.get("apiClientName"))} - {""})


def _different_connectors(one: Resource, other: Resource) -> bool:
    """Tell whether two deployments surely run different connectors."""
    its, others = connector_names(one), connector_names(other)
    shared = its.keys() & others.keys()
    return bool(shared) and not any(its[what] == others[what] for what in shared)


ONE_API_CLIENT_PER_CONNECTOR: Final = StackRule(
    name="one-api-client-per-connector",
    description="No two connectors share an API client, so that each can be revoked and limited alone.",
    remedy="Create an API client for each connector, with the scopes that it needs.",
    schema={
        "keys": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["CTP_CLIENT_ID", "CT_CLIENT_ID", "COMMERCETOOLS_CLIENT_ID"],
            "description": "Configuration keys that hold the id of an API client.",
        },
    },
    look=_shared_clients,
)


def _many_previews(resources: Sequence[Resource], settings: Settings) -> Iterator[Finding]:
    most = int(number(settings["maximum"]))
    previews = [each.name for each in resources if each.kind == DEPLOYMENT and _is_preview(each)]
    if len(previews) > most:
        names = ", ".join(map(quoted, sorted(previews)))
        yield Finding(f"{len(previews)} preview deployments, at most {most}: {names}")


def _is_preview(deployment: Resource) -> bool:
    type_ = deployment.props.get("type")
    return type_ == "preview" or (type_ is None and is_staged(deployment))


PREVIEW_DEPLOYMENTS: Final = StackRule(
    name="preview-deployments",
    description="A stack has few preview deployments.",
    remedy="Remove those that are no longer used.",
    schema={
        "maximum": {
            "type": "integer",
            "minimum": 0,
            "default": 3,
            "description": "How many deployments of type preview a stack may have.",
        },
    },
    look=_many_previews,
)


def _disagreements(resources: Sequence[Resource], _: Settings) -> Iterator[Finding]:
    for deployment in (each for each in resources if each.kind == DEPLOYMENT):
        asked = deployment.props.get("connectorTag")
        runs = deployment.props.get("deployedTag") if asked is None else asked
        tags = {
            publication.name: _published(publication) for publication in publications_of(deployment, resources)
        }
        if not tags or not known(runs) or UNKNOWN in tags.values() or runs in tags.values():
            continue
        what = "connectorTag is" if asked is not None else "connectorTag is absent, and what runs is"
        published = ", ".join(f"{quoted(known(tag))} by {quoted(name)}" for name, tag in tags.items())
        yield Finding(f"{what} {quoted(known(runs))}, published is {published}", deployment.urn)


def _published(publication: Resource) -> PropertyValue:
    """Return the tag that a publication makes available, or will."""
    really = publication.props.get("publishedTag")
    return known(really) or publication.props.get("tag")


TAGS_AGREE: Final = StackRule(
    name="tags-agree",
    description="A deployment runs the tag that its publication in the same stack makes available.",
    remedy="Set connectorTag to the publishedTag of the ConnectorPublication.",
    look=_disagreements,
)
