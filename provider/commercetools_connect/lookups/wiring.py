"""Function `getWiring`: which Extensions call the applications of a deployment, and which Subscriptions feed them.

It covers Extensions and Subscriptions only. What a connector registers elsewhere cannot be read here: webhooks of
third parties, custom objects, Types, and PaymentIntegrations of Checkout.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import Field

from commercetools_connect.api import ById, Deployment, Ref
from commercetools_connect.api.models.wiring import Extension, Subscription
from commercetools_connect.api.wiring import WiringKind
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.lookups.function import (
    DEPLOYMENT_REMEDY,
    DeploymentReference,
    lookup,
    require_found,
)
from commercetools_connect.resources.deployment.wiring.registrations import (
    Match,
    Owner,
    OwnerKind,
    owners,
    registrations_of,
)
from commercetools_connect.resources.schema import StateModel
from commercetools_connect.resources.session import Session


class WiredExtension(StateModel):
    """An Extension that calls an application."""

    key: str | None = Field(default=None, description="Key of the Extension, if it has one.")
    url: str = Field(description="Address that the Extension calls, without the query.")
    resource_types: tuple[str, ...] = Field(description="Types of the resources that trigger it, such as cart.")
    other_path: bool = Field(description="Whether the path is different from that of the application.")


class WiredSubscription(StateModel):
    """A Subscription that delivers to the topic of an application."""

    key: str | None = Field(default=None, description="Key of the Subscription, if it has one.")
    topic: str = Field(description="Topic of the Subscription.")
    status: str = Field(
        description=(
            "Status such as Healthy. It says whether the topic accepts messages, not whether an application "
            "reads them."
        )
    )
    resource_types: tuple[str, ...] = Field(description="Types of the resources that it reports, such as order.")
    by_name: bool = Field(
        description="Whether only the names of the topics were compared, because one address is shortened."
    )


class ApplicationWiring(StateModel):
    """Extensions and Subscriptions that point to one application."""

    url: str | None = Field(default=None, description="Address of the application, if it has one.")
    topic: str | None = Field(default=None, description="Topic of an event application.")
    extensions: tuple[WiredExtension, ...] = Field(description="Extensions that call the application.")
    subscriptions: tuple[WiredSubscription, ...] = Field(description="Subscriptions that feed the application.")


class ProjectRegistration(StateModel):
    """An Extension or a Subscription of the project that does not point to the deployment."""

    kind: str = Field(description="extension or subscription.")
    key: str | None = Field(default=None, description="Key, if it has one.")
    destination_type: str = Field(description="Type of the destination as the API names it, such as HTTP.")
    address: str = Field(description="Address of the destination, without secrets.")
    status: str | None = Field(default=None, description="Status of a Subscription.")
    deployment_key: str | None = Field(default=None, description="Key of the deployment that it points to.")
    application: str | None = Field(default=None, description="Application of that deployment.")


class WiringDetails(StateModel):
    """What connects a project with the applications of a deployment."""

    id: str = Field(description="`<project key>/<id>` of the deployment.")
    key: str | None = Field(default=None, description="Key of the deployment.")
    project_key: str = Field(description="Project of the deployment.")
    applications: dict[str, ApplicationWiring] = Field(
        description="The Extensions and Subscriptions of each application, by its name. Every "
        "application is in the map."
    )
    orphans: tuple[ProjectRegistration, ...] = Field(
        description="Extensions and Subscriptions that point to an application that no deployment of the project "
        "has. If an Extension does, the calls that trigger it fail."
    )
    others: tuple[ProjectRegistration, ...] = Field(
        description=(
            "Extensions and Subscriptions that point to other deployments, or to addresses that may not "
            "belong to Connect."
        )
    )


def wiring_details(
    project_key: str,
    deployment: Deployment,
    deployments: Sequence[Deployment],
    extensions: Iterable[Extension],
    subscriptions: Iterable[Subscription],
) -> WiringDetails:
    """Return what a program sees of the wiring of a deployment; `deployments` are all of its project. Pure."""
    listed = [each for each in deployments if each.id != deployment.id]
    found = owners(registrations_of(extensions, subscriptions), [deployment, *listed])
    own = [each for each in found if each.deployment_id == deployment.id]
    other = [each for each in found if each.deployment_id != deployment.id]
    return WiringDetails.model_validate(
        {
            "id": f"{project_key}/{deployment.id}",
            "key": deployment.key or None,
            "projectKey": project_key,
            "applications": {
                each.application_name: {
                    "url": each.url or None,
                    "topic": each.topic or None,
                    "extensions": _pointing(own, each.application_name, WiringKind.EXTENSION),
                    "subscriptions": _pointing(own, each.application_name, WiringKind.SUBSCRIPTION),
                }
                for each in deployment.applications
            },
            "orphans": [_registration(each) for each in other if each.kind is OwnerKind.ORPHAN],
            "others": [_registration(each) for each in other if each.kind is not OwnerKind.ORPHAN],
        }
    )


def _pointing(
    own: Iterable[Owner], application: str, kind: WiringKind
) -> list[WiredExtension | WiredSubscription]:
    pointing = [each for each in own if (each.application, each.registration.kind) == (application, kind)]
    return [_wired(each) for each in pointing]


def _wired(owner: Owner) -> WiredExtension | WiredSubscription:
    there = owner.registration
    source = there.source
    shown: dict[str, object] = {
        "key": escape_untrusted(there.key) or None,
        "resourceTypes": _resource_types(source),
    }
    address = escape_untrusted(there.address)
    if isinstance(source, Extension):
        other_path = owner.match is Match.SAME_HOST
        return WiredExtension.model_validate({**shown, "url": address, "otherPath": other_path})
    by_name = owner.match is Match.BY_NAME
    return WiredSubscription.model_validate(
        {**shown, "topic": address, "status": escape_untrusted(there.status), "byName": by_name}
    )


def _resource_types(source: Extension | Subscription) -> list[str]:
    shown = (
        source.triggers if isinstance(source, Extension) else (*source.messages, *source.changes, *source.events)
    )
    return sorted({escape_untrusted(each.resource_type_id) for each in shown if each.resource_type_id})


def _registration(owner: Owner) -> ProjectRegistration:
    there = owner.registration
    return ProjectRegistration.model_validate(
        {
            "kind": there.kind.value,
            "key": escape_untrusted(there.key) or None,
            "destinationType": escape_untrusted(there.source.destination.type),
            "address": escape_untrusted(there.address),
            "status": escape_untrusted(there.status) or None,
            "deploymentKey": owner.deployment_key or None,
            "application": owner.application or None,
        }
    )


@lookup("getWiring")
async def get_wiring(session: Session, inputs: DeploymentReference) -> WiringDetails:
    """Return which Extensions call the applications of a deployment, and which Subscriptions feed them.

    Also returns those that point to applications that no longer exist. The API client needs manage_extensions and
    manage_subscriptions, or manage_project: there are no scopes that only read.
    """
    project = inputs.project(session)
    # before the deployments: what one that is newer than their list has registered would look like an orphan
    there = await session.wiring.look(project, since=session.clock.monotonic())
    deployments = [each async for each in session.client.list_deployments(project)]
    deployment = next((each for each in deployments if _is_named(each, inputs.ref)), None)
    if deployment is None:
        found = session.client.get_deployment(project, inputs.ref)
        what = f"Deployment with {inputs.ref}"
        deployment = await require_found(session, what, DEPLOYMENT_REMEDY, found, project)
    return wiring_details(project, deployment, deployments, there.extensions, there.subscriptions)


def _is_named(deployment: Deployment, ref: Ref) -> bool:
    return deployment.id == ref.id if isinstance(ref, ById) else deployment.key == ref.key
