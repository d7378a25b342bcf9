"""Remedies about resources: what the provider refuses before a call, or after one."""

from __future__ import annotations

from functools import partial
from typing import Any

from commercetools_connect.api import ByKey, Redeploy
from commercetools_connect.core.results import State
from tests.advice.connect import DEPLOYMENT, PUBLICATION, STAGED, call, deploy, redeploy
from tests.advice.story import Steps, Story, story
from tests.resources.connectors import certified
from tests.support.world import PROJECT, REGION, World

RESOURCE: list[Story] = []


@story("Use the ConnectorStaged's own output for tag (staged.repository.tag), so that it changes first.", RESOURCE)
def a_tag_that_the_draft_does_not_have(world: World) -> Steps:
    staged = world.create(STAGED, world.staged_inputs())
    yield lambda: world.create(PUBLICATION, world.publication_inputs(staged, tag="v1.1.0"))
    repository: Any = staged.outputs["repository"]
    world.create(PUBLICATION, world.publication_inputs(staged, tag=repository["tag"]))


@story(
    "Delete those Deployments first; to delete it anyway, set forceDestroy to true, run `pulumi up` first",
    RESOURCE,
)
def a_draft_that_is_deployed(world: World) -> Steps:
    staged, _ = world.published()
    running = world.create(DEPLOYMENT, world.deployment_inputs(staged.id))
    yield lambda: world.delete(STAGED, staged)
    forced = world.up(STAGED, staged, world.staged_inputs(forceDestroy=True))
    world.delete(DEPLOYMENT, running)
    world.delete(STAGED, forced)


@story("Delete its ConnectorPublication first, which unlists it; to delete it anyway, set forceDestroy", RESOURCE)
def a_draft_that_is_listed(world: World) -> Steps:
    staged, publication = certified(world)
    yield lambda: world.delete(STAGED, staged)
    world.delete(PUBLICATION, publication)
    world.delete(STAGED, staged)


@story("Publish it first; connectorTag set to the publishedTag of a ConnectorPublication waits for it.", RESOURCE)
def a_connector_that_is_not_published(world: World) -> Steps:
    staged = world.create(STAGED, world.staged_inputs())
    yield lambda: world.create(DEPLOYMENT, world.deployment_inputs(staged.id))
    publication = world.create(PUBLICATION, world.publication_inputs(staged))
    tag = publication.outputs["publishedTag"]
    world.create(DEPLOYMENT, world.deployment_inputs(staged.id, connectorTag=tag))


@story(
    "Set connectorTag to the publishedTag of a ConnectorPublication, so that the tag is published before.",
    RESOURCE,
)
def a_tag_that_is_not_published(world: World) -> Steps:
    staged, publication = world.published()
    yield lambda: world.create(DEPLOYMENT, world.deployment_inputs(staged.id, connectorTag="v1.1.0"))
    tag = publication.outputs["publishedTag"]
    world.create(DEPLOYMENT, world.deployment_inputs(staged.id, connectorTag=tag))


@story("Correct the program; skipPlanTimeValidation turns these checks off.", RESOURCE)
def a_program_with_a_mistake(world: World) -> Steps:
    staged, _ = world.published()
    with_url = partial(_with_shop_name, world, staged.id)
    yield lambda: with_url("{{url:servce}}")
    with_url("{{url:service}}")


@story("Correct the name; connect.yaml of the deployed tag lists the applications.", RESOURCE)
def a_name_that_is_only_checked_before_the_request(world: World) -> Steps:
    staged, _ = world.published()
    unchecked = partial(_with_shop_name, world, staged.id, skipPlanTimeValidation=True)
    yield lambda: unchecked("{{url:servce}}")
    unchecked("{{url:service}}", key="right")


@story("Run `pulumi refresh`, then `pulumi up` to create it again.", RESOURCE)
def an_update_of_what_is_gone(world: World) -> Steps:
    state = world.deployed(key="greeter")
    world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))
    inputs = world.deployment_inputs(str(state.outputs["connectorId"]), key="greeter", redeployTrigger=1)
    yield lambda: world.up(DEPLOYMENT, state, inputs)
    assert world.read(DEPLOYMENT, state) is None
    world.create(DEPLOYMENT, inputs)


@story("Remove the resource from the state (`pulumi state delete`). If another stack made the new one", RESOURCE)
def a_deployment_that_was_made_again_elsewhere(world: World) -> Steps:
    state = world.deployed(key="greeter")
    connector_id = str(state.outputs["connectorId"])
    world.emulator.admin.delete("deployments", str(state.outputs["deploymentId"]))
    deploy(world, connector_id, key="greeter")()
    world.emulator.admin.advance(600)
    yield lambda: world.read(DEPLOYMENT, state)
    create = partial(world.create, DEPLOYMENT, key_proves_ownership=False)
    create(world.deployment_inputs(connector_id, key="another"))
    world.settings["adopt"] = f"{PROJECT}/greeter"
    create(world.deployment_inputs(connector_id, key="greeter"))


@story(
    "Take the old one out of the state with `pulumi state delete`. Then choose another key, or import", RESOURCE
)
def a_draft_that_was_made_again_elsewhere(world: World) -> Steps:
    staged = world.create(STAGED, world.staged_inputs(key="greeter"))
    world.emulator.admin.delete("drafts", staged.id)
    again = world.create(STAGED, world.staged_inputs(key="greeter"), name="another")
    yield lambda: world.read(STAGED, staged)
    world.create(STAGED, world.staged_inputs(key="other"))
    assert world.read(STAGED, State(again.id, {}, {})) is not None


@story(
    "Later waves have not been touched. Repair it, or go back to the tag before, and run `pulumi up`.", RESOURCE
)
def a_wave_that_does_not_answer(world: World) -> Steps:
    check = {"application": "none", "path": "/health"}
    yield lambda: world.create("RolloutGate", _gate("v1.0.0", checks=[check]))
    world.create("RolloutGate", _gate("v1.0.0"))


@story("- if this program shall manage the object from now on", RESOURCE)
def an_object_of_another_stack(world: World) -> Steps:
    staged, _ = world.published()
    deploy(world, staged.id, key="theirs")()
    world.emulator.admin.advance(600)
    inputs = world.deployment_inputs(staged.id, key="theirs", redeployTrigger=1)
    create = partial(world.create, DEPLOYMENT, key_proves_ownership=False)
    yield lambda: create(inputs)
    create({**inputs, "key": "ours"})
    world.settings["adopt"] = f"{PROJECT}/theirs"
    create(inputs)


@story("If no other client needs it, delete it with CTP_ADOPT='demo-project/greeter'", RESOURCE)
def a_deployment_that_a_colleague_has_redeployed(world: World) -> Steps:
    state = world.deployed(key="greeter")
    redeploy(world, state, Redeploy())()
    world.emulator.admin.advance(600)
    yield lambda: world.delete(DEPLOYMENT, state)
    inputs = world.deployment_inputs(str(state.outputs["connectorId"]), key="greeter", redeployTrigger=1)
    ours = world.up(DEPLOYMENT, state, inputs)
    redeploy(world, state, Redeploy())()
    world.emulator.admin.advance(600)
    world.settings["adopt"] = f"{PROJECT}/greeter"
    world.delete(DEPLOYMENT, ours)


@story("Choose another key, or delete that Deployment first.", RESOURCE)
def a_deployment_that_cannot_become_ours(world: World) -> Steps:
    staged, _ = world.published()
    deploy(world, staged.id, key="greeter", region="us-central1.gcp")()
    world.emulator.admin.advance(600)
    inputs = world.deployment_inputs(staged.id, key="greeter", adopt=True)
    yield lambda: world.create(DEPLOYMENT, inputs)
    world.create(DEPLOYMENT, {**inputs, "key": "another", "adopt": None})
    call(world, lambda client: client.delete_deployment(PROJECT, ByKey("greeter")))()
    world.emulator.admin.advance(600)
    world.create(DEPLOYMENT, {**inputs, "adopt": None})


@story("If it was renamed, add an alias (for a target of a Rollout, `aliases`); otherwise give it a key", RESOURCE)
def two_resources_with_one_object(world: World) -> Steps:
    staged = world.create(STAGED, world.staged_inputs())
    inputs = world.publication_inputs(staged)

    async def twice(resource_of: Any) -> None:
        await resource_of(PUBLICATION).create(world.context("one"), inputs)
        await resource_of(PUBLICATION).create(world.context("two"), inputs)

    yield lambda: world.run(twice)
    world.create(PUBLICATION, inputs, name="two")


@story("Write <projectKey>/<uuid>, or <projectKey>/key=<key>; the project may be left out", RESOURCE)
def an_import_of_a_name(world: World) -> Steps:
    deployment = world.deployed()
    yield lambda: world.read(DEPLOYMENT, State(f"{PROJECT}/the shop", {}, {}))
    assert world.read(DEPLOYMENT, State(f"{PROJECT}/key={deployment.outputs['key']}", {}, {})) is not None
    assert world.read(DEPLOYMENT, State(deployment.id, {}, {})) is not None


@story("Declare it; creating it changes nothing that runs.", RESOURCE)
def an_import_of_a_gate(world: World) -> Steps:
    yield lambda: world.read("RolloutGate", State("gate", {}, {}))
    world.create("RolloutGate", _gate("v1.0.0"))


@story("Later waves have not been touched. Repair the wave and run `pulumi up` again.", RESOURCE)
def a_wave_with_an_old_tag(world: World) -> Steps:
    yield lambda: world.create("RolloutGate", _gate("v1.1.0"))
    world.create("RolloutGate", _gate("v1.0.0"))


@story("Check an application that Connect gives an https address, or take its check out.", RESOURCE)
def a_check_of_an_address_without_encryption(world: World) -> Steps:
    check = {"application": "service", "path": "/health"}
    yield lambda: world.create("RolloutGate", _gate("v1.0.0", checks=[check]))
    world.create("RolloutGate", _gate("v1.0.0"))


@story("It goes on at commercetools: run `pulumi up` again to wait for it, and raise the time limit", RESOURCE)
def a_wait_that_is_too_short(world: World) -> Steps:
    staged, _ = world.published()
    inputs = world.deployment_inputs(staged.id)
    yield lambda: world.create(DEPLOYMENT, inputs, time_limit=1)
    world.create(DEPLOYMENT, inputs)


@story("Use projectKey and credentials of another-project for this resource.", RESOURCE)
def a_draft_of_another_project(world: World) -> Steps:
    staged, _ = world.published()
    elsewhere = State(staged.id, {**staged.outputs, "ownerProject": "another-project"}, staged.inputs)
    other = "00000000-0000-4000-8000-000000000000"
    hidden = {**elsewhere.outputs, "connectorStagedId": other, "key": "hidden"}
    yield lambda: world.read(STAGED, State(other, hidden, staged.inputs))
    assert world.read(STAGED, staged) is not None  # with the credentials of its own project


def _gate(tag: str, **changes: Any) -> dict[str, Any]:
    seen = {"target": "dev", "project": PROJECT, "region": REGION, "status": "Deployed", "deployedTag": "v1.0.0"}
    deployment = {**seen, "buildId": "1", "urls": {"service": "http://shop.acme.example"}}
    return {"wave": "canary", "connectorTag": tag, "bakeTime": "1s", "deployments": [deployment], **changes}


def _with_shop_name(world: World, connector_id: str, value: str, **changes: Any) -> State:
    secured = {"API_TOKEN": "c4n4ry-1"}
    service = {"standardConfiguration": {"SHOP_NAME": value}, "securedConfiguration": secured}
    return world.create(
        DEPLOYMENT, world.deployment_inputs(connector_id, configurations={"service": service}, **changes)
    )
