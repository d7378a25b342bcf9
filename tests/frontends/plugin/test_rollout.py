"""A rollout through the plugin: ordinary resources in waves, each target with credentials of its own."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, resource_pb2

from commercetools_connect.rollout.progress import TIME_FOR_READING
from tests.frontends.plugin.conftest import CONFIG, LIMIT, Engine, plain, secret, struct
from tests.frontends.plugin.fake_core import CANARY
from tests.frontends.plugin.monitor import FAILED, FakeMonitor, construct, kind_of
from tests.support.marks import UNKNOWN
from tests.unit.rollout.programs import CREATOR, rollout, target

WAVES = {"canary": ["dev"], "waves": [{"name": "europe"}, {"name": "rest"}]}


def shops() -> list[dict[str, Any]]:
    """Return a canary, one of the second wave, and two of the last."""
    return [target("dev"), target("eu", wave="europe"), target("us"), target("au")]


def failure(call: Any) -> str:
    with pytest.raises(grpc.RpcError) as caught:
        call.result()
    return str(caught.value.details())


def test_each_target_is_an_ordinary_deployment_with_credentials_of_its_own(unplugged: Engine) -> None:
    with FakeMonitor() as monitor:
        response = construct(unplugged, monitor, rollout(*shops(), **WAVES)).result()
        (component,) = monitor.of("Rollout").values()
        deployments = monitor.of("Deployment")
        outputs = plain(response.state)

    assert not component.custom
    assert not component.object.fields  # credentials are with the deployments only
    assert set(deployments) == {f"release-{shop}" for shop in ("dev", "eu", "us", "au")}
    assert {each.parent for each in monitor.declared[1:]} == {response.urn}
    assert plain(deployments["release-eu"].object) == {
        "region": "europe-west1.gcp",
        "projectKey": "acme-eu",
        "connector": {"key": "greeter"},
        "connectorTag": "v1.4.0",
        "configurations": {"service": {"standardConfiguration": {"SHOP": "Acme"}}},
        "connection": {
            "region": "europe-west1.gcp",
            "projectKey": "acme-eu",
            "clientId": "eu-client",
            "clientSecret": secret("eu-secret"),
        },
    }
    # The diff says when the old one has to go first; said here, it would take those of later waves with it.
    assert not deployments["release-eu"].deleteBeforeReplaceDefined
    assert outputs["targets"]["eu"] == {
        "id": "id-of-release-eu",
        "urls": {"service": "https://release-eu.acme.example"},
        "deployedTag": "v1.4.0",
        "status": "Deployed",
        "wave": "europe",
    }
    assert outputs["summary"] == [{"target": "of release-rest"}]
    assert monitor.outputs[response.urn] == outputs


def test_credentials_are_sealed_however_they_are_written(unplugged: Engine) -> None:
    """One secret for each target, for any number of waves."""
    plainly = target("dev", clientSecret=CANARY)
    with FakeMonitor() as monitor:
        construct(unplugged, monitor, rollout(plainly, target("eu", clientSecret=secret(CANARY)))).result()

    for deployment in monitor.of("Deployment").values():
        connection: Any = plain(deployment.object)["connection"]
        assert connection["clientSecret"] == secret(CANARY)
    everyone_else = [each for each in monitor.declared if kind_of(each) != "Deployment"]
    assert CANARY not in str(everyone_else)


@pytest.mark.parametrize("connection", ["eu", {"region": "us-central1.gcp", "clientSecret": CANARY}])
def test_a_target_may_name_or_hold_a_connection(unplugged: Engine, connection: object) -> None:
    there = {"name": "eu", "region": "europe-west1.gcp", "connection": connection}
    with FakeMonitor() as monitor:
        construct(unplugged, monitor, rollout(there)).result()
        (deployment,) = monitor.of("Deployment").values()

    sealed = {"region": "us-central1.gcp", "clientSecret": secret(CANARY)}
    assert plain(deployment.object)["connection"] == ("eu" if connection == "eu" else sealed)


def test_a_gate_that_looks_again_gets_each_connection_sealed(unplugged: Engine) -> None:
    """Also where the program has marked the whole expectation as secret; nothing is looked at without `wired`."""
    listing = {"region": "us-central1.gcp", "clientSecret": secret(CANARY)}
    expect = {"service": {"extension": True, "connection": listing}}
    for wired in (True, None):
        with FakeMonitor() as monitor:
            inputs = rollout(target("dev", clientSecret=CANARY), expect=expect, wired=wired)
            construct(unplugged, monitor, inputs).result()
            (gate,), (deployment,) = monitor.of("RolloutGate").values(), monitor.of("Deployment").values()
        assert plain(deployment.object)["expect"] == expect
        found: Any = plain(gate.object)
        (entry,) = found["deployments"]
        assert found.get("wired") is wired
        if wired:
            assert entry["connection"]["clientSecret"] == secret(CANARY)
            assert entry["expect"] == expect
        else:
            assert CANARY not in str(found)


def test_a_wave_begins_when_the_gate_behind_the_one_before_is_open(unplugged: Engine) -> None:
    with FakeMonitor() as monitor:
        construct(unplugged, monitor, rollout(*shops(), **WAVES)).result()
        order = [(kind_of(each), each.name) for each in monitor.declared]
        gates, deployments = monitor.of("RolloutGate"), monitor.of("Deployment")

    assert [name for kind, name in order if kind == "RolloutGate"] == [
        "release-canary",
        "release-europe",
        "release-rest",
    ]
    assert order.index(("RolloutGate", "release-canary")) < order.index(("Deployment", "release-eu"))
    assert order.index(("RolloutGate", "release-europe")) < order.index(("Deployment", "release-us"))
    assert [each.rpartition("/")[2] for each in deployments["release-us"].dependencies] == [
        "RolloutGate::release-europe"
    ]
    assert not deployments["release-dev"].dependencies
    gate: Any = plain(gates["release-rest"].object)
    assert [each["target"] for each in gate["deployments"]] == ["au", "us"]
    assert gate["previous"] == [{"target": "of release-europe"}]


def test_what_the_program_says_about_the_rollout_holds_for_its_deployments(unplugged: Engine) -> None:
    """Its options, and what its inputs come from: so nothing is deleted before what was made of it."""
    with FakeMonitor() as monitor:
        construct(
            unplugged,
            monitor,
            rollout(target("dev", aliases=["old"])),
            protect=True,
            dependencies=["urn:of:a-network"],
            inputDependencies={
                "connector": provider_pb2.ConstructRequest.PropertyDependencies(urns=["urn:of:publication"])
            },
            customTimeouts=provider_pb2.ConstructRequest.CustomTimeouts(create="20m"),
        ).result()
        (component,) = monitor.of("Rollout").values()
        (deployment,) = monitor.of("Deployment").values()

    assert component.protect  # the engine hands it down
    assert list(deployment.dependencies) == ["urn:of:a-network", "urn:of:publication"]
    assert {name: list(each.urns) for name, each in deployment.propertyDependencies.items() if each.urns} == {
        "connector": ["urn:of:publication"]
    }
    assert deployment.customTimeouts.create == "20m"
    of_the_other_frontend = "pulumi-python:dynamic/commercetools-connect:Deployment"
    assert [(each.spec.name, each.spec.type) for each in deployment.aliases] == [
        ("", of_the_other_frontend),
        ("release-old", ""),
        ("release-old", of_the_other_frontend),
    ]


def test_everything_is_served_by_the_provider_that_serves_the_rollout(make_engine: type[Engine]) -> None:
    """One process for any number of targets."""
    configured = provider_pb2.ConfigureRequest(args=struct(CONFIG), urn="urn:of:default", id="p-1")
    with make_engine(CORE="real", NETWORK="off") as engine, FakeMonitor() as monitor:
        engine.stub.Configure(configured, timeout=LIMIT)
        construct(engine, monitor, rollout(*shops(), **WAVES)).result()

    children = [each for each in monitor.declared if each.custom]
    assert {kind_of(each) for each in children} == {"Deployment", "RolloutGate"}
    assert {each.provider for each in children} == {"urn:of:default::p-1"}


def test_a_preview_tells_what_it_cannot_know(unplugged: Engine) -> None:
    with FakeMonitor(preview=True) as monitor:
        late = rollout(target("dev", clientSecret=UNKNOWN), connectorTag=UNKNOWN)
        outputs: Any = plain(construct(unplugged, monitor, late, dryRun=True).result().state)
        (deployment,) = monitor.of("Deployment").values()
        (gate,) = monitor.of("RolloutGate").values()

    connection: Any = plain(deployment.object)["connection"]
    assert connection["clientSecret"] == UNKNOWN
    assert plain(deployment.object)["connectorTag"] == UNKNOWN
    assert plain(gate.object)["deployments"][0]["status"] == UNKNOWN
    assert outputs["targets"]["dev"]["id"] == UNKNOWN
    assert outputs["summary"] == UNKNOWN


def test_a_draft_is_published_once_for_each_host_with_the_access_of_a_target_there(unplugged: Engine) -> None:
    draft = {"name": "Greeter", "repositoryUrl": "https://github.com/acme/greeter.git", "creator": CREATOR}
    there = [target("dev"), target("eu"), target("us", hostRegion="us-central1.gcp")]
    with FakeMonitor() as monitor:
        response = construct(unplugged, monitor, rollout(*there, connector=None, draft=draft)).result()
        staged, published = monitor.of("ConnectorStaged"), monitor.of("ConnectorPublication")
        deployment = monitor.of("Deployment")["release-eu"]

    host = "release-europe-west1-gcp"
    assert set(staged) == set(published) == {host, "release-us-central1-gcp"}
    of_dev = {
        "region": "europe-west1.gcp",
        "projectKey": "acme-dev",
        "clientId": "dev-client",
        "clientSecret": secret("dev-secret"),
    }
    assert plain(staged[host].object)["connection"] == of_dev
    assert plain(published[host].object) == {
        "connection": of_dev,
        "target": "private",
        "connectorStagedId": f"id-of-{host}",
        "tag": "v1.4.0",
        "contentHash": "h-1",
    }
    assert plain(deployment.object)["connector"] == {"id": "c-1"}
    assert list(deployment.propertyDependencies["connector"].urns) == [
        f"{response.urn}/ConnectorPublication::{host}"
    ]


def test_mistakes_are_reported_with_their_places_before_anything_is_declared(unplugged: Engine) -> None:
    wrong = rollout(target("dev", clientId=None, clientSecret=CANARY), target("dev"), canary=["dve"])
    with FakeMonitor() as monitor:
        said = failure(construct(unplugged, monitor, wrong, dryRun=True))
        two = failure(construct(unplugged, monitor, rollout(target("dev"), target("dev"), canary=["dve"])))

    assert said.splitlines() == [
        "targets[1].name: targets[0] has the same name, 'dev'",
        "canary[0]: 'dve' is not the name of a target; known: dev",
        "targets[0].clientId: is required where connection is absent",
    ]
    assert two.splitlines() == [
        "targets[1].name: targets[0] has the same name, 'dev'",
        "canary[0]: 'dve' is not the name of a target; known: dev",
    ]
    assert not monitor.declared


def test_a_component_that_does_not_exist_is_an_error_in_words(unplugged: Engine) -> None:
    with FakeMonitor() as monitor:
        said = failure(construct(unplugged, monitor, {}, type="commercetools-connect:index:Rollouts"))

    assert "has no component 'commercetools-connect:index:Rollouts'" in said
    assert "commercetools-connect:index:Rollout" in said.splitlines()[1]


def test_an_engine_that_goes_on_after_errors_lets_the_wave_end_and_no_other_begin(unplugged: Engine) -> None:
    def act(request: resource_pb2.RegisterResourceRequest) -> str | None:
        return FAILED if (kind_of(request), request.name) == ("Deployment", "release-a") else None

    in_two = rollout(target("a", wave="one"), target("b", wave="one"), target("c"), waves=_waves("one", "two"))
    with FakeMonitor(act) as monitor:
        said = failure(construct(unplugged, monitor, in_two))

    assert set(monitor.of("Deployment")) == {"release-a", "release-b"}
    assert not monitor.of("RolloutGate")
    assert said.splitlines()[:4] == [
        "rollout release stopped in wave one.",
        "  run v1.4.0: b",
        "  failed, or were under way: a",
        "  have not been touched: c",
    ]


@pytest.mark.parametrize("ending", ["Cancel", "the monitor closes"])
def test_a_target_that_fails_ends_the_rollout_with_who_runs_what(make_engine: type[Engine], ending: str) -> None:
    """The engine never answers the declaration of what has failed; it is over when it ends, in either order."""

    def act(request: resource_pb2.RegisterResourceRequest) -> None:
        if (kind_of(request), request.name) == ("Deployment", "release-eu"):
            monitor.closing.wait(LIMIT)

    with make_engine(CORE="real", NETWORK="off") as engine, FakeMonitor(act) as monitor:
        call = construct(engine, monitor, rollout(*shops(), **WAVES))
        monitor.wait_for("release-eu", "Deployment")
        if ending == "Cancel":
            engine.cancel()
            # The engine hangs up at this answer; without a network the other one takes a second.
            call.exception(timeout=TIME_FOR_READING / 2)
        else:
            monitor.closing.set()
        said = failure(call)

    assert said.splitlines() == [
        "rollout release stopped in wave europe.",
        "  run v1.4.0: dev",
        "  failed, or were under way: eu",
        "  have not been touched: au, us",
        "Repair what failed and run `pulumi up` again: it goes on from there.",
    ]


def test_what_the_engine_does_not_take_is_reported_in_its_words(unplugged: Engine) -> None:
    def refuse(request: resource_pb2.RegisterResourceRequest) -> None:
        if kind_of(request) == "Deployment":
            raise ValueError("no such time limit")

    with FakeMonitor(refuse) as monitor:
        said = failure(construct(unplugged, monitor, rollout(target("dev"))))

    assert said.startswith("Pulumi did not take release-dev: ")
    assert "no such time limit" in said


def test_two_rollouts_of_one_program_do_not_hinder_each_other(unplugged: Engine) -> None:
    with FakeMonitor() as one, FakeMonitor() as other:
        calls = [construct(unplugged, each, rollout(*shops(), **WAVES)) for each in (one, other)]
        assert len({call.result().urn for call in calls}) == 1

    assert len(one.declared) == len(other.declared) == 8


def _waves(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names]
