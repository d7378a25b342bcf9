"""For a stack with `expect`, the doctor checks the credentials that list Extensions and Subscriptions."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.cli.stacks import CANARY, FakePulumi, Run, in_state, rows, sealed
from tests.support.world import PROJECT, World


def expecting(*kinds: str, **more: Any) -> dict[str, Any]:
    expect = {"service": {**dict.fromkeys(kinds, True), **more}}
    return in_state("Deployment", "api", f"{PROJECT}/{uuid.uuid4()}", outputs={"expect": expect})


@pytest.mark.parametrize(
    ("kind", "scope"), [("extension", "manage_extensions"), ("subscription", "manage_subscriptions")]
)
def test_a_deployment_that_waits_for_its_extension_needs_the_scope_to_list_them(
    world: World, pulumi: FakePulumi, doctor: Run, kind: str, scope: str
) -> None:
    """The remedy for the refused list names this command."""
    names = ("manage_connectors_deployments", "view_connectors", scope)
    granted = [f"{name}:{PROJECT}" for name in names]
    pulumi.resources = [expecting(kind)]

    world.emulator.admin.clients([{"clientId": "demo-client", "clientSecret": CANARY, "scopes": granted[:2]}])
    (without,) = rows(doctor("--json"), "scopes for expect")
    world.emulator.admin.clients([{"clientId": "demo-client", "clientSecret": CANARY, "scopes": granted}])
    complete = doctor("--json")

    assert without["result"] == "problem"
    assert f"create a new API client with {scope}:{PROJECT}" in without["remedy"]
    assert complete.exit_code == 0, complete.output
    assert rows(complete, "scopes for expect")[0]["finding"] == granted[2]
    assert [row["result"] for row in rows(complete, f"read {kind}s")] == ["ok"]


def test_without_expect_no_scope_for_extensions_is_asked_for(pulumi: FakePulumi, doctor: Run) -> None:
    pulumi.resources = [in_state("Deployment", "api", f"{PROJECT}/{uuid.uuid4()}")]

    assert rows(doctor("--json"), "scopes for expect") == []


class TestConnectionOfExpect:
    """Deploy credentials need no scope for `expect` where that has a connection, which needs no other scope."""

    DEPLOYS = (f"manage_connectors_deployments:{PROJECT}", f"view_connectors:{PROJECT}")

    def clients(self, world: World, *watched: str) -> dict[str, Any]:
        """Make both clients, and return the members of the second one."""
        secret = f"{CANARY}-watch"
        world.emulator.admin.clients(
            [
                {"clientId": "demo-client", "clientSecret": CANARY, "scopes": [*self.DEPLOYS]},
                {"clientId": "watcher", "clientSecret": secret, "scopes": [*watched]},
            ]
        )
        address = {"connectUrl": world.emulator.url, "projectKey": PROJECT}
        return {**address, "clientId": "watcher", "clientSecret": secret}

    def test_a_named_one_is_checked_for_the_scopes(self, world: World, pulumi: FakePulumi, doctor: Run) -> None:
        members = self.clients(world, f"manage_extensions:{PROJECT}")
        pulumi.config = {**pulumi.config, "connections": {"watch": members}}
        pulumi.resources = [expecting("extension", connection="watch")]

        result = doctor("--json")

        assert result.exit_code == 0, result.output
        (row,) = rows(result, "scopes for expect")
        assert (row["connection"], row["result"]) == ("watch", "ok")
        assert [each["connection"] for each in rows(result, "read extensions")] == ["watch"]

        self.clients(world, f"manage_subscriptions:{PROJECT}")
        without = doctor("--json")
        (row,) = rows(without, "scopes for expect")
        assert (row["connection"], row["result"]) == ("watch", "problem")
        assert without.exit_code == 1

    @pytest.mark.parametrize("whole", [False, True])
    def test_one_that_a_state_holds_is_checked_with_its_secret(
        self, world: World, pulumi: FakePulumi, doctor: Run, *, whole: bool
    ) -> None:
        """Engines mark the whole `expect` as secret where one member is."""
        members = self.clients(world, f"manage_extensions:{PROJECT}")

        def held(connection: Any) -> list[dict[str, Any]]:
            return [expecting("extension", connection=connection)]

        pulumi.resources, pulumi.secrets = held(sealed()), held(sealed(members))
        if whole:
            pulumi.resources[0]["outputs"]["expect"] = sealed()
            pulumi.secrets[0]["outputs"]["expect"] = sealed(
                {"service": {"extension": True, "connection": members}}
            )

        result = doctor("--json")

        assert result.exit_code == 0, result.output
        (row,) = rows(result, "scopes for expect")
        assert (row["connection"], row["result"]) == ("api (expect)", "ok")
        assert CANARY not in result.output
