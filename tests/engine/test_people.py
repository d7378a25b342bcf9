"""What people do to running systems on tired days, on the real engine: nothing live goes away or is overwritten.

Each story is a row of `docs/reliability.md`, through both frontends; `tests/faults/test_people.py` tells them on
the engine's double. A run may end in an error or in success, but what was live is live, with its values, in the
build that it had.
"""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi import automation

from commercetools_connect import dynamic
from commercetools_connect.emulator import Emulator
from examples.demo.engine import isolated
from tests.engine.backends import Backend, Backends, urns_of
from tests.engine.conftest import Harness
from tests.engine.estate import CONNECTOR
from tests.engine.people import (
    FRONTENDS,
    OTHER,
    PROJECT,
    REGION,
    Frontend,
    Greeter,
    Live,
    draft,
    errors_in,
    live,
    open_shops,
    program,
)

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

both_frontends = pytest.mark.parametrize("frontend", FRONTENDS)


@pytest.fixture
def backends(
    engine_root: Path, command: automation.PulumiCommand, template: Path, tmp_path: Path
) -> Iterator[Backends]:
    (tmp_path / "backends").mkdir()
    with isolated(tmp_path, engine_root), Emulator() as emulator:
        open_shops(emulator)
        backends = Backends(command, template, tmp_path / "backends", emulator)
        yield backends
        assert "c4n4ry" not in "\n".join(backends.said)
        gc.collect()  # what the SDK has left open is complained about here, and not in another test


def expect_untouched(before: dict[str, Live], emulator: Emulator, said: str = "") -> None:
    """Demand that what was live is live, in the same build, with the same values."""
    after = live(emulator)
    touched = {each.key: after.get(identity) for identity, each in before.items() if after.get(identity) != each}
    assert not touched, said


def expect_names(said: str, *names: str) -> None:
    """Demand that one error names all of them."""
    assert any(all(name in error for name in names) for error in errors_in(said)), said


# --- a typo -----------------------------------------------------------------------------------------------------


MISTAKES: dict[str, dict[str, Any]] = {
    "project": {"projectKey": "demo-projekt"},
    "unknown key": {"connector": {"key": "greter"}},
    "key as an id": {"connector": {"id": CONNECTOR}},
    "unknown id": {"connector": {"id": "00000000-0000-4000-8000-000000000000"}},
    "production": {"type": "production"},
}


@both_frontends
def test_typos_do_not_cost_the_live_deployments(backends: Backends, frontend: Frontend) -> None:
    """One deployment is checked before, one is not; one has a key of its own, one a derived one."""
    backends.emulator.admin.settings(productionEnabled=False)
    backend = backends.new()
    greeters = [Greeter("checked"), Greeter("unchecked", key="greeter").but(skipPlanTimeValidation=True)]
    backend.up(program(frontend, *greeters))
    before = backends.live()

    for mistake in MISTAKES.values():
        for position in range(2):
            wrong = [each.but(**mistake) if at == position else each for at, each in enumerate(greeters)]
            said = backend.refused(program(frontend, *wrong))
            expect_untouched(before, backends.emulator, said)

    assert backend.preview(program(frontend, *greeters)) == {"same": 3}
    backend.up(program(frontend, *greeters))
    expect_untouched(before, backends.emulator)


def rollout(frontend: Frontend, emulator: Emulator, project: str) -> Any:
    """Return the program of a rollout with one target, in that project."""
    values = {"standardConfiguration": {"SHOP_NAME": "Acme"}}

    def run() -> None:
        secured = {"API_TOKEN": pulumi.Output.secret("c4n4ry-5ecret-1")}
        configurations = {"service": {**values, "securedConfiguration": secured}}
        target: dict[str, Any] = {"name": "berlin", "region": REGION, "projectKey": project}
        shared: dict[str, Any] = {"connector": {"key": CONNECTOR}, "configurations": configurations}
        if frontend == "dynamic":
            named: Any = {**target, "connection": "demo"}
            dynamic.Rollout("release", connector_tag="v1.0.0", targets=[named], **shared)
            return
        access = {
            "connectUrl": emulator.url,
            "clientId": "demo-client",
            "clientSecret": pulumi.Output.secret("demo-secret"),
        }
        inputs = {"connectorTag": "v1.0.0", "targets": [{**target, **access}], **shared}
        pulumi.ComponentResource("commercetools-connect:index:Rollout", "release", inputs, remote=True)

    return run


@both_frontends
def test_a_typo_in_a_rollouts_target_does_not_cost_what_runs_there(harness: Harness, frontend: Frontend) -> None:
    """The project of a target is mistyped, and is one of other people's."""
    open_shops(harness.emulator)
    connection = {
        "connectUrl": harness.emulator.url,
        "clientId": "demo-client",
        "clientSecret": "demo-secret",
        "projectKey": PROJECT,
        "pollInterval": 0.05,
    }
    if frontend == "dynamic":
        harness.config = {"commercetools-connect:connections": json.dumps({"demo": connection})}
    harness.program = rollout(frontend, harness.emulator, PROJECT)
    harness.up()
    before = live(harness.emulator)

    for project in ("demo-projekt", OTHER):
        harness.program = rollout(frontend, harness.emulator, project)
        said = harness.fails(harness.up)
        expect_untouched(before, harness.emulator, said)


# --- keys of others ---------------------------------------------------------------------------------------------


@both_frontends
def test_copied_and_swapped_keys_take_nothing_from_each_other(backends: Backends, frontend: Frontend) -> None:
    """A forgotten key, two swapped ones, a new resource with a later one's; corrected, all is as it was."""
    backend = backends.new()
    canary = Greeter("canary", "c4n4ry-5ecret-1", key="key-canary")
    rest = Greeter("rest", "c4n4ry-5ecret-2", key="key-rest", after=["canary"])
    right = program(frontend, canary, rest)
    backend.up(right)
    before = backends.live()
    forgotten = Greeter("canary", "c4n4ry-5ecret-1", key="key-rest")
    swapped = Greeter("rest", "c4n4ry-5ecret-2", key="key-canary", after=["canary"])
    early = Greeter("early", "c4n4ry-5ecret-3", key="key-rest")
    later = Greeter("rest", "c4n4ry-5ecret-2", key="key-rest", after=["canary", "early"])

    said = backend.refused(program(frontend, forgotten, rest))
    expect_untouched(before, backends.emulator, said)
    expect_names(said, "canary", "rest")
    said = backend.refused(program(frontend, forgotten, swapped))
    expect_untouched(before, backends.emulator, said)
    said = backend.refused(program(frontend, canary, early, later))
    expect_untouched(before, backends.emulator, said)
    expect_names(said, "early", "rest")

    assert backend.preview(right) == {"same": 3}
    backend.up(right)
    expect_untouched(before, backends.emulator)


@both_frontends
def test_two_stacks_with_one_key_do_not_share_a_deployment(backends: Backends, frontend: Frontend) -> None:
    """A copy of the program, one with another secret, one with another value: all are refused."""
    first, second = backends.new(), backends.new()
    first.up(program(frontend, Greeter("greeter", key="greeter")))
    before = backends.live()

    mine = Greeter("greeter", key="greeter")
    for theirs in (mine, replace(mine, token="c4n4ry-5ecret-2"), replace(mine, shop="Emca")):
        said = second.refused(program(frontend, theirs))
        expect_untouched(before, backends.emulator, said)
    second.destroy()

    expect_untouched(before, backends.emulator)
    assert first.preview(program(frontend, Greeter("greeter", key="greeter"))) == {"same": 2}


@both_frontends
def test_backends_with_the_same_names_do_not_share_a_deployment(backends: Backends, frontend: Frontend) -> None:
    """Project and stack have the same names, the values differ; each destroys its own and nothing else."""
    first, second = backends.new(), backends.new()
    first.up(program(frontend, Greeter("greeter")))
    before = backends.live()

    said = second.try_up(program(frontend, Greeter("greeter", "c4n4ry-5ecret-2", shop="Emca")))
    expect_untouched(before, backends.emulator, said)
    second.destroy()

    expect_untouched(before, backends.emulator)
    assert first.preview(program(frontend, Greeter("greeter"))) == {"same": 2}


@both_frontends
def test_a_new_stack_with_the_name_of_a_renamed_one_does_not_take_its_deployment(
    backends: Backends, frontend: Frontend
) -> None:
    """`pulumi stack rename`, and then a new stack of the old name; the renamed one has nothing to do."""
    backend = backends.new()
    backend.up(program(frontend, Greeter("greeter")))
    before = backends.live()
    backend.run("stack", "rename", "prod-old", "--stack", "test")
    backend.add_stack()

    said = backend.try_up(program(frontend, Greeter("greeter", "c4n4ry-5ecret-2", shop="Emca")))
    expect_untouched(before, backends.emulator, said)
    backend.destroy()

    expect_untouched(before, backends.emulator)
    assert backend.preview(program(frontend, Greeter("greeter")), "prod-old") == {"same": 2}
    backend.destroy("prod-old")
    assert not backends.live()


def move_to_another_stack(backends: Backends, frontend: Frontend) -> Backend:
    """Deploy in one stack, and move the Deployment to the stack `shops` of the same backend."""
    backend = backends.new()
    backend.run("stack", "rename", "shops", "--stack", "test")
    backend.add_stack()
    backend.up(program(frontend, Greeter("greeter")))
    (urn,) = urns_of(["greeter"], frontend)
    backend.run("state", "move", "--source", "test", "--dest", "shops", "--yes", urn)
    return backend


def test_a_branch_that_still_declares_what_was_moved_does_not_take_it_back(backends: Backends) -> None:
    """`pulumi state move`; the old stack's program, with another secret, meets an object of another stack."""
    backend = move_to_another_stack(backends, "dynamic")
    before = backends.live()

    said = backend.refused(program("dynamic", Greeter("greeter", "c4n4ry-5ecret-2", shop="Emca")))
    expect_untouched(before, backends.emulator, said)
    backend.destroy()

    expect_untouched(before, backends.emulator)


def test_what_two_stacks_share_after_a_move_is_destroyed_by_the_one_that_deployed_it_last(
    backends: Backends,
) -> None:
    """`pulumi state move` copies the plugin's provider, so both stacks derive one key: `docs/reliability.md`.

    The branch that still declares the Deployment continues with it. It stays live; the stack to which it was moved
    is reported at a refresh, and its `destroy` is refused until `CTP_ADOPT` names the object.
    """
    backend = move_to_another_stack(backends, "plugin")
    ((identity, moved),) = backends.live().items()

    backend.up(program("plugin", Greeter("greeter", "c4n4ry-5ecret-2", shop="Emca")))
    ((taken_over, now),) = backends.live().items()
    warned = backend.refresh("shops")
    refused = backend.refused_destroy("shops")

    assert taken_over == identity
    assert now.status == "Deployed"
    assert now.standard["service"]["SHOP_NAME"] == "Emca"
    assert "was redeployed by another client" in warned
    assert f"CTP_ADOPT='{PROJECT}/{moved.key}'" in refused
    assert backends.live() == {identity: now}
    backend.destroy("shops", adopt=f"{PROJECT}/{moved.key}")
    assert not backends.live()


# --- renames ----------------------------------------------------------------------------------------------------


@both_frontends
def test_a_rename_target_by_target_keeps_the_live_deployment(backends: Backends, frontend: Frontend) -> None:
    """`up --target` of the new name, then of all: the create is refused, with the alias as the remedy."""
    backend = backends.new()
    backend.up(program(frontend, Greeter("old-name", key="greeter")))
    before = backends.live()
    renamed = program(frontend, Greeter("new-name", key="greeter"))
    (new,) = urns_of(["new-name"], frontend)

    said = backend.refused(renamed, target=[new])
    expect_untouched(before, backends.emulator, said)
    expect_names(said, "new-name", "add an alias for its old name")
    said = backend.refused(renamed)
    expect_untouched(before, backends.emulator, said)
    expect_names(said, "new-name", "add an alias for its old name")


@pytest.mark.parametrize("obstacle", ["a planted link", "an open folder"])
def test_a_rename_to_an_explicit_provider_keeps_the_live_deployment(backends: Backends, obstacle: str) -> None:
    """Two processes serve the run and cannot tell each other anything: where they meet is not safe."""
    spoil(backends.base.parent / "tmp", obstacle)
    backend = backends.new()
    backend.up(program("plugin", Greeter("old-name", key="greeter")))
    before = backends.live()
    access = {
        "connectUrl": backends.emulator.url,
        "clientId": "demo-client",
        "clientSecret": "demo-secret",
        "projectKey": PROJECT,
    }

    for continuing in (False, True):
        renamed = program("plugin", Greeter("new-name", key="greeter", provider=True), provider=access)
        said = backend.try_up(renamed, continue_on_error=continuing)
        expect_untouched(before, backends.emulator, said)


def spoil(folder: Path, obstacle: str) -> None:
    """Let the folder for temporary files hold something of another user where processes of a run would meet."""
    folder.mkdir()
    os.environ["TMPDIR"] = str(folder)  # of this test alone: `isolated` puts the environment back
    meeting = folder / f"commercetools-connect-{os.getuid()}"
    if obstacle == "a planted link":
        meeting.symlink_to(folder)
    else:
        meeting.mkdir(mode=0o777)
        meeting.chmod(0o777)


# --- replacements -----------------------------------------------------------------------------------------------


@both_frontends
@pytest.mark.parametrize("change", ["another key", "--replace"])
def test_a_replaced_draft_whose_publication_fails_leaves_the_live_deployment(
    harness: Harness, frontend: Frontend, change: str
) -> None:
    """The deployment of the old draft is undeployed when the new one is live, and not before."""
    harness.program = draft(frontend, key="first")
    harness.up()
    before = live(harness.emulator)
    (urn,) = [each for each in harness.urns() if "ConnectorStaged" in each]
    harness.emulator.admin.outcome("publish", "*", "failure")

    options: dict[str, Any] = {"replace": [urn]} if change == "--replace" else {}
    harness.program = draft(frontend, key="first" if change == "--replace" else "second")
    said = ""
    try:
        harness.stack.up(on_output=harness.said.append, on_error=harness.said.append, **options)
    except automation.CommandError:
        said = "\n".join(harness.said[-60:])

    expect_untouched(before, harness.emulator, said)


# --- credentials ------------------------------------------------------------------------------------------------


@both_frontends
def test_a_refresh_with_credentials_of_another_project_drops_nothing(
    harness: Harness, frontend: Frontend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stack has no deployment; with the right credentials again it has nothing to do.

    The credentials come from the environment: a refresh would use those of the configuration as they were at the
    last `up`.
    """

    def use(client: str, secret: str, project: str) -> None:
        for name, value in {"CLIENT_ID": client, "CLIENT_SECRET": secret, "PROJECT_KEY": project}.items():
            monkeypatch.setenv(f"CTP_{name}", value)

    open_shops(harness.emulator)
    harness.config = dict.fromkeys(
        [f"commercetools-connect:{name}" for name in ("clientId", "clientSecret", "projectKey")], ""
    )
    harness.program = draft(frontend, deployed=False)
    use("demo-client", "demo-secret", PROJECT)
    harness.up()
    before = harness.urns()

    use("other-client", "other-5ecret-c4n4ry", OTHER)
    said = harness.fails(
        lambda: harness.stack.refresh(on_output=harness.said.append, on_error=harness.said.append)
    )

    assert harness.urns() == before, said
    assert f"belongs to project {PROJECT}" in said
    use("demo-client", "demo-secret", PROJECT)
    assert harness.stack.preview(on_output=harness.said.append).change_summary == {"same": 3}
