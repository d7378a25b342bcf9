"""Which publication makes available what a deployment runs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commercetools_connect.core.values import UNKNOWN
from commercetools_connect.policy.model import PUBLICATION, Resource, known, member

__all__ = ["connector_names", "is_staged", "may_publish", "publications_of"]


def is_staged(deployment: Resource) -> bool:
    """Tell whether a deployment runs a draft."""
    return member(deployment.props, "connector", "staged") is True


def publications_of(deployment: Resource, resources: Sequence[Resource]) -> list[Resource]:
    """Return the publications in the stack of the connector, or of the draft, that a deployment runs.

    Before the first `up` ids are not known: then it counts what they are made from.
    """
    return [
        each
        for each in resources
        if each.kind == PUBLICATION
        and (each.props.get("target") == "preview") == is_staged(deployment)
        and (_same_connector(deployment, each) or _same_source(deployment, each))
    ]


def may_publish(publication: Resource, deployment: Resource) -> bool:
    """Tell whether a publication may turn out to be the connector's, as not all of its names are known yet."""
    names = (publication.props.get(each) for each in ("connectorId", "connectorStagedId", "connectorKey"))
    return publication.kind == PUBLICATION and UNKNOWN in names and not is_staged(deployment)


def connector_names(deployment: Resource) -> dict[str, str]:
    """Return what is known of a deployment's connector: its id, its key, both or nothing."""
    reference = deployment.props.get("connector")
    names = {
        "id": known(member(reference, "id")) or known(deployment.props.get("connectorId")),
        "key": known(member(reference, "key")) or known(deployment.props.get("connectorKey")),
    }
    return {what: name for what, name in names.items() if name}


def _same_connector(deployment: Resource, publication: Resource) -> bool:
    names = connector_names(deployment)
    ids = {known(publication.props.get(each)) for each in ("connectorId", "connectorStagedId")} - {""}
    key = known(publication.props.get("connectorKey"))
    return names.get("id") in ids or bool(key and names.get("key") == key)


def _same_source(deployment: Resource, publication: Resource) -> bool:
    """Tell whether an unknown reference comes from the publication, or from the draft that it publishes."""
    reference = deployment.props.get("connector")
    if UNKNOWN not in (reference, member(reference, "id"), member(reference, "key")):
        return False
    made_from = deployment.sources.get("connector", frozenset())
    return bool(made_from & {publication.urn, *_drafts(publication)})


def _drafts(publication: Resource) -> Iterator[str]:
    yield from publication.sources.get("connectorStagedId", ())
