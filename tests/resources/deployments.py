"""What the tests of Deployments share: a connector with all kinds of applications, ways to look and to kill."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from commercetools_connect.core.errors import InitFailedError
from commercetools_connect.core.results import State
from tests.support.world import PROJECT, REPOSITORY, ResourceOf, World, validated

__all__ = [
    "DEPLOYMENT",
    "ELSEWHERE",
    "Killed",
    "applications",
    "canary",
    "changed",
    "creates",
    "deployed",
    "is_stored",
    "killed",
    "partial",
    "plain_inputs",
    "previews",
    "publish",
    "published",
    "redeploys",
    "releases",
    "running",
    "same_inputs",
    "simple",
    "skipping",
    "status",
]

DEPLOYMENT = "Deployment"

canary = "c4n4ry-1/+ü"
"""A secret that looks different in URLs, JSON and base64."""

GLOBAL = """\
inheritAs:
  configuration:
    standardConfiguration:
      - {key: LOG_LEVEL, description: How much, default: info}
      - {key: SHOP_URL, description: Where}
    securedConfiguration:
      - {key: SHARED, description: For all}
"""
APPS = """\
deployAs:
  - name: service
    applicationType: service
    endpoint: /service
    configuration:
      standardConfiguration:
        - {key: GREETING, description: First word, default: Hello}
        - {key: SHOP_NAME, description: The shop, required: true}
        - {key: NOTE, description: Anything}
      securedConfiguration:
        - {key: API_TOKEN, description: A token}
        - {key: EXTRA, description: Another}
  - {name: enabler, applicationType: assets}
  - name: nightly-job
    applicationType: job
    endpoint: /job
    properties: {schedule: "0 3 * * *"}
  - name: event
    applicationType: event
    endpoint: /event
"""
NEW = """\
  - name: newcomer
    applicationType: service
    endpoint: /new
    configuration:
      standardConfiguration:
        - {key: HOME, description: Own address}
"""


def releases(world: World) -> None:
    """Let the repository have v2.0.0 with four applications, v2.1.0 with one more, v2.2.0 without the event."""
    both = f"{GLOBAL}{APPS}"
    tags = {"v2.0.0": both, "v2.1.0": both + NEW, "v2.2.0": both.partition("  - name: event")[0]}
    world.emulator.admin.repositories(
        [{"url": REPOSITORY, "tag": tag, "connectYaml": text} for tag, text in tags.items()]
    )


ELSEWHERE: Final = {"region": "us-central1.gcp"}
"""A change that replaces under the same key, and that nothing stands against."""

skipping = pytest.mark.parametrize("skip", [True, False], ids=["checks off", "checks on"])

_PREPARED: dict[str, tuple[Any, Any]] = {}


def _prepared(world: World, name: str, make: Callable[[], Any]) -> Any:
    """Return what `make` returns, made once for each way to set the emulator up and then only loaded.

    What the making called and said is forgotten, so that no test can tell whether it was the first.
    """
    recipe = f"{name} {json.dumps(world.emulator.admin.settings(), sort_keys=True)} {world.settings}"
    if recipe not in _PREPARED:
        _PREPARED[recipe] = (make(), world.emulator.admin.dump())
    made, dump = _PREPARED[recipe]
    world.emulator.admin.load(dump)
    world.emulator.admin.clear_journal()
    for said in (world.said.infos, world.said.warnings, world.said.statuses):
        said.clear()
    return made


def published(world: World, tag: str = "v2.0.0") -> tuple[State, State]:
    """Return a draft of the big connector and its private publication."""

    def make() -> tuple[State, State]:
        releases(world)
        return world.published(repository={"url": REPOSITORY, "tag": tag})

    made: tuple[State, State] = _prepared(world, tag, make)
    return made


def deployed(world: World, **changes: Any) -> State:
    """Return a live deployment of the big connector."""

    def make() -> State:
        staged, _ = published(world)
        return world.create(DEPLOYMENT, world.deployment_inputs(staged.id, **changes))

    made: State = _prepared(world, f"deployed {changes}", make)
    return made


def applications(state: State) -> list[str]:
    """Return the names of the applications that the outputs show."""
    shown: Any = state.outputs["applications"]
    return [each["name"] for each in shown]


def publish(world: World, staged: State, publication: State, tag: str) -> tuple[State, State]:
    """Publish another tag of the draft."""
    moved = world.up("ConnectorStaged", staged, world.staged_inputs(repository={"url": REPOSITORY, "tag": tag}))
    return moved, world.up("ConnectorPublication", publication, world.publication_inputs(moved))


def plain_inputs(world: World, connector_id: str, **changes: Any) -> dict[str, Any]:
    """Return the inputs of a deployment of the big connector, without secured values."""
    configurations = {"service": {"standardConfiguration": {"SHOP_NAME": "Acme"}}}
    return world.deployment_inputs(connector_id, **{"configurations": configurations, **changes})


def same_inputs(world: World, state: State, **changes: Any) -> dict[str, Any]:
    """Return inputs for the connector that is deployed."""
    return world.deployment_inputs(str(state.outputs["connectorId"]), **changes)


def simple(**values: Any) -> dict[str, Any]:
    """Return `configurations` of the service: upper-case standard values, secured ones as `secured`."""
    secured = values.pop("secured", None)
    content: dict[str, Any] = {"standardConfiguration": {"SHOP_NAME": "Acme", **values}}
    if secured is not None:
        content["securedConfiguration"] = secured
    return {"service": content}


def changed(world: World, state: State, **changes: Any) -> None:
    """Change the Deployment behind everybody's back."""
    world.emulator.admin.patch("deployments", str(state.outputs["deploymentId"]), changes)


def status(world: World, state: State, word: str) -> None:
    changed(world, state, status=word)


def running(world: World) -> list[dict[str, Any]]:
    """Return every Deployment that the emulator has."""
    dump: Any = world.emulator.admin.dump()
    found: list[dict[str, Any]] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "buildId" in value and "applications" in value:
                found.append(value)
                return
            for child in value.values():
                walk(child)
        elif isinstance(value, list):
            for child in value:
                walk(child)

    walk(dump)
    return list({each["id"]: each for each in found}.values())


def creates(world: World) -> list[str]:
    """Return the requests to create a Deployment."""
    return [call for call in world.calls() if call.startswith(f"POST /{PROJECT}/deployments ")]


def redeploys(world: World, code: str = "201") -> list[str]:
    """Return the redeploys that were answered so; all that were sent for no code."""
    return [
        call
        for call in world.calls()
        if call.startswith(f"POST /{PROJECT}/deployments/") and call.endswith(f" {code}" if code else "")
    ]


def is_stored(
    world: World, key: str, value: str, application: str = "service", ref: str = "derived-greeter"
) -> bool:
    """Tell whether Connect holds that secured value."""
    stored = world.emulator.admin.secured(PROJECT, ref)
    return stored[application].get(key) == hashlib.sha256(value.encode()).hexdigest()


def partial(act: Callable[[], Any]) -> InitFailedError:
    """Return the Partial in which something ends."""
    with pytest.raises(InitFailedError) as caught:
        act()
    return caught.value


class Killed(BaseException):
    """The process is gone."""


def killed(world: World, kind: str, step: int, act: Any) -> tuple[bool, Any]:
    """Run `act(resource)` in a process that is killed at its step number `step`.

    A step is a request before it is sent, the same after its answer, or a wait. Returns whether it was killed, and
    what it returned.
    """
    taken = 0

    def tick() -> None:
        nonlocal taken
        taken += 1
        if taken == step:
            raise Killed

    async def whole(resource_of: ResourceOf) -> Any:
        resource: Any = resource_of(kind)
        session = resource._resource._session
        transport, clock = session.client._transport, world.clock
        send, sleep = transport.send, clock.sleep

        async def counted_send(request: Any) -> Any:
            if request.url.path == "/oauth/token":
                return await send(request)
            tick()
            answer = await send(request)
            tick()
            return answer

        async def counted_sleep(seconds: float) -> None:
            tick()
            await sleep(seconds)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(transport, "send", counted_send)
            patch.setattr(clock, "sleep", counted_sleep)
            return await act(resource)

    try:
        return False, world.run(whole)
    except Killed:
        return True, None


def previews(world: World, programs: Mapping[str, Any], **options: Any) -> dict[str, list[str]]:
    """Return the mistakes in new deployments, by name; one provider looks at all of them at once."""

    async def look(of: Any) -> dict[str, list[str]]:
        async def one(name: str, inputs: Any) -> list[str]:
            context, resource = world.context(name, **options), of(DEPLOYMENT)
            checked = resource.check(context, {}, inputs)
            assert not checked.failures
            return [str(failure) for failure in await validated(resource, context, checked.inputs)]

        found = await asyncio.gather(*(one(name, inputs) for name, inputs in programs.items()))
        return dict(zip(programs, found, strict=True))

    result: dict[str, list[str]] = world.run(look)
    return result
