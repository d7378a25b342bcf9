"""For a stack, the doctor checks every connection of it, and names what the provider refuses."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.cli.stacks import CANARY, FakePulumi, Run, in_state, resource, rows, sealed
from tests.support.world import PROJECT, World

PROVIDER = "pulumi:providers:commercetools-connect"


class TestConnections:
    """The configuration, named connections, and provider resources of the program."""

    @pytest.fixture(autouse=True)
    def _clients(self, world: World, pulumi: FakePulumi) -> None:  # noqa: ARG002 - which has clients of its own
        world.emulator.admin.clients(
            [
                {"clientId": "demo-client", "clientSecret": CANARY, "scopes": [f"manage_project:{PROJECT}"]},
                {"clientId": "us", "clientSecret": f"{CANARY}-us", "scopes": ["manage_project:acme-us"]},
            ]
        )

    def provider(self, world: World, secret: object) -> dict[str, Any]:
        inputs = {"clientId": "us", "clientSecret": secret, "projectKey": "acme-us"}
        return resource(
            "dev", "shop", PROVIDER, "acmeUs", id="p0", inputs={**inputs, "connectUrl": world.emulator.url}
        )

    def served(self) -> dict[str, Any]:
        return in_state(
            "Deployment",
            "us",
            f"acme-us/{uuid.uuid4()}",
            outputs={"projectKey": "acme-us"},
            provider=f"urn:pulumi:dev::shop::{PROVIDER}::acmeUs::p0",
        )

    def test_a_provider_of_the_program_is_checked_with_the_secret_of_the_state(
        self, world: World, pulumi: FakePulumi, doctor: Run
    ) -> None:
        pulumi.config = {}
        pulumi.resources = [self.provider(world, sealed()), self.served()]
        pulumi.secrets = [self.provider(world, sealed(f"{CANARY}-us")), self.served()]

        result = doctor("--json")

        assert result.exit_code == 0, result.output
        assert {row["connection"] for row in rows(result)} == {"acmeUs"}
        assert {row["project"] for row in rows(result, "read deployments")} == {"acme-us"}
        assert CANARY not in result.output

    def test_secrets_of_a_state_are_left_alone_where_no_provider_needs_them(
        self, pulumi: FakePulumi, doctor: Run
    ) -> None:
        doctor()

        assert not [asked for asked in pulumi.asked() if "export" in asked and "--show-secrets" in asked]

    @pytest.mark.parametrize("as_text", [True, False], ids=["JSON text", "object"])
    def test_named_connections_of_the_configuration_are_checked(
        self, world: World, pulumi: FakePulumi, doctor: Run, as_text: bool
    ) -> None:
        fields = {"clientId": "us", "clientSecret": "wrong-c4n4ry", "projectKey": "acme-us"}
        connections = {"us": {**fields, "connectUrl": world.emulator.url}}
        pulumi.config = {**pulumi.config, "connections": json.dumps(connections) if as_text else connections}

        result = doctor("--json")

        assert [(row["connection"], row["check"]) for row in rows(result) if row["result"] == "problem"] == [
            ("us", "token")
        ]
        assert "c4n4ry" not in result.output

    def test_the_connection_that_a_state_holds_is_checked_with_its_secret(
        self, world: World, pulumi: FakePulumi, doctor: Run
    ) -> None:
        """Two resources with the same members are one connection."""
        members = {"clientId": "us", "clientSecret": f"{CANARY}-us", "projectKey": "acme-us"}
        members["connectUrl"] = world.emulator.url

        def held(connection: dict[str, Any]) -> list[dict[str, Any]]:
            outputs = {"projectKey": "acme-us", "connection": connection}
            ids = [f"acme-us/{uuid.UUID(int=number)}" for number in (1, 2)]
            return [
                in_state("Deployment", name, id_, outputs=outputs) for name, id_ in zip("ab", ids, strict=True)
            ]

        pulumi.config = {}
        pulumi.resources, pulumi.secrets = held(sealed()), held(sealed(members))

        result = doctor("--json")

        assert result.exit_code == 0, result.output
        assert {row["connection"] for row in rows(result)} == {"a"}
        assert {row["project"] for row in rows(result, "read deployments")} == {"acme-us"}
        assert CANARY not in result.output

    def test_named_connections_of_the_environment_are_checked(
        self, world: World, pulumi: FakePulumi, doctor: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        members = {"clientId": "us", "clientSecret": "wrong-c4n4ry", "projectKey": "acme-us"}
        monkeypatch.setenv("CTP_CONNECTIONS", json.dumps({"us": {**members, "connectUrl": world.emulator.url}}))
        pulumi.install()

        problems = [
            (row["connection"], row["check"]) for row in rows(doctor("--json")) if row["result"] == "problem"
        ]

        assert problems == [("us", "token")]

    def test_a_connection_with_a_mistake_hides_no_other(self, pulumi: FakePulumi, doctor: Run) -> None:
        pulumi.config = {**pulumi.config, "connections": {"us": {"clientId": "us", "region": "europe-west1.gcp"}}}

        result = doctor("--json")

        assert result.exit_code == 1
        (row,) = rows(result, "settings")
        assert "clientSecret" in row["finding"]
        assert [each["result"] for each in rows(result, "token")] == ["ok"]

    @pytest.mark.parametrize(
        ("connections", "said"),
        [
            ([], "commercetools-connect:connections is not an object"),
            ("c4n4ry-text", "commercetools-connect:connections is not an object"),
            ({"us": "c4n4ry-text"}, "commercetools-connect:connections.us is not an object"),
            ({"us": {"cliendId": "c4n4ry-value"}}, "connections.us has unknown members: 'cliendId'"),
            ({"1us": {}}, "'1us': a name has a letter first"),
            ({"us": {"region": "nowhere"}}, "nowhere"),
            ({"us": {"region": ["c4n4ry-value"]}}, "region: must be a string"),
            (
                {"us": {"clientId": "us", "region": "europe-west1.gcp"}},
                "commercetools-connect:connections.us.clientSecret",
            ),
        ],
    )
    @pytest.mark.parametrize("as_text", [True, False], ids=["JSON text", "object"])
    def test_what_the_provider_refuses_of_connections_is_a_problem(
        self, pulumi: FakePulumi, doctor: Run, connections: Any, said: str, as_text: bool
    ) -> None:
        pulumi.config = {**pulumi.config, "connections": json.dumps(connections) if as_text else connections}

        result = doctor("--json")

        assert result.exit_code == 1, result.output
        (row,) = rows(result, "settings")
        assert said in row["finding"]
        assert [each["result"] for each in rows(result, "token")] == ["ok"]
        assert "c4n4ry" not in result.output

    def test_what_a_provider_resource_could_not_be_made_with_is_a_problem(
        self, world: World, pulumi: FakePulumi, doctor: Run
    ) -> None:
        inputs = {**self.provider(world, sealed())["inputs"], "connections": {"eu": {"clientSecret": sealed()}}}
        shown = {
            **self.provider(world, sealed(f"{CANARY}-us"))["inputs"],
            "connections": sealed({"eu": {"clientId": "us", "clientSecret": f"{CANARY}-us"}}),
        }
        pulumi.config = {}
        pulumi.resources = [resource("dev", "shop", PROVIDER, "acmeUs", id="p0", inputs=inputs), self.served()]
        pulumi.secrets = [resource("dev", "shop", PROVIDER, "acmeUs", id="p0", inputs=shown), self.served()]

        result = doctor("--json")

        (row,) = rows(result, "settings")
        assert row["connection"] == "acmeUs.eu"
        assert "region" in row["finding"]

    def test_connections_of_a_provider_are_checked_with_secrets_inside_of_them(
        self, world: World, pulumi: FakePulumi, doctor: Run
    ) -> None:
        """A program may have sealed the client secret only."""

        def program(secret: object) -> list[dict[str, Any]]:
            members = {"clientId": "us", "projectKey": "acme-us", "connectUrl": world.emulator.url}
            own = self.provider(world, secret)["inputs"]
            inputs = {**own, "connections": {"eu": {**members, "clientSecret": secret}}}
            return [resource("dev", "shop", PROVIDER, "acmeUs", id="p0", inputs=inputs), self.served()]

        pulumi.config = {}
        pulumi.resources, pulumi.secrets = program(sealed()), program(sealed(f"{CANARY}-us"))

        result = doctor("--json")

        assert result.exit_code == 0, result.output
        assert {row["connection"] for row in rows(result, "token")} == {"acmeUs", "acmeUs.eu"}

    @pytest.mark.parametrize(("known", "problems"), [("acme-eu", 1), ("acme-us", 0)], ids=["lost", "renamed"])
    def test_a_connection_that_the_state_names_must_be_configured_or_found_by_its_place(
        self, world: World, pulumi: FakePulumi, doctor: Run, known: str, problems: int
    ) -> None:
        outputs = {"projectKey": "acme-us", "connection": "old"}
        pulumi.resources = [in_state("Deployment", "api", f"acme-us/{uuid.uuid4()}", outputs=outputs)]
        fields = {"clientId": "us", "clientSecret": f"{CANARY}-us", "connectUrl": world.emulator.url}
        pulumi.config = {**pulumi.config, "connections": {"new": {**fields, "projectKey": known}}}

        found = rows(doctor("--json"), "settings")

        assert len(found) == problems
        assert all("there is no connection 'old'" in row["finding"] for row in found)

    def test_a_setting_that_the_plugin_does_not_know_is_a_problem_of_the_plugin_alone(
        self, pulumi: FakePulumi, doctor: Run
    ) -> None:
        pulumi.config = {**pulumi.config, "conections": "c4n4ry-value"}

        (row,) = rows(doctor("--json"), "settings")
        kind = "pulumi-python:dynamic/commercetools-connect:Deployment"
        pulumi.resources = [resource("dev", "shop", kind, "api", id=f"{PROJECT}/{uuid.uuid4()}", outputs={})]
        dynamic = doctor("--json")

        assert "commercetools-connect:conections" in row["finding"]
        assert "did you mean connections" in row["finding"]
        assert not rows(dynamic, "settings")

    def test_the_environment_is_checked_with_its_named_connections(
        self, world: World, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CTP_CONNECT_URL", world.emulator.url)
        monkeypatch.setenv("CTP_CLIENT_SECRET", CANARY)
        monkeypatch.setenv("CTP_CONNECTIONS", json.dumps({"us": {"clientSecret": "c4n4ry-of-us"}}))

        result = run("doctor", "--environment", "--json")

        assert [row["connection"] for row in rows(result, "settings")] == ["us"]
        assert [row["connection"] for row in rows(result, "token")] == ["environment"]
