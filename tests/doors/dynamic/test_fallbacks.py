"""What remains true when Pulumi looks different inside: less comfort, nothing lost, nothing hung."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2

from commercetools_connect.dynamic import failures
from commercetools_connect.dynamic.calls import EngineCall, current_call
from commercetools_connect.dynamic.pool import KEEP_POOL, POOL_SIZE, widen_pool
from tests.doors.dynamic.conftest import Engine

METHODS = ("check", "diff", "create", "read", "update", "delete")


@pytest.fixture(scope="module")
def frameless() -> Iterator[Engine]:
    with Engine(BREAK="frames") as running:
        yield running


@pytest.mark.parametrize("method", METHODS)
def test_errors_still_carry_their_text(frameless: Engine, method: str) -> None:
    failure = frameless.failure(method, {"act": "refuse"})
    assert failure.status is None
    assert "there is no connector gadget\nPublish it first.\nOr name another." in failure.text


@pytest.mark.parametrize("method", METHODS)
def test_errors_still_carry_no_secret(frameless: Engine, method: str) -> None:
    failure = frameless.failure(method, {"act": "bug"})
    assert f"unexpected KeyError in the {method}" in failure.text
    assert "canary" not in failure.text


def test_a_half_done_create_says_that_the_object_exists_and_what_comes_next(frameless: Engine) -> None:
    failure = frameless.failure("create", {"act": "partial"})
    assert "api: build failed" in failure.text
    assert "It exists, with id id-1" in failure.text
    assert "The next `pulumi up` finds it again by its key" in failure.text


def test_a_half_done_update_says_what_comes_next(frameless: Engine) -> None:
    assert "The next `pulumi up` goes on from there." in frameless.failure("update", {"act": "partial"}).text


def test_a_half_done_read_does_not_break_the_refresh(frameless: Engine) -> None:
    answer = frameless.read({"act": "partial"})
    assert answer.id == "id-1"
    assert MessageToDict(answer.properties)["token"]["value"] == "computed-secret"
    assert frameless.wait_for_line("build failed") == "Deployment api: warning: api: build failed"


def test_without_the_request_the_time_limit_of_the_argument_still_counts(frameless: Engine) -> None:
    declaration = {"name": "api", "derivedKey": "k", "timeLimits": {"create": 60}}
    told = MessageToDict(frameless.create({"__declaration": declaration}, timeout=90.0).properties)["told"]
    assert told["timeLimit"] == 60
    assert told["urn"] == ""


def test_properties_of_an_older_version_are_served(frameless: Engine) -> None:
    told = MessageToDict(frameless.create({"__declaration": {"timeLimits": 3}}).properties)["told"]
    assert told["name"] == ""


class Context:
    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.metadata: object = None

    def set_trailing_metadata(self, metadata: object) -> None:
        if self.broken:
            raise RuntimeError("no metadata any more")
        self.metadata = metadata


def test_outside_of_an_rpc_there_is_no_call() -> None:
    assert current_call() is None


@pytest.mark.parametrize(
    ("request_", "context_"),
    [
        ("text", Context()),
        (Struct(), Context()),
        (provider_pb2.CreateRequest(), object()),
        (provider_pb2.CreateRequest(), None),
    ],
)
def test_frames_that_only_look_alike_are_no_call(request_: object, context_: object) -> None:
    request, context = request_, context_  # noqa: F841 - the names are what is looked for
    assert _ask() is None


def test_the_nearest_rpc_is_the_call() -> None:
    request, context = provider_pb2.CreateRequest(urn="urn:x", timeout=5), Context()  # noqa: F841 - looked for by name
    call = _ask()
    assert call is not None
    assert (call.urn, call.time_limit, call.old_inputs) == ("urn:x", 5.0, {})


def _ask() -> EngineCall | None:
    return current_call()


def test_a_context_that_takes_no_metadata_leaves_the_plain_exception() -> None:
    call = EngineCall(provider_pb2.CreateRequest(), Context(broken=True))
    assert str(failures.failed(call, "it failed")) == "it failed"
    assert failures.init_failed(call, "id-1", {"a": 1}, {}, ["why"]) is None


def test_properties_that_cannot_be_sent_leave_the_plain_exception() -> None:
    call = EngineCall(provider_pb2.CreateRequest(), Context())
    assert failures.init_failed(call, "id-1", {"a": object()}, {}, ["why"]) is None


def test_a_request_without_the_known_members_tells_nothing() -> None:
    call = EngineCall(Struct(), Context())
    assert (call.urn, call.time_limit, call.old_inputs) == ("", None, {})


def test_the_pool_of_the_calling_thread_gets_room() -> None:
    """Canary: fails when Python's executor looks different inside."""
    with ThreadPoolExecutor(4) as pool:
        assert pool.submit(widen_pool, {}).result()
        arrived = threading.Barrier(32, timeout=20)
        for future in [pool.submit(arrived.wait) for _ in range(32)]:
            future.result()
        assert pool._max_workers == POOL_SIZE


def test_the_pool_stays_as_it_is_when_the_user_says_so() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert not pool.submit(widen_pool, {KEEP_POOL: "1"}).result()
        assert pool.submit(widen_pool, {KEEP_POOL: "0"}).result()


def test_a_thread_of_no_pool_is_left_alone() -> None:
    assert not widen_pool({})
    found: list[bool] = []
    thread = threading.Thread(target=lambda *_: found.append(widen_pool({})), args=(lambda: "no pool",))
    thread.start()
    thread.join()
    assert found == [False]
