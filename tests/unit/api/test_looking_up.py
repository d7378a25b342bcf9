"""What can be searched, read in logs and listed of the past is asked for as documented, and read with patience."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from itertools import count
from typing import Any, TypeVar

import httpx
import pytest

from commercetools_connect.api import (
    ById,
    ByKey,
    ConnectClient,
    LogSeverity,
    NetworkError,
    RefusedError,
    UnexpectedAnswerError,
    paging,
)
from tests.unit.api.fake_network import CONNECT, FakeNetwork, json_answer, refusal

T = TypeVar("T")

KEY = ByKey("acme-tax")
CANARY = "canary-1f0b"
LINE = {
    "type": "APPLICATION_JSON",
    "applicationName": "service",
    "severity": "ERROR",
    "timestamp": "2026-11-20T10:00:00Z",
}


def collected(network: FakeNetwork, use: Callable[[ConnectClient], AsyncIterator[T]]) -> list[T]:
    async def work(client: ConnectClient) -> list[T]:
        return [each async for each in use(client)]

    return network.perform(work)


def test_a_search_sends_every_filter_and_repeats_lists() -> None:
    network = FakeNetwork(json_answer({"total": 1, "results": [{"id": "c1", "version": 2, "name": "Tax"}]}))

    found = collected(
        network,
        lambda c: c.search_connectors(
            text="tax & more",
            private=False,
            creator_company="Acme",
            ids=["a", "b"],
            keys=["k"],
            integration_types=["tax", "psp"],
            sort=["lastModifiedAt desc"],
            page_size=20,
        ),
    )

    assert [each.name for each in found] == ["Tax"]
    (call,) = network.calls
    assert call.url.path == "/connectors/search"
    assert call.url.params.multi_items() == [
        ("limit", "20"),
        ("offset", "0"),
        ("sort", "lastModifiedAt desc"),
        ("text", "tax & more"),
        ("private", "false"),
        ("creator.company", "Acme"),
        ("id", "a"),
        ("id", "b"),
        ("key", "k"),
        ("integrationTypes", "tax"),
        ("integrationTypes", "psp"),
    ]


def test_a_search_without_filters_sends_none_and_is_read_in_a_lasting_order() -> None:
    network = FakeNetwork(json_answer({"total": 0, "results": []}))

    assert collected(network, lambda c: c.search_connectors()) == []
    assert dict(network.calls[0].url.params) == {"limit": "500", "offset": "0", "sort": "createdAt asc"}


def test_a_search_reads_only_the_pages_that_are_needed() -> None:
    def page(request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params["offset"])
        results = [{"id": f"c{number}", "version": 1} for number in range(offset, offset + 2)]
        return json_answer({"limit": 2, "total": 100, "results": results})

    network = FakeNetwork(page)

    async def first_three(client: ConnectClient) -> list[str]:
        found = client.search_connectors(page_size=2)
        return [(await anext(found)).id for _ in range(3)]

    assert network.perform(first_three) == ["c0", "c1", "c2"]
    assert len(network.calls) == 2


def logs(**window: Any) -> Callable[[ConnectClient], AsyncIterator[Any]]:
    return lambda client: client.read_logs("acme-dev", KEY, **window)


@pytest.mark.parametrize("last", [{"next": None}, {"next": ""}, {}])
def test_logs_are_read_page_by_page_to_the_end(last: dict[str, object]) -> None:
    network = FakeNetwork(
        json_answer({"data": [{**LINE, "details": {"message": "one", "n": None}}], "next": "p2"}),
        json_answer({"data": [{"details": "two"}, {}], **last}),
    )

    found = collected(network, logs(application_name="service", start_date="2026-11-01T00:00:00Z"))

    assert [each.details for each in found] == [{"message": "one", "n": None}, "two", None]
    assert [each.severity for each in found] == ["ERROR", LogSeverity.DEFAULT, LogSeverity.DEFAULT]
    window = {"applicationName": "service", "startDate": "2026-11-01T00:00:00Z"}
    assert [dict(call.url.params) for call in network.calls] == [window, {**window, "pageToken": "p2"}]
    assert {call.url.path for call in network.calls} == {"/acme-dev/deployments/key=acme-tax/logs"}


def test_logs_without_a_window_ask_for_nothing_special() -> None:
    network = FakeNetwork(json_answer({"data": [], "next": None}))
    collected(network, logs())
    assert network.calls[0].url.query == b""


def test_logs_that_lead_back_to_a_page_end_in_an_error() -> None:
    network = FakeNetwork(json_answer({"data": [LINE], "next": "p2"}))
    with pytest.raises(UnexpectedAnswerError, match="the same page again"):
        collected(network, logs())
    assert len(network.calls) == 2


def test_logs_on_aws_without_an_application_say_what_to_do() -> None:
    network = FakeNetwork(refusal(400, "DeploymentLogMissingApplicationName"))
    with pytest.raises(RefusedError, match="Name one application"):
        collected(network, logs())


def test_severities_go_from_the_least_to_the_most_grave() -> None:
    order = LogSeverity.ORDER
    assert order.index(LogSeverity.INFO) < order.index(LogSeverity.WARNING) < order.index(LogSeverity.EMERGENCY)
    assert set(order) == LogSeverity.ALL


REVISION = {
    "revision": 7,
    "createdAt": "2026-11-20T10:00:00Z",
    "connector": {"id": "c1", "version": 4, "repository": {"tag": "v1"}},
    "applications": [
        {
            "applicationName": "service",
            "standardConfiguration": [{"key": "MODE", "value": "net"}],
            "securedConfiguration": [{"key": "TOKEN", "value": CANARY}],
        }
    ],
    "somethingNew": {"x": 1},
}


@pytest.mark.parametrize(
    "body", [[REVISION], {"results": [REVISION]}, {"results": [REVISION], "total": 1, "limit": 20}]
)
def test_revisions_are_understood_as_a_list_and_as_a_page_and_hold_no_secret(body: object) -> None:
    network = FakeNetwork(json_answer(body))

    (found,) = collected(network, lambda c: c.list_revisions("acme-dev", KEY))

    assert (found.revision, found.connector.repository.tag) == ("7", "v1")
    assert found.applications[0].secured_keys == ("TOKEN",)
    assert CANARY not in repr(found)
    assert [str(call.url) for call in network.calls] == [f"{CONNECT}/acme-dev/deployments/key=acme-tax/revisions"]


def test_further_pages_of_revisions_are_asked_for_when_the_server_has_pages() -> None:
    network = FakeNetwork(
        json_answer({"limit": 1, "total": 2, "results": [REVISION]}),
        json_answer({"limit": 500, "total": 2, "results": [{**REVISION, "revision": 6}]}),
    )

    found = collected(network, lambda c: c.list_revisions("acme-dev", KEY))

    assert [each.revision for each in found] == ["7", "6"]
    assert dict(network.calls[1].url.params) == {"limit": "500", "offset": "1"}


def test_a_refused_rollback_says_what_can_be_chosen() -> None:
    with pytest.raises(RefusedError, match="Choose a revision"):
        FakeNetwork(refusal(400, "DeploymentRollbackNotAllowed")).perform(
            lambda c: c.rollback_deployment("acme-dev", KEY, "9", 3)
        )


@pytest.mark.parametrize(("shown", "read"), [(7, "7"), ("r-7", "r-7"), (None, ""), ({"revision": 7}, "")])
def test_a_rolled_back_deployment_tells_to_what_in_any_form(shown: object, read: str) -> None:
    network = FakeNetwork(json_answer({"id": "d1", "version": 4, "status": "Queued", "rollbackRevision": shown}))
    found = network.perform(lambda c: c.rollback_deployment("acme-dev", ById("d1"), "7", 3))
    assert found.rollback_revision == read


def test_an_uncertain_rollback_is_not_repeated() -> None:
    """It starts a run; whether it did has to be looked up first."""
    network = FakeNetwork(httpx.ReadTimeout("late"))
    with pytest.raises(NetworkError, match="It may have had its effect"):
        network.perform(lambda c: c.rollback_deployment("acme-dev", ById("d1"), "7", 3))
    assert len(network.calls) == 1


def test_logs_that_never_end_end_in_an_error_that_says_how_to_ask_for_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(paging, "MAX_LOG_PAGES", 20)
    pages = (json_answer({"data": [LINE], "next": f"p{number}"}) for number in count())
    network = FakeNetwork(lambda _: next(pages))

    with pytest.raises(UnexpectedAnswerError, match="after 20 pages") as caught:
        collected(network, logs())

    assert len(network.calls) == 20
    assert "Ask for less" in caught.value.remedy
