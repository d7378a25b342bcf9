"""Revisions of a Deployment and rollbacks to one (API §3 rows 15 to 17, §4.9).

Experimental: the reference names the types and the paths to read; members and the rollback's path are guesses.
"""

from __future__ import annotations

from collections.abc import Callable

from commercetools_connect.emulator.deployment_runs import start_deployment
from commercetools_connect.emulator.deployments import find
from commercetools_connect.emulator.entities import Application, Deployment, Revision
from commercetools_connect.emulator.errors import concurrent_modification, not_found, refused
from commercetools_connect.emulator.json_values import Json
from commercetools_connect.emulator.lifecycles import REDEPLOYABLE
from commercetools_connect.emulator.model import evolve
from commercetools_connect.emulator.paging import Query, page_of, page_query, require_known
from commercetools_connect.emulator.redeploy import require_scope_for_api_client
from commercetools_connect.emulator.references import Reference
from commercetools_connect.emulator.render import deployment_body, revision_body
from commercetools_connect.emulator.scopes import Principal
from commercetools_connect.emulator.specification import Specification
from commercetools_connect.emulator.store import World


def query(
    world: World, principal: Principal, project: str, reference: Reference, query: Query, at: float | None
) -> Json:
    """Return the revisions, newest first: a page, or all of them (assumption 32)."""
    principal.require("view_connectors_deployments", project)
    deployment = find(world, project, reference, at)
    revisions = world.revisions.newest_first(deployment.id, at)
    if world.settings.other(32):
        require_known(query, frozenset())
        return [revision_body(each, world.settings) for each in revisions]
    page = page_of(revisions, page_query(query, sortable=False))
    return page.body(lambda each: revision_body(each, world.settings))


def get(
    world: World, principal: Principal, project: str, reference: Reference, number: str, at: float | None
) -> Json:
    """Return one revision."""
    principal.require("view_connectors_deployments", project)
    return revision_body(_find(world, find(world, project, reference, at), number, at), world.settings)


def rollback(
    world: World,
    principal: Principal,
    project: str,
    reference: Reference,
    read: Callable[[], tuple[str, int]],
) -> Json:
    """Deploy a revision again: its connector version, its applications, all its values, secured ones too.

    `read` gives the number of the revision and the version of the Deployment that the caller has seen.
    The answer is the Deployment, Queued like after a redeploy; success writes a new revision. A failure leaves the
    Deployment with its old connector, as a failed `updateConnector` does.
    """
    principal.require("manage_connectors_deployments", project)
    deployment = find(world, project, reference)
    number, version = read()
    revision = _find(world, deployment, number)
    if version != deployment.version:
        raise concurrent_modification(version, deployment.version)
    if deployment.status not in REDEPLOYABLE or deployment.run is not None:
        raise refused(
            "DeploymentRollbackNotAllowed",
            f"The Deployment cannot be rolled back while its status is {deployment.status}.",
        )
    specification = revision.connector.content.specification or Specification()
    require_scope_for_api_client(world, principal, deployment, specification)
    now = world.clock.now()
    restored = evolve(
        deployment,
        applications=_with_restored(deployment, revision),
        global_values=revision.global_values,
        rollback_revision=revision.revision,
    )
    names = [each.name for each in revision.applications]
    delayed = world.settings.other(44)  # assumption 44
    started = start_deployment(
        world,
        restored,
        revision.connector,
        skip_scripts=False,
        shown_at=now + world.settings.delays.queued if delayed else None,
        only=names,
    )
    started = evolve(started, version=deployment.version + 1, modified_at=now)
    world.deployments.put(started, now)
    return deployment_body(started, world.settings)


def _with_restored(deployment: Deployment, revision: Revision) -> list[Application]:
    """Return the revision's applications, and those that only run now: they stay until the run succeeds."""
    after = {each.name: each for each in deployment.applications}
    return list((after | {each.name: each for each in revision.applications}).values())


def _find(world: World, deployment: Deployment, number: str, at: float | None = None) -> Revision:
    for revision in world.revisions.newest_first(deployment.id, at):
        if str(revision.revision) == number:
            return revision
    raise not_found(f"The Deployment has no revision '{number}'.")
