"""A gate opens if its wave runs the wanted tag, has run for a while and passes its checks; else it stays shut."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from commercetools_connect.core.errors import (
    InvalidInputError,
    ProviderError,
    RunFailedError,
    WaitCancelledError,
    WaitTimedOutError,
)
from commercetools_connect.core.resource import Cancellation
from commercetools_connect.core.results import State
from commercetools_connect.core.values import UNKNOWN
from commercetools_connect.resources.provider import Provider
from tests.resources.gates import Application, Gate, application, deployment, inputs, table

HEALTH = {"application": "service", "path": "/health"}


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def app() -> Iterator[Application]:
    with application() as served:
        yield served


def served_by(app: Application, target: str = "dev", **changes: Any) -> dict[str, Any]:
    return deployment(target, urls={"service": f"{app.url}/v1/"}, **changes)


def test_a_wave_that_runs_the_tag_opens_its_gate_and_the_table_says_who_runs_what(gate: Gate) -> None:
    opened = gate.open(inputs(deployment("eu"), deployment("dev")))

    assert opened.outputs["openedAt"] == "2026-09-21T14:13:20+00:00"
    assert [row["target"] for row in table(opened)] == ["dev", "eu"]
    assert table(opened)[0] == {
        "target": "dev",
        "project": "acme-dev",
        "region": "europe-west1.gcp",
        "wave": "europe",
        "fromTag": "",
        "toTag": "v1.4.0",
        "status": "Deployed",
        "changedAt": "2026-09-21T14:13:20+00:00",
    }
    (message,) = gate.said.infos
    first, head, *rows = message.splitlines()
    assert first == "wave europe runs v1.4.0"  # what the engine shows beside the gate
    assert head.split() == ["TARGET", "PROJECT", "REGION", "WAVE", "FROM", "TO", "STATUS", "SINCE"]
    assert rows[0].split()[:7] == ["dev", "acme-dev", "europe-west1.gcp", "europe", "-", "v1.4.0", "Deployed"]


def test_a_wave_with_an_old_tag_keeps_the_gate_shut_and_names_who_runs_what(gate: Gate) -> None:
    behind = deployment("us", deployedTag="v1.3.0")
    failed = deployment("au", status="Failed", deployedTag="")

    with pytest.raises(RunFailedError) as caught:
        gate.open(inputs(deployment("dev"), behind, failed, checks=[HEALTH], bakeTime="1h"))

    assert caught.value.message == (
        "wave europe does not run v1.4.0 as a whole: au runs nothing (Failed); us runs v1.3.0 (Deployed); "
        "v1.4.0 runs in dev"
    )
    assert "Later waves have not been touched" in caught.value.remedy
    assert not gate.clock.sleeps


def test_a_wave_bakes_before_it_is_checked(gate: Gate, app: Application) -> None:
    gate.open(inputs(served_by(app), bakeTime="10m", checks=[HEALTH]))

    assert sum(gate.clock.sleeps) == 600
    assert app.calls == ["GET /v1/health"]
    assert gate.said.statuses[0] == "wave europe runs before it is checked (10 min 0 s left)"


def test_a_check_is_tried_again_after_a_pause(gate: Gate, app: Application) -> None:
    app.answers = [503, 500, 204]
    check = {**HEALTH, "method": "HEAD", "expectedStatus": [200, 204], "pause": "7s"}

    gate.open(inputs(served_by(app), checks=[check]))

    assert app.calls == ["HEAD /v1/health"] * 3
    assert sum(gate.clock.sleeps) == 14
    assert "dev, service: HEAD /health: answered 503, try 1 of 5" in gate.said.statuses


def test_a_check_that_fails_names_target_application_path_and_status_and_no_body(
    gate: Gate, app: Application
) -> None:
    app.answers, app.body = [500], "c4n4ry-5ecret"
    deployments = [served_by(app), deployment("us"), deployment("eu", urls={"service": "https://h.invalid"})]
    checks = [{**HEALTH, "tries": 2}]

    with pytest.raises(RunFailedError) as caught:
        gate.open(inputs(*deployments[:2], checks=checks))

    assert caught.value.message == (
        "wave europe has not passed:\n"
        "  dev, service: GET /health: answered 500 instead of 200, 2 tries\n"
        "  us, service: GET /health: the application has no address (those that have one: none)"
    )
    assert "c4n4ry" not in str(caught.value)


def test_a_redirect_is_an_answer_and_is_not_followed(gate: Gate, app: Application) -> None:
    app.answers = [302]

    with pytest.raises(RunFailedError, match="answered 302 instead of 200"):
        gate.open(inputs(served_by(app), checks=[{**HEALTH, "tries": 1}]))
    assert app.calls == ["GET /v1/health"]


def test_a_target_that_does_not_answer_is_reported_as_such(gate: Gate) -> None:
    with application() as gone:
        pass
    with pytest.raises(RunFailedError, match=r"no answer \(ConnectError\) instead of 200, 5 tries"):
        gate.open(inputs(served_by(gone), checks=[HEALTH]))


def test_only_https_is_called_and_this_machine(gate: Gate) -> None:
    plain = deployment("dev", urls={"service": "http://shop.acme.example"})

    with pytest.raises(InvalidInputError, match=r"http://shop\.acme\.example/health is not called: only https"):
        gate.open(inputs(plain, checks=[HEALTH]))


def test_a_cancellation_ends_the_wait_at_once(gate: Gate) -> None:
    """The gate stays as it was, and begins again at the next `up`."""

    async def act() -> None:
        cancellation = Cancellation()
        provider = Provider.configure({}, {}, gate.clock)
        baking = provider.resource("RolloutGate").create(
            gate.context(cancellation=cancellation), inputs(bakeTime="10h")
        )
        task = asyncio.ensure_future(baking)
        while not gate.clock.sleeps:  # noqa: ASYNC110 - the clock is the test's, and has no event
            await asyncio.sleep(0)
        cancellation.cancel()
        try:
            await task
        finally:
            await provider.aclose()

    with pytest.raises(WaitCancelledError, match="stopped before the gate opened"):
        asyncio.run(act())
    assert sum(gate.clock.sleeps) < 3600


def test_the_time_limit_ends_the_wait(gate: Gate) -> None:
    with pytest.raises(WaitTimedOutError, match="wave europe: the time limit ended before the gate opened"):
        gate.open(inputs(bakeTime="1h"), time_limit=600.0)
    assert sum(gate.clock.sleeps) == 600


def test_the_next_tag_shows_where_it_came_from_also_after_a_failure_in_between(
    gate: Gate, app: Application
) -> None:
    first = gate.open(inputs(served_by(app), checks=[HEALTH]))
    gate.clock.advance(86400)
    news = inputs(served_by(app, deployedTag="v1.5.0", buildId="2"), connectorTag="v1.5.0", checks=[HEALTH])
    app.answers = [500, 500, 500, 500, 500, 200]
    with pytest.raises(RunFailedError):
        gate.open(news, first)

    second = gate.open(news, first)

    (row,) = table(second)
    assert (row["fromTag"], row["toTag"]) == ("v1.4.0", "v1.5.0")
    assert row["changedAt"] > table(first)[0]["changedAt"]
    (row,) = table(
        gate.open(inputs(served_by(app, deployedTag="v1.5.0", buildId="2"), connectorTag="v1.5.0"), second)
    )
    assert row == table(second)[0]


def test_a_rollback_and_a_recreation_begin_a_new_time_in_the_table(gate: Gate) -> None:
    """The gate never saw the tag in between: its wave failed."""
    first = gate.open(inputs(deployment("dev", buildId="1"), deployment("eu", buildId="1")))
    gate.clock.advance(86400)

    again = gate.open(inputs(deployment("dev", buildId="3"), deployment("eu", buildId="1")), first)

    dev, eu = table(again)
    assert dev["changedAt"] == again.outputs["openedAt"] > table(first)[0]["changedAt"]
    assert (dev["fromTag"], dev["toTag"]) == ("", "v1.4.0")
    assert eu == table(first)[1]


def test_the_table_goes_on_from_the_gate_before(gate: Gate) -> None:
    canary = gate.open(inputs(deployment("dev"), wave="canary"))
    rest = gate.open(inputs(deployment("us"), wave="rest", previous=table(canary)))

    assert [(row["target"], row["wave"]) for row in table(rest)] == [("dev", "canary"), ("us", "rest")]


@pytest.fixture
def held(gate: Gate, app: Application) -> State:
    """Return a gate that has baked and asked both targets."""
    opened = gate.open(inputs(served_by(app), served_by(app, "eu"), checks=[HEALTH], bakeTime=60))
    gate.clock.sleeps.clear()
    app.calls.clear()
    return opened


@pytest.mark.parametrize(
    "news",
    [
        lambda app: inputs(served_by(app), bakeTime=60, checks=[HEALTH]),
        lambda app: inputs(served_by(app), served_by(app, "eu"), bakeTime=90, checks=[HEALTH]),
        lambda app: inputs(served_by(app), served_by(app, "eu"), bakeTime=60, checks=[]),
        lambda app: inputs(served_by(app), served_by(app, "eu"), wave="everyone", bakeTime=60, checks=[HEALTH]),
    ],
    ids=["a target left", "bake time", "checks", "the wave's name"],
)
def test_what_was_proven_is_not_proven_again(gate: Gate, app: Application, held: State, news: Any) -> None:
    after = gate.open(news(app), held)

    assert gate.diff(held, news(app))
    assert not gate.clock.sleeps
    assert not app.calls
    assert after.outputs["openedAt"] == held.outputs["openedAt"]


@pytest.mark.parametrize(
    ("news", "calls"),
    [
        (lambda app: inputs(served_by(app, buildId="2"), served_by(app, "eu"), bakeTime=60, checks=[HEALTH]), 2),
        (lambda app: inputs(served_by(app), served_by(app, "eu"), triggers=1, bakeTime=60, checks=[HEALTH]), 2),
        (
            lambda app: inputs(
                served_by(app, deployedTag="v1.5.0", buildId=None),
                connectorTag="v1.5.0",
                bakeTime=60,
                checks=[HEALTH],
            ),
            1,
        ),
    ],
    ids=["another build", "triggers", "another tag"],
)
def test_what_is_new_is_proven(gate: Gate, app: Application, held: State, news: Any, calls: int) -> None:
    gate.open(news(app), held)

    assert sum(gate.clock.sleeps) == 60
    assert len(app.calls) == calls


def test_a_target_that_joins_is_checked_by_itself_and_no_target_waits(
    gate: Gate, app: Application, held: State
) -> None:
    """Moving a running target into a wave makes the others do nothing."""
    news = inputs(served_by(app), served_by(app, "eu"), served_by(app, "us"), bakeTime=60, checks=[HEALTH])
    after = gate.open(news, held)

    assert not gate.clock.sleeps
    assert len(app.calls) == 1
    assert after.outputs["openedAt"] == held.outputs["openedAt"]


def test_the_order_of_the_deployments_is_no_change(gate: Gate, app: Application, held: State) -> None:
    assert not gate.diff(held, inputs(served_by(app, "eu"), served_by(app), checks=[HEALTH], bakeTime=60))


def test_what_a_preview_does_not_know_is_taken(gate: Gate) -> None:
    unknown = dict.fromkeys(("status", "deployedTag", "buildId", "urls", "project"), UNKNOWN)
    checked = (
        Provider.configure({}, {})
        .resource("RolloutGate")
        .check(gate.context(), {}, inputs(deployment("eu", **unknown), deployment("dev", **unknown)))
    )

    assert not checked.failures
    seen: Any = checked.inputs["deployments"]
    assert [each["target"] for each in seen] == ["dev", "eu"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"deployments": []}, "deployments: must not be empty; leave it out instead"),
        ({"bakeTime": -1}, "bakeTime: must be a number of seconds, or text such as 30m, 1h30m or 90s"),
        ({"checks": [{**HEALTH, "expectedStatus": [99]}]}, "checks[0].expectedStatus[0]: must be an HTTP status"),
        ({"checks": [{**HEALTH, "method": "POST"}]}, "checks[0].method: must be GET or HEAD"),
        ({"checks": [{**HEALTH, "tries": 0}]}, "checks[0].tries: must be at least 1"),
        ({"checks": [{**HEALTH, "timeLimit": 0}]}, "checks[0].timeLimit: must be more than 0"),
        ({"checks": [{**HEALTH, "path": "//elsewhere.example"}]}, "checks[0].path: must start with one slash"),
    ],
)
def test_mistakes_are_found_at_preview(gate: Gate, changes: dict[str, Any], found: str) -> None:
    checked = Provider.configure({}, {}).resource("RolloutGate").check(gate.context(), {}, inputs(**changes))

    assert str(checked.failures[0]).startswith(found)


def test_a_target_that_failed_in_a_run_that_goes_on_is_named(gate: Gate) -> None:
    """`--continue-on-error`: the engine asks for the gate although one of its deployments has no outputs."""
    nothing = dict.fromkeys(("project", "region", "status", "deployedTag", "buildId", "urls"))
    news = inputs(deployment("dev"), deployment("us", **nothing), wave="")
    checked = Provider.configure({}, {}).resource("RolloutGate").check(gate.context(), {}, news)

    assert [str(each) for each in checked.failures] == [
        "deployments[1]: us has no result, so the wave does not run the tag as a whole; later waves have not been "
        "touched",
        "wave: must not be empty",
    ]


def test_a_gate_cannot_be_imported_and_a_refresh_changes_nothing(gate: Gate, held: State) -> None:
    resource = Provider.configure({}, {}).resource("RolloutGate")

    assert asyncio.run(resource.read(gate.context(), held)) == held
    with pytest.raises(ProviderError, match="cannot be imported"):
        asyncio.run(resource.read(gate.context(), State("r-europe", {})))
