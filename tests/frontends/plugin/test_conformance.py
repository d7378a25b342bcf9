"""Every call with every kind of value: nothing crashes, no secret is lost, no difference is invented."""

from __future__ import annotations

import json
from typing import Any

import grpc
import pytest
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message
from pulumi.runtime.proto import engine_pb2, provider_pb2

from commercetools_connect.core.values import Secret
from commercetools_connect.frontends.plugin.codec import decode_properties
from commercetools_connect.resources.keys import derive_key
from tests.frontends.plugin.conftest import METHODS, URN, Engine, plain, secret, struct
from tests.frontends.plugin.fake_core import CANARY
from tests.frontends.plugin.test_failures import BROKEN
from tests.support.marks import SIGNATURE, UNKNOWN

Kind = provider_pb2.PropertyDiff.Kind

TREES: dict[str, dict[str, Any]] = {
    "known": {"region": "r", "redeployTrigger": [1, 2.5, {"a": True}]},
    "unknown": {"region": UNKNOWN, "connector": {"id": UNKNOWN}},
    "nested-unknown": {"configurations": {"api": {"standardConfiguration": {"A": UNKNOWN}}}},
    "secret": {"configurations": {"api": {"securedConfiguration": {"TOKEN": secret(CANARY)}}}},
    "secret-whole": {"configurations": secret({"api": {"securedConfiguration": {"TOKEN": CANARY}}})},
    "secret-forgotten": {"configurations": {"api": {"securedConfiguration": {"TOKEN": CANARY}}}},
    "secret-global": {"globalConfiguration": {"securedConfiguration": {"TOKEN": CANARY}}},
    "null": {"region": None, "configurations": {"api": None}},
    "empty": {},
    "odd": {"configurations": [1], "globalConfiguration": "text"},
    "extra": {"region": "r", "unknown": {"knows": ["this"]}},
    "foreign": {"region": "r", "__provider": "gASVJgAA", "__declaration": {"name": "api"}},
}
KNOWN = [name for name in TREES if "unknown" not in name]


def shown(message: Message) -> str:
    """Return what of an answer is outside of an envelope."""
    return json.dumps(_without_envelopes(json.loads(MessageToJson(message))))


def _without_envelopes(value: object) -> object:
    if isinstance(value, dict):
        return {} if SIGNATURE in value else {key: _without_envelopes(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_without_envelopes(child) for child in value]
    return value


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("method", METHODS)
def test_every_call_takes_every_value_and_shows_no_secret(engine: Engine, method: str, tree: str) -> None:
    """No answer is an error, and what is secret in it stands in an envelope, also what the provider computes."""
    assert CANARY not in shown(engine.call(method, TREES[tree]))


@pytest.mark.parametrize("tree", [name for name in TREES if name not in ("secret-forgotten", "secret-global")])
@pytest.mark.parametrize("method", ["check", "diff", "create", "update"])
@pytest.mark.parametrize("kind", ["ConnectorStaged", "ConnectorPublication", "Deployment", "RolloutGate"])
def test_the_real_resources_take_every_value_in_a_preview(
    unplugged: Engine, kind: str, method: str, tree: str
) -> None:
    """Without a network each preview ends well, or in words about the inputs; it shows no secret.

    A deployment that must be deleted before it is replaced is an exception: its replacement cannot be proven.
    """
    options = {} if method in ("check", "diff") else {"preview": True}
    olds = {"target": "private", **TREES[tree]}
    inputs = [TREES[tree]] if method in ("check", "create") else [olds, TREES[tree]]

    urn = URN.replace("Deployment", kind)
    if (kind, method) == ("Deployment", "diff"):
        urn += "-unchecked"  # as in a refresh, which proves nothing

    def act() -> Any:
        return getattr(unplugged, method)(*inputs, urn=urn, **options)

    if (kind, method) == ("Deployment", "diff") and "unknown" in tree:  # as in a cascade of deleteBeforeReplace
        with pytest.raises(grpc.RpcError, match="would be deleted before"):
            act()
        return
    if method != "create" or kind not in ("Deployment", "ConnectorStaged"):
        assert CANARY not in shown(act())
        return
    with pytest.raises(grpc.RpcError) as caught:  # it is certain that nothing is created without a region
        act()
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert CANARY not in str(caught.value.details())


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("method", ["create", "read", "update", "delete"])
@pytest.mark.parametrize("kind", ["ConnectorStaged", "ConnectorPublication", "Deployment"])
def test_the_real_resources_end_in_words_with_any_input(
    unplugged: Engine, kind: str, method: str, tree: str
) -> None:
    """Without a network only what has nothing to ask succeeds; nothing crashes, and no error shows a secret."""
    urn = URN.replace("Deployment", kind)
    if (kind, method) == ("ConnectorPublication", "delete"):
        unplugged.call(method, TREES[tree], urn=urn)
        return
    # of an object that the same run updates, nothing is deleted
    other = {"id_": "p/id-2"} if method == "delete" else {}
    failure = unplugged.failure(method, TREES[tree], urn=urn, **other)

    assert failure.code not in BROKEN, failure.text
    assert CANARY not in failure.text


@pytest.mark.parametrize("tree", KNOWN)
def test_the_same_inputs_are_no_difference(engine: Engine, tree: str) -> None:
    """Check, create, check again, diff: none. So it is after a refresh."""
    inputs = plain(engine.check(TREES[tree]).inputs)
    created = engine.create(inputs)
    again = plain(engine.check(TREES[tree], inputs).inputs)
    read = engine.read(plain(created.properties))

    for outputs in (created.properties, read.properties):
        found = engine.diff(plain(outputs), again)
        assert found.changes == provider_pb2.DiffResponse.DIFF_NONE, found
        assert [*found.diffs, *found.replaces, *found.detailedDiff] == []


@pytest.mark.parametrize("tree", TREES)
def test_a_check_loses_nothing(engine: Engine, tree: str) -> None:
    """What the program wrote comes back, secrets as secrets, unknown as unknown; internal properties do not."""
    inputs = decode_properties(engine.check(TREES[tree]).inputs)
    written = {
        name: value
        for name, value in decode_properties(struct(TREES[tree])).items()
        if value is not None and "forgotten" not in tree and "global" not in tree
    }

    assert {name: inputs[name] for name in written} == written
    assert not any(name.startswith("__") for name in inputs)


def test_a_change_of_secretness_alone_is_no_change(engine: Engine) -> None:
    found = engine.diff(TREES["secret"], TREES["secret-forgotten"])

    assert found.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_diff_names_each_path_and_what_happens_there(engine: Engine) -> None:
    """Top-level names of the detailed diff are the changed properties; an unknown value counts as changed."""
    olds = {"region": "a", "connector": {"id": "1", "key": "k"}, "type": "sandbox", "adopt": True}
    news = {"region": "b", "connector": {"id": UNKNOWN, "staged": True}, "type": "sandbox", "adopt": None}

    found = engine.diff(olds, news)

    assert found.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert {path: Kind.Name(each.kind) for path, each in found.detailedDiff.items()} == {
        "region": "UPDATE_REPLACE",
        "connector.id": "UPDATE",
        "connector.key": "DELETE",
        "connector.staged": "ADD",
        "adopt": "DELETE",
    }
    assert list(found.diffs) == ["adopt", "connector", "region"]
    assert list(found.replaces) == ["region"]
    assert found.deleteBeforeReplace
    assert found.hasDetailedDiff


def test_a_preview_of_a_create_knows_inputs_and_what_is_certain(engine: Engine) -> None:
    """Everything else is said to be unknown, by name; nothing is created."""
    tree = {"region": "r", "connectorTag": "v1", "act": "refuse", "on": "create"}

    answer = plain(engine.create(tree, preview=True).properties)

    assert (answer["region"], answer["deployedTag"]) == ("r", "v1")
    assert {answer[name] for name in ("deploymentId", "status", "urls", "applications")} == {UNKNOWN}


def test_a_preview_of_an_update_knows_what_the_resource_sees_in_the_state(engine: Engine) -> None:
    olds = {"region": "r", "deploymentId": "d", "status": "Deployed", "urls": {"a": "u"}}

    answer = plain(engine.update(olds, {"region": "r"}, preview=True).properties)

    assert answer["urls"] == {"a": "u"}
    assert answer["status"] == UNKNOWN


def test_a_preview_of_a_create_finds_what_only_the_server_knows(engine: Engine) -> None:
    """A mistake is an error in words; trouble on the way is one warning, and the preview goes on."""
    with pytest.raises(grpc.RpcError) as caught:
        engine.create({"invalid": True}, preview=True)
    engine.create({"act": "unreachable", "on": "validate"}, preview=True)

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.details() == "configurations.api: is no application"
    warning = engine.hear(
        "not everything could be checked at preview: Could not read it: no route.\nCheck the network."
    )
    assert warning.severity == engine_pb2.WARNING


def test_a_preview_of_an_update_finds_what_only_the_server_knows(engine: Engine) -> None:
    """The diff does not: its error would end the preview at the first resource."""
    engine.diff({"region": "r"}, {"region": "r", "invalid": True})
    with pytest.raises(grpc.RpcError) as caught:
        engine.update({"region": "r"}, {"region": "r", "invalid": True}, preview=True)

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.details() == "configurations.api: is no application"


def test_a_preview_of_a_create_says_that_it_will_be_refused(engine: Engine) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        engine.create({"act": "refuse", "on": "preview_create"}, preview=True)

    assert caught.value.details() == "the key is taken\nChoose another."


def test_a_resource_receives_what_it_needs(engine: Engine) -> None:
    """Name, URN, the key that both frontends derive, and the time limit of `customTimeouts`."""
    received = plain(engine.create({"region": "r"}, timeout=90).properties)["received"]

    assert received == {
        "name": "api",
        "urn": URN,
        "derivedKey": derive_key("acme", "dev", "api"),
        "keyProvesOwnership": False,
        "timeLimit": 90.0,
        "configured": ["clientId", "clientSecret", "projectKey"],
    }


@pytest.mark.parametrize(
    ("urn", "name"),
    [
        (URN, "api"),
        ("urn:pulumi:dev::acme::my:index:Shop$commercetools-connect:index:Deployment::api", "api"),
        ("urn:pulumi:dev::acme::commercetools-connect:index:Deployment::a::b", "a::b"),
    ],
)
def test_children_of_components_and_odd_names_are_served(engine: Engine, urn: str, name: str) -> None:
    received = plain(engine.create({"region": "r"}, urn=urn).properties)["received"]

    assert received["name"] == name


def test_an_object_that_is_gone_is_an_empty_answer(engine: Engine) -> None:
    """Not even empty properties: the engine would take them for an object."""
    answer = engine.read({"act": "gone"})

    assert not answer.id
    assert not answer.HasField("properties")
    assert not answer.HasField("inputs")


def test_an_import_needs_the_id_alone(engine: Engine) -> None:
    """Read by id, check what it gives, diff: none."""
    answer = engine.read({}, id_="p/id-9")
    inputs = plain(engine.check(plain(answer.inputs)).inputs)

    assert answer.id == "p/id-9"
    found = engine.diff({**plain(answer.properties), "key": inputs["key"]}, inputs)
    assert found.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_secrets_of_the_state_reach_the_resource_and_stay_secret(engine: Engine) -> None:
    """Nested, listed and computed values too, on create, update and read."""
    created = decode_properties(engine.create(TREES["secret"]).properties)
    updated = decode_properties(engine.update(TREES["secret"], TREES["secret-forgotten"]).properties)

    for outputs in (created, updated):
        tree: Any = outputs
        assert tree["computed"]["list"][0] == Secret({"deep": CANARY})
        assert tree["configurations"]["api"]["securedConfiguration"]["TOKEN"] == Secret(CANARY)


def test_a_mistake_is_reported_without_naming_a_property(engine: Engine) -> None:
    """The engine would print that property's value."""
    (failure,) = engine.check({"mistake": True, **TREES["secret"]}).failures

    assert failure.property == ""
    assert failure.reason == "configurations.api.securedConfiguration.TOKEN: is not known"


def test_messages_stand_under_the_resource(engine: Engine) -> None:
    """An info and a warning stay; a status is replaced by the next."""
    engine.create({"act": "talk"})
    info, warning, status = (engine.hear(text) for text in ("an info", "a warning", "a status"))

    assert {each.urn for each in (info, warning, status)} == {URN}
    assert [each.ephemeral for each in (info, warning, status)] == [False, False, True]
