"""The state machines (API §8), as pure steps: which step is next, when, and what it makes of the object.

A step happens exactly at its time on the emulator's clock, no matter when a client reads.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from commercetools_connect.emulator.configuration import values_of_keys
from commercetools_connect.emulator.entities import (
    ApiClient,
    Application,
    Connector,
    ConnectorContent,
    Deployment,
    DeploymentRun,
    Draft,
    PreviewedDraft,
    ValidationRun,
)
from commercetools_connect.emulator.model import evolve
from commercetools_connect.emulator.settings import Settings
from commercetools_connect.emulator.specification import ApplicationSpecification, Keys, Specification

#: What may be redeployed (API §6.1).
REDEPLOYABLE = ("Draft", "Deployed", "Failed", "UndeployFailed")
UNDER_CERTIFICATION = ("ReadyForCertification", "InCertification")

_URL_PREFIXES = {
    "service": "service",
    "event": "event",
    "job": "job",
    "assets": "assets",
    "merchant-center-custom-application": "mc-app",
    "merchant-center-custom-view": "mc-view",
}
#: Kinds of applications that one calls over HTTP (API §4.7: `url` for HTTP apps, `topic` for event apps).
_WITH_URL = {"service", "assets", "merchant-center-custom-application", "merchant-center-custom-view"}
_HOST_ID_LENGTH = 24
#: The Google Cloud project in which all topics of the emulator are.
CLOUD_PROJECT = "connect-emulator"


@dataclass(frozen=True)
class DraftStep:
    """A draft after a step, with the Connector that the step published."""

    at: float
    draft: Draft
    connector: Connector | None = None


@dataclass(frozen=True)
class DeploymentStep:
    """A Deployment after a step (None: it is gone), with the run that the step ended."""

    at: float
    deployment: Deployment | None
    ended: DeploymentRun | None = None


def due_draft_step(draft: Draft, connector: Connector | None, settings: Settings, now: float) -> DraftStep | None:
    """Return the end of the run that ends first, if it has ended by `now`."""
    ends = [
        (run.ends_at, finish)
        for run, finish in ((draft.previewing, _end_preview), (draft.publishing, _end_publication))
        if run is not None and run.ends_at is not None and run.ends_at <= now
    ]
    if not ends:
        return None
    at, finish = min(ends, key=lambda each: each[0])
    return finish(draft, connector, settings, at)


def _end_preview(draft: Draft, _connector: Connector | None, _settings: Settings, at: float) -> DraftStep:
    run = _running(draft.previewing)
    accepted = _accepted(run)
    version = draft.version + 1  # assumption 16
    ends = {"cancelled": "none"}
    changes: dict[str, object] = {
        "version": version,
        "modified_at": at,
        "previewing": None,
        "is_previewable": "true" if accepted else ends.get(run.outcome, "false"),
        "previewable_report": None if run.outcome == "cancelled" else run.report,
    }
    if accepted:
        changes["previewed"] = PreviewedDraft(version=version, content=run.content)
        changes["content"] = _with_fresh_specification(draft.content, run.content)
    return DraftStep(at, evolve(draft, **changes))


def _end_publication(draft: Draft, connector: Connector | None, settings: Settings, at: float) -> DraftStep:
    run = _running(draft.publishing)
    ended = evolve(
        draft, version=draft.version + 1, modified_at=at, publishing=None, publishing_report=run.report
    )  # assumption 16
    if not _accepted(run):
        return DraftStep(at, evolve(ended, status="Failed"))
    ended = evolve(ended, content=_with_fresh_specification(ended.content, run.content))
    if run.certification:
        return DraftStep(at, evolve(ended, status="ReadyForCertification", candidate=run.content))
    return publish_content(ended, connector, run.content, settings, at)


def publish_content(
    draft: Draft, connector: Connector | None, content: ConnectorContent, settings: Settings, at: float
) -> DraftStep:
    """Make `content` the published Connector: the first time a new one, later an update (API §8.1)."""
    counter = connector.version + 1 if connector else 1
    published = Connector(
        id=draft.id,
        key=draft.key,
        version=counter if settings.other(15) else draft.version,  # assumption 15
        project=draft.project,
        content=content,
        private=draft.private,
        certified=draft.certified,
        created_at=connector.created_at if connector else at,
        modified_at=at,
    )
    after = evolve(
        draft,
        status="Published",
        already_listed=True,
        has_changes=draft.content != content,
        candidate=None,
    )
    return DraftStep(at, after, published)


def certify(draft: Draft, connector: Connector | None, settings: Settings, at: float) -> DraftStep:
    """Publish what waited for certification, for everybody (assumption 23)."""
    content = draft.candidate or draft.content
    certified = evolve(draft, certified=True, private=False, version=draft.version + 1, modified_at=at)
    return publish_content(certified, connector, content, settings, at)


def _running(run: ValidationRun | None) -> ValidationRun:
    if run is None:
        raise LookupError("no run to end")
    return run


def _accepted(run: ValidationRun) -> bool:
    return run.outcome in {"success", "warning"} and run.content.specification is not None


def _with_fresh_specification(content: ConnectorContent, validated: ConnectorContent) -> ConnectorContent:
    """Take what validation read: a tag may have moved since the draft was read (assumption 38)."""
    if content.repository != validated.repository:
        return content
    return evolve(content, specification=validated.specification)


def due_deployment_step(deployment: Deployment, settings: Settings, now: float) -> DeploymentStep | None:
    """Return the next visible change of a Deployment, if it has happened by `now`."""
    at, run, rebuild = deployment.due_at, deployment.run, deployment.rebuild_at
    if at is None or at > now:
        return None
    if run is None or at == rebuild:
        return DeploymentStep(at, rebuilt(deployment, at))
    if run.queued_at is not None:
        return _queue(deployment, run, at)
    if run.deploying_at is not None:
        return _begin_to_deploy(deployment, run, at)
    return _end(deployment, run, settings, at)


def rebuilt(deployment: Deployment, at: float) -> Deployment:
    """Return a Deployment that the platform has rebuilt: another build id, everything else as it was."""
    return evolve(deployment, build_id=str(uuid.uuid4()), rebuild_at=None, modified_at=at)


def _queue(deployment: Deployment, run: DeploymentRun, at: float) -> DeploymentStep:
    begun = evolve(run, queued_at=None)
    changes: dict[str, object] = {"status": "Queued", "build_id": run.build_id, "report": None, "rebuild_at": None}
    return DeploymentStep(at, evolve(deployment, run=begun, modified_at=at, **changes))


def _begin_to_deploy(deployment: Deployment, run: DeploymentRun, at: float) -> DeploymentStep:
    begun = evolve(run, deploying_at=None)
    return DeploymentStep(at, evolve(deployment, status="Deploying", run=begun, modified_at=at))


def _end(deployment: Deployment, run: DeploymentRun, settings: Settings, at: float) -> DeploymentStep:
    if run.lifecycle == "undeploy":
        return _end_undeployment(deployment, run, at)
    return _end_deployment(deployment, run, settings, at)


def _end_undeployment(deployment: Deployment, run: DeploymentRun, at: float) -> DeploymentStep:
    if run.outcome != "failure":
        return DeploymentStep(at, None)  # its generated API client, too (assumption 36)
    kept = evolve(
        deployment,
        status="UndeployFailed",
        version=deployment.version + 1,  # assumption 16
        report=run.report,
        run=None,
        modified_at=at,
    )
    return DeploymentStep(at, kept, run)


def _end_deployment(deployment: Deployment, run: DeploymentRun, settings: Settings, at: float) -> DeploymentStep:
    changes: dict[str, object] = {
        "version": deployment.version + 1,  # assumption 16
        "report": run.report,
        "run": None,
        "modified_at": at,
        "status": "Failed",
    }
    if run.outcome != "failure":
        rebuild_at = at + settings.delays.rebuild if settings.other(48) else None  # assumption 48
        changes |= {"status": "Deployed", "rebuild_at": rebuild_at, **_installed(deployment, run, settings)}
    return DeploymentStep(at, evolve(deployment, **changes), run)


def _installed(deployment: Deployment, run: DeploymentRun, settings: Settings) -> dict[str, object]:
    """Move to the target: give addresses to what runs now, forget what the connector does not have any more."""
    target = run.target
    specification = target.content.specification or Specification()
    declared = [
        (each, specification.application(each.name))
        for each in deployment.applications
        if run.only is None or each.name in run.only
    ]
    shared = deployment.global_values
    values = values_of_keys(specification.global_keys or Keys(), shared.standard, shared.secured)
    scopes = specification.api_client_scopes
    name = deployment.api_client.name if deployment.api_client else _host_id(f"{deployment.id} api client")
    return {
        "connector": target,
        "applications": [
            with_addresses(deployment, _with_known_values(application, known), known, run.build_id, settings)
            for application, known in declared
            if known is not None
        ],
        "global_values": evolve(shared, **values),
        "api_client": ApiClient(name=name, scopes=scopes) if scopes else None,
    }


def _with_known_values(application: Application, declared: ApplicationSpecification) -> Application:
    return evolve(application, **values_of_keys(declared.keys, application.standard, application.secured))


def with_addresses(
    deployment: Deployment,
    application: Application,
    declared: ApplicationSpecification,
    build_id: str,
    settings: Settings,
) -> Application:
    """Return an application with the URL and the topic that the run of `build_id` gives it."""
    topic = _topic(deployment, declared, build_id, settings)
    kept = application.topic if settings.other(45) else None  # assumption 45
    return evolve(application, url=application_url(deployment, declared), topic=topic and (kept or topic))


def application_url(deployment: Deployment, declared: ApplicationSpecification) -> str | None:
    """Return the address of an application in the shapes of API §4.8.

    It depends only on the Deployment's id and the application: stable across redeploys, new on recreate.
    """
    kind = declared.application_type
    if kind not in _WITH_URL:
        return None
    host_id = _host_id(f"{deployment.id}/{declared.name}")
    stage = {"preview": "preview.", "sandbox": "2.sandbox.", "production": "2."}[deployment.type]
    region = f"assets.{deployment.region}" if kind == "assets" else deployment.region
    host = f"{_URL_PREFIXES[kind]}-{host_id}.{region}.{stage}commercetools.app"
    path = declared.endpoint or ""
    return f"https://{host}{path if not path or path.startswith('/') else '/' + path}"


def _topic(
    deployment: Deployment, declared: ApplicationSpecification, build_id: str, settings: Settings
) -> str | None:
    if declared.application_type != "event":
        return None
    name = f"event-{_host_id(f'{deployment.id}/{declared.name}/{build_id}')}"
    if deployment.region.endswith(".aws"):
        return f"arn:aws:sns:{deployment.region.removesuffix('.aws')}:000000000000:{name}"
    return name if settings.other(35) else f"projects/{CLOUD_PROJECT}/topics/{name}"  # assumption 35


def _host_id(seed: str) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big")
    text = ""
    for _ in range(_HOST_ID_LENGTH):
        number, digit = divmod(number, len(digits))
        text += digits[digit]
    return text
