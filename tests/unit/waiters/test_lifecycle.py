"""Every word of the server has a meaning, for every kind of run; a new word is never a success."""

from __future__ import annotations

import pytest

from commercetools_connect.api import ConnectorStatus, DeploymentStatus, IsPreviewable
from commercetools_connect.waiters import (
    CERTIFICATION,
    DEPLOY,
    LIFECYCLES,
    PREVIEW,
    PUBLISH,
    UNDEPLOY,
    VALIDATION,
    Lifecycle,
    Verdict,
)

WORDS = {
    PREVIEW.name: IsPreviewable.ALL,
    PUBLISH.name: ConnectorStatus.ALL,
    VALIDATION.name: ConnectorStatus.ALL,
    CERTIFICATION.name: ConnectorStatus.ALL,
    DEPLOY.name: DeploymentStatus.ALL,
    UNDEPLOY.name: DeploymentStatus.ALL,
}

each_lifecycle = pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.name)


@each_lifecycle
def test_every_word_of_the_api_is_sorted_and_no_other(lifecycle: Lifecycle) -> None:
    assert {*lifecycle.pending, *lifecycle.success, *lifecycle.failure} == WORDS[lifecycle.name]


@each_lifecycle
def test_no_word_means_two_things(lifecycle: Lifecycle) -> None:
    count = len(lifecycle.pending) + len(lifecycle.success) + len(lifecycle.failure)
    assert count == len(WORDS[lifecycle.name])


@each_lifecycle
def test_a_new_word_of_the_server_is_no_success_and_is_quoted(lifecycle: Lifecycle) -> None:
    for word in ("Rollback", "", "deployed", "TRUE", "published"):
        assert lifecycle.verdict(word) is Verdict.UNKNOWN
        assert lifecycle.is_running(word)
        assert lifecycle.words(word) == f'unknown {lifecycle.field} "{word}"'


@each_lifecycle
def test_every_known_word_is_said_in_a_persons_words(lifecycle: Lifecycle) -> None:
    for word in WORDS[lifecycle.name]:
        assert lifecycle.words(word)
        assert "unknown" not in lifecycle.words(word)


def test_success_is_exactly_this() -> None:
    assert {lifecycle.name: set(lifecycle.success) for lifecycle in LIFECYCLES} == {
        "preview": {"true"},
        "publish": {"Published"},
        "validation for certification": {"ReadyForCertification", "InCertification", "Published"},
        "certification": {"Published"},
        "deployment": {"Deployed"},
        "undeploy": set(),
    }


def test_what_runs_is_exactly_this() -> None:
    assert {lifecycle.name: set(lifecycle.pending) for lifecycle in LIFECYCLES} == {
        "preview": {"pending"},
        "publish": {"Processing"},
        "validation for certification": {"Processing"},
        "certification": {"Processing", "ReadyForCertification", "InCertification"},
        "deployment": {"Draft", "Queued", "Deploying"},
        "undeploy": {"Undeploying"},
    }


def test_only_for_an_undeploy_is_it_good_that_the_object_is_gone() -> None:
    assert [lifecycle for lifecycle in LIFECYCLES if lifecycle.gone is Verdict.SUCCESS] == [UNDEPLOY]
    assert all(lifecycle.gone in (Verdict.SUCCESS, Verdict.FAILURE) for lifecycle in LIFECYCLES)


def test_a_user_who_says_nothing_waits_this_many_minutes() -> None:
    assert {lifecycle.name: lifecycle.time_limit / 60 for lifecycle in LIFECYCLES} == {
        "preview": 30,
        "publish": 30,
        "validation for certification": 30,
        "certification": 30 * 24 * 60,
        "deployment": 30,
        "undeploy": 20,
    }


def test_progress_is_read_from_the_member_that_tells_it() -> None:
    assert {lifecycle.name for lifecycle in LIFECYCLES if lifecycle.field == "isPreviewable"} == {"preview"}
    assert all(lifecycle.field == "status" for lifecycle in LIFECYCLES if lifecycle is not PREVIEW)
