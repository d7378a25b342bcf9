"""In one run of the engine no resource deletes or takes what another one holds; only the program holds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from commercetools_connect.core.errors import ConflictError, ProviderError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import Change, Diff
from commercetools_connect.resources.run_registry import RunRegistry
from tests.resources.deployments import DEPLOYMENT, deployed, is_stored, redeploys, running, same_inputs, simple
from tests.resources.steps import steps
from tests.support.world import World

STAGED = "ConnectorStaged"


def test_a_replacement_without_a_diff_keeps_the_live_deployment_and_says_so(world: World) -> None:
    """`--target-replace`, a taint, another provider: create finds its own object, and the delete spares it."""
    state = deployed(world)
    news = world.checked(DEPLOYMENT, same_inputs(world, state))

    async def replace(of: Any) -> Any:
        created = await of(DEPLOYMENT).create(world.context(), news)
        await of(DEPLOYMENT).delete(world.context(), state)
        return created

    world.emulator.admin.clear_journal()
    created = world.run(replace)

    assert created.id == state.id
    assert len(running(world)) == 1
    assert not [call for call in world.calls() if call.startswith("DELETE")]
    assert "not deleted" in "\n".join(world.said.warnings)


def test_the_registry_keeps_no_secret_in_clear(world: World) -> None:
    """Also where a program does not mark it, and where the registry is shown in a log or a traceback."""

    async def check(of: Any) -> str:
        resource, context = of(DEPLOYMENT), world.context()
        inputs = world.deployment_inputs("c-1", configurations=simple(secured={"API_TOKEN": "c4n4ry-in-registry"}))
        resource.check(context, {}, inputs)
        record = resource._resource._session.registry.check_record(DEPLOYMENT, context)
        return repr(record.replacement)

    shown = world.run(check)

    assert "API_TOKEN" in shown
    assert "c4n4ry-in-registry" not in shown


@pytest.mark.parametrize("changes", [{}, {"configurations": simple(GREETING="Moin")}], ids=["same", "changed"])
def test_a_forced_replacement_under_a_key_of_ones_own_goes_on_with_its_own_deployment(
    world: World, changes: Any
) -> None:
    """The state names the key: differences do not matter, no other resource is asked, and nothing is deleted."""
    state = deployed(world, key="mine", configurations=simple())
    inputs = same_inputs(world, state, key="mine", **{"configurations": simple(), **changes})

    async def replace(of: Any) -> Any:
        mine = steps(of, world, DEPLOYMENT, inputs, state, key_proves_ownership=False)
        mine.check()
        created = await mine.create()
        await mine.delete()
        return created

    created = world.run(replace)

    assert created.id == state.id
    assert len(running(world)) == 1
    assert not world.diff(DEPLOYMENT, created, inputs)


def test_after_a_diff_the_same_resource_still_finds_its_own(world: World) -> None:
    state = deployed(world)
    news = world.checked(DEPLOYMENT, same_inputs(world, state))

    async def replace(of: Any) -> Any:
        await of(DEPLOYMENT).diff(world.context(), state, news)
        return await of(DEPLOYMENT).create(world.context(), news)

    assert world.run(replace).id == state.id


@pytest.mark.parametrize("by", ["diff", "update", "create"])
@pytest.mark.parametrize("adopt", [True, False])
def test_a_second_resource_with_the_same_key_is_an_error_that_names_the_first(
    world: World, by: str, adopt: bool
) -> None:
    """Also if it asks to adopt it; nothing is written."""
    state = deployed(world, key="mine", configurations=simple(secured={"API_TOKEN": "first"}))
    first = same_inputs(world, state, key="mine", configurations=simple(secured={"API_TOKEN": "first"}))
    second = same_inputs(world, state, key="mine", adopt=adopt, configurations=simple(GREETING="Moin"))
    unseen = world.checked(DEPLOYMENT, second)

    async def both(of: Any) -> None:
        one = steps(of, world, DEPLOYMENT, first, state, urn="urn:first")
        news = one.check()
        if by == "create":
            await one.create()
        else:
            act = one.resource.diff if by == "diff" else one.resource.update
            await act(one.context, state, news)
        world.emulator.admin.clear_journal()
        with pytest.raises(ConflictError, match="already managed as urn:first"):
            await one.resource.create(world.context("second", urn="urn:second"), unseen)
        assert not world.writes()

    world.run(both)
    assert is_stored(world, "API_TOKEN", "first", ref="mine")


def test_two_creates_at_once_never_share_a_deployment(world: World) -> None:
    state = deployed(world, key="mine")
    news = world.checked(DEPLOYMENT, same_inputs(world, state, key="mine", adopt=True))

    async def both(of: Any) -> list[Any]:
        creates = [of(DEPLOYMENT).create(world.context(name), news) for name in ("one", "two")]
        return await asyncio.gather(*creates, return_exceptions=True)

    ended = world.run(both)

    assert len([each for each in ended if isinstance(each, ConflictError)]) == 1


class TestOnlyTheProgramClaims:
    @pytest.mark.parametrize("kind", [DEPLOYMENT, STAGED])
    def test_what_a_refresh_has_looked_at_is_deleted(self, world: World, kind: str) -> None:
        """`pulumi destroy --refresh` reads and diffs before it deletes, all in one process."""
        state, inputs = _one_of(world, kind)

        async def destroy(of: Any) -> None:
            mine = steps(of, world, kind, inputs, state)
            assert await mine.refresh()
            await mine.delete()

        world.run(destroy)

        assert world.read(kind, state) is None
        assert not [each for each in world.said.warnings if "not deleted" in each]

    @pytest.mark.parametrize("kind", [DEPLOYMENT, STAGED])
    def test_what_the_program_declares_is_not_deleted_under_another_name(self, world: World, kind: str) -> None:
        """A diff that follows a check claims: the state has one object twice."""
        state, inputs = _one_of(world, kind)

        async def act(of: Any) -> None:
            await steps(of, world, kind, inputs, state, urn="urn:declared").diff()
            await steps(of, world, kind, inputs, state, urn="urn:left-over").delete()

        world.run(act)

        assert world.read(kind, state) is not None

    def test_what_a_refresh_has_looked_at_another_resource_may_adopt(self, world: World) -> None:
        """A rename without an alias in `up --refresh`, with the permission to take over."""
        state = deployed(world, key="mine")
        inputs = same_inputs(world, state, key="mine", adopt=True)

        async def act(of: Any) -> Any:
            await steps(of, world, DEPLOYMENT, inputs, state, name="old").refresh()
            created = await steps(of, world, DEPLOYMENT, inputs, name="new").create()
            await steps(of, world, DEPLOYMENT, inputs, state, name="old").delete()
            return created

        assert world.run(act).id == state.id
        assert len(running(world)) == 1


class TestOneKeyOneResource:
    @pytest.mark.parametrize("kind", [DEPLOYMENT, STAGED])
    def test_a_second_resource_with_the_key_is_a_mistake_that_names_both(self, world: World, kind: str) -> None:
        """A copied resource whose key was forgotten: found in the preview, before anything is done."""
        _, inputs = _one_of(world, kind)

        async def both(of: Any) -> Any:
            of(kind).check(world.context("one", urn="urn:one"), {}, inputs)
            return of(kind).check(world.context("two", urn="urn:two"), {}, inputs)

        (failure,) = world.run(both).failures
        assert failure.path == ("key",)
        for part in ("greeter-key", "urn:one", "urn:two"):
            assert part in failure.reason

    @pytest.mark.parametrize("kind", [DEPLOYMENT, STAGED])
    def test_the_resource_itself_is_checked_as_often_as_the_engine_likes(self, world: World, kind: str) -> None:
        state, inputs = _one_of(world, kind)

        async def act(of: Any) -> None:
            mine = steps(of, world, kind, inputs, state)
            mine.check()
            mine.check_again()
            mine.check()

        world.run(act)

    def test_the_same_key_in_another_project_is_another_deployment(self, world: World) -> None:
        _, inputs = _one_of(world, DEPLOYMENT)

        async def both(of: Any) -> Any:
            of(DEPLOYMENT).check(world.context("one"), {}, inputs)
            return of(DEPLOYMENT).check(world.context("two"), {}, {**inputs, "projectKey": "another"})

        assert not world.run(both).failures

    def test_a_draft_and_a_deployment_may_have_the_same_key(self, world: World) -> None:
        (_, draft), (_, deployment) = _one_of(world, STAGED), _one_of(world, DEPLOYMENT)

        async def both(of: Any) -> Any:
            of(STAGED).check(world.context("one", urn="urn:one"), {}, draft)
            return of(DEPLOYMENT).check(world.context("two", urn="urn:two"), {}, deployment)

        assert not world.run(both).failures


class TestContested:
    @pytest.mark.parametrize("kind", [DEPLOYMENT, STAGED])
    @pytest.mark.parametrize("known", [True, False], ids=["its owner claims it", "no resource claims it"])
    def test_what_a_create_was_refused_for_stays_and_the_error_names_both(
        self, world: World, kind: str, known: bool
    ) -> None:
        """A rename without an alias and one changed value; `--continue-on-error` goes on to the delete."""
        state, inputs = _one_of(world, kind)
        changes = {"configurations": simple(GREETING="x")} if kind == DEPLOYMENT else {"name": "Changed"}
        unseen = world.checked(kind, {**inputs, **changes})

        async def act(of: Any) -> None:
            old = steps(of, world, kind, inputs, state, name="old", urn="urn:old")
            if known:
                await old.update()
            with pytest.raises(ConflictError):
                await old.resource.create(world.context("new", urn="urn:new"), unseen)
            if known:
                return
            world.emulator.admin.clear_journal()
            with pytest.raises(ConflictError, match="not deleted: urn:old has it in its state") as caught:
                await old.delete()
            assert "the create of urn:new was refused" in caught.value.message
            assert "alias" in caught.value.remedy
            assert not world.writes()

        world.run(act)
        assert world.read(kind, state) is not None

    @pytest.mark.parametrize("adopt", [True, False])
    def test_what_cannot_become_what_the_create_asks_for_stays(self, world: World, adopt: bool) -> None:
        """It stands in another region: the create ends before it takes anything over."""
        state = deployed(world, key="mine" if adopt else None)
        inputs = same_inputs(world, state, region="us-central1.gcp", adopt=adopt, key="mine" if adopt else None)

        async def act(of: Any) -> None:
            with pytest.raises(ProviderError, match="cannot be taken over"):
                await steps(of, world, DEPLOYMENT, inputs, urn="urn:new").create()
            with pytest.raises(ConflictError, match="urn:new"):
                await steps(of, world, DEPLOYMENT, inputs, state, urn="urn:old").delete()

        world.run(act)
        assert running(world)

    def test_what_a_take_over_has_failed_for_stays(self, world: World) -> None:
        state = deployed(world)
        inputs = same_inputs(world, state, connectorTag="v9")

        async def act(of: Any) -> None:
            with pytest.raises(ProviderError):
                await steps(of, world, DEPLOYMENT, inputs, urn="urn:new").create()
            with pytest.raises(ConflictError, match="urn:new"):
                await steps(of, world, DEPLOYMENT, inputs, state, urn="urn:old").delete()

        world.run(act)
        assert running(world)

    def test_the_next_run_may_delete_it(self, world: World) -> None:
        state = deployed(world, key="mine")
        inputs = same_inputs(world, state, key="mine", configurations=simple(GREETING="x"))
        with pytest.raises(ConflictError):
            world.create(DEPLOYMENT, inputs, name="new")

        world.delete(DEPLOYMENT, state)

        assert not running(world)


def test_the_next_process_has_forgotten_what_was_created(world: World) -> None:
    state = deployed(world)
    again = world.create(DEPLOYMENT, same_inputs(world, state))
    assert again.id == state.id

    world.delete(DEPLOYMENT, again)

    assert not running(world)
    assert not redeploys(world, "400")


def _one_of(world: World, kind: str) -> tuple[Any, dict[str, Any]]:
    """Return the state of a live object under a key of one's own, and its inputs."""
    if kind == STAGED:
        inputs = world.staged_inputs(key="greeter-key")
        return world.create(STAGED, inputs), inputs
    state = deployed(world, key="greeter-key")
    return state, same_inputs(world, state, key="greeter-key")


def test_it_knows_only_what_was_recorded() -> None:
    registry = RunRegistry()
    one, two = OperationContext("one", default_key="a"), OperationContext("two", default_key="b", urn="urn:two")
    updated = Diff({("region",): Change.UPDATE})

    registry.record_diff("Deployment", one, "p/1", updated)
    assert not registry.is_protected("p/1"), "a diff without a check"
    registry.record_check("Deployment", one, "", "", {})
    registry.record_diff("Deployment", one, "p/1", Diff({("region",): Change.UPDATE}, frozenset({("region",)})))
    assert not registry.is_protected("p/1"), "a replacement"
    registry.require_unclaimed("Deployment", one, "p/1")
    with pytest.raises(ConflictError, match="Deployment one"):
        registry.claim("Deployment", two, "p/1")
    registry.record_diff("Deployment", one, "p/1", updated)
    assert registry.is_protected("p/1")
    registry.record_check("Deployment", one, None, "", {})
    assert not registry.is_protected("p/1"), "the second check says that it is replaced"
    registry.claim("Deployment", one, "p/1")
    assert registry.is_protected("p/1")
    registry.claim("Deployment", two, "p/2")
