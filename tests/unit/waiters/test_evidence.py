"""A run has succeeded only when there is a sign that it was this run (API §19 #44)."""

from __future__ import annotations

import pytest

from commercetools_connect.waiters import PREVIEW, PUBLISH, UNDEPLOY, Lifecycle, NotFound, WaitStatus
from tests.unit.waiters.script import Look, Scene, Thing, trouble

STALE = Thing("Deployed", version=5, build="build-1")


def test_deployed_from_before_is_not_taken_for_the_end_of_this_run() -> None:
    scene = Scene(STALE, [STALE, STALE, Thing("Deploying"), Thing("Deploying"), STALE])
    assert scene.outcome().success
    assert scene.taken == 5


@pytest.mark.parametrize(
    "sign",
    [
        Thing("Deployed", version=6),
        Thing("Deployed", build="build-2"),
        Thing("Deployed", version=7, build="build-2"),
    ],
    ids=["version", "build", "both"],
)
def test_a_version_or_build_that_moved_on_is_a_sign(sign: Thing) -> None:
    scene = Scene(STALE, [STALE, sign])
    outcome = scene.outcome()
    assert outcome.success
    assert outcome.last == sign
    assert scene.taken == 2


@pytest.mark.parametrize("pending", ["Draft", "Queued", "Deploying", "Hibernating"])
def test_a_pending_status_seen_once_is_a_sign(pending: str) -> None:
    scene = Scene(STALE, [Thing(pending), STALE])
    assert scene.outcome().success


@pytest.mark.parametrize("pending", ["Draft", "Queued", "Deploying"])
def test_a_pending_status_in_the_answer_itself_is_a_sign(pending: str) -> None:
    scene = Scene(Thing(pending), [STALE])
    assert scene.outcome().success
    assert scene.taken == 1


def test_queued_is_not_the_end() -> None:
    scene = Scene(Thing("Queued"), [Thing("Queued")] * 20 + [Thing("Deployed")])
    assert scene.outcome().success
    assert scene.taken == 21


def test_a_run_known_to_be_under_way_needs_no_other_sign() -> None:
    scene = Scene(STALE, [STALE])
    assert scene.outcome(started=True).success
    assert scene.taken == 0


def test_failed_from_before_is_not_taken_for_the_end_of_this_run() -> None:
    failed = Thing("Failed")
    scene = Scene(failed, [failed, failed, Thing("Queued"), Thing("Deployed", version=6)])
    assert scene.outcome().success


def test_a_run_without_any_sign_for_a_minute_never_started() -> None:
    scene = Scene(STALE)
    outcome = scene.outcome()
    assert outcome.ending is WaitStatus.NEVER_STARTED
    assert scene.clock.monotonic() == 65
    assert outcome.reason == "the request was accepted, but nothing has happened for 1 min 5 s"


def test_a_sign_in_the_last_second_of_the_minute_is_in_time() -> None:
    looks: list[Look] = [*[STALE] * 12, Thing("Queued"), *[Thing("Queued")] * 30, STALE]
    scene = Scene(STALE, looks)
    assert scene.outcome().success


def test_reading_in_vain_is_no_sign() -> None:
    scene = Scene(STALE, [trouble(), trouble(), STALE])
    assert scene.outcome().ending is WaitStatus.NEVER_STARTED


def test_an_entry_of_a_list_that_leaves_the_build_out_is_no_sign() -> None:
    scene = Scene(STALE, [Thing("Deployed", build=""), Thing("Deploying"), STALE])
    assert scene.outcome().success
    assert scene.taken == 3


def test_silence_counts_only_while_there_is_a_subscriber() -> None:
    """After an outage the first look may be from before the run: it has a minute to begin from then on."""
    outage = [trouble()] * 30
    scene = Scene(STALE, [STALE, *outage, STALE, STALE, Thing("Deploying"), STALE])
    assert scene.outcome().success
    scene = Scene(STALE, [STALE, *outage, STALE])
    assert scene.outcome().ending is WaitStatus.NEVER_STARTED
    assert scene.clock.monotonic() == 32 * 5 + 60


@pytest.mark.parametrize(
    ("answer", "late_copy"),
    [
        (Thing("Queued", version=6), Thing("Deployed", version=5)),
        (Thing("Deployed", version=6), Thing("Deploying", version=4, build="build-0")),
        (Thing("Deployed", version=6), Thing("Deployed", version=5, build="build-0")),
        (Thing("Queued", version=6), Thing("Failed", version=5)),
    ],
)
def test_a_late_copy_from_before_the_request_says_nothing(answer: Thing, late_copy: Thing) -> None:
    """A read may answer an older state (API §19 #39): neither its success nor its failure is this run's."""
    last = Thing("Deployed", version=8, build="build-2")
    scene = Scene(answer, [late_copy, late_copy, Thing("Deploying", version=7), late_copy, last])
    outcome = scene.outcome()
    assert outcome.success
    assert outcome.last == last
    assert scene.taken == 5


def test_late_copies_for_ever_end_in_the_time_limit() -> None:
    scene = Scene(Thing("Queued", version=6), [Thing("Deployed", version=5)])
    outcome = scene.outcome(deadline=600)
    assert outcome.ending is WaitStatus.TIMED_OUT
    assert outcome.last.status == "Queued"


@pytest.mark.parametrize(
    ("lifecycle", "before", "pending", "after"),
    [(PREVIEW, "true", "pending", "true"), (PUBLISH, "Published", "Processing", "Published")],
    ids=["preview", "publish"],
)
def test_a_draft_that_was_published_before_is_not_taken_for_published_again(
    lifecycle: Lifecycle, before: str, pending: str, after: str
) -> None:
    scene = Scene(Thing(before), [Thing(before), Thing(pending), Thing(after)], lifecycle)
    assert scene.outcome().success
    assert scene.taken == 3


def test_an_undeploy_succeeds_only_when_the_object_is_gone() -> None:
    scene = Scene(Thing("Undeploying"), [Thing("Undeploying"), Thing("Undeploying"), NotFound()], UNDEPLOY)
    assert scene.outcome().success
    assert scene.taken == 3


def test_gone_is_sign_enough_for_an_undeploy() -> None:
    assert Scene(STALE, [STALE, NotFound()], UNDEPLOY).outcome().success
