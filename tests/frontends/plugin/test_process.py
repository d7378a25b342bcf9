"""The process: how it starts, how it is cancelled, and how it ends; with a real process and a gRPC client."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2

from commercetools_connect import __version__
from commercetools_connect.frontends.plugin.engine import LOG_LIMIT
from tests.frontends.plugin.conftest import CONFIG, URN, Engine, Failure, plain, struct

SOON = 10.0
"""Seconds that nothing here takes on a busy machine; what hears no cancel waits longer, or for ever."""


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--logtostderr", "-v=3"),
        ("--logtostderr", "-v=3", "--tracing", "http://127.0.0.1:1/api"),
        ("-v", "9"),
        ("--tracing=http://127.0.0.1:1", "--unknown-option"),
    ],
    ids=" ".join,
)
def test_every_form_of_a_start_gives_a_port_and_finds_the_engine(
    make_engine: type[Engine], arguments: tuple[str, ...]
) -> None:
    """The first line is the port, and what is said reaches the engine, also without a Handshake's address."""
    with make_engine(*arguments, configured=False) as engine:
        engine.configure(CONFIG)
        engine.create({"act": "talk"})

        assert engine.hear("an info").urn == URN


def test_without_an_address_it_waits_for_an_engine_to_attach(make_engine: type[Engine]) -> None:
    """Many runs in a row: an attached server survives Cancel, and listens to the engine of the run."""
    with make_engine(address=False, configured=False) as engine:
        for _ in range(2):
            engine.attach()
            engine.configure(CONFIG)
            waiting = engine.create_in_background({"act": "wait"})
            engine.hear("waiting")
            engine.cancel()
            with pytest.raises(grpc.RpcError):
                waiting.result()

        with pytest.raises(TimeoutError):
            _ends_within(engine, 2.5)


def _ends_within(engine: Engine, seconds: float) -> None:
    try:
        engine.ends(seconds)
    except subprocess.TimeoutExpired:
        raise TimeoutError from None


def test_nothing_but_the_port_is_ever_printed(make_engine: type[Engine]) -> None:
    """Not even what libraries, their children or the core on its way out print; the next call is served."""
    with make_engine() as engine:
        engine.create({"act": "talk"})
        engine.create({"act": "noise"})
        engine.create({"act": "talk"})
        engine.failure("create", {"act": "bug"})
        engine.process.send_signal(signal.SIGINT)
        engine.ends()
        printed = engine.stdout.read()
        engine.collect_errors()

    assert printed == ""
    assert "written by a child\n" in engine.errors


def test_fifty_waiting_creates_hear_a_cancel_and_give_their_ids(make_engine: type[Engine]) -> None:
    with make_engine() as engine:
        waiting = [engine.create_in_background({"act": "wait", "key": f"key-{n}"}) for n in range(50)]
        for _ in waiting:
            engine.hear("waiting")
        began = time.monotonic()
        engine.cancel()
        ends = [Failure(each.exception()) for each in waiting]
        ended = time.monotonic() - began

    assert ended <= SOON
    assert {end.init_failed.id for end in ends} == {"p/id-1"}
    assert len({plain(end.init_failed.properties)["key"] for end in ends}) == 50


def test_a_call_that_does_not_hear_the_cancel_is_cut_short(make_engine: type[Engine]) -> None:
    """The user is not held up by a server that does not answer; the error says what the next up does."""
    with make_engine() as engine:
        deaf = engine.create_in_background({"act": "deaf"})
        engine.hear("waiting")
        began = time.monotonic()
        engine.cancel()
        end = Failure(deaf.exception())
        engine.ends(SOON)  # the process itself, which no parent waits for
        ended = time.monotonic() - began

    assert ended <= SOON
    assert end.code is grpc.StatusCode.ABORTED
    assert "pulumi up" in end.text


def test_sigint_in_the_middle_of_a_create_still_delivers_the_id(make_engine: type[Engine]) -> None:
    """Also sent to the whole process group, as terminals do. The process ends when the create has, not before."""
    with make_engine() as engine:
        created = engine.create_in_background({"act": "slow", "seconds": 1})
        engine.hear("waiting")
        os.killpg(engine.process.pid, signal.SIGINT)

        assert created.result().id == "p/id-1"
        assert engine.ends() == 0


def test_sigterm_stops_the_waits_and_delivers_the_id(make_engine: type[Engine]) -> None:
    with make_engine() as engine:
        created = engine.create_in_background({"act": "wait"})
        engine.hear("waiting")
        os.kill(engine.process.pid, signal.SIGTERM)

        assert Failure(created.exception()).init_failed.id == "p/id-1"
        assert engine.ends() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_drops_no_answer_that_waits_for_its_messages(
    make_engine: type[Engine], number: signal.Signals
) -> None:
    """Every id reaches an engine that is slow to take messages, and soon: the process is asked to end."""
    with make_engine() as engine:
        engine.listener.takes_messages.clear()
        created = [engine.create_in_background({"act": "talk", "key": f"key-{n}"}) for n in range(50)]
        engine.hear("an info")
        engine.stub.GetPluginInfo(Empty())  # comes after the creates
        os.kill(engine.process.pid, number)
        ids = [each.result().id for each in created]
        engine.listener.takes_messages.set()

        assert ids == ["p/id-1"] * 50
        assert engine.ends() == 0


def test_an_answer_does_not_wait_for_the_messages_of_others(make_engine: type[Engine]) -> None:
    with make_engine() as engine:
        engine.listener.takes_messages.clear()
        talking = engine.create_in_background({"act": "talk"})
        engine.hear("an info")
        began = time.monotonic()
        engine.create({})
        answered = time.monotonic() - began
        engine.listener.takes_messages.set()

        assert talking.result().id == "p/id-1"
        assert answered < LOG_LIMIT / 2


def test_after_a_cancel_the_process_ends_by_itself(make_engine: type[Engine]) -> None:
    with make_engine() as engine:
        engine.cancel()
        began = time.monotonic()

        assert engine.ends() == 0
        assert time.monotonic() - began <= SOON


def test_when_the_engine_is_gone_the_process_ends(make_engine: type[Engine]) -> None:
    """An engine that was killed sends no message; its providers must not run for ever."""
    with make_engine() as engine:
        waiting = engine.create_in_background({"act": "wait"})
        engine.hear("waiting")
        engine.listener.server.stop(0).wait()

        assert engine.ends() == 0
        assert waiting.done()


def test_the_quiet_calls_need_no_network(make_engine: type[Engine]) -> None:
    """Handshake, schema, configuration and checks work with the network cut off, with the real core."""
    with make_engine(configured=False, NETWORK="off", CORE="real") as engine:
        config = {**CONFIG, "region": "europe-west1.gcp"}
        engine.handshake()
        schema = engine.stub.GetSchema(provider_pb2.GetSchemaRequest(), timeout=60)
        checked = engine.stub.CheckConfig(provider_pb2.CheckRequest(news=struct(config)), timeout=60)
        engine.configure(config)
        inputs = engine.check({"region": "europe-west1.gcp", "connector": {"id": "x"}})

    assert json.loads(schema.schema)["name"] == "commercetools-connect"
    assert not checked.failures
    assert not inputs.failures
    assert plain(inputs.inputs)["projectKey"] == "acme"


def test_the_version_is_one(engine: Engine) -> None:
    """Process, schema and package say the same."""
    schema = json.loads(engine.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)

    assert engine.stub.GetPluginInfo(Empty()).version == __version__ == schema["version"]
