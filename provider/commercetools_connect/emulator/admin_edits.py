"""Edits through the control interface: changed objects, certifications, and proof of stored secrets."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar

from pydantic import Field

from commercetools_connect.emulator.clock import Moment
from commercetools_connect.emulator.collection import Collection, Stored
from commercetools_connect.emulator.entities import (
    Application,
    Comment,
    Connector,
    ConnectorContent,
    Deployment,
    Draft,
    EntryType,
    GlobalValues,
    ReportEntry,
    Repository,
    Version,
)
from commercetools_connect.emulator.errors import AdminError
from commercetools_connect.emulator.json_values import JsonObject
from commercetools_connect.emulator.lifecycles import UNDER_CERTIFICATION, certify, rebuilt
from commercetools_connect.emulator.log_store import ScriptedLine
from commercetools_connect.emulator.model import InvalidShapeError, Model, evolve, parse_json
from commercetools_connect.emulator.references import Reference
from commercetools_connect.emulator.render import connector_body, deployment_body, draft_body, log_body
from commercetools_connect.emulator.specification import RetryPolicy
from commercetools_connect.emulator.store import World

S = TypeVar("S", bound=Stored)

#: The name under which `secured_hashes` lists global values; no application can be called so.
GLOBAL = "$global"
Values = Mapping[str, str | None]


class PatchedEntry(Model):
    """A report entry; without `createdAt` (seconds since 1970) it is stamped."""

    type: EntryType
    title: str
    message: str | None = None
    application: str | None = None
    created_at: Moment | None = None


class DraftPatch(Model):
    """What can be changed on a draft. A given `status` or `isPreviewable` ends the run behind it."""

    version: Version | None = None
    status: str | None = None
    is_previewable: str | None = None
    publishing_report: list[PatchedEntry] | None = None
    previewable_report: list[PatchedEntry] | None = None
    tag: str | None = None
    name: str | None = None
    description: str | None = None
    documentation_url: str | None = None
    private_projects: list[str] | None = None
    private: bool | None = None
    has_changes: bool | None = None
    already_listed: bool | None = None


class ConnectorPatch(Model):
    """What can be changed on a Connector."""

    version: Version | None = None
    tag: str | None = None
    name: str | None = None
    description: str | None = None
    private: bool | None = None
    certified: bool | None = None
    listed: bool | None = None


class ApplicationPatch(Model):
    """What can be changed on an application; a value of null removes its key."""

    standard_configuration: dict[str, str | None] = Field(default_factory=dict)
    secured_configuration: dict[str, str | None] = Field(default_factory=dict)
    schedule: str | None = None
    url: str | None = None
    topic: str | None = None
    retry_policy: RetryPolicy | None = None


class DeploymentPatch(Model):
    """What can be changed on a Deployment. A given `status` (any text) ends the run behind it."""

    version: Version | None = None
    status: str | None = None
    report: list[PatchedEntry] | None = None
    build_id: str | None = None
    tag: str | None = None
    connector_version: Version | None = None
    region: str | None = None
    applications: dict[str, ApplicationPatch] = Field(default_factory=dict)
    global_configuration: ApplicationPatch = ApplicationPatch()


class Decision(Model):
    """What the certification says."""

    decision: Literal["approve", "reject"]
    comment: str | None = None


def patched(world: World, kind: str, reference: str, body: bytes) -> JsonObject:
    """Change an object; its version grows by one unless the body gives one. `reference`: id or `key=`."""
    now = world.settle()
    if kind == "drafts":
        draft = _found(world.drafts, reference)
        draft = _patched_draft(world, draft, parse_json(DraftPatch, body), now)
        world.drafts.put(draft, now)
        return draft_body(draft, world.settings)
    if kind == "connectors":
        connector = _found(world.connectors, reference)
        connector = _patched_connector(world, connector, parse_json(ConnectorPatch, body), now)
        world.connectors.put(connector, now)
        return connector_body(connector, world.settings)
    deployment = _found(_deployments(world, kind), reference)
    deployment = _patched_deployment(world, deployment, parse_json(DeploymentPatch, body), now)
    world.deployments.put(deployment, now)
    world.note_deployed(deployment, now)
    return deployment_body(deployment, world.settings)


def deleted(world: World, kind: str, reference: str) -> JsonObject:
    """Remove an object at once, also if others depend on it; a draft leaves its Connector behind."""
    now = world.settle()
    if kind == "drafts":
        draft = _found(world.drafts, reference)
        world.drafts.remove(draft.id, now)
        return draft_body(draft, world.settings)
    if kind == "connectors":
        connector = _found(world.connectors, reference)
        world.connectors.remove(connector.id, now)
        return connector_body(connector, world.settings)
    deployment = _found(_deployments(world, kind), reference)
    world.forget_deployment(deployment.id, now)
    return deployment_body(deployment, world.settings)


def secured_hashes(world: World, project: str, reference: str) -> dict[str, dict[str, str]]:
    """Return application → key → SHA-256 (hex) of the stored value; global ones under `$global`."""
    world.settle()
    deployment = _deployment(world, project, reference)
    hashes = {each.name: _hashes(each.secured) for each in deployment.applications}
    return {**hashes, GLOBAL: _hashes(deployment.global_values.secured)}


def scripted_lines(world: World, project: str, reference: str, lines: Sequence[ScriptedLine]) -> list[JsonObject]:
    """Write log lines for applications of a Deployment, all or none; return them as the API shows them."""
    now = world.settle()
    deployment = _deployment(world, project, reference)
    unknown = {each.application_name for each in lines} - {each.name for each in deployment.applications}
    if unknown:
        raise AdminError(f"the Deployment has no {', '.join(sorted(unknown))}")
    return [log_body(deployment.id, each) for each in world.logs.add(deployment.id, lines, now)]


def rebuilt_by_hand(world: World, project: str, reference: str) -> JsonObject:
    """Let the platform rebuild a deployed Deployment: another build id, without a redeploy (assumption 48)."""
    now = world.settle()
    deployment = _deployment(world, project, reference)
    if deployment.status != "Deployed":
        raise AdminError(f"the Deployment is {deployment.status}, not Deployed", 409)
    after = rebuilt(deployment, now)
    world.deployments.put(after, now)
    return deployment_body(after, world.settings)


def _deployment(world: World, project: str, reference: str) -> Deployment:
    name = reference.removeprefix("key=")
    for deployment in world.deployments.all():
        if deployment.project == project and name in {deployment.id, deployment.key}:
            return deployment
    raise AdminError(f"there is no deployment {name} in the project {project}", 404)


def certified(world: World, reference: str, decision: Decision) -> JsonObject:
    """End a certification: approved drafts are published for everybody, rejected ones Failed."""
    now = world.settle()
    draft = _found(world.drafts, reference)
    if draft.status not in UNDER_CERTIFICATION:
        raise AdminError(f"the draft is {draft.status}, not {' or '.join(UNDER_CERTIFICATION)}", 409)
    if decision.comment:
        comment = Comment(user_id="commercetools", datetime=now, comment=decision.comment)
        draft = evolve(draft, comments=[*draft.comments, comment])
    if decision.decision == "approve":
        step = certify(draft, world.connectors.get(draft.id), world.settings, now)
        draft = step.draft
        if step.connector is not None:
            world.connectors.put(step.connector, now)
    else:
        draft = evolve(draft, status="Failed", candidate=None, version=draft.version + 1, modified_at=now)
    world.drafts.put(draft, now)
    return draft_body(draft, world.settings)


def _deployments(world: World, kind: str) -> Collection[Deployment]:
    if kind != "deployments":
        raise AdminError(f"there are no {kind}; known are drafts, connectors, deployments", 404)
    return world.deployments


def _found(collection: Collection[S], reference: str) -> S:
    """Return the object of that id or key; keys of Deployments must be unique among all projects for this."""
    name = reference.removeprefix("key=")
    by_id, by_key = Reference(id=name), Reference(key=name)
    found = by_id.find(collection.all()) or by_key.find(collection.all())
    if found is None:
        raise AdminError(f"there is no {name}", 404)
    return found


def _patched_draft(world: World, draft: Draft, patch: DraftPatch, now: float) -> Draft:
    given = _given(patch, "name", "description", "documentation_url")
    content = _at_tag(world, evolve(draft.content, **given), patch.tag)
    plain = _given(
        patch, "status", "is_previewable", "private_projects", "private", "has_changes", "already_listed"
    )
    reports = {
        name: _stamped(entries, now)
        for name in ("publishing_report", "previewable_report")
        if (entries := getattr(patch, name)) is not None
    }
    runs: dict[str, object] = {}
    if patch.status is not None:
        runs["publishing"] = None
    if patch.is_previewable is not None:
        runs["previewing"] = None
    if patch.is_previewable == "true":
        runs["previewed"] = None
    connector = world.connectors.get(draft.id)
    if content != draft.content and patch.has_changes is None:
        plain["has_changes"] = connector is None or connector.content != content
    version = patch.version or draft.version + 1
    return evolve(draft, version=version, modified_at=now, content=content, **plain, **reports, **runs)


def _patched_connector(world: World, connector: Connector, patch: ConnectorPatch, now: float) -> Connector:
    content = _at_tag(world, evolve(connector.content, **_given(patch, "name", "description")), patch.tag)
    return evolve(
        connector,
        version=patch.version or connector.version + 1,
        modified_at=now,
        content=content,
        **_given(patch, "private", "certified", "listed"),
    )


def _patched_deployment(world: World, deployment: Deployment, patch: DeploymentPatch, now: float) -> Deployment:
    unknown = patch.applications.keys() - {each.name for each in deployment.applications}
    if unknown:
        raise InvalidShapeError(f"applications: the Deployment has no {', '.join(sorted(unknown))}")
    connector = evolve(
        deployment.connector,
        content=_at_tag(world, deployment.connector.content, patch.tag),
        version=patch.connector_version or deployment.connector.version,
    )
    shared, values = deployment.global_values, patch.global_configuration
    changes = _given(patch, "status", "build_id", "region")
    if patch.status is not None:
        changes["run"] = None
    if patch.report is not None:
        changes["report"] = _stamped(patch.report, now)
    return evolve(
        deployment,
        version=patch.version or deployment.version + 1,
        modified_at=now,
        connector=connector,
        applications=[_patched_application(each, patch) for each in deployment.applications],
        global_values=GlobalValues(
            standard=_merged(shared.standard, values.standard_configuration),
            secured=_merged(shared.secured, values.secured_configuration),
        ),
        **changes,
    )


def _patched_application(application: Application, patch: DeploymentPatch) -> Application:
    change = patch.applications.get(application.name, ApplicationPatch())
    return evolve(
        application,
        standard=_merged(application.standard, change.standard_configuration),
        secured=_merged(application.secured, change.secured_configuration),
        **_given(change, "schedule", "url", "topic", "retry_policy"),
    )


def _given(patch: Model, *names: str) -> dict[str, object]:
    return {name: value for name in names if (value := getattr(patch, name)) is not None}


def _merged(before: Mapping[str, str], changes: Values) -> dict[str, str]:
    after = {**before, **changes}
    return {key: value for key, value in after.items() if value is not None}


def _at_tag(world: World, content: ConnectorContent, tag: str | None) -> ConnectorContent:
    """Point to another tag; its connect.yaml counts if the emulator can reach it."""
    if tag is None:
        return content
    repository = Repository(url=content.repository.url, tag=tag)
    reading = world.repositories.read(repository)
    specification = reading.specification if reading else content.specification
    return evolve(content, repository=repository, specification=specification)


def _stamped(entries: list[PatchedEntry], now: float) -> list[ReportEntry]:
    return [
        ReportEntry(
            type=each.type,
            title=each.title,
            message=each.message,
            application=each.application,
            created_at=each.created_at if each.created_at is not None else now,
        )
        for each in entries
    ]


def _hashes(values: Mapping[str, str]) -> dict[str, str]:
    return {key: hashlib.sha256(value.encode()).hexdigest() for key, value in values.items()}
