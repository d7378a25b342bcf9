"""Drafts whose connection changes, on the real engine: they do not move, go away, or count as healed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from commercetools_connect import dynamic
from commercetools_connect.emulator import RepositorySpec
from tests.engine.conftest import Harness
from tests.engine.people import (
    FRONTENDS,
    OTHER,
    PROJECT,
    REGION,
    REPOSITORY,
    Frontend,
    declare,
    open_shops,
    output,
)

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

both_frontends = pytest.mark.parametrize("frontend", FRONTENDS)

CLIENTS = {
    "demo": ("demo-client", "demo-secret", PROJECT),
    "other": ("other-client", "other-5ecret-c4n4ry", OTHER),
}


def members(harness: Harness, name: str) -> dict[str, Any]:
    """Return the members of a connection."""
    client, secret, project = CLIENTS[name]
    address = {"connectUrl": harness.emulator.url, "projectKey": project}
    return {**address, "clientId": client, "clientSecret": pulumi.Output.secret(secret)}


def draft(
    frontend: Frontend, connection: Any, *, name: str = "own", tag: str = "v1.0.0", published: bool = True
) -> Callable[[], None]:
    """Return the program of a draft with an explicit key, and of its publication."""

    def run() -> None:
        given = connection() if callable(connection) else connection
        own = {} if given is None else {"connection": given}
        inputs = {
            "key": "own-draft",
            "name": "Draft",
            "creator": {"email": "dev@acme.example"},
            "repository": {"url": REPOSITORY, "tag": tag},
            "privateProjects": [f"{REGION}:{PROJECT}"],
            **own,
        }
        staged = declare(frontend, "ConnectorStaged", name, inputs)
        if published:
            publication = {"connectorStagedId": staged.id, "tag": tag, "target": "private", **own}
            content = {"contentHash": output(staged, "contentHash")}
            declare(frontend, "ConnectorPublication", "own", {**publication, **content})

    return run


def owned(harness: Harness) -> Any:
    """Return the drafts and the published Connectors."""
    found = harness.emulator.admin.dump()
    return [found["drafts"], found["connectors"]]


def try_up(harness: Harness, replace: list[str] | None = None) -> str:
    """Run an `up` that must fail, going on after errors; return what the user saw."""
    hear = harness.said.append
    return harness.fails(
        lambda: harness.stack.up(continue_on_error=True, replace=replace, on_output=hear, on_error=hear)
    )


def named(harness: Harness) -> None:
    """Configure two named connections; none of the provider's own is changed."""
    open_shops(harness.emulator)
    fields = ("clientId", "clientSecret", "projectKey")
    connections = {
        name: {"connectUrl": harness.emulator.url, **dict(zip(fields, values, strict=True))}
        for name, values in CLIENTS.items()
    }
    harness.config = {"commercetools-connect:connections": json.dumps(connections)}


@both_frontends
def test_a_draft_does_not_follow_its_connection_to_another_project(harness: Harness, frontend: Frontend) -> None:
    """The preview says so, and neither the draft nor its published Connector goes away."""
    named(harness)
    harness.program = draft(frontend, "demo")
    harness.up()
    before = owned(harness)
    harness.emulator.admin.clear_journal()

    harness.program = draft(frontend, "other")
    hear = harness.said.append
    previewed = harness.fails(lambda: harness.stack.preview(on_output=hear, on_error=hear))
    said = try_up(harness)

    for text in (previewed, said):
        assert f"belongs to project {PROJECT} at " in text
        assert f"the connection other leads to project {OTHER} at " in text
        assert "Keep credentials of its owner: put `connection` back to demo" in text
    assert not harness.emulator.admin.journal()
    assert owned(harness) == before
    harness.program = draft(frontend, "demo")
    assert harness.stack.preview(on_output=hear, on_error=hear).change_summary == {"same": 3}


@both_frontends
def test_a_draft_does_not_follow_the_default_project(
    harness: Harness, frontend: Frontend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The credentials and the project come from the environment."""

    def use(name: str) -> None:
        for member, value in zip(("CLIENT_ID", "CLIENT_SECRET", "PROJECT_KEY"), CLIENTS[name], strict=True):
            monkeypatch.setenv(f"CTP_{member}", value)

    open_shops(harness.emulator)
    harness.config = dict.fromkeys(
        [f"commercetools-connect:{name}" for name in ("clientId", "clientSecret", "projectKey")], ""
    )
    harness.program = draft(frontend, None)
    use("demo")
    harness.up()
    before = owned(harness)

    use("other")
    said = try_up(harness)

    assert f"belongs to project {PROJECT} at " in said
    assert f"the provider's own configuration leads to project {OTHER} at " in said
    assert owned(harness) == before


@both_frontends
@pytest.mark.parametrize("forced", ["--replace", "another name"])
def test_a_create_that_another_project_refuses_takes_nothing_away(
    harness: Harness, frontend: Frontend, forced: str
) -> None:
    """The engine asks for no diff there, so that only the create shows that the key is taken."""
    named(harness)
    harness.program = draft(frontend, "demo", published=False)
    harness.up()
    before = owned(harness)
    (urn,) = [each for each in harness.urns() if "ConnectorStaged" in each]

    name = "own" if forced == "--replace" else "renamed"
    harness.program = draft(frontend, "other", name=name, published=False)
    said = try_up(harness, [urn] if forced == "--replace" else None)

    assert "A duplicate value 'own-draft' exists" in said
    assert owned(harness) == before, said


@both_frontends
def test_a_draft_that_is_not_as_asked_is_not_healed_by_other_credentials(
    harness: Harness, frontend: Frontend
) -> None:
    """Its commit has no connect.yaml: each `up` says so until it has one."""
    open_shops(harness.emulator)
    broken: list[RepositorySpec] = [{"url": REPOSITORY, "tag": "v9.0.0", "connectYaml": None}]
    harness.emulator.admin.repositories(broken)
    harness.program = draft(frontend, lambda: members(harness, "demo"), tag="v9.0.0", published=False)
    assert "finds no usable connect.yaml" in try_up(harness)

    scopes = f"manage_project:{PROJECT}"
    changed = draft(
        frontend, lambda: {**members(harness, "demo"), "scopes": scopes}, tag="v9.0.0", published=False
    )
    harness.program = changed

    assert "finds no usable connect.yaml" in try_up(harness)


def rollout(frontend: Frontend, *targets: dict[str, Any], owner: str = "") -> Callable[[], None]:
    """Return the program of a rollout that publishes a draft."""

    def run() -> None:
        wanted: dict[str, Any] = {
            "name": "Own",
            "key": "own-draft",
            "creator": {"email": "dev@acme.example"},
            "privateProjects": [f"{REGION}:{each}" for each in (PROJECT, OTHER)],
            **({"owners": [owner]} if owner else {}),
        }
        url, tag = REPOSITORY, "v1.0.0"
        secured = {"API_TOKEN": pulumi.Output.secret("c4n4ry-5ecret-1")}
        values: Any = {
            "service": {"standardConfiguration": {"SHOP_NAME": "Acme"}, "securedConfiguration": secured}
        }
        placed: list[Any] = [{"region": REGION, "hostRegion": REGION, **each} for each in targets]
        if frontend == "dynamic":
            snake: list[Any] = [{**each, "host_region": each["hostRegion"]} for each in placed]
            for each in snake:
                del each["hostRegion"]
            own: Any = {**wanted, "repository_url": url, "private_projects": wanted["privateProjects"]}
            del own["privateProjects"]
            dynamic.Rollout("release", draft=own, connector_tag=tag, targets=snake, configurations=values)
            return
        inputs = {"draft": {**wanted, "repositoryUrl": url}, "connectorTag": tag, "targets": placed}
        pulumi.ComponentResource(
            "commercetools-connect:index:Rollout", "release", {**inputs, "configurations": values}, remote=True
        )

    return run


@both_frontends
def test_the_draft_of_a_rollout_stays_with_its_owner(harness: Harness, frontend: Frontend) -> None:
    """A target that comes first by name would take it over; the remedy of the error keeps it."""
    named(harness)
    berlin, aachen = {"name": "berlin", "connection": "demo"}, {"name": "aachen", "connection": "other"}
    harness.program = rollout(frontend, berlin)
    harness.up()
    before = owned(harness)

    for targets in ((aachen, berlin), ({**berlin, "connection": "other"},)):
        harness.program = rollout(frontend, *targets)
        said = try_up(harness)
        assert f"belongs to project {PROJECT} at " in said
        assert f"the connection other leads to project {OTHER} at " in said
        assert owned(harness) == before

    harness.program = rollout(frontend, aachen, {**berlin, "enabled": False}, owner="berlin")
    harness.up()
    assert owned(harness) == before
    (live,) = harness.emulator.admin.dump()["deployments"]
    assert live["project"] == OTHER
