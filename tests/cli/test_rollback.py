"""A deployment goes back to a revision after its owner has seen what changes; the engine then sees drift."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from commercetools_connect.core.errors import InitFailedError
from commercetools_connect.core.results import State
from tests.cli.stacks import Run
from tests.support.world import PROJECT, World

NEW = "c4n4ry-new"
OLD = "c4n4ry-old"


def configurations(shop: str, token: str) -> dict[str, Any]:
    return {
        "service": {"standardConfiguration": {"SHOP_NAME": shop}, "securedConfiguration": {"API_TOKEN": token}}
    }


@pytest.fixture
def moved(world: World) -> State:
    """Return a deployment that went from v1.0.0 to v1.1.0, with another name and token; then time is real."""
    staged, _ = world.published()
    inputs = world.deployment_inputs(staged.id, key="api", configurations=configurations("Acme", OLD))
    first = world.create("Deployment", inputs)
    staged = world.up("ConnectorStaged", staged, world.staged_inputs(repository=_at("v1.1.0")))
    world.create("ConnectorPublication", world.publication_inputs(staged), name="again")
    news = world.deployment_inputs(
        staged.id, key="api", connectorTag="v1.1.0", configurations=configurations("Acme 2", NEW)
    )
    second = world.up("Deployment", first, news)
    world.emulator.admin.settings(clock="real", delays={"queued": 0.05, "deploying": 0.1})
    world.emulator.admin.clear_journal()
    return second


def _at(tag: str) -> dict[str, str]:
    return {"url": "https://github.com/acme/demo-connector.git", "tag": tag}


def test_it_goes_back_to_the_revision_before_and_says_what_changed(world: World, run: Run, moved: State) -> None:
    result = run("rollback", f"{PROJECT}/api", "--yes")

    assert result.exit_code == 0, result.output
    assert "  tag: v1.1.0 -> v1.0.0" in result.stdout
    assert "  service.SHOP_NAME: Acme 2 -> Acme" in result.stdout
    assert f"{PROJECT}/api runs v1.0.0." in result.stdout
    assert "`pulumi refresh` shows the older tag as drift" in result.stderr
    assert "`pulumi up --refresh` would bring the newer one back" in result.stderr
    assert f"`CTP_ADOPT='{PROJECT}/api' pulumi destroy` deletes it" in result.stderr
    assert "c4n4ry" not in result.output
    held = world.emulator.admin.secured(PROJECT, str(moved.outputs["deploymentId"]))
    assert held["service"]["API_TOKEN"] == hashlib.sha256(OLD.encode()).hexdigest()


def test_a_refresh_shows_the_older_tag_as_drift(world: World, run: Run, moved: State) -> None:
    run("rollback", f"{PROJECT}/api", "--yes")

    refreshed = world.read("Deployment", moved)

    assert refreshed is not None
    assert refreshed.outputs["deployedTag"] == "v1.0.0"
    news = world.deployment_inputs(
        str(moved.outputs["connectorId"]),
        key="api",
        connectorTag="v1.1.0",
        configurations=configurations("Acme 2", NEW),
    )
    assert "connectorTag" in world.diff("Deployment", refreshed, news).properties


def test_after_a_run_that_failed_it_goes_back_to_the_newest_revision(world: World, run: Run, moved: State) -> None:
    """A run that failed leaves none, so the newest one is what ran before it."""
    admin = world.emulator.admin
    admin.settings(clock="manual")
    admin.outcome("deploy", "api", "failure", report=[{"type": "Error", "title": "Build failed"}])
    news = {**moved.inputs, "configurations": configurations("Acme 3", "c4n4ry-newest")}
    with pytest.raises(InitFailedError):
        world.up("Deployment", moved, news)
    admin.settings(clock="real")

    result = run("rollback", f"{PROJECT}/api", "--yes")

    assert result.exit_code == 0, result.output
    assert "  service.SHOP_NAME: Acme 3 -> Acme 2" in result.stdout
    assert "tag:" not in result.stdout
    assert f"{PROJECT}/api runs v1.1.0." in result.stdout


def test_after_a_rollback_to_the_same_tag_it_says_how_the_values_of_the_program_are_sent(
    world: World, run: Run, moved: State
) -> None:
    news = {**moved.inputs, "configurations": configurations("Acme 2", OLD), "redeployTrigger": "again"}
    world.emulator.admin.settings(clock="manual")
    world.up("Deployment", moved, news)
    world.emulator.admin.settings(clock="real", delays={"queued": 0.05, "deploying": 0.1})

    result = run("rollback", f"{PROJECT}/api", "--yes")

    assert result.exit_code == 0, result.output
    assert "  nothing that can be read changes" in result.stdout
    assert "another redeployTrigger sends all its values again" in result.stderr
    assert "older tag" not in result.stderr
    assert "c4n4ry" not in result.output


@pytest.mark.usefixtures("moved")
def test_the_list_has_the_revisions_newest_first_and_changes_nothing(world: World, run: Run) -> None:
    result = run("rollback", f"{PROJECT}/api", "--list")

    assert result.exit_code == 0, result.output
    newest, oldest = (line.split("  ") for line in result.stdout.splitlines())
    assert (newest[1], oldest[1]) == ("v1.1.0", "v1.0.0")
    assert newest[3:] == ["runs now"]
    assert oldest[3:] == []
    calls = {(each["method"], each["path"]) for each in world.emulator.admin.journal()}
    assert {path for method, path in calls if method != "GET"} == {"/oauth/token"}
    again = run("rollback", f"{PROJECT}/api", "--to", oldest[0], "--yes")
    assert f"{PROJECT}/api runs v1.0.0." in again.stdout


@pytest.mark.parametrize("beside", [["--to", "1"], ["--yes"]])
def test_the_list_is_refused_beside_options_that_change_something(run: Run, beside: list[str]) -> None:
    result = run("rollback", f"{PROJECT}/api", "--list", *beside)

    assert result.exit_code == 2
    assert "it changes nothing" in result.output


@pytest.mark.usefixtures("moved")
def test_nothing_happens_without_a_yes(world: World, run: Run) -> None:
    result = run("rollback", f"{PROJECT}/api")

    assert result.exit_code == 2
    assert "add --yes" in result.output
    assert not world.writes()


@pytest.mark.usefixtures("moved")
def test_a_revision_that_is_not_there_is_answered_with_those_that_are(world: World, run: Run) -> None:
    result = run("rollback", f"{PROJECT}/api", "--to", "99", "--yes")

    assert result.exit_code == 1
    assert "There is no revision 99." in result.stderr
    assert "(v1.1.0, " in result.stderr
    assert "(v1.0.0, " in result.stderr
    assert not world.writes()


def test_the_first_run_has_nothing_to_go_back_to(world: World, run: Run) -> None:
    world.deployed(key="api")

    result = run("rollback", f"{PROJECT}/api", "--yes")

    assert result.exit_code == 1
    assert "no revision to go back to" in result.stderr


@pytest.mark.usefixtures("moved")
def test_a_rollback_that_fails_says_so_and_what_runs(world: World, run: Run) -> None:
    world.emulator.admin.outcome("deploy", "api", "failure", report=[{"type": "Error", "title": "Build failed"}])

    result = run("rollback", f"{PROJECT}/api", "--yes")

    assert result.exit_code == 1
    assert "has not come to a good end" in result.stderr
    assert "Build failed" in result.stderr
    assert "v1.1.0 runs" in result.stderr
