"""People who rename, copy and move stacks and resources cost no live deployment."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.stacks import Stacks, both_frontends, deployment, expect_kept, expect_refused, expect_untouched
from tests.support.engine import Engine
from tests.support.process import Process
from tests.support.stack import Frontend


def renamed(stacks: Stacks, frontend: Frontend) -> tuple[Engine, Engine]:
    """Rename `prod` to `prod-old` after its first `up`, and make a new `prod`."""
    old = stacks.new(frontend, "prod")
    stacks.up(old, [deployment("greeter", stacks.publish())])
    old.rename("prod-old")
    return old, stacks.new(frontend, "prod")


def copied_backend(stacks: Stacks, frontend: Frontend) -> tuple[Engine, Engine]:
    """Have two backends in which project and stack have the same names."""
    old = stacks.new(frontend, "prod")
    stacks.up(old, [deployment("greeter", stacks.publish())])
    return old, stacks.new(frontend, "prod")


def moved_away(stacks: Stacks, frontend: Frontend) -> tuple[Engine, Engine]:
    """Move the resource to another stack; a branch of the old one still declares it."""
    branch, owner = stacks.new(frontend, "prod"), stacks.new(frontend, "shops")
    stacks.up(branch, [deployment("greeter", stacks.publish())])
    branch.move([branch.urn("Deployment", "greeter")], owner)
    return owner, branch


ARRIVALS = {each.__name__: each for each in (renamed, copied_backend, moved_away)}

RECREATED = ["renamed", "copied_backend"]
"""The arrivals of a stack that has never made anything; the keys that its plugin derives are its own."""


def connector_of(stacks: Stacks) -> str:
    """Return the id of the connector that an arrival has published."""
    drafts: Any = stacks.emulator.admin.dump()["drafts"]
    return str(drafts[0]["id"])


@pytest.mark.parametrize(
    ("arrival", "frontend"),
    [*((arrival, "plugin") for arrival in RECREATED), *((arrival, "dynamic") for arrival in ARRIVALS)],
)
def test_a_stack_of_the_same_name_does_not_take_over_what_is_another_ones(
    stacks: Stacks, arrival: str, frontend: Frontend
) -> None:
    """It declares other values; its `destroy` removes nothing of the owner's, whose `up` has nothing to do."""
    owner, newcomer = ARRIVALS[arrival](stacks, frontend)
    before = stacks.live()
    identity = connector_of(stacks)

    run = stacks.up(newcomer, [deployment("greeter", identity, shop="Emca", token="c4n4ry-2")])
    expect_untouched(stacks, before, run)
    destroyed = stacks.destroy(newcomer)
    expect_untouched(stacks, before, destroyed)
    own = stacks.up(owner, [deployment("greeter", identity)])
    expect_untouched(stacks, before, own)
    assert not own.failed


@pytest.mark.parametrize("arrival", RECREATED)
def test_a_stack_of_the_same_name_does_not_replace_a_secret_where_all_else_is_equal(
    stacks: Stacks, arrival: str
) -> None:
    """Through the plugin. Keys of dynamic resources are made of names only: `docs/reliability.md` says so."""
    owner, newcomer = ARRIVALS[arrival](stacks, "plugin")
    before = stacks.live()
    identity = connector_of(stacks)

    run = stacks.up(newcomer, [deployment("greeter", identity, token="c4n4ry-2")])

    expect_untouched(stacks, before, run)
    destroyed = stacks.destroy(newcomer)
    expect_untouched(stacks, before, destroyed)
    assert not stacks.up(owner, [deployment("greeter", identity)]).failed


@pytest.mark.parametrize("shop", ["Acme", "Emca"], ids=["equal", "different"])
def test_a_branch_that_still_names_what_was_moved_away_takes_it_back_and_costs_nothing(
    stacks: Stacks, shop: str
) -> None:
    """Through the plugin, the key says that it is the branch's: the other stack says so, and removes nothing."""
    owner, branch = moved_away(stacks, "plugin")
    (identity,) = stacks.live()

    run = stacks.up(branch, [deployment("greeter", connector_of(stacks), shop=shop, token="c4n4ry-2")])

    assert not run.failed, run.errors
    taken = stacks.live()
    assert taken[identity].status == "Deployed"
    process = stacks.process()
    assert not stacks.refresh(owner, process).failed
    assert any("redeployed by another client" in each for each in process.said.warnings)
    destroyed = stacks.destroy(owner)
    assert destroyed.failed
    assert any("CTP_ADOPT=" in each for each in destroyed.errors), destroyed.errors
    expect_untouched(stacks, taken, destroyed)


def test_a_move_together_with_the_removal_from_the_old_program_costs_nothing(stacks: Stacks) -> None:
    """The remedy: the resource is taken out of the old program before its next `up`."""
    owner, branch = moved_away(stacks, "plugin")
    before = stacks.live()

    expect_untouched(stacks, before, stacks.up(branch, []))
    own = stacks.up(owner, [deployment("greeter", connector_of(stacks))])

    expect_untouched(stacks, before, own)
    assert not own.failed, own.errors
    assert not stacks.destroy(owner).failed
    assert not stacks.live()


@both_frontends
@pytest.mark.parametrize("same", [True, False], ids=["equal", "one value changed"])
def test_a_rename_without_alias_target_by_target_deletes_what_is_asked_for_and_not_before(
    stacks: Stacks, connector: str, frontend: Frontend, same: bool
) -> None:
    """`up --target` of the new name is refused; `--target` of the old one asks for its delete."""
    engine = stacks.new(frontend)
    stacks.up(engine, [deployment("old", connector, key="greeter")])
    before = stacks.live()
    program = [deployment("new", connector, key="greeter", shop="Acme" if same else "Emca")]

    new = stacks.up(engine, program, targets=[engine.urn("Deployment", "new")])
    expect_refused(stacks, before, new, "new", "add an alias for its old name")
    old = stacks.up(engine, program, targets=[engine.urn("Deployment", "old")])
    assert not old.failed, old.errors
    assert not stacks.live()

    last = stacks.up(engine, program)
    assert not last.failed, last.errors
    assert [each.status for each in stacks.live().values()] == ["Deployed"]


@both_frontends
def test_a_new_resource_under_the_old_name_of_a_renamed_one_does_not_take_its_deployment(
    stacks: Stacks, connector: str, frontend: Frontend
) -> None:
    """The renamed one keeps the key that its old name has derived, and the new one derives the same again."""
    engine = stacks.new(frontend)
    stacks.up(engine, [deployment("api", connector)])
    stacks.up(engine, [deployment("shop-api", connector, aliases=("api",))])
    before = stacks.live()
    program = [
        deployment("api", connector, shop="Emca", token="c4n4ry-2"),
        deployment("shop-api", connector),
    ]

    preview = stacks.up(engine, program, preview=True)
    run = stacks.up(engine, program)

    assert preview.failed
    assert any("shop-api" in each and "needs a key of its own" in each for each in preview.errors)
    expect_refused(stacks, before, run)


def with_explicit_provider(
    stacks: Stacks, connector: str, frontend: Frontend, *, isolated: bool = False
) -> tuple[Engine, Process]:
    """Have a live deployment `old`, and an explicit provider `mine` for the next run."""
    engine = stacks.new(frontend)
    stacks.up(engine, [deployment("old", connector, key="greeter")])
    process = stacks.process()
    process.add_explicit("mine", isolated=isolated)
    return engine, process


@both_frontends
@pytest.mark.parametrize("same", [True, False], ids=["equal", "one value changed"])
def test_a_rename_together_with_an_explicit_provider_keeps_the_live_deployment(
    stacks: Stacks, connector: str, frontend: Frontend, same: bool
) -> None:
    """Create and delete come to two processes, which can tell each other nothing."""
    engine, process = with_explicit_provider(stacks, connector, frontend)
    before = stacks.live()
    new = deployment("new", connector, key="greeter", shop="Acme" if same else "Emca", provider="mine")

    run = stacks.up(engine, [new], process)

    expect_kept(stacks, before, run)


@both_frontends
@pytest.mark.parametrize("explicit", [False, True], ids=["one provider", "an explicit provider"])
def test_a_refused_rename_with_continue_on_error_does_not_delete_the_old_name(
    stacks: Stacks, connector: str, frontend: Frontend, explicit: bool
) -> None:
    """The create is refused as a value differs, and the engine goes on to its deletes: an error names both."""
    engine, process = with_explicit_provider(stacks, connector, frontend)
    before = stacks.live()
    provider = "mine" if explicit else ""
    new = deployment("new", connector, key="greeter", shop="Emca", provider=provider)

    run = stacks.up(engine, [new], process, continue_on_error=True)

    expect_refused(stacks, before, run, "old", "new")


@both_frontends
def test_a_rename_with_its_provider_is_refused_without_a_run_registry_too(
    stacks: Stacks, connector: str, frontend: Frontend
) -> None:
    """The processes can tell each other nothing, and the engine deletes nothing after an error.

    With `--continue-on-error` it would: `docs/reliability.md` says so, and a warning tells of the folder.
    """
    engine, process = with_explicit_provider(stacks, connector, frontend, isolated=True)
    before = stacks.live()
    new = deployment("new", connector, key="greeter", shop="Emca", provider="mine")

    run = stacks.up(engine, [new], process)

    expect_refused(stacks, before, run)
