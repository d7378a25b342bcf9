"""Scripts of connectors: what `postDeploy` registers in a project, and what `preUndeploy` takes away.

An outcome of a deployment or undeployment names what the scripts of its applications do. The emulator runs no
script: it writes what such a script would write. A write that the project refuses is not reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import JsonValue

from commercetools_connect.emulator import extensions, subscriptions
from commercetools_connect.emulator.collection import Collection
from commercetools_connect.emulator.destinations import topic_destination, url_destination, with_changes
from commercetools_connect.emulator.entities import (
    Application,
    ConnectorScript,
    Deployment,
    DeploymentRun,
    Extension,
    RegisteredKey,
    Registration,
    RegistrationKind,
    ScriptStep,
    Subscription,
)
from commercetools_connect.emulator.errors import ApiError
from commercetools_connect.emulator.lifecycles import with_addresses
from commercetools_connect.emulator.model import InvalidShapeError, evolve, parse_value
from commercetools_connect.emulator.registration_requests import ExtensionDraft, SubscriptionDraft
from commercetools_connect.emulator.settings import Settings
from commercetools_connect.emulator.specification import Specification

R = TypeVar("R", bound=Registration)
Body = dict[str, JsonValue]

#: The API client of scripts for which Connect has generated none.
SCRIPT_CLIENT = "connector-script"
_SAMPLE_URL = "https://service.example.com"
_SAMPLE_TOPIC = "projects/sample/topics/sample"


class ScriptQueue:
    """Writes of scripts that are still to come."""

    def __init__(self) -> None:
        self.steps: list[ScriptStep] = []

    def due(self, until: float) -> Iterator[ScriptStep]:
        """Take the writes until a moment, the earliest first; those of one moment in their order."""
        while self.steps:
            step = min(self.steps, key=lambda each: each.at)
            if step.at > until:
                return
            self.steps.remove(step)
            yield step

    def forget(self, deployment_id: str) -> None:
        """Drop the writes of a Deployment that is gone."""
        self.steps = [each for each in self.steps if each.deployment != deployment_id]


def problem_with(draft: Body) -> str | None:
    """Return why a script cannot send these members, neither for an Extension nor for a Subscription."""
    reasons = []
    for kind, address in (
        ("extension", url_destination(_SAMPLE_URL)),
        ("subscription", topic_destination(_SAMPLE_TOPIC)),
    ):
        body = _body(address, ConnectorScript(application="sample", draft=draft))
        try:
            parse_value(ExtensionDraft if kind == "extension" else SubscriptionDraft, body)
        except InvalidShapeError as error:
            reasons.append(f"for {kind}s: {error}")
        else:
            return None
    return "; ".join(reasons)


def deploy_steps(
    before: Deployment, deployment: Deployment, run: DeploymentRun, settings: Settings, at: float
) -> list[ScriptStep]:
    """Return the writes of the `postDeploy` scripts of a run that has succeeded."""
    steps: list[ScriptStep] = []
    begins = at
    for script in [] if run.skip_scripts else run.scripts or []:
        address = _address(before, deployment, script, settings)
        if address is None or script.does in {"nothing", "unregister"}:
            continue
        begins = max(begins, at + script.after)
        draft = _body(address, script)
        if script.does == "recreate":
            steps.append(_step(deployment, address, script.key, begins, "delete"))
            begins += script.gap
        write: Literal["update", "create"] = "update" if script.does == "register" else "create"
        steps.append(_step(deployment, address, script.key, begins, write, draft))
    return steps


def undeploy_steps(deployment: Deployment, run: DeploymentRun, at: float) -> list[ScriptStep]:
    """Return the deletions of the `preUndeploy` scripts of a run that succeeds.

    Where no scripts are given, they delete every key that `postDeploy` scripts used, wherever it points now.
    """
    if run.scripts is None:
        return [_delete_step(deployment, each.kind, each.key, at) for each in deployment.registered]
    kinds = {each.name: _kind_of(each) for each in deployment.applications}
    return [
        _delete_step(deployment, kind, script.key, at)
        for script in run.scripts
        if script.does == "unregister" and script.key and (kind := kinds.get(script.application))
    ]


def with_registered(deployment: Deployment, run: DeploymentRun) -> Deployment:
    """Return a Deployment that knows the keys of the scripts that have just run."""
    if run.skip_scripts or not run.scripts:
        return deployment
    kinds = {each.name: _kind_of(each) for each in deployment.applications}
    registered = list(deployment.registered)
    for script in run.scripts:
        kind = kinds.get(script.application)
        used = RegisteredKey(kind=kind, key=script.key) if kind and script.key else None
        if used is not None and used not in registered:
            registered.append(used)
    return evolve(deployment, registered=registered)


def execute(
    step: ScriptStep, extensions_: Collection[Extension], subscriptions_: Collection[Subscription]
) -> None:
    """Let a script write. A project that is full, or that has the key already, refuses; the script goes on."""
    if step.kind == "extension":
        _write(step, extensions_, extensions.LIMIT, _new_extension)
    else:
        _write(step, subscriptions_, subscriptions.LIMIT, _new_subscription)


def _write(step: ScriptStep, collection: Collection[R], limit: int, new: Callable[[ScriptStep], R]) -> None:
    there = [each for each in collection.all() if each.project == step.project]
    old = next((each for each in there if step.key is not None and each.key == step.key), None)
    if step.write == "delete":
        if old is not None:
            collection.remove(old.id, step.at)
        return
    if old is None and len(there) >= limit:
        return
    try:
        made = new(step)
    except (InvalidShapeError, ApiError):
        return
    if old is None:
        collection.put(made, step.at)
    elif step.write == "update":
        kept = {"id": old.id, "version": old.version, "created_at": old.created_at, "created_by": old.created_by}
        if evolve(made, **kept, modified_at=old.modified_at, modified_by=old.modified_by) != old:
            collection.put(evolve(made, **{**kept, "version": old.version + 1}), step.at)


def _new_extension(step: ScriptStep) -> Extension:
    return extensions.new(parse_value(ExtensionDraft, step.draft), step.project, step.client, step.at)


def _new_subscription(step: ScriptStep) -> Subscription:
    return subscriptions.new(parse_value(SubscriptionDraft, step.draft), step.project, step.client, step.at)


def _address(
    before: Deployment, deployment: Deployment, script: ConnectorScript, settings: Settings
) -> Body | None:
    """Return the destination to which a script points; None for an application that has no address."""
    application = _named(deployment, script.application)
    if application is None:
        return None
    if script.address == "former":
        application = _former_application(before, deployment, application, settings)
    if application.topic is not None:
        return topic_destination(application.topic)
    if application.url is None:
        return None
    url = application.url if script.absolute_path is None else _host_of(application.url) + script.absolute_path
    return url_destination(url + (script.path or ""))


def _host_of(url: str) -> str:
    """Return a URL without its path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _former_application(
    before: Deployment, deployment: Deployment, application: Application, settings: Settings
) -> Application:
    """Return an application with an address of the past: its topic of the run before, or one made up."""
    earlier = _named(before, application.name)
    if earlier is not None and earlier.topic not in {None, application.topic}:
        return earlier
    declared = (deployment.connector.content.specification or Specification()).application(application.name)
    if declared is None:
        return application
    another = evolve(deployment, id=f"{deployment.id}/former")
    return with_addresses(another, evolve(application, topic=None), declared, "former", settings)


def _body(address: Body, script: ConnectorScript) -> Body:
    """Return what a script sends: something simple, with the members that the test asks for."""
    own: Body = (
        {"triggers": [{"resourceTypeId": "cart", "actions": ["Create", "Update"]}]}
        if address["type"] == "HTTP"
        else {"messages": [{"resourceTypeId": "order", "types": []}]}
    )
    changes = script.draft.get("destination")
    destination = with_changes(address, changes) if isinstance(changes, dict) else address
    key: Body = {"key": script.key} if script.key else {}
    return {**own, **script.draft, **key, "destination": destination}


def _step(
    deployment: Deployment,
    address: Body,
    key: str | None,
    at: float,
    write: Literal["update", "create", "delete"],
    draft: Body | None = None,
) -> ScriptStep:
    kind: RegistrationKind = "extension" if address["type"] == "HTTP" else "subscription"
    deletion = _delete_step(deployment, kind, key, at)
    return deletion if write == "delete" else evolve(deletion, write=write, draft=draft or {})


def _delete_step(deployment: Deployment, kind: RegistrationKind, key: str | None, at: float) -> ScriptStep:
    client = deployment.api_client.name if deployment.api_client else SCRIPT_CLIENT
    return ScriptStep(
        at=at,
        deployment=deployment.id,
        project=deployment.project,
        client=client,
        kind=kind,
        write="delete",
        key=key,
    )


def _named(deployment: Deployment, name: str) -> Application | None:
    return next((each for each in deployment.applications if each.name == name), None)


def _kind_of(application: Application) -> RegistrationKind | None:
    if application.topic is not None:
        return "subscription"
    return None if application.url is None else "extension"
