"""A list is complete, or it is an error."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from commercetools_connect.api import ConnectClient, ConnectorStaged, UnexpectedAnswerError
from commercetools_connect.api.paging import Page, paginate
from tests.unit.api.fake_network import FakeNetwork, json_answer, run


def objects(first: int, last: int) -> list[dict[str, object]]:
    return [{"id": str(number), "version": 1, "status": "Deployed"} for number in range(first, last)]


class Server:
    """A server with `size` Deployments that gives at most `cap` of them per page."""

    def __init__(
        self, size: int, cap: int = 500, *, tells: tuple[str, ...] = ("limit", "offset", "total")
    ) -> None:
        self.size = size
        self.cap = cap
        self.tells = tells

    def __call__(self, request: httpx.Request) -> httpx.Response:
        limit = min(int(request.url.params["limit"]), self.cap)
        offset = int(request.url.params["offset"])
        assert limit <= 500
        assert offset <= 10_000
        page: dict[str, Any] = {"limit": limit, "offset": offset, "total": self.size}
        page = {name: page[name] for name in self.tells}
        return json_answer(page | {"results": objects(offset, min(offset + limit, self.size))})


async def listed(client: ConnectClient) -> list[str]:
    return [one.id async for one in client.list_deployments("acme-dev")]


@pytest.mark.parametrize("tells", [("limit", "total"), ("limit",), ("total",)])
@pytest.mark.parametrize("cap", [500, 20])
@pytest.mark.parametrize("size", [0, 1, 500, 501, 1000])
def test_a_list_is_read_to_its_end(size: int, cap: int, tells: tuple[str, ...]) -> None:
    network = FakeNetwork(Server(size, cap, tells=tells))
    assert network.perform(listed) == [str(number) for number in range(size)]


def test_a_list_is_read_with_as_few_calls_as_possible() -> None:
    network = FakeNetwork(Server(1000))
    network.perform(listed)
    assert len(network.calls) == 2


def read_all(size: int) -> list[str]:
    """Read a list of that size, without the cost of parsing it."""

    async def fetch(offset: int) -> Page[ConnectorStaged]:
        assert offset <= 10_000
        ids = range(offset, min(offset + 500, size))
        results = tuple(SimpleNamespace(id=str(number)) for number in ids)
        return Page[ConnectorStaged].model_construct(results=results, total=size, limit=500)

    async def read() -> list[str]:
        return [one.id async for one in paginate("list the drafts", fetch)]

    return run(read())


def test_the_longest_list_that_the_api_can_give_is_read() -> None:
    assert len(read_all(10_500)) == 10_500


def test_a_longer_list_is_an_error_and_not_cut() -> None:
    with pytest.raises(UnexpectedAnswerError, match="Could not list the drafts: there are more"):
        read_all(10_501)


def test_an_object_that_moves_to_the_next_page_while_reading_is_given_once() -> None:
    pages = (
        json_answer({"total": 4, "results": objects(0, 2)}),
        json_answer({"total": 4, "results": objects(1, 3) + objects(2, 3)}),
        json_answer({"total": 4, "results": []}),
    )
    assert FakeNetwork(*pages).perform(listed) == ["0", "1", "2"]


def test_a_server_that_repeats_itself_is_not_asked_for_ever() -> None:
    network = FakeNetwork(json_answer({"total": 1000, "results": objects(0, 2)}))
    with pytest.raises(UnexpectedAnswerError, match="same page"):
        network.perform(listed)
    assert len(network.calls) == 2


def test_a_page_without_results_is_not_taken_for_an_empty_list() -> None:
    with pytest.raises(UnexpectedAnswerError, match="results"):
        FakeNetwork(json_answer({"total": 0, "limit": 500})).perform(listed)


def test_nothing_more_is_read_than_is_used() -> None:
    network = FakeNetwork(Server(2000))

    async def first(client: ConnectClient) -> str:
        items = client.list_deployments("acme-dev")
        one = await items.__anext__()
        await items.aclose()  # type: ignore[attr-defined]  # it is a generator
        return one.id

    assert network.perform(first) == "0"
    assert len(network.calls) == 1
