"""Start what time then finishes: deployments and undeployments (API §8.2, §8.3)."""

from __future__ import annotations

import uuid

from commercetools_connect.emulator.entities import DeployedConnector, Deployment, DeploymentRun, ReportEntry
from commercetools_connect.emulator.model import evolve
from commercetools_connect.emulator.outcomes import deployment_report, scripted_report, undeployment_report
from commercetools_connect.emulator.store import World


def start_deployment(
    world: World,
    deployment: Deployment,
    target: DeployedConnector,
    *,
    skip_scripts: bool,
    missing: str | None = None,
    shown_at: float | None = None,
    only: list[str] | None = None,
) -> Deployment:
    """Queue a run that brings `target`; `missing` names a required key without value, which makes it fail.

    With `shown_at` the Deployment looks unchanged until then (assumption 44). `only` names the applications that
    success leaves; None: all that the connector has.
    """
    now = world.clock.now()
    delays = world.settings.delays
    scripted = world.outcomes.take("deploy", deployment.project, (deployment.key, deployment.id))
    outcome = "failure" if missing else scripted.outcome if scripted else "success"
    deploying_at = (shown_at or now) + delays.queued
    ends_at = None if outcome == "stuck" else deploying_at + delays.deploying
    stamp = ends_at or deploying_at
    if missing:
        report = [ReportEntry(type="Error", title="Missing configuration", message=missing, created_at=stamp)]
    else:
        report = scripted_report(scripted, stamp) or deployment_report(
            deployment.applications,
            target.content.specification,
            outcome,
            stamp,
            skip_scripts=skip_scripts,
            scripts=(scripted.scripts if scripted else None) or (),
        )
    run = DeploymentRun(
        lifecycle="deploy",
        target=target,
        build_id=str(uuid.uuid4()),
        outcome=outcome,
        report=report,
        queued_at=shown_at,
        deploying_at=deploying_at,
        ends_at=ends_at,
        skip_scripts=skip_scripts,
        scripts=scripted.scripts if scripted else None,
        only=only,
    )
    if shown_at is not None:
        return evolve(deployment, run=run)
    return evolve(deployment, run=run, build_id=run.build_id, report=None, status="Queued", rebuild_at=None)


def start_undeployment(world: World, deployment: Deployment) -> Deployment:
    """Begin to remove a Deployment; a deployment under way ends here."""
    now = world.clock.now()
    scripted = world.outcomes.take("undeploy", deployment.project, (deployment.key, deployment.id))
    outcome = scripted.outcome if scripted else "success"
    ends_at = None if outcome == "stuck" else now + world.settings.delays.undeploying
    run = DeploymentRun(
        lifecycle="undeploy",
        target=deployment.connector,
        build_id=deployment.build_id,
        outcome=outcome,
        report=scripted_report(scripted, ends_at) or undeployment_report(deployment.applications, ends_at or now),
        ends_at=ends_at,
        scripts=scripted.scripts if scripted else None,
    )
    changes: dict[str, object] = {"status": "Undeploying", "rebuild_at": None}
    return evolve(deployment, version=deployment.version + 1, run=run, modified_at=now, **changes)
