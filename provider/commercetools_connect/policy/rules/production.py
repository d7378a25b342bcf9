"""What serves customers is protected, says what it runs, and runs what was published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from commercetools_connect.core.values import UNKNOWN
from commercetools_connect.policy.model import (
    DEPLOYMENT,
    Finding,
    Resource,
    ResourceRule,
    Settings,
    StackRule,
    known,
    member,
    quoted,
    texts,
)
from commercetools_connect.policy.publications import may_publish, publications_of

__all__ = ["PRODUCTION_CONNECTOR", "PRODUCTION_NAMES_TAG", "PRODUCTION_NOT_STAGED", "PRODUCTION_PROTECTED"]


def _is_production(resource: Resource) -> bool:
    return resource.kind == DEPLOYMENT and resource.props.get("type") == "production"


def _unprotected(resource: Resource, settings: Settings) -> Iterator[str]:
    if resource.kind != DEPLOYMENT or resource.protect:
        return
    names = {resource.name, known(resource.props.get("key"))}
    if _is_production(resource):
        yield "a deletion or replacement would end it without a question"
    elif names & {*texts(settings["deployments"])}:
        yield "the setting deployments names it, and a deletion or replacement would end it without a question"


PRODUCTION_PROTECTED: Final = ResourceRule(
    name="production-is-protected",
    description="Production deployments, and those that are named, have the resource option protect: the engine "
    "then refuses to replace or delete them. A PaymentIntegration of Checkout refers to a deployment by its id "
    "and cannot be moved to a new one.",
    remedy="Set the resource option protect.",
    schema={
        "deployments": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Names or keys of other deployments that must be protected, of any type.",
        },
    },
    look=_unprotected,
)


def _untagged(resource: Resource, _: Settings) -> Iterator[str]:
    if _is_production(resource) and resource.props.get("connectorTag") in (None, ""):
        yield "without connectorTag it runs what was newest when it was created, which the program does not tell"


PRODUCTION_NAMES_TAG: Final = ResourceRule(
    name="production-names-its-tag",
    description="Production deployments name the Git tag that they run.",
    remedy="Set connectorTag, normally to the publishedTag of a ConnectorPublication.",
    look=_untagged,
)


def _staged(resource: Resource, _: Settings) -> Iterator[str]:
    if _is_production(resource) and member(resource.props, "connector", "staged") is True:
        yield "connector.staged deploys a draft, which can change at any time"


PRODUCTION_NOT_STAGED: Final = ResourceRule(
    name="production-is-not-staged",
    description="Production deployments run published connectors, never drafts.",
    remedy="Publish the connector, and leave connector.staged out.",
    look=_staged,
)


def _unpublished(resources: Sequence[Resource], settings: Settings) -> Iterator[Finding]:
    trusted = frozenset(texts(settings["trustedConnectors"]))
    for deployment in filter(_is_production, resources):
        publications = publications_of(deployment, resources)
        if publications and not any(map(_may_be_sound, publications)):
            yield Finding("its connector is neither certified nor published for private projects", deployment.urn)
        elsewhere = not publications and not any(may_publish(each, deployment) for each in resources)
        if elsewhere and trusted and (name := _untrusted(deployment, trusted)):
            yield Finding(
                f"connector {quoted(name)} is not published in this stack, nor is it in trustedConnectors",
                deployment.urn,
            )


def _may_be_sound(publication: Resource) -> bool:
    target, certified = publication.props.get("target"), publication.props.get("certified")
    return target in ("private", UNKNOWN) or (target == "marketplace" and certified in (True, UNKNOWN))


def _untrusted(deployment: Resource, trusted: frozenset[str]) -> str:
    """Return an id or key of the connector when all that is known of it is not trusted."""
    reference = deployment.props.get("connector")
    values = (
        member(reference, "id"),
        member(reference, "key"),
        deployment.props.get("connectorId"),
        deployment.props.get("connectorKey"),
    )
    names = [known(each) for each in values if known(each)]
    return "" if UNKNOWN in values or trusted & {*names} else next(iter(names), "")


PRODUCTION_CONNECTOR: Final = StackRule(
    name="production-connector-is-published",
    description="Production deployments run connectors that are certified, or published for private projects.",
    remedy="Publish with target private, or wait for the certification with waitFor: certification.",
    schema={
        "trustedConnectors": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Ids or keys of connectors that are published elsewhere; any if empty, as a policy "
            "cannot see how those were published.",
        },
    },
    look=_unpublished,
)
