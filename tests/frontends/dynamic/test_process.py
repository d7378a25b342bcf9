"""The real provider process, called as the engine calls it."""

from __future__ import annotations

import re

import grpc
import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2
from pulumi.runtime.rpc import UNKNOWN

from tests.frontends.dynamic.conftest import CONFIG, URN, Engine, Failure
from tests.support.marks import SECRETS_MARK, SIGNATURE

METHODS = ("check", "diff", "create", "read", "update", "delete")
ENVELOPE = {SIGNATURE: SECRETS_MARK, "value": "computed-secret"}
DEEP_ENVELOPE = {**ENVELOPE, "value": {"deep": "computed-secret"}}


def test_check_keeps_what_the_program_wrote_and_adds_the_derived_key(engine: Engine) -> None:
    answer = MessageToDict(engine.check({"region": "eu"}).inputs)
    assert answer["region"] == "eu"
    assert answer["key"] == "acme-dev-api-1234"
    assert answer["__declaration"]["name"] == "api"
    assert answer["__provider"]


def test_check_knows_the_previous_inputs(engine: Engine) -> None:
    answer = MessageToDict(engine.check({"region": "eu"}, olds={"key": "kept"}).inputs)
    assert answer["key"] == "kept"


def test_all_mistakes_are_reported_at_once_without_the_values(engine: Engine) -> None:
    failures = engine.check({"mistake": "canary-5ecret", "blunder": "canary-5ecret"}).failures
    assert [(failure.property, failure.reason) for failure in failures] == [
        ("", "configurations.api.mistake: is not known"),
        ("", "configurations.api.blunder: is not known"),
    ]


def test_the_check_of_something_new_finds_what_only_the_server_knows(engine: Engine) -> None:
    """Pulumi previews no create of a dynamic resource; what exists is looked at by its diff."""
    (failure,) = engine.check({"invalid": True}).failures
    assert failure.reason == "configurations.api: is no application"
    assert not engine.check({"invalid": True}, olds={"region": "eu"}).failures


def test_a_server_that_cannot_be_asked_is_no_mistake_of_the_program(engine: Engine) -> None:
    assert not engine.check({"act": "unreachable", "on": "validate"}).failures
    line = engine.wait_for_line("not everything")
    assert line.startswith(
        "Deployment api: warning: not everything could be checked at preview: Could not read it: no route."
    )


def test_a_configuration_with_which_nothing_can_be_created_is_a_mistake(engine: Engine) -> None:
    (failure,) = engine.check({"act": "configuration", "on": "validate"}).failures
    assert failure.reason == "no client id\nSet it."


def test_the_check_of_something_new_says_that_its_create_will_be_refused(engine: Engine) -> None:
    (failure,) = engine.check({"act": "refuse", "on": "preview_create"}).failures
    assert failure.reason.startswith("there is no connector gadget\nPublish it first.")


def test_a_check_does_not_disturb_the_operations_that_run(engine: Engine) -> None:
    """It runs on the thread of all operations: what they share has no locks."""
    engine.check({"act": "where", "on": "check"})
    assert engine.wait_for_line("check runs on") == "Deployment api: check runs on commercetools-connect"


def test_the_diff_of_something_that_the_program_declares_finds_what_only_the_server_knows(engine: Engine) -> None:
    """Pulumi previews no update of a dynamic resource."""
    engine.check({"n": 2, "invalid": True}, olds={"n": 1})

    with pytest.raises(grpc.RpcError) as caught:
        engine.diff({"n": 1}, {"n": 2, "invalid": True})

    assert "configurations.api: is no application" in Failure(caught.value).text


def test_a_refresh_does_not_fail_for_mistakes(engine: Engine) -> None:
    """It diffs what the program is not asked about, without a check; and so does a destroy with a refresh."""
    olds, news = engine.props({"n": 1}), engine.props({"n": 2, "invalid": True})

    answer = engine.stub.Diff(provider_pb2.DiffRequest(id="id-1", urn=f"{URN}-unchecked", olds=olds, news=news))

    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME


def test_warnings_of_a_check_are_printed_with_the_resource_in_front(engine: Engine) -> None:
    engine.check({"warn": True})
    assert engine.wait_for_line("heads up") == "Deployment api: warning: heads up"


def test_messages_are_single_lines(engine: Engine) -> None:
    engine.create({"act": "talk"})
    assert engine.wait_for_line("first") == "Deployment api: first"
    assert engine.wait_for_line("second") == "Deployment api: second"


def test_unknown_values_pass_through_check_and_diff(engine: Engine) -> None:
    answer = MessageToDict(engine.check({"region": UNKNOWN, "deep": {"x": [UNKNOWN]}}).inputs)
    assert answer["region"] == UNKNOWN
    assert answer["deep"] == {"x": [UNKNOWN]}
    assert engine.diff({"region": "eu"}, {"region": UNKNOWN}).changes == provider_pb2.DiffResponse.DIFF_SOME


def test_the_same_inputs_are_no_change(engine: Engine) -> None:
    outputs = {"region": "eu", "n": 3, "urls": {"api": "x"}}
    answer = engine.diff(outputs, {"region": "eu", "n": 3.0})
    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE
    assert not answer.replaces


def test_a_replacement_names_its_properties(engine: Engine) -> None:
    answer = engine.diff({"key": "a", "n": 1}, {"key": "b", "n": 2})
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(answer.replaces) == ["key"]
    assert answer.deleteBeforeReplace


def test_another_connection_alone_is_an_update_because_destroy_uses_the_stored_one(engine: Engine) -> None:
    answer = engine.diff({"n": 1}, {"n": 1, "connection": "shop"})
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert not answer.replaces


def test_other_timeouts_alone_are_no_change(engine: Engine) -> None:
    new = {"name": "api", "derivedKey": "acme-dev-api-1234", "timeLimits": {"create": 60}}
    answer = engine.diff({"n": 1}, {"n": 1, "__declaration": new})
    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_create_answers_everything_that_later_calls_need(engine: Engine) -> None:
    answer = engine.create({"region": "eu", "connection": "shop", "n": 3})
    outputs = MessageToDict(answer.properties)
    assert answer.id == "id-1"
    assert outputs["region"] == "eu"
    assert outputs["n"] == 3
    assert outputs["connection"] == "shop"
    assert outputs["__provider"]
    assert outputs["__declaration"]["derivedKey"] == "acme-dev-api-1234"
    assert outputs["received"]["name"] == "api"


@pytest.mark.parametrize("method", ["create", "update", "read"])
def test_computed_secrets_travel_in_envelopes_at_any_depth(engine: Engine, method: str) -> None:
    answer = MessageToDict(engine.call(method, {"region": "eu"}).properties)
    assert answer["token"] == ENVELOPE
    assert answer["nested"] == {"list": [DEEP_ENVELOPE, 1.5], "n": 3.0}


def test_update_answers_full_outputs_and_saw_the_stored_ones(engine: Engine) -> None:
    outputs = MessageToDict(engine.update({"region": "eu", "stored": 1}, {"region": "us"}).properties)
    assert outputs["region"] == "us"
    assert outputs["saw"] == ["region", "stored"]
    assert outputs["__provider"]


def test_read_answers_outputs_and_inputs(engine: Engine) -> None:
    answer = engine.read({"region": "eu"})
    assert answer.id == "id-1"
    assert MessageToDict(answer.properties)["region"] == "eu"
    assert MessageToDict(answer.inputs)["region"] == "eu"
    assert MessageToDict(answer.inputs)["__declaration"]["name"] == "api"


def test_a_gone_object_is_reported_as_gone(engine: Engine) -> None:
    answer = engine.read({"act": "gone"})
    assert answer.id == ""
    assert set(answer.properties) == {"__provider"}


def test_a_delete_of_an_object_is_answered(engine: Engine) -> None:
    engine.delete({"region": "eu"})


@pytest.mark.parametrize("method", METHODS)
def test_an_error_is_its_text_and_nothing_else(engine: Engine, method: str) -> None:
    failure = engine.failure(method, {"act": "refuse"})
    assert failure.code is grpc.StatusCode.UNKNOWN
    assert failure.status is not None, "canary: the frame that serves an RPC does not look as it did"
    assert failure.status.code == 2
    assert failure.message == "there is no connector gadget\nPublish it first.\nOr name another."
    assert not failure.status.details


@pytest.mark.parametrize("method", METHODS)
def test_an_unforeseen_error_tells_its_place_and_no_value(engine: Engine, method: str) -> None:
    failure = engine.failure(method, {"act": "bug"})
    assert failure.message.startswith(f"unexpected KeyError in the {method} of Deployment api, at ")
    assert re.fullmatch(r".*; please report it with the id [0-9a-f]{8}", failure.message), "one line"
    assert "canary" not in failure.message + failure.text + failure.raw


@pytest.mark.parametrize("method", METHODS)
def test_even_an_exit_is_answered(engine: Engine, method: str) -> None:
    failure = engine.failure(method, {"act": "exit"})
    assert failure.message.startswith(f"unexpected SystemExit in the {method} of Deployment api")
    engine.call(method, {"region": "eu"})  # and the process goes on


@pytest.mark.parametrize("method", ["create", "update", "read"])
def test_a_half_done_object_is_kept_with_reasons_and_secrets(engine: Engine, method: str) -> None:
    failure = engine.failure(method, {"act": "partial", "connection": "shop"})
    detail = failure.init_failed
    assert detail is not None, "canary: the frame that serves an RPC does not look as it did"
    assert detail.id == "id-1"
    assert list(detail.reasons) == ["api: build failed", "worker: out of memory\n  line 2"]
    outputs = MessageToDict(detail.properties)
    assert outputs["connection"] == "shop"
    assert outputs["token"] == ENVELOPE
    assert outputs["__provider"]
    assert outputs["__declaration"]["name"] == "api"
    assert MessageToDict(detail.inputs)["__declaration"]["name"] == "api"


def test_a_half_done_object_may_be_large(engine: Engine) -> None:
    failure = engine.failure("create", {"act": "partial", "large": "x" * 1_000_000})
    assert failure.init_failed is not None
    assert len(MessageToDict(failure.init_failed.properties)["large"]) == 1_000_000


def test_a_half_done_delete_is_an_error(engine: Engine) -> None:
    failure = engine.failure("delete", {"act": "partial"})
    assert failure.message == "api: build failed\nworker: out of memory\n  line 2"


def test_urn_and_custom_timeouts_reach_the_resource(engine: Engine) -> None:
    received = MessageToDict(engine.create({"n": 1}, timeout=90.0).properties)["received"]
    assert received["timeLimit"] == 90, "canary: the request is not where it was"
    assert received["urn"].endswith("::api"), "canary: the request is not where it was"
    assert MessageToDict(engine.update({}, {}, timeout=91.0).properties)["received"]["timeLimit"] == 91


def test_the_argument_timeouts_wins_over_custom_timeouts(engine: Engine) -> None:
    declaration = {"name": "api", "derivedKey": "k", "timeLimits": {"create": 60}}
    received = MessageToDict(engine.create({"__declaration": declaration}, timeout=90.0).properties)["received"]
    assert received["timeLimit"] == 60


def test_no_time_limit_means_the_resource_decides(engine: Engine) -> None:
    assert MessageToDict(engine.create({}).properties)["received"].get("timeLimit") is None


def test_delete_takes_the_newest_time_limit_from_the_inputs(engine: Engine, failure_of: type[Failure]) -> None:
    old = {"__declaration": {"name": "api", "derivedKey": "k", "timeLimits": {"delete": 60}}, "act": "tell"}
    inputs = Struct()
    inputs.update({"__declaration": {"name": "api", "derivedKey": "k", "timeLimits": {"delete": 120}}})
    with pytest.raises(grpc.RpcError) as caught:
        engine.delete(old, old_inputs=inputs)
    assert failure_of(caught.value).message.startswith("limit 120, urn urn:pulumi:")


def test_each_kind_of_resource_is_served(engine: Engine) -> None:
    for kind in ("ConnectorStaged", "ConnectorPublication", "Deployment", "RolloutGate"):
        assert engine.create({}, kind=kind).id == "id-1"


def test_a_resource_of_a_newer_version_is_reported_as_such(engine: Engine, failure_of: type[Failure]) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        engine.create({}, kind="Project")
    assert "has no resource Project" in failure_of(caught.value).message


def test_configuration_reaches_the_core_and_a_connection_is_complete_by_itself(engine: Engine) -> None:
    own = MessageToDict(engine.create({}).properties)
    assert own["configured"]["projectKey"] == "acme"
    assert own["environ"] == ["CTP_PROJECT_KEY"]
    other = MessageToDict(engine.create({"connection": "shop"}).properties)
    assert other["configured"] == {"clientId": "other", "clientSecret": None, "projectKey": "shop"}
    assert other["environ"] == []
    twin = MessageToDict(engine.create({"connection": "twin"}).properties)
    assert twin["configured"] == own["configured"]
    assert twin["environ"] == []


@pytest.mark.parametrize("method", [each for each in METHODS if each != "check"])
def test_a_missing_connection_lists_the_known_ones(engine: Engine, method: str) -> None:
    said = engine.failure(method, {"connection": "shoop"}).message
    assert "there is no connection 'shoop'" in said or "made with the connection shoop, which is not" in said
    assert "(known: odd, shop, twin)" in said
    assert "canary" not in said


def test_a_check_finds_a_connection_that_is_not_configured(engine: Engine) -> None:
    (failure,) = engine.check({"connection": "shoop"}).failures
    assert "there is no connection 'shoop'" in failure.reason
    assert "(known: odd, shop, twin)" in failure.reason


def test_a_broken_connection_is_reported(engine: Engine) -> None:
    assert "connections.odd is not an object" in engine.failure("create", {"connection": "odd"}).message


def test_many_more_than_four_wait_at_once(make_engine: type[Engine]) -> None:
    """Canary for the widened pool: each of the 32 ends only when all of them have begun.

    They are the first calls that the process gets, as in a `pulumi destroy`.
    """
    with make_engine() as engine:
        calls = [engine.create_in_background({"party": 32}) for _ in range(32)]
        assert {call.result().id for call in calls} == {"id-1"}


def test_a_bad_configuration_is_an_error_of_the_first_operation_and_says_what(make_engine: type[Engine]) -> None:
    with make_engine() as engine:
        engine.configure({"region": "mars"}, connections=[])
        failure = engine.failure("check", {})
        assert failure.message == "commercetools-connect:region: mars is not a region\nChoose another."
        assert "connections is not an object" in engine.failure("create", {"connection": "x"}).message


def test_a_misspelt_name_in_the_configuration_is_reported_once(make_engine: type[Engine]) -> None:
    """Canary: Pulumi hands providers a bag whose names it does not show. What engines add is none."""
    with make_engine() as engine:
        engine.configure({**CONFIG, "regoin": "x", "version": "1.2.3"})
        for kind in ("Deployment", "ConnectorStaged"):
            engine.create({"act": "talk"}, kind=kind)
        lines = [engine.lines.get(timeout=60) for _ in range(3)]
    received = [line for line in lines if line.startswith("configuration")]
    assert received == [
        "configuration: warning: commercetools-connect:regoin is not a known setting; did you mean region?"
    ]


def test_the_process_ends_at_once_although_a_resource_still_waits(make_engine: type[Engine]) -> None:
    with make_engine() as engine:
        engine.create({})
        waiting = engine.create_in_background({"party": 2})
        engine.create({"act": "talk"})
        engine.wait_for_line("first")
        engine.process.send_signal(2)
        with pytest.raises(grpc.RpcError):
            waiting.result()
        assert engine.process.wait(15) == 0  # before the call would be given up, also on a busy machine
        assert engine.wait_for_line("farewell")


def test_nothing_secret_is_printed(make_engine: type[Engine]) -> None:
    with make_engine() as engine:
        for method in METHODS:
            engine.failure(method, {"act": "bug", "secret": "canary-5ecret"})
        engine.create({"act": "talk", "secret": "canary-5ecret"})
        engine.wait_for_line("first")
    assert not [line for line in engine.lines.queue if "canary" in line]
