"""Remedies about objects in Connect: what the API refuses."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from commercetools_connect.api import (
    ById,
    ByKey,
    ConnectClient,
    DeploymentDraft,
    Publish,
    Redeploy,
    UpdatePreviewable,
)
from commercetools_connect.core.results import State
from tests.advice.story import Steps, Story, story
from tests.resources.connectors import another_client, certified
from tests.support.world import PROJECT, REGION, REPOSITORY, World

CONNECT: list[Story] = []
STAGED, PUBLICATION, DEPLOYMENT = "ConnectorStaged", "ConnectorPublication", "Deployment"
SERVICE: dict[str, Any] = {
    "applicationName": "service",
    "standardConfiguration": [{"key": "SHOP_NAME", "value": "Acme"}],
    "securedConfiguration": [{"key": "API_TOKEN", "value": "c4n4ry-1"}],
}
BARE = {"applicationName": "service"}


def call(world: World, act: Callable[[ConnectClient], Awaitable[Any]]) -> Callable[[], Any]:
    """Return something that makes a call with the provider's own client."""
    return partial(another_client, world, act)


def deploy(world: World, connector_id: str, **changes: Any) -> Callable[[], Any]:
    """Return something that creates a deployment with a call, without the provider's checks before it."""
    members = {"connector": {"id": connector_id}, "configurations": [SERVICE], "region": REGION, **changes}
    draft = DeploymentDraft.model_validate_json(json.dumps(members))
    return call(world, lambda client: client.create_deployment(PROJECT, draft))


def act_on(world: World, draft_id: str, *actions: Any) -> Callable[[], Any]:
    """Return something that sends actions to a draft as it is then."""

    async def act(client: ConnectClient) -> None:
        draft = await client.get_connector_staged(ById(draft_id))
        await client.update_connector_staged(ById(draft_id), draft.version, actions)

    return call(world, act)


def redeploy(world: World, deployment: State, *actions: Redeploy) -> Callable[[], Any]:
    object_id = ById(str(deployment.outputs["deploymentId"]))

    async def act(client: ConnectClient) -> None:
        there = await client.get_deployment(PROJECT, object_id)
        await client.update_deployment(PROJECT, object_id, there.version, actions)

    return call(world, act)


# --- what the API refuses -------------------------------------------------------------------------------------


@story("that the API client still exists, and that it belongs to a project in this region.", CONNECT)
def a_wrong_secret(world: World) -> Steps:
    world.settings["clientSecret"] = "wrong"
    yield call(world, lambda client: client.get_connector_staged(ByKey("any")))
    world.settings["clientSecret"] = "demo-secret"
    world.create(STAGED, world.staged_inputs())


@story("Check the id or key and the region; if the object was deleted elsewhere, a refresh will show it.", CONNECT)
def a_wrong_key(world: World) -> Steps:
    state = world.deployed(key="greeter")
    yield call(world, lambda client: client.get_deployment(PROJECT, ByKey("greter")))
    call(world, lambda client: client.get_deployment(PROJECT, ByKey("greeter")))()
    world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))
    assert world.read(DEPLOYMENT, state) is None


@story("Choose another key. If this program shall manage the object that has it, see adopt.", CONNECT)
def a_key_that_is_taken(world: World) -> Steps:
    staged, _ = world.published()
    deploy(world, staged.id, key="taken")()
    yield deploy(world, staged.id, key="taken")
    deploy(world, staged.id, key="free")()
    world.emulator.admin.advance(600)
    inputs = world.deployment_inputs(staged.id, key="taken", adopt=True)
    world.create(DEPLOYMENT, inputs, key_proves_ownership=False)


@story("Check URL (it ends in .git) and tag; a private repository needs its SSH URL", CONNECT)
def a_repository_that_is_not_there(world: World) -> Steps:
    for url, tag in (("https://github.com/acme/none.git", "v1.0.0"), (REPOSITORY, "v7.7.7")):
        yield partial(world.create, STAGED, world.staged_inputs(repository={"url": url, "tag": tag}))
    world.create(STAGED, world.staged_inputs(repository={"url": REPOSITORY, "tag": "v1.0.0"}))


@story("run again, the provider then reads it again.", CONNECT)
def a_version_of_the_past(world: World) -> Steps:
    staged, _ = world.published()
    action = UpdatePreviewable()
    yield call(world, lambda client: client.update_connector_staged(ById(staged.id), 1, [action]))
    act_on(world, staged.id, action)()


@story("A preview of this draft is running: run again when it has ended.", CONNECT)
def two_previews(world: World) -> Steps:
    staged = world.create(STAGED, world.staged_inputs())
    act_on(world, staged.id, UpdatePreviewable())()
    yield act_on(world, staged.id, UpdatePreviewable())
    world.emulator.admin.advance(600)
    act_on(world, staged.id, UpdatePreviewable())()


@story("a connector that was never published needs `staged`.", CONNECT)
def never_published(world: World) -> Steps:
    staged = world.create(STAGED, world.staged_inputs())
    yield deploy(world, staged.id)
    world.create(PUBLICATION, world.publication_inputs(staged, target="preview"))
    deploy(world, staged.id, connector={"id": staged.id, "staged": True})()


@story("Request a preview of the draft and wait until it is accepted, then deploy it.", CONNECT)
def without_a_preview(world: World) -> Steps:
    staged = world.create(STAGED, world.staged_inputs())
    yield deploy(world, staged.id, connector={"id": staged.id, "staged": True})
    world.create(PUBLICATION, world.publication_inputs(staged, target="preview"))
    deploy(world, staged.id, connector={"id": staged.id, "staged": True})()


@story("Choose a region that the connector supports (`supportedRegions`)", CONNECT)
def another_region(world: World) -> Steps:
    staged, _ = world.published(supportedRegions=[REGION])
    yield deploy(world, staged.id, region="us-central1.gcp")
    deploy(world, staged.id, region=REGION)()


@story(
    "A staged connector can only be deployed as `preview`, a published one as `sandbox` or `production`.", CONNECT
)
def a_type_that_does_not_fit(world: World) -> Steps:
    staged, _ = world.published()
    yield deploy(world, staged.id, type="preview")
    deploy(world, staged.id, type="sandbox")()


@story("Production deployments are switched off for this project: use `sandbox`", CONNECT)
def production_that_is_off(world: World) -> Steps:
    world.emulator.admin.settings(productionEnabled=False)
    staged, _ = world.published()
    yield deploy(world, staged.id, type="production")
    deploy(world, staged.id, type="sandbox")()


@story("Compare the applications and keys under `configurations` with connect.yaml", CONNECT)
def an_unknown_application_or_key(world: World) -> Steps:
    staged, _ = world.published()
    more = {**SERVICE, "standardConfiguration": [*SERVICE["standardConfiguration"], {"key": "NONE", "value": "1"}]}
    yield deploy(world, staged.id, configurations=[SERVICE, {"applicationName": "servce"}])
    yield deploy(world, staged.id, configurations=[more])
    deploy(world, staged.id, configurations=[SERVICE])()


@story("Name at least one application of the connector.", CONNECT)
def no_application(world: World) -> Steps:
    staged, _ = world.published()
    yield deploy(world, staged.id, configurations=[])
    deploy(world, staged.id, configurations=[SERVICE])()


@story("Compare the keys under `globalConfiguration` with `inheritAs`", CONNECT)
def an_unknown_global_key(world: World) -> Steps:
    staged, _ = world.published()
    yield deploy(world, staged.id, globalConfiguration={"standardConfiguration": [{"key": "NONE", "value": "1"}]})
    deploy(world, staged.id)()


@story("Take `retryPolicy` out of this application: only event applications have one.", CONNECT)
def a_retry_policy_of_a_service(world: World) -> Steps:
    staged, _ = world.published()
    yield deploy(world, staged.id, configurations=[{**SERVICE, "retryPolicy": {"strategy": "immediate"}}])
    deploy(world, staged.id, configurations=[SERVICE])()


@story("A run of this Deployment is under way: run again when it has ended.", CONNECT)
def a_redeploy_of_one_that_is_undeployed(world: World) -> Steps:
    state = world.deployed()
    redeploy(world, state, Redeploy())()
    yield redeploy(world, state, Redeploy())
    world.emulator.admin.advance(600)
    redeploy(world, state, Redeploy())()


@story("Check the values named in the message; a required setting of an application may be missing.", CONNECT)
def a_required_setting_is_missing(world: World) -> Steps:
    staged, _ = world.published()
    yield deploy(world, staged.id, configurations=[BARE])
    deploy(world, staged.id, configurations=[SERVICE])()


@story("Check the name of the application.", CONNECT)
def logs_of_an_unknown_application(world: World) -> Steps:
    world.deployed(key="greeter")
    read = partial(_logs, world)
    yield lambda: read(application_name="servce")
    read(application_name="service")


@story("Choose dates within the last 30 days, the start before the end.", CONNECT)
def logs_of_long_ago(world: World) -> Steps:
    world.deployed(key="greeter")
    yield lambda: _logs(world, start_date="2020-01-01T00:00:00.000Z")
    _logs(world)


@story("Name one application: AWS regions need it.", CONNECT)
def logs_on_aws(world: World) -> Steps:
    staged, _ = world.published()
    world.create(DEPLOYMENT, world.deployment_inputs(staged.id, key="greeter", region="eu-central-1.aws"))
    yield lambda: _logs(world)
    _logs(world, application_name="service")


@story("Use an API client with manage_extensions:demo-project, or with manage_project:demo-project", CONNECT)
def no_scope_for_extensions(world: World) -> Steps:
    _client(world, f"view_connectors:{PROJECT}")
    yield call(world, lambda client: client.wiring().extensions(PROJECT))
    for scope in ("manage_extensions", "manage_project"):
        _client(world, f"{scope}:{PROJECT}")
        call(world, lambda client: client.wiring().extensions(PROJECT))()


@story("The server failed: run again; if the error persists, give the correlation id", CONNECT)
def a_server_in_trouble(world: World) -> Steps:
    world.deployed(key="greeter")
    world.emulator.admin.fault({"status": 500}, path="/*/deployments/*", times=5)
    yield call(world, lambda client: client.get_deployment(PROJECT, ByKey("greeter")))
    call(world, lambda client: client.get_deployment(PROJECT, ByKey("greeter")))()


@story("Use `immediate`, or `exponential-backoff` with 1 to 600 seconds", CONNECT)
def a_retry_policy_that_is_none(world: World) -> Steps:
    staged = _with_events(world)
    odd = {"strategy": "exponential-backoff", "minBackoffSeconds": 600, "maxBackoffSeconds": 1}
    good = {**odd, "minBackoffSeconds": 1, "maxBackoffSeconds": 600, "maxAttempts": 5}
    yield deploy(world, staged.id, configurations=[{"applicationName": "events", "retryPolicy": odd}])
    deploy(world, staged.id, configurations=[{"applicationName": "events", "retryPolicy": good}])()


@story("The server is overloaded: run again in some minutes.", CONNECT)
def a_gateway_in_trouble(world: World) -> Steps:
    world.deployed(key="greeter")
    body: Any = {"statusCode": 502, "message": "Bad Gateway", "errors": [{"code": "BadGateway", "message": "no"}]}
    world.emulator.admin.fault({"status": 502, "body": body}, path="/*/deployments/*", times=5)
    yield call(world, lambda client: client.get_deployment(PROJECT, ByKey("greeter")))
    call(world, lambda client: client.get_deployment(PROJECT, ByKey("greeter")))()


@story("Run again in some minutes, or with less at once (--parallel).", CONNECT)
def too_many_calls(world: World) -> Steps:
    world.deployed(key="greeter")
    world.emulator.admin.fault({"status": 429}, path="/*/deployments/*", times=5)
    yield call(world, lambda client: client.get_deployment(PROJECT, ByKey("greeter")))
    call(world, lambda client: client.get_deployment(PROJECT, ByKey("greeter")))()


@story("Check the configured region or URLs: the API names a code when an object does not exist.", CONNECT)
def an_address_that_is_not_the_api(world: World) -> Steps:
    world.deployed(key="greeter")
    world.emulator.admin.fault({"status": 404, "body": {"message": "no such page"}}, path="/*/deployments/*")
    yield call(world, lambda client: client.get_deployment(PROJECT, ByKey("greeter")))
    call(world, lambda client: client.get_deployment(PROJECT, ByKey("greeter")))()


@story("It is certified already: there is nothing to ask for.", CONNECT)
def a_second_certification(world: World) -> Steps:
    staged, _ = certified(world)
    yield act_on(world, staged.id, Publish(certification=True))
    assert world.refreshed(STAGED, staged)  # it is as asked, and nothing is left to do


@story("A certification is under way: wait for its end", CONNECT)
def a_publication_in_certification(world: World) -> Steps:
    staged = world.create(STAGED, world.staged_inputs())
    world.create(PUBLICATION, world.publication_inputs(staged, target="marketplace"))
    world.emulator.admin.patch("drafts", staged.id, {"status": "InCertification"})
    yield act_on(world, staged.id, Publish(certification=True))
    world.emulator.admin.certify(staged.id, "reject", "No documentation")
    act_on(world, staged.id, Publish(certification=True))()


# --- what the provider refuses --------------------------------------------------------------------------------


def _logs(world: World, **query: str) -> None:
    async def act(client: ConnectClient) -> None:
        async for _ in client.read_logs(PROJECT, ByKey("greeter"), **query):
            pass

    another_client(world, act)


def _client(world: World, *scopes: str) -> None:
    world.emulator.admin.clients([{"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": scopes}])


def _with_events(world: World) -> State:
    """Return a published connector that has one application, for events."""
    yaml = "deployAs:\n  - name: events\n    applicationType: event\n    endpoint: /events\n"
    world.emulator.admin.repositories([{"url": REPOSITORY, "tag": "v1.0.0", "connectYaml": yaml}])
    return world.published()[0]
