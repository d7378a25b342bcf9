"""`expect` on a real engine, in both frontends: an `up` ends well when all is wired, and else says why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeAlias

import pytest
from pulumi import automation

from commercetools_connect.dynamic import ConnectorPublication, ConnectorStaged, Deployment, RolloutGate
from commercetools_connect.emulator import ClientSpec, Emulator, ScriptSpec
from commercetools_connect.frontends.dynamic.input_shapes import snake_case
from tests.engine.conftest import Harness
from tests.engine.programs import REPOSITORY
from tests.engine.yaml_harness import PROJECT, YamlHarness, program, staged

pytestmark = pytest.mark.long

CONNECT_YAML = """
deployAs:
  - {name: service, applicationType: service, endpoint: /service}
  - {name: listener, applicationType: event, endpoint: /listener}
"""
SERVICE: ScriptSpec = {"application": "service", "key": "acme-cart"}
LISTENER: ScriptSpec = {"application": "listener", "key": "acme-orders"}
EXPECTED = {"service": {"extension": True}, "listener": {"subscription": ["acme-orders"]}}

AT_THE_GATE = ("region", "status", "deployedTag", "buildId", "urls", "applications", "expect", "connection")

ROUND = 0.1
"""Seconds between two looks: twice the interval of polls of these stacks."""

Scripts: TypeAlias = Sequence[ScriptSpec]


class Stack(Protocol):
    """A stack with deployments of one connector, in either frontend."""

    emulator: Emulator

    def declare(self, count: int = 1, *, gate: bool = False, **arguments: Any) -> None:
        """Declare that many deployments, and a gate that looks again; arguments are named as in YAML."""

    def up(self) -> tuple[bool, str]:
        """Run `pulumi up`; return whether it ended well, and what it said."""

    def refresh(self) -> str:
        """Run `pulumi refresh`; return what it said."""

    def preview(self) -> str:
        """Run `pulumi preview`; return what it said."""

    def expect_no_secrets(self) -> None:
        """Search what was said and written for secrets."""


class YamlStack:
    """A YAML program, and the plugin."""

    def __init__(self, harness: YamlHarness) -> None:
        self.emulator, self._harness = harness.emulator, harness

    def declare(self, count: int = 1, *, gate: bool = False, **arguments: Any) -> None:
        resources = program()
        properties = resources.pop("deployment")["properties"]
        del properties["configurations"]
        for number in range(1, count + 1):
            resources[f"shop{number}"] = {
                "type": "commercetools-connect:Deployment",
                "properties": {**properties, "key": f"shop-{number}", **arguments},
            }
        if gate:
            found = {name: f"${{shop1.{name}}}" for name in AT_THE_GATE}
            deployment = {"target": "shop", "project": "${shop1.projectKey}", **found}
            properties = {"wave": "first", "connectorTag": "v1.0.0", "wired": True, "deployments": [deployment]}
            resources["gate"] = {"type": "commercetools-connect:RolloutGate", "properties": properties}
        self._harness.write(resources)

    def up(self) -> tuple[bool, str]:
        code, said = self._harness.attempt("up", "--yes", "--skip-preview")
        return code == 0, said

    def refresh(self) -> str:
        return self._harness.run("refresh", "--yes", "--skip-preview")

    def preview(self) -> str:
        return self._harness.attempt("preview")[1]

    def expect_no_secrets(self) -> None:
        self._harness.expect_no_secrets()


class DynamicStack:
    """A Python program with dynamic resources."""

    def __init__(self, harness: Harness) -> None:
        self.emulator, self._harness = harness.emulator, harness

    def declare(self, count: int = 1, *, gate: bool = False, **arguments: Any) -> None:
        trigger = arguments.pop("redeployTrigger", None)

        def declared() -> None:
            draft = ConnectorStaged(
                "greeter",
                name="Greeter",
                creator={"email": "dev@acme.example"},
                repository={"url": REPOSITORY, "tag": "v1.0.0"},
                private_projects=[f"europe-west1.gcp:{PROJECT}"],
            )
            publication = ConnectorPublication(
                "greeter", connector_staged_id=draft.id, tag="v1.0.0", target="private"
            )
            for number in range(1, count + 1):
                shop = Deployment(
                    f"shop{number}",
                    key=f"shop-{number}",
                    region="europe-west1.gcp",
                    connector={"id": publication.connector_id},
                    redeploy_trigger=trigger,
                    **arguments,
                )
            if gate:
                found: dict[str, Any] = {name: getattr(shop, snake_case(name)) for name in AT_THE_GATE}
                deployment: Any = {"target": "shop", "project": shop.project_key, **found}
                RolloutGate("gate", wave="first", connector_tag="v1.0.0", wired=True, deployments=[deployment])

        self._harness.program = declared

    def up(self) -> tuple[bool, str]:
        return self._said(self._harness.up)

    def refresh(self) -> str:
        return self._said(lambda: self._harness.stack.refresh(on_output=self._harness.said.append))[1]

    def preview(self) -> str:
        return self._said(lambda: self._harness.stack.preview(on_output=self._harness.said.append))[1]

    def expect_no_secrets(self) -> None:
        self._harness.expect_no_secrets()

    def _said(self, run: Callable[[], object]) -> tuple[bool, str]:
        before = len(self._harness.said)
        try:
            run()
        except automation.CommandError:
            return False, "\n".join(self._harness.said[before:])
        return True, "\n".join(self._harness.said[before:])


@pytest.fixture(params=["plugin", "dynamic"])
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    if request.param == "dynamic":
        made: Stack = DynamicStack(request.getfixturevalue("harness"))
        _prepare(made.emulator)
        yield made
        return
    folder, engine = request.getfixturevalue("tmp_path"), request.getfixturevalue("engine_root")
    with staged(folder, engine) as harness:
        _prepare(harness.emulator)
        yield YamlStack(harness)


def _prepare(emulator: Emulator) -> None:
    emulator.admin.repositories([{"url": REPOSITORY, "tag": "v1.0.0", "connectYaml": CONNECT_YAML}])


def scripts(stack: Stack, *runs: Scripts, key: str = "shop-1") -> None:
    for each in runs:
        stack.emulator.admin.outcome("deploy", key, "success", scripts=list(each), times=1)


def requests(stack: Stack) -> int:
    """Count the deploys and redeploys since the journal was cleared."""
    calls = stack.emulator.admin.journal()
    return len([each for each in calls if each["method"] == "POST" and "/deployments" in each["path"]])


def lists(stack: Stack, *kinds: str) -> int:
    calls = stack.emulator.admin.journal()
    return len([each for each in calls if each["path"].endswith(kinds or ("/extensions", "/subscriptions"))])


def test_a_script_that_does_nothing_fails_the_up_is_run_once_more_and_then_only_looked_at(stack: Stack) -> None:
    """The error names the deployment, the application and what helps; no `up` after that requests anything."""
    stack.declare(expect=EXPECTED)
    nothing: list[ScriptSpec] = [{**SERVICE, "does": "nothing"}, LISTENER]
    scripts(stack, nothing, nothing)

    ended_well, said = stack.up()
    assert not ended_well
    assert (
        f"Deployment shop-1 in project {PROJECT}: it is deployed, but the application 'service' is not wired"
        in said
    )
    assert "The next `pulumi up` redeploys once" in said
    stack.emulator.admin.clear_journal()
    ended_well, said = stack.up()
    assert (ended_well, requests(stack)) == (False, 1)
    assert "The scripts ran again and registered nothing" in said
    stack.emulator.admin.clear_journal()
    for _ in range(2):
        ended_well, said = stack.up()
        assert not ended_well
        assert "The scripts ran again and registered nothing" in said
    assert requests(stack) == 0

    stack.declare(expect=EXPECTED, redeployTrigger="corrected")
    scripts(stack, [SERVICE, LISTENER])
    ended_well, said = stack.up()
    assert ended_well, said


def test_a_script_that_registers_late_is_a_success_and_a_second_up_has_nothing_to_do(stack: Stack) -> None:
    stack.declare(expect=EXPECTED)
    scripts(stack, [SERVICE, {**LISTENER, "after": 0.5}])
    ended_well, said = stack.up()
    assert ended_well, said
    stack.emulator.admin.clear_journal()
    ended_well, said = stack.up()
    assert ended_well, said
    assert "unchanged" in said
    assert not stack.emulator.admin.journal()


def test_a_new_topic_with_a_subscription_on_the_old_one_is_found_at_once_and_at_a_refresh(stack: Stack) -> None:
    """A script that creates only what is missing leaves it there; the advice helps."""
    create_only: list[ScriptSpec] = [SERVICE, {**LISTENER, "does": "createOnly"}]
    stack.declare(expect=EXPECTED)
    scripts(stack, *[create_only] * 4)
    ended_well, said = stack.up()
    assert ended_well, said

    stack.declare(expect=EXPECTED, redeployTrigger=1)
    ended_well, said = stack.up()
    assert not ended_well
    assert "the Subscription with the key 'acme-orders' delivers to projects/" in said
    assert "its former address" in said
    said = stack.refresh()
    assert "the application 'listener' is not wired" in said

    ended_well, said = stack.up()
    assert not ended_well
    assert "Delete the Subscription with the key 'acme-orders'" in said
    (there,) = stack.emulator.admin.registrations(PROJECT)["subscriptions"]
    stack.emulator.admin.delete_registration(PROJECT, "subscriptions", there["id"])
    stack.declare(expect=EXPECTED, redeployTrigger=2)
    ended_well, said = stack.up()
    assert ended_well, said
    assert "not wired" not in stack.refresh()


def test_without_expect_no_extension_and_no_subscription_is_listed(stack: Stack) -> None:
    stack.declare()
    scripts(stack, [{**SERVICE, "does": "nothing"}])
    for trigger in (None, 1):
        stack.declare(redeployTrigger=trigger)
        ended_well, said = stack.up()
        assert ended_well, said
    stack.refresh()
    stack.preview()
    assert lists(stack) == 0


def test_a_second_client_lists_and_the_one_that_deploys_needs_no_right_to(stack: Stack) -> None:
    """In the `up`, at the gate behind it and in a refresh; its secret may change without a call."""
    own: ClientSpec = {
        "clientId": "demo-client",
        "clientSecret": "demo-secret",
        "scopes": [f"manage_connectors:{PROJECT}", f"manage_connectors_deployments:{PROJECT}"],
    }
    lists_only = [f"manage_extensions:{PROJECT}", f"manage_subscriptions:{PROJECT}"]
    watcher: ClientSpec = {"clientId": "watcher", "clientSecret": "c4n4ry-of-the-watcher", "scopes": lists_only}
    stack.emulator.admin.clients([own, watcher])
    members = {"connectUrl": stack.emulator.url, "projectKey": PROJECT, "clientId": "watcher"}

    def expect(secret: object, **changes: Any) -> dict[str, Any]:
        connection = {**members, "clientSecret": secret, **changes}
        return {**EXPECTED, "service": {"extension": True, "connection": connection}}

    stack.declare(gate=True, expect=expect(watcher["clientSecret"]))
    scripts(stack, [SERVICE, LISTENER])
    ended_well, said = stack.up()
    assert ended_well, said
    assert f"shop    {PROJECT}" in said
    callers = {(call["client"], call["path"].split("/")[2]) for call in stack.emulator.admin.journal()}
    kinds = {"extensions", "subscriptions"}
    assert {each for each in callers if kinds & set(each)} == {("watcher", kind) for kind in kinds}
    assert {about for client, about in callers if client == "watcher"} - {"token"} == kinds

    stack.emulator.admin.clear_journal()
    ended_well, said = stack.up()
    assert ended_well, said
    assert "unchanged" in said
    assert not stack.emulator.admin.journal()
    assert "not wired" not in stack.refresh()
    assert lists(stack) == len(kinds)

    rotated: ClientSpec = {**watcher, "clientSecret": "c4n4ry-of-the-watcher-again"}
    stack.emulator.admin.clients([own, rotated])
    stack.declare(gate=True, expect=expect(rotated["clientSecret"]))
    stack.emulator.admin.clear_journal()
    ended_well, said = stack.up()
    assert ended_well, said
    assert not stack.emulator.admin.journal()
    stack.expect_no_secrets()

    stack.declare(expect=expect(rotated["clientSecret"], projectKey="acme-us"))
    assert "is of project acme-us, but the deployment is in project" in stack.preview()


def test_all_deployments_that_wait_share_the_lists_of_their_project(stack: Stack) -> None:
    """Two calls for each round, however many wait."""
    count = 4
    stack.declare(count, expect={"service": {"extension": True}, "listener": {"subscription": True}})
    late: list[ScriptSpec] = [{**SERVICE, "after": 0.6}, {**LISTENER, "after": 0.6}]
    for number in range(1, count + 1):
        scripts(stack, [{**each, "key": f"{each['key']}-{number}"} for each in late], key=f"shop-{number}")
    ended_well, said = stack.up()
    assert ended_well, said
    moments: dict[str, list[float]] = {"/extensions": [], "/subscriptions": []}
    for call in stack.emulator.admin.journal():
        for kind, times in moments.items():
            if call["path"] == f"/{PROJECT}{kind}":
                times.append(datetime.fromisoformat(call["time"].replace("Z", "+00:00")).timestamp())
    for times in moments.values():
        assert len(times) > 1
        rounds = (max(times) - min(times)) / ROUND + 1
        assert len(times) <= rounds + 1
