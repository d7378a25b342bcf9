"""What people do to running systems on tired days: nothing live is deleted, and no secret is replaced.

Each story is a row of `docs/reliability.md`, on the engine's double and, where it makes a difference, for both
frontends; `tests/engine/test_people.py` and `tests/engine/test_refresh_runs.py` tell them on the real engine.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.stacks import (
    OTHER_CLIENT,
    Stacks,
    both_frontends,
    deployment,
    expect_kept,
    expect_refused,
    expect_untouched,
)
from tests.support.scenarios import chain
from tests.support.stack import Declared, Frontend, Program
from tests.support.world import PROJECT

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


MISTAKES: dict[str, dict[str, Any]] = {
    "a project that does not exist": {"projectKey": "demo-projekt"},
    "a project of other people": {"projectKey": "other-project"},
    "an unknown connector key": {"connector": {"key": "greter"}},
    "a key that is written as an id": {"connector": {"id": "greeter"}},
    "an unknown id": {"connector": {"id": UNKNOWN_ID}},
    "a region that does not exist": {"region": "europe-west7.gcp"},
    "production, which is switched off": {"type": "production"},
}


@both_frontends
@pytest.mark.parametrize(
    ("key", "skip"),
    [(None, None), ("shop-greeter", True)],
    ids=["derived key", "explicit key, skipPlanTimeValidation"],
)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_typo_does_not_cost_the_live_deployment(
    stacks: Stacks, connector: str, frontend: Frontend, key: str | None, skip: bool | None, mistake: str
) -> None:
    """What cannot be created is no reason to undeploy what runs."""
    stacks.emulator.admin.settings(productionEnabled=False)
    engine = stacks.new(frontend)
    common: dict[str, Any] = {"key": key, "skipPlanTimeValidation": skip}
    common = {name: value for name, value in common.items() if value is not None}
    stacks.up(engine, [deployment("greeter", connector, **common)])
    before = stacks.live()

    run = stacks.up(engine, [deployment("greeter", **{"connector": connector, **common, **MISTAKES[mistake]})])

    assert run.failed
    expect_untouched(stacks, before, run)
    corrected = stacks.up(engine, [deployment("greeter", connector, **common)])
    assert not corrected.failed, corrected.errors
    expect_untouched(stacks, before, corrected)


def canary_and_rest(connector: str, canary_key: str, rest_key: str = "rest") -> Program:
    return [
        deployment("canary", connector, token="c4n4ry-canary", key=canary_key),
        deployment("rest", connector, token="c4n4ry-rest", key=rest_key, depends_on=("Deployment/canary",)),
    ]


@both_frontends
def test_a_copied_resource_whose_key_was_forgotten_takes_nothing_from_the_other_one(
    stacks: Stacks, connector: str, frontend: Frontend
) -> None:
    """`canary` gets the key of `rest`, which depends on it: an error names both, and both stay as they are."""
    engine = stacks.new(frontend)
    stacks.up(engine, canary_and_rest(connector, "canary"))
    before = stacks.live()

    run = stacks.up(engine, canary_and_rest(connector, "rest"))

    expect_refused(stacks, before, run, "canary", "rest")


@both_frontends
def test_after_a_copied_key_is_corrected_everything_is_as_it_was(
    stacks: Stacks, connector: str, frontend: Frontend
) -> None:
    """No wrong secret stays live, nothing is deleted, and the next `up` has nothing to do."""
    engine = stacks.new(frontend)
    stacks.up(engine, canary_and_rest(connector, "canary"))
    before = stacks.live()
    stacks.up(engine, canary_and_rest(connector, "rest"))

    run = stacks.up(engine, canary_and_rest(connector, "canary"))

    expect_untouched(stacks, before, run)
    assert not run.failed, run.errors
    assert not stacks.up(engine, canary_and_rest(connector, "canary")).changes


@both_frontends
@pytest.mark.parametrize("continuing", [False, True], ids=["", "--continue-on-error"])
def test_two_swapped_keys_leave_both_deployments_as_they_are(
    stacks: Stacks, connector: str, frontend: Frontend, continuing: bool
) -> None:
    engine = stacks.new(frontend)
    stacks.up(engine, canary_and_rest(connector, "canary"))
    before = stacks.live()

    run = stacks.up(engine, canary_and_rest(connector, "rest", "canary"), continue_on_error=continuing)

    expect_refused(stacks, before, run)


@both_frontends
def test_a_new_resource_does_not_take_the_object_of_a_later_one(
    stacks: Stacks, connector: str, frontend: Frontend
) -> None:
    """`early` is new and has the key of `late`, which depends on it and is in the state."""
    engine = stacks.new(frontend)
    late = deployment("late", connector, token="c4n4ry-late", key="late")
    stacks.up(engine, [late])
    before = stacks.live()

    early = deployment("early", connector, token="c4n4ry-early", key="late")
    later = deployment("late", connector, token="c4n4ry-late", key="late", depends_on=("Deployment/early",))
    run = stacks.up(engine, [early, later])

    expect_refused(stacks, before, run, "early", "late")


@both_frontends
def test_adopt_does_not_take_what_another_resource_of_the_state_has(
    stacks: Stacks, connector: str, frontend: Frontend
) -> None:
    """`adopt` was copied along with the key: the preview that `pulumi up` makes first names both resources."""
    engine = stacks.new(frontend)
    late = deployment("late", connector, token="c4n4ry-late", key="late", adopt=True)
    stacks.up(engine, [late])
    before = stacks.live()

    early = deployment("early", connector, token="c4n4ry-early", key="late", adopt=True)
    later = deployment(
        "late", connector, token="c4n4ry-late", key="late", adopt=True, depends_on=("Deployment/early",)
    )
    preview = stacks.up(engine, [early, later], preview=True)

    expect_untouched(stacks, before, preview)
    assert preview.failed
    assert any("early" in each and "late" in each for each in preview.errors), preview.errors


@both_frontends
@pytest.mark.parametrize("shop", ["Acme", "Emca"], ids=["equal", "different"])
@pytest.mark.parametrize("token", ["c4n4ry-1", "c4n4ry-2"], ids=["same secret", "another secret"])
def test_two_stacks_with_one_explicit_key_do_not_share_a_deployment(
    stacks: Stacks, connector: str, frontend: Frontend, shop: str, token: str
) -> None:
    """Two copies of one program, too: the second is refused, and its `destroy` takes nothing."""
    first, second = stacks.new(frontend, "berlin"), stacks.new(frontend, "paris")
    stacks.up(first, [deployment("greeter", connector, key="shop-greeter")])
    before = stacks.live()

    run = stacks.up(second, [deployment("greeter", connector, key="shop-greeter", shop=shop, token=token)])

    expect_untouched(stacks, before, run)
    assert run.failed
    assert all("c4n4ry" not in each for each in run.errors)
    destroyed = stacks.destroy(second)
    expect_untouched(stacks, before, destroyed)
    assert not stacks.up(first, [deployment("greeter", connector, key="shop-greeter")]).changes


def test_two_stacks_with_one_explicit_key_do_not_share_a_draft(stacks: Stacks) -> None:
    """The draft of the second is refused, and the first keeps its draft, Connector and deployment."""
    first, second = stacks.new(stack="berlin"), stacks.new(stack="paris")
    stacks.up(first, chain(key="greeter"))
    before, drafts = stacks.live(), stacks.emulator.admin.dump()["drafts"]

    run = stacks.up(second, chain(key="greeter"))
    destroyed = stacks.destroy(second)

    assert run.failed
    expect_untouched(stacks, before, destroyed)
    assert stacks.emulator.admin.dump()["drafts"] == drafts


@both_frontends
@pytest.mark.parametrize("change", ["another key", "--replace"])
def test_a_replaced_draft_whose_publication_fails_leaves_the_live_deployment(
    stacks: Stacks, frontend: Frontend, change: str
) -> None:
    """What depends on the draft is deleted when all of the new has come to life, and not before."""
    engine = stacks.new(frontend)
    stacks.up(engine, chain(key="first"))
    before = stacks.live()
    stacks.emulator.admin.outcome("publish", "*", "failure")

    if change == "--replace":
        run = stacks.up(engine, chain(key="first"), replace_these=[engine.urn("ConnectorStaged", "greeter")])
    else:
        run = stacks.up(engine, chain(key="second"))

    expect_untouched(stacks, before, run)
    healed = stacks.up(engine, chain(key="first" if change == "--replace" else "second"))
    assert not healed.failed, healed.errors
    assert [each.status for each in stacks.live().values()] == ["Deployed"]


@both_frontends
def test_a_deployment_whose_replacement_is_forced_and_fails_stays_live(
    stacks: Stacks, connector: str, frontend: Frontend
) -> None:
    """`--replace` while the service is not well: the old one is live until another one can be."""
    engine = stacks.new(frontend)
    stacks.up(engine, [deployment("greeter", connector)])
    before = stacks.live()
    stacks.emulator.admin.fault({"status": 403}, method="POST", path="/*/deployments", times=1)
    stacks.emulator.admin.fault({"status": 403}, method="POST", path="/*/deployments/*", times=1)

    run = stacks.up(
        engine, [deployment("greeter", connector)], replace_these=[engine.urn("Deployment", "greeter")]
    )

    expect_kept(stacks, before, run)


@both_frontends
def test_a_retained_deployment_is_not_overwritten_by_its_replacement(
    stacks: Stacks, connector: str, frontend: Frontend
) -> None:
    """`retainOnDelete` keeps the old one under the key that the new one wants: an error, or two live ones."""
    engine = stacks.new(frontend)
    stacks.up(engine, [deployment("greeter", connector, key="greeter", retain=True)])
    before = stacks.live()

    run = stacks.up(
        engine,
        [deployment("greeter", connector, key="greeter", region="us-central1.gcp", token="c4n4ry-2", retain=True)],
    )

    expect_untouched(stacks, before, run)


@both_frontends
def test_with_credentials_of_another_project_a_refresh_keeps_draft_and_publication(
    stacks: Stacks, frontend: Frontend
) -> None:
    """What is not found there is not gone: an error says so, and the next `up` has nothing to do."""
    engine = stacks.new(frontend)
    stacks.up(engine, chain(deployed=False))

    run = stacks.refresh(engine, stacks.process(OTHER_CLIENT))

    kinds = sorted(each.kind for each in engine.all_entries)
    assert kinds == ["ConnectorPublication", "ConnectorStaged"], f"{run.changes} {run.errors}"
    assert run.failed
    again = stacks.up(engine, chain(deployed=False))
    assert not again.changes


@both_frontends
def test_a_destroy_with_a_refresh_destroys(stacks: Stacks, frontend: Frontend) -> None:
    """`pulumi destroy --refresh`, as GitOps does: what the run says is deleted is gone."""
    engine = stacks.new(frontend)
    stacks.up(engine, chain())

    run = stacks.destroy(engine, refresh=True)

    dump = stacks.emulator.admin.dump()
    assert not run.failed, run.errors
    assert not engine.all_entries
    assert not stacks.live()
    assert not dump["drafts"]


@both_frontends
def test_an_up_with_a_refresh_removes_what_the_program_does_not_have_any_more(
    stacks: Stacks, frontend: Frontend
) -> None:
    """`pulumi up --refresh` after a deployment was taken out."""
    engine = stacks.new(frontend)
    stacks.up(engine, chain())

    run = stacks.up(engine, chain(deployed=False), refresh=True)

    assert not run.failed, run.errors
    assert "Deployment" not in {each.kind for each in engine.all_entries}
    assert not stacks.live()
    assert len(stacks.emulator.admin.dump()["drafts"]) == 1


@both_frontends
def test_an_up_with_a_refresh_keeps_what_the_program_has(stacks: Stacks, frontend: Frontend) -> None:
    """A refresh before is no reason to touch anything, nor to spare a replacement's old object for ever."""
    engine = stacks.new(frontend)
    stacks.up(engine, chain())
    before = stacks.live()

    run = stacks.up(engine, chain(), refresh=True)

    assert not run.failed, run.errors
    expect_untouched(stacks, before, run)


@both_frontends
def test_one_stale_404_does_not_tell_a_user_to_delete_the_live_deployment(
    stacks: Stacks, connector: str, frontend: Frontend
) -> None:
    """By its key the same id is found: it is not gone, and no client has created another one."""
    engine = stacks.new(frontend)
    stacks.up(engine, [deployment("greeter", connector)])
    (identity,) = stacks.live()
    gone: Any = {"statusCode": 404, "message": "not found", "errors": [{"code": "ResourceNotFound"}]}
    stacks.emulator.admin.fault(
        {"status": 404, "body": gone}, method="GET", path=f"/{PROJECT}/deployments/{identity}", times=1
    )

    run = stacks.refresh(engine)

    assert not any("Delete that one" in each for each in run.errors), run.errors
    assert len(engine.all_entries) == 1


def test_programs_are_what_they_seem(stacks: Stacks, connector: str) -> None:
    """A guard for the stories: a plain `up` of each of their programs succeeds on an empty stack."""
    programs: list[list[Declared]] = [[*canary_and_rest(connector, "canary")], [*chain()]]
    for program in programs:
        engine = stacks.new()
        run = stacks.up(engine, program)
        assert not run.failed, run.errors
        assert not stacks.up(engine, program).changes
        assert not stacks.destroy(engine).failed
