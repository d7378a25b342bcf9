"""What remains true when Pulumi looks different inside: less comfort, nothing lost, nothing hung."""

from __future__ import annotations

import atexit
import contextvars
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pulumi
import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic import Config
from pulumi.runtime import config as runtime_config
from pulumi.runtime.proto import provider_pb2

from commercetools_connect.core.errors import InitFailedError
from commercetools_connect.core.results import State
from commercetools_connect.frontends.dynamic import pulumi_internals
from commercetools_connect.frontends.dynamic.pulumi_internals import (
    KEEP_POOL,
    POOL_SIZE,
    EngineCall,
    configured_names,
    current_call,
    engine_address,
    is_plain_config,
    run_before_threads_are_joined,
    widen_pool,
)
from commercetools_connect.frontends.dynamic.rpc import send_init_failed
from tests.frontends.dynamic.conftest import Engine

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
    received = MessageToDict(frameless.create({"__declaration": declaration}, timeout=90.0).properties)["received"]
    assert received["timeLimit"] == 60
    assert received["urn"] == ""


def test_properties_of_an_older_version_are_served(frameless: Engine) -> None:
    received = MessageToDict(frameless.create({"__declaration": {"timeLimits": 3}}).properties)["received"]
    assert received["name"] == ""


class Context:
    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.metadata: object = None

    def set_trailing_metadata(self, metadata: object) -> None:
        if self.broken:
            raise RuntimeError("no metadata any more")
        self.metadata = metadata


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the warnings that Pulumi's log shows."""
    shown: list[str] = []
    monkeypatch.setattr(pulumi_internals, "_WARNED", set())
    monkeypatch.setattr(pulumi.log, "warn", shown.append)
    return shown


def test_outside_of_an_rpc_there_is_no_call_and_a_warning_says_so_once(warned: list[str]) -> None:
    assert current_call() is None
    assert current_call() is None
    assert len(warned) == 1
    assert "the frame that serves an RPC was not found in Pulumi's Python SDK" in warned[0]
    assert "custom_timeouts have no effect" in warned[0]


def test_a_user_sees_once_that_the_frame_was_not_found() -> None:
    with Engine(BREAK="frames") as engine:
        for _ in range(2):
            engine.failure("create", {"act": "refuse"})
        engine.create({})
        line = engine.wait_for_line("the frame that serves an RPC was not found")
        rest = [*engine.lines.queue]
    assert line.startswith("warning: commercetools-connect: ")
    assert not [each for each in rest if "was not found" in each]


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


HALF_DONE = InitFailedError(State("id-1", {}), ["why"])


def test_a_context_that_takes_no_metadata_leaves_the_plain_exception(warned: list[str]) -> None:
    call = EngineCall(provider_pb2.CreateRequest(), Context(broken=True))
    assert not call.attach_status(b"")
    assert send_init_failed(call, "id-1", {"a": 1}, {}, HALF_DONE) is None
    assert len(warned) == 1
    assert "the trailing metadata of an RPC was not found" in warned[0]


def test_properties_that_cannot_be_sent_leave_the_plain_exception() -> None:
    call = EngineCall(provider_pb2.CreateRequest(), Context())
    assert send_init_failed(call, "id-1", {"a": object()}, {}, HALF_DONE) is None


def test_a_request_without_the_known_members_tells_nothing() -> None:
    call = EngineCall(Struct(), Context())
    assert (call.urn, call.time_limit, call.old_inputs) == ("", None, {})


def test_the_pool_of_the_calling_thread_gets_package() -> None:
    """Canary: fails when Python's executor looks different inside."""
    with ThreadPoolExecutor(4) as pool:
        assert pool.submit(widen_pool, {}).result()
        arrived = threading.Barrier(32, timeout=60)
        for future in [pool.submit(arrived.wait) for _ in range(32)]:
            future.result()
        assert pool._max_workers == POOL_SIZE


def test_calls_that_wait_already_get_threads_too() -> None:
    """A `pulumi destroy` begins with all of its deletes, before any of them has ended."""
    submitted, arrived = threading.Event(), threading.Barrier(32, timeout=60)

    def call() -> None:
        submitted.wait(20)
        widen_pool({})
        arrived.wait()

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(call) for _ in range(32)]
        submitted.set()
        for future in futures:
            future.result()


def test_the_pool_stays_as_it_is_when_the_user_says_so() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert not pool.submit(widen_pool, {KEEP_POOL: "1"}).result()
        assert pool.submit(widen_pool, {KEEP_POOL: "0"}).result()


def test_a_thread_of_no_pool_is_left_alone_with_one_warning(warned: list[str]) -> None:
    assert not widen_pool({})
    found: list[bool] = []
    thread = threading.Thread(target=lambda *_: found.append(widen_pool({})), args=(lambda: "no pool",))
    thread.start()
    thread.join()
    assert found == [False]
    assert len(warned) == 1
    assert "four operations run at a time" in warned[0]


def test_names_in_the_configuration_are_found() -> None:
    """Canary: fails when Pulumi's configuration of dynamic providers looks different inside."""
    assert configured_names(Config({"shop:a": "1", "b": "2"}, "shop")) == ("shop:a", "b")


def test_a_configuration_without_names_is_taken_with_one_warning(warned: list[str]) -> None:
    assert configured_names(object()) == configured_names(object()) == ()
    assert len(warned) == 1
    assert "misspelt names are not reported" in warned[0]


def test_secret_configuration_is_distinguished_from_plain_one() -> None:
    """Canary: fails when Pulumi keeps the list of secret configuration elsewhere."""

    def plain_ones() -> list[bool]:
        pulumi.runtime.set_all_config({"a:b": "1", "a:c": "2"}, ["a:b"])
        return [is_plain_config(name) for name in ("a:b", "a:c")]

    assert contextvars.copy_context().run(plain_ones) == [False, True]


def test_without_the_list_of_secret_configuration_nothing_is_called_plain(
    monkeypatch: pytest.MonkeyPatch, warned: list[str]
) -> None:
    monkeypatch.delattr(runtime_config, "is_config_secret")
    assert not is_plain_config("a:b")
    assert "credentials in plain text are not reported" in warned[0]


def test_the_engines_address_is_the_last_argument(warned: list[str]) -> None:
    assert engine_address(["-m", "--logflow", "127.0.0.1:4711"]) == "127.0.0.1:4711"
    assert not warned
    assert engine_address(["program.py"]) == ""
    assert "the engine's address was not found" in warned[0]


HOOK = """
import threading
from commercetools_connect.frontends.dynamic import pulumi_internals
released = threading.Event()
pulumi_internals.run_before_threads_are_joined(released.set)
threading.Thread(target=lambda: print("released" if released.wait(20) else "stuck")).start()
"""


def test_the_loop_is_closed_before_the_interpreter_waits_for_threads() -> None:
    """Canary: fails when Python has no such hook."""
    run = subprocess.run([sys.executable, "-c", HOOK], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == "released\n"


def test_without_that_hook_the_loop_is_closed_at_exit_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, warned: list[str]
) -> None:
    registered: list[object] = []
    monkeypatch.delattr(threading, "_register_atexit")
    monkeypatch.setattr(atexit, "register", registered.append)
    run_before_threads_are_joined(print)
    assert registered == [print]
    assert "the hook before the end of threads was not found" in warned[0]
