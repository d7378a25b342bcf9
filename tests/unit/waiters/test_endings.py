"""A wait always ends, tells how, and leaves nothing running behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from commercetools_connect.api import AuthenticationFailedError, ForbiddenError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.waiters import (
    CERTIFICATION,
    DEPLOY,
    PREVIEW,
    PUBLISH,
    UNDEPLOY,
    VALIDATION,
    Lifecycle,
    NotFound,
    ReadResult,
    Waiter,
    WaitResult,
    WaitStatus,
)
from commercetools_connect.waiters.waiter import format_duration
from tests.support.clock import FakeClock
from tests.unit.waiters.script import INTERVAL, Look, Recorder, Scene, Thing, progress, run, trouble

RUNS = Thing("Deploying")
DONE = Thing("Deployed", version=6)


class TestTimeLimit:
    def test_it_ends_the_wait_and_says_how_far_it_was(self) -> None:
        scene = Scene(RUNS)
        outcome = scene.outcome(deadline=100)
        assert outcome.ending is WaitStatus.TIMED_OUT
        assert scene.clock.monotonic() == 100
        assert outcome.reason == "the time limit ended after 1 min 40 s, while deploying"
        assert outcome.last == RUNS

    def test_in_an_outage_it_names_that_as_well(self) -> None:
        outcome = Scene(RUNS, [RUNS, trouble()]).outcome(deadline=100)
        assert outcome.ending is WaitStatus.TIMED_OUT
        assert outcome.reason == (
            "the time limit ended after 1 min 40 s, while deploying; "
            "its state could not be read for the last 1 min 30 s: the host was not reached"
        )

    def test_an_outage_that_is_over_is_not_blamed(self) -> None:
        outcome = Scene(RUNS, [trouble(), RUNS]).outcome(deadline=100)
        assert outcome.reason == "the time limit ended after 1 min 40 s, while deploying"

    def test_without_one_the_lifecycle_has_its_own(self) -> None:
        scene = Scene(Thing("Undeploying"), lifecycle=UNDEPLOY)
        assert scene.outcome().ending is WaitStatus.TIMED_OUT
        assert scene.clock.monotonic() == 20 * 60

    def test_a_success_in_the_last_look_before_it_counts(self) -> None:
        assert Scene(RUNS, [RUNS, DONE]).outcome(deadline=2 * INTERVAL + 1).success

    def test_it_ends_the_wait_on_time_and_not_with_the_next_look(self) -> None:
        scene = Scene(RUNS)
        assert scene.outcome(deadline=2 * INTERVAL + 1).ending is WaitStatus.TIMED_OUT
        assert scene.clock.monotonic() == 2 * INTERVAL + 1

    def test_one_that_is_over_already_ends_it_without_a_look(self) -> None:
        scene = Scene(RUNS, [DONE])
        assert scene.outcome(deadline=0).ending is WaitStatus.TIMED_OUT
        assert scene.taken == 0

    def test_an_unknown_status_ends_in_it(self) -> None:
        outcome = Scene(Thing("Hibernating")).outcome(deadline=300)
        assert outcome.ending is WaitStatus.TIMED_OUT
        assert outcome.reason == 'the time limit ended after 5 min 0 s, while unknown status "Hibernating"'

    def test_an_outage_does_not_make_it_longer(self) -> None:
        scene = Scene(RUNS, [trouble()])
        assert scene.outcome(deadline=300).ending is WaitStatus.TIMED_OUT


class TestFailure:
    @pytest.mark.parametrize(
        ("lifecycle", "runs", "failed", "words"),
        [
            (DEPLOY, "Deploying", "Failed", "deployment failed"),
            (DEPLOY, "Deploying", "Undeploying", "being undeployed"),
            (DEPLOY, "Deploying", "UndeployFailed", "undeploy failed"),
            (UNDEPLOY, "Undeploying", "UndeployFailed", "undeploy failed"),
            (UNDEPLOY, "Undeploying", "Deployed", "still deployed"),
            (PREVIEW, "pending", "false", "preview rejected"),
            (PREVIEW, "pending", "none", "preview cancelled"),
            (PUBLISH, "Processing", "Failed", "publish failed"),
            (PUBLISH, "Processing", "Draft", "publish cancelled"),
            (VALIDATION, "Processing", "Failed", "publish failed"),
            (CERTIFICATION, "InCertification", "Draft", "certification rejected"),
        ],
    )
    def test_it_ends_the_wait_with_the_servers_verdict(
        self, lifecycle: Lifecycle, runs: str, failed: str, words: str
    ) -> None:
        outcome = Scene(Thing(runs), [Thing(runs), Thing(failed)], lifecycle).outcome()
        assert outcome.ending is WaitStatus.FAILURE
        assert outcome.reason == words
        assert not outcome.success

    @pytest.mark.parametrize(("lifecycle", "runs"), [(DEPLOY, "Deploying"), (PUBLISH, "Processing")])
    def test_an_object_that_another_client_deletes_during_the_wait_is_gone(
        self, lifecycle: Lifecycle, runs: str
    ) -> None:
        outcome = Scene(Thing(runs), [Thing(runs), NotFound(), NotFound()], lifecycle).outcome()
        assert outcome.ending is WaitStatus.GONE
        assert "deleted by another client" in outcome.reason
        assert outcome.last.status == runs

    def test_one_read_that_is_older_than_the_object_does_not_end_the_wait(self) -> None:
        outcome = Scene(RUNS, [NotFound(), RUNS, DONE]).outcome()
        assert outcome.success


class TestOutage:
    @staticmethod
    def outage(minutes: float) -> list[Look]:
        return [trouble()] * round(minutes * 60 / INTERVAL)

    def test_a_wait_survives_ten_minutes_of_it(self) -> None:
        scene = Scene(RUNS, [RUNS, *self.outage(10), RUNS, DONE])
        assert scene.outcome().success

    def test_a_wait_does_not_survive_eleven(self) -> None:
        scene = Scene(RUNS, [RUNS, *self.outage(11), DONE])
        outcome = scene.outcome()
        assert outcome.ending is WaitStatus.UNREADABLE
        assert outcome.reason == "its state cannot be read: the host was not reached"
        assert outcome.last == RUNS

    def test_two_short_ones_are_not_a_long_one(self) -> None:
        scene = Scene(RUNS, [*self.outage(9), RUNS, *self.outage(9), DONE])
        assert scene.outcome().success

    def test_it_is_said_for_how_long(self) -> None:
        scene = Scene(RUNS, [RUNS, trouble(), trouble(), RUNS, DONE])
        scene.outcome()
        assert scene.said.statuses[2:4] == [
            "deploying; cannot be read, trying again (for 0 s)",
            "deploying; cannot be read, trying again (for 5 s)",
        ]
        assert scene.said.warnings == []

    @pytest.mark.parametrize("error", [AuthenticationFailedError("who are you"), ForbiddenError("not for you")])
    def test_what_will_not_pass_ends_the_wait_at_once(
        self, error: AuthenticationFailedError | ForbiddenError
    ) -> None:
        scene = Scene(RUNS, [RUNS, trouble(error, lasting=True), DONE])
        outcome = scene.outcome()
        assert outcome.ending is WaitStatus.UNREADABLE
        assert error.message in outcome.reason
        assert scene.taken == 2

    def test_a_server_that_cannot_be_read_is_never_a_success(self) -> None:
        assert not Scene(Thing("Undeploying"), [trouble()], UNDEPLOY).outcome().success


class TestCancellation:
    def test_it_is_heard_between_two_looks(self) -> None:
        scene = Scene(RUNS)
        scene.at(20, scene.cancellation.cancel)
        outcome = scene.outcome()
        assert outcome.ending is WaitStatus.CANCELLED
        assert outcome.reason == "the wait for the deployment was cancelled"
        assert scene.clock.monotonic() <= 20 + INTERVAL

    def test_one_from_before_the_wait_is_heard_too(self) -> None:
        scene = Scene(RUNS, [RUNS, RUNS, DONE])
        scene.cancellation.cancel()
        assert scene.outcome().ending is WaitStatus.CANCELLED
        assert scene.taken == 0

    def test_it_is_heard_while_a_read_hangs_and_the_read_is_stopped(self) -> None:
        stopped: list[str] = []

        async def hanging(reads: asyncio.Event) -> AsyncGenerator[ReadResult[Thing], None]:
            try:
                reads.set()
                await asyncio.Event().wait()
                yield NotFound()
            except asyncio.CancelledError:
                stopped.append("the read")
                raise

        async def work() -> WaitResult[Thing]:
            context, reads = OperationContext("api", "key", reporter=Recorder()), asyncio.Event()
            wait = Waiter(DEPLOY, progress, RUNS, hanging(reads), context, FakeClock())
            waiting = asyncio.create_task(wait.outcome())
            await reads.wait()
            context.cancellation.cancel()
            return await waiting

        assert run(work()).ending is WaitStatus.CANCELLED
        assert stopped == ["the read"]

    def test_stopping_the_whole_task_leaves_nothing_running(self) -> None:
        scene, looking = Scene(RUNS), asyncio.Event()
        scene.at(15, looking.set)

        async def work() -> None:
            wait = Waiter(
                DEPLOY, progress, RUNS, scene.observations(), OperationContext("api", "key"), scene.clock
            )
            waiting = asyncio.create_task(wait.outcome())
            await looking.wait()
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

        run(work())


class TestAfterwards:
    @pytest.mark.parametrize(
        "scene",
        [
            Scene(RUNS, [DONE]),
            Scene(RUNS, [Thing("Failed")]),
            Scene(RUNS, [NotFound(), NotFound()]),
            Scene(RUNS, [trouble(lasting=True)]),
            Scene(Thing("Deployed")),
            Scene(RUNS),
        ],
        ids=["success", "failure", "gone", "unreadable", "never started", "timed out"],
    )
    def test_no_reading_goes_on(self, scene: Scene) -> None:
        scene.outcome()
        assert scene.closed

    def test_an_unexpected_error_is_not_swallowed_and_leaves_nothing_running(self) -> None:
        scene = Scene(RUNS)
        scene.at(10, lambda: (_ for _ in ()).throw(KeyError("surprise")))
        with pytest.raises(KeyError, match="surprise"):
            scene.outcome()
        assert scene.closed


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (45.4, "45 s"),
        (59.6, "1 min 0 s"),
        (200, "3 min 20 s"),
        (3599, "59 min 59 s"),
        (7500, "2 h 5 min"),
        (30 * 86400, "30 d 0 h"),
        (1_047_600, "12 d 3 h"),
    ],
)
def test_a_duration_reads_as_a_person_would_say_it(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text
