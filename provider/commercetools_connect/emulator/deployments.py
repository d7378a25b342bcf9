"""Deployments: create, read, redeploy, delete (API §3 rows 9 to 13)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from commercetools_connect.emulator.configuration import (
    merged_global_values,
    missing_application_key,
    new_applications,
)
from commercetools_connect.emulator.connectors import installable
from commercetools_connect.emulator.deployment_runs import start_deployment, start_undeployment
from commercetools_connect.emulator.entities import (
    REGIONS,
    ApiClient,
    DeployedConnector,
    Deployment,
    DeploymentType,
    GlobalValues,
)
from commercetools_connect.emulator.errors import (
    concurrent_modification,
    duplicate_key,
    invalid_json,
    not_found,
    refused,
)
from commercetools_connect.emulator.json_values import JsonObject
from commercetools_connect.emulator.lifecycles import REDEPLOYABLE, with_addresses
from commercetools_connect.emulator.model import evolve
from commercetools_connect.emulator.paging import Query, is_of_type, page_query, paged
from commercetools_connect.emulator.redeploy import redeploy
from commercetools_connect.emulator.references import Reference
from commercetools_connect.emulator.render import deployment_body
from commercetools_connect.emulator.requests import DeploymentDraft, DeploymentUpdate
from commercetools_connect.emulator.scopes import Principal
from commercetools_connect.emulator.specification import Specification
from commercetools_connect.emulator.store import World


def create(world: World, principal: Principal, project: str, read: Callable[[], DeploymentDraft]) -> JsonObject:
    """Start a Deployment; the answer is already Queued (assumption 6)."""
    principal.require("manage_connectors_deployments", project)
    body = read()
    target = _installable(world, body, project)
    kind = _type(world, body)
    _require_region(body.region, target)
    specification = target.content.specification or Specification()
    if specification.api_client_scopes:
        principal.require("manage_api_clients", project)
    if body.key is not None and _in_project(world, project, body.key):  # assumption 20
        raise duplicate_key(body.key)
    deployment = _new(world, project, body, target, kind)
    missing = missing_application_key(specification, deployment.applications)
    if missing and not world.settings.other(2):
        raise invalid_json(missing)  # assumption 2
    started = start_deployment(world, deployment, target, skip_scripts=False, missing=missing)
    if world.settings.other(47):  # assumption 47
        started = _with_addresses(world, started, specification)
    world.deployments.put(started, started.created_at)
    return deployment_body(started, world.settings)


def _with_addresses(world: World, started: Deployment, specification: Specification) -> Deployment:
    applications = [
        with_addresses(started, each, declared, started.build_id, world.settings)
        for each in started.applications
        if (declared := specification.application(each.name))
    ]
    return evolve(started, applications=applications)


def _installable(world: World, body: DeploymentDraft, project: str) -> DeployedConnector:
    if (body.connector.id is None) == (body.connector.key is None):
        raise invalid_json("connector: exactly one of id and key is needed")
    if body.connector.staged and body.type not in {None, "preview"}:
        raise refused("DeploymentInvalidType", "A staged connector can only be deployed as preview.")
    return installable(world, body.connector, project)


def _type(world: World, body: DeploymentDraft) -> DeploymentType:
    if body.connector.staged:
        return "preview"
    if body.type == "preview":
        raise refused(
            "DeploymentInvalidType", "A published connector can only be deployed as sandbox or production."
        )
    if body.type == "production" and not world.settings.production_enabled:
        raise refused(
            "DeploymentProductionDeactivated",
            "Production deployments are deactivated for this Project. Please contact support.",
        )
    return body.type or "sandbox"


def _require_region(region: str, target: DeployedConnector) -> None:
    """Any region that Connect and the connector know will do (assumption 21)."""
    if region not in REGIONS or region not in target.content.supported_regions:
        supported = ", ".join(target.content.supported_regions)
        raise refused(
            "DeploymentUnsupportedRegion",
            f"The region '{region}' is not supported. Supported regions: {supported}.",
        )


def _new(
    world: World, project: str, body: DeploymentDraft, target: DeployedConnector, kind: DeploymentType
) -> Deployment:
    specification = target.content.specification or Specification()
    now = world.clock.now()
    defaults = not world.settings.other(3)  # assumption 3
    scopes = specification.api_client_scopes
    return Deployment(
        id=str(uuid.uuid4()),
        key=body.key,
        project=project,
        type=kind,
        staged=body.connector.staged,
        region=body.region,
        connector=target,
        applications=new_applications(specification, body.configurations, with_defaults=defaults),
        global_values=merged_global_values(
            specification.global_keys, GlobalValues(), body.global_configuration, with_defaults=defaults
        ),
        api_client=ApiClient(name=uuid.uuid4().hex[:24], scopes=scopes) if scopes else None,
        build_id=str(uuid.uuid4()),
        created_at=now,
        modified_at=now,
    )


def get(world: World, principal: Principal, project: str, reference: Reference, at: float | None) -> JsonObject:
    """Return one Deployment."""
    principal.require("view_connectors_deployments", project)
    return world.deployment_bodies(find(world, project, reference, at), world.settings)


def query(world: World, principal: Principal, project: str, query: Query, at: float | None) -> JsonObject:
    """Return a page of the project's Deployments (API §3.1)."""
    principal.require("view_connectors_deployments", project)
    page = page_query(query, "deploymentType", "integrationTypes")
    wanted = [
        each
        for each in world.deployments.all(at)
        if each.project == project
        and page.wants("deploymentType", each.type)
        and is_of_type(page, each.connector.content)
    ]
    return paged(wanted, page).body(lambda each: world.deployment_bodies(each, world.settings))


def update(
    world: World,
    principal: Principal,
    project: str,
    reference: Reference,
    read: Callable[[], DeploymentUpdate],
) -> JsonObject:
    """Redeploy; all actions or none (assumption 27)."""
    principal.require("manage_connectors_deployments", project)
    deployment = find(world, project, reference)
    body = read()
    if body.version != deployment.version:
        raise concurrent_modification(body.version, deployment.version)
    if not body.actions:
        return deployment_body(deployment, world.settings)
    with world.outcomes.all_or_nothing():
        changed = deployment
        for action in body.actions:
            changed = redeploy(world, principal, changed, action)
    now = world.clock.now()
    changed = evolve(changed, version=deployment.version + 1, modified_at=now)
    world.deployments.put(changed, now)
    return deployment_body(changed, world.settings)


def delete(world: World, principal: Principal, project: str, reference: Reference) -> JsonObject:
    """Start the undeployment; the Deployment is gone when it ends (API §8.3)."""
    principal.require("manage_connectors_deployments", project)
    deployment = find(world, project, reference)
    if deployment.status == "Undeploying" and world.settings.other(8):  # assumption 8
        return deployment_body(deployment, world.settings)
    undeploying = deployment.status == "Undeploying"
    reject = undeploying or (deployment.status not in REDEPLOYABLE and world.settings.other(8))
    if reject:
        raise refused(
            "DeploymentInvalidStatusTransition",
            f"Invalid status change: Already {deployment.status.lower()}",
        )
    changed = start_undeployment(world, deployment)
    world.deployments.put(changed, changed.modified_at)
    return deployment_body(changed, world.settings)


def find(world: World, project: str, reference: Reference, at: float | None = None) -> Deployment:
    """Return the Deployment that a path names, now or as it was; refuse with 404."""
    found = reference.find(each for each in world.deployments.all(at) if each.project == project)
    if found is None:
        name = f"key={reference.key}" if reference.key is not None else f"id={reference.id}"
        raise not_found(f"Deployment with {name} does not exist")
    return found


def _in_project(world: World, project: str, key: str) -> bool:
    return any(each.project == project and each.key == key for each in world.deployments.all())
