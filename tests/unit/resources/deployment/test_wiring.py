"""The messages about the wiring of a deployment: what was looked for, what is there, and what helps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.api import Deployment
from commercetools_connect.api.models.wiring import Extension, Subscription
from commercetools_connect.api.wiring import WiringKind
from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.values import UNKNOWN
from commercetools_connect.resources.deployment.wiring.expectation import (
    ApplicationExpectation,
    Expectation,
    FindingStatus,
    Wiring,
    examine,
    expected_kinds,
)
from commercetools_connect.resources.deployment.wiring.messages import (
    Situation,
    invalid_expectations,
    notes,
    reasons,
)
from commercetools_connect.resources.deployment.wiring.registrations import (
    ApplicationAddress,
    OwnerKind,
    Registration,
    addresses_of,
    former_addresses,
    owners,
    registrations_of,
)
from commercetools_connect.resources.inputs import parse
from tests.unit.core.trees import some_examples

SERVICE = "https://service-1.europe-west1.gcp.commercetools.app/service"
ADMIN = "https://service-2.europe-west1.gcp.commercetools.app/admin"
OLD = "https://service-9.europe-west1.gcp.commercetools.app/service"
TOPIC, OLD_TOPIC = "projects/connect-1/topics/topic-2", "projects/connect-1/topics/topic-1"
CANARY = "c4n4ry-Xy5"
APPLICATIONS = (
    ApplicationAddress("service", url=SERVICE),
    ApplicationAddress("admin", url=ADMIN),
    ApplicationAddress("listener", topic=TOPIC),
    ApplicationAddress("nightly"),
)
FIRST, AGAIN = Situation("acme-dev"), Situation("acme-dev", attempts=2)


def ext(key: str, url: str, **more: Any) -> Extension:
    secret = {"type": "AuthorizationHeader", "headerValue": CANARY}
    destination = {"type": "HTTP", "url": f"{url}?code={CANARY}", "authentication": secret}
    return Extension.model_validate({"id": f"id-{key}", "key": key, "destination": destination, **more})


def sub(key: str, topic: str, status: str = "Healthy", **more: Any) -> Subscription:
    if topic.startswith("arn:"):
        destination = {"type": "SNS", "topicArn": topic, "accessSecret": CANARY}
    else:
        _, project, _, name = topic.split("/")
        destination = {"type": "GoogleCloudPubSub", "projectId": project, "topic": name}
    return Subscription.model_validate(
        {"id": f"id-{key}", "key": key, "destination": destination, "status": status, **more}
    )


def there(*registered: Extension | Subscription) -> tuple[Registration, ...]:
    extensions = [each for each in registered if isinstance(each, Extension)]
    return registrations_of(extensions, [each for each in registered if isinstance(each, Subscription)])


def expect(**applications: Any) -> Expectation:
    return {name: ApplicationExpectation.model_validate(each) for name, each in applications.items()}


def look(
    expected: Expectation,
    *registered: Extension | Subscription,
    former: Sequence[ApplicationAddress] = (),
    applications: Sequence[ApplicationAddress] = APPLICATIONS,
) -> Wiring:
    return examine(expected, applications, there(*registered), former)


def statuses(wiring: Wiring) -> list[FindingStatus]:
    return [each.status for each in wiring.findings]


ANY_EXT, ANY_SUB = {"extension": True}, {"subscription": True}
KEY_EXT, KEY_SUB = {"extension": ["cart"]}, {"subscription": ["orders"]}
BEFORE = (
    ApplicationAddress("service", OLD, "", {WiringKind.EXTENSION: ("cart",)}),
    ApplicationAddress("listener", "", OLD_TOPIC),
)
STOPPED = "ConfigurationErrorDeliveryStopped"
SHOWN: list[tuple[str, Any, list[Any], FindingStatus]] = [
    ("service", ANY_EXT, [ext("cart", SERVICE)], FindingStatus.WIRED),
    ("service", ANY_EXT, [ext("", f"{SERVICE}/carts")], FindingStatus.WIRED),
    ("service", ANY_EXT, [ext("a", SERVICE), ext("b", SERVICE), ext("c", OLD)], FindingStatus.WIRED),
    ("service", KEY_EXT, [ext("cart", SERVICE)], FindingStatus.WIRED),
    ("listener", ANY_SUB, [sub("orders", TOPIC)], FindingStatus.WIRED),
    ("listener", ANY_SUB, [sub("a", TOPIC, STOPPED), sub("b", TOPIC)], FindingStatus.WIRED),
    ("listener", KEY_SUB, [sub("orders", TOPIC, "TemporaryError")], FindingStatus.WIRED),
    ("listener", KEY_SUB, [sub("orders", TOPIC, "SomethingNew")], FindingStatus.WIRED),
    ("listener", KEY_SUB, [sub("orders", TOPIC, "ManuallySuspended")], FindingStatus.STOPPED),
    ("listener", ANY_SUB, [sub("orders", TOPIC, STOPPED)], FindingStatus.STOPPED),
    ("service", ANY_EXT, [ext("cart", f"{SERVICE}2")], FindingStatus.OTHER_PATH),
    ("service", KEY_EXT, [ext("cart", f"{SERVICE}2"), ext("b", SERVICE)], FindingStatus.OTHER_PATH),
    ("service", KEY_EXT, [ext("cart", OLD)], FindingStatus.ELSEWHERE),
    ("service", ANY_EXT, [ext("cart", OLD)], FindingStatus.ELSEWHERE),
    ("listener", ANY_SUB, [sub("any", OLD_TOPIC)], FindingStatus.ELSEWHERE),
    ("listener", KEY_SUB, [sub("orders", OLD_TOPIC)], FindingStatus.ELSEWHERE),
    ("service", KEY_EXT, [ext("cart", ADMIN)], FindingStatus.KEY_CLASH),
    ("service", ANY_EXT, [ext("cart", ADMIN)], FindingStatus.KEY_CLASH),
    ("service", ANY_EXT, [ext("other", ADMIN)], FindingStatus.MISSING),
    ("service", ANY_EXT, [], FindingStatus.MISSING),
    ("service", KEY_EXT, [ext("caart", SERVICE)], FindingStatus.MISSING),
    ("listener", ANY_SUB, [ext("orders", SERVICE)], FindingStatus.MISSING),
    ("listener", ANY_EXT, [ext("cart", SERVICE)], FindingStatus.NO_ADDRESS),
    ("service", ANY_SUB, [sub("orders", TOPIC)], FindingStatus.NO_ADDRESS),
    ("servce", ANY_EXT, [ext("cart", SERVICE)], FindingStatus.NO_ADDRESS),
]


@pytest.mark.parametrize(("name", "wanted", "registered", "status"), SHOWN)
def test_each_part_of_an_expectation_has_its_status(
    name: str, wanted: Any, registered: list[Any], status: FindingStatus
) -> None:
    wiring = look(expect(**{name: wanted}), *registered, former=BEFORE)
    assert statuses(wiring) == [status]
    assert wiring.is_wired is (status is FindingStatus.WIRED)


@pytest.mark.parametrize(("name", "wanted", "registered", "status"), SHOWN)
@pytest.mark.parametrize("situation", [FIRST, AGAIN, Situation("acme-dev", skip_scripts=True)])
def test_every_message_names_the_application_and_a_step_and_no_secret(
    name: str, wanted: Any, registered: list[Any], status: FindingStatus, situation: Situation
) -> None:
    wiring = look(expect(**{name: wanted}), *registered, former=BEFORE)
    said = reasons(wiring, situation)
    assert len(said) == (0 if status is FindingStatus.WIRED else 1)
    for each in said:
        assert f"the application {name!r} is not wired" in each
        assert "acme-dev" in each
        assert each.endswith(".")
    assert CANARY not in repr((said, notes(wiring), wiring, wiring.outputs()))


def text(lines: str) -> str:
    """Join lines, and put in the addresses."""
    return " ".join(lines.split()).format(SERVICE=SERVICE, ADMIN=ADMIN, TOPIC=TOPIC, OLD_TOPIC=OLD_TOPIC)


MESSAGES: list[tuple[str, Any, list[Any], Situation, str]] = [
    (
        "service", ANY_EXT, [], FIRST,
        """the application 'service' is not wired: no Extension of project 'acme-dev' calls {SERVICE}. The scripts
        have not registered one. The next `pulumi up` redeploys once, so that the scripts run again.""",
    ),
    (
        "service", KEY_EXT, [ext("caart", SERVICE)], FIRST,
        """the application 'service' is not wired: project 'acme-dev' has no Extension with the key 'cart' that
        calls {SERVICE}. The scripts have not registered it. Instead, the Extension with the key 'caart' calls it:
        is the expected key right? The next `pulumi up` redeploys once, so that the scripts run again.""",
    ),
    (
        "listener", KEY_SUB, [sub("orders", OLD_TOPIC)], AGAIN,
        """the application 'listener' is not wired: the Subscription with the key 'orders' delivers to {OLD_TOPIC},
        its former address, instead of {TOPIC} (project 'acme-dev'). Its status says nothing about that: it stays
        Healthy while the other topic exists. The scripts ran again and left it as it is, so they only create what
        is missing. Delete the Subscription with the key 'orders' in project 'acme-dev', change redeployTrigger and
        run `pulumi up`: the script creates it again.""",
    ),
    (
        "service", ANY_EXT, [ext("cart", f"{SERVICE}2")], AGAIN,
        """the application 'service' is not wired: the Extension with the key 'cart' calls {SERVICE}2: the host of
        the application, but neither {SERVICE} nor a path below it (project 'acme-dev'). The scripts ran again and
        registered the same path. Check what the script appends to CONNECT_SERVICE_URL, whether the address is
        configured elsewhere, and `endpoint` in connect.yaml; then deploy a corrected version.""",
    ),
    (
        "service", KEY_EXT, [ext("cart", ADMIN)], FIRST,
        """the application 'service' is not wired: the Extension with the key 'cart' calls {ADMIN} of the
        application 'admin', instead of {SERVICE} (project 'acme-dev'). Two applications of the deployment want one
        key, and the last script gets it. A redeploy does not help. Give each application a key of its own: in the
        configuration of the connector where it has a setting for the key, else in a corrected version of its
        scripts. If only the other application uses the key, correct expect.service.""",
    ),
    (
        "servce", ANY_EXT, [], FIRST,
        """the application 'servce' is not wired: the deployment in project 'acme-dev' has no application of that
        name; did you mean service? Correct expect.servce.extension: extension is for applications of type
        service.""",
    ),
    (
        "listener", ANY_SUB, [sub("orders", TOPIC, "ManuallySuspended")], FIRST,
        """the application 'listener' is not wired: the Subscription with the key 'orders' delivers to {TOPIC}, but
        nothing arrives: its status is ManuallySuspended (project 'acme-dev'). commercetools has suspended it: ask
        the vendor's support. A redeploy does not help.""",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wanted", "registered", "situation", "message"), MESSAGES)
def test_the_message_of(name: str, wanted: Any, registered: list[Any], situation: Situation, message: str) -> None:
    """What is read by a user: which application, what was looked for, what is there instead, what helps."""
    assert reasons(look(expect(**{name: wanted}), *registered, former=BEFORE), situation) == (text(message),)


def test_without_scripts_the_step_is_to_let_them_run() -> None:
    (said,) = reasons(look(expect(service=ANY_EXT)), Situation("acme-dev", attempts=3, skip_scripts=True))
    assert "remove skipScripts, change redeployTrigger" in said


def test_on_aws_the_advice_names_the_variables_that_do_not_exist_there() -> None:
    on_aws = [ApplicationAddress("listener", topic="arn:aws:sns:eu-central-1:1:t")]
    (said,) = reasons(look(expect(listener=ANY_SUB), applications=on_aws), AGAIN)
    assert "CONNECT_AWS_TOPIC_ARN; CONNECT_GCP_TOPIC_NAME and CONNECT_GCP_PROJECT_ID do not exist on AWS" in said
    (said,) = reasons(look(expect(listener=ANY_SUB)), AGAIN)
    assert "do not exist on AWS" not in said


def test_a_redeploy_is_no_advice_where_it_cannot_help() -> None:
    clash = look(expect(service=KEY_EXT), ext("cart", ADMIN))
    suspended = look(expect(listener=KEY_SUB), sub("orders", TOPIC, "ManuallySuspended"))
    unknown = look(expect(nothing=ANY_EXT))
    assert [each.redeploy_helps for each in (clash, suspended, unknown)] == [False] * 3
    mixed = look(expect(service=KEY_EXT, listener=ANY_SUB), ext("cart", ADMIN))
    assert mixed.redeploy_helps
    assert not look(expect(service=KEY_EXT), ext("cart", SERVICE)).redeploy_helps


def test_each_listed_key_must_point_to_the_application() -> None:
    expected = expect(service={"extension": ["cart", "payment", "cart"]})
    assert statuses(look(expected, ext("cart", SERVICE), ext("payment", SERVICE))) == [FindingStatus.WIRED] * 2
    assert statuses(look(expected, ext("cart", SERVICE))) == [FindingStatus.WIRED, FindingStatus.MISSING]


def test_many_are_named_by_a_few() -> None:
    near = [ext(f"k{number}", f"{SERVICE}{number}") for number in range(5)]
    (said,) = reasons(look(expect(service=ANY_EXT), *near), FIRST)
    assert "the Extension with the key 'k2' and 2 more call " in said
    assert "'k3'" not in said


def test_what_is_wired_with_a_reservation_is_noted() -> None:
    wiring = look(expect(listener=ANY_SUB), sub("orders", TOPIC, "ConfigurationError"))
    (said,) = notes(wiring)
    assert wiring.is_wired
    assert "its status is ConfigurationError" in said
    short = [ApplicationAddress("listener", topic="topic-2")]
    (said,) = notes(look(expect(listener=ANY_SUB), sub("orders", TOPIC), applications=short))
    assert "only the names could be compared" in said
    assert notes(look(expect(listener=ANY_SUB), sub("orders", TOPIC))) == ()


def test_the_output_tells_what_points_here_and_no_id_that_moves() -> None:
    wiring = look(
        expect(service={"extension": True}, listener=KEY_SUB, admin=ANY_EXT),
        ext("cart", SERVICE),
        sub("orders", TOPIC),
    )
    assert wiring.outputs() == {
        "service": {"extensions": [{"key": "cart", "url": SERVICE}]},
        "listener": {"subscriptions": [{"key": "orders", "topic": TOPIC, "status": "Healthy"}]},
        "admin": {"extensions": []},
    }
    applications: Any = [{"name": "service", "url": SERVICE}, {"name": "listener", "topic": TOPIC}]
    service, listener = former_addresses(applications, wiring.outputs())
    assert service.keys[WiringKind.EXTENSION] == ("cart",)
    assert (listener.topic, listener.keys[WiringKind.SUBSCRIPTION]) == (TOPIC, ("orders",))
    assert former_addresses(None, "garbage") == ()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"extension": False}, "must be true or a list of keys"),
        ({"extension": "cart"}, "must be true or a list of keys"),
        ({"extension": []}, "must not be empty"),
        ({"extension": ["a b"]}, "must be keys of 2 to 256 characters"),
        ({"extensions": True}, "unknown argument"),
    ],
)
def test_an_expectation_that_says_nothing_is_a_mistake(value: Any, reason: str) -> None:
    with pytest.raises(InvalidInputError, match=reason):
        parse(ApplicationExpectation, value)


def test_only_what_is_expected_has_to_be_listed() -> None:
    assert expected_kinds(expect(service=ANY_EXT)) == {WiringKind.EXTENSION}
    assert expected_kinds(expect(service=ANY_EXT, listener=KEY_SUB)) == set(WiringKind)
    assert expected_kinds({}) == frozenset()


def test_what_cannot_be_fulfilled_is_a_mistake_before_anything_is_deployed() -> None:
    twice: Any = {"service": KEY_EXT, "admin": KEY_EXT, "listener": {"subscription": ["cart"]}, "nightly": {}}
    assert [str(each) for each in invalid_expectations(twice)] == [
        "expect.admin.extension: cart is expected for service as well, and it can point to one only",
        "expect.nightly: extension or subscription must be given",
    ]
    types = {"service": "service", "listener": "event"}
    wrong: Any = {"service": ANY_SUB, "listner": ANY_SUB}
    assert [str(each) for each in invalid_expectations(wrong, types)] == [
        "expect.service.subscription: is for applications of type event; this one is service",
        "expect.listner: unknown application; did you mean listener?",
    ]
    right: Any = {"service": ANY_EXT, "listener": KEY_SUB}
    assert invalid_expectations(right, types) == ()


def test_what_is_not_known_yet_is_no_mistake() -> None:
    unknown: Any = {"service": {"extension": UNKNOWN}, "admin": UNKNOWN}
    assert invalid_expectations(unknown) == ()
    assert invalid_expectations(UNKNOWN) == ()


def deployment(key: str, url: str = "", topic: str = "") -> Deployment:
    applications = [{"applicationName": "app", "url": url, "topic": topic}]
    return Deployment.model_validate(
        {"id": f"id-{key}", "key": key, "version": 1, "status": "Deployed", "applications": applications}
    )


@pytest.mark.parametrize(
    ("registered", "ownership"),
    [
        (ext("a", SERVICE), OwnerKind.DEPLOYMENT),
        (ext("a", f"{SERVICE}2"), OwnerKind.DEPLOYMENT),
        (sub("a", TOPIC), OwnerKind.DEPLOYMENT),
        (ext("a", OLD), OwnerKind.ORPHAN),
        (sub("a", OLD_TOPIC), OwnerKind.ORPHAN),
        (ext("a", "https://hooks.acme.example/x"), OwnerKind.OTHER),
        (ext("a", "https://commercetools.app.evil.example"), OwnerKind.OTHER),
        (ext("a", "https://evilcommercetools.app"), OwnerKind.OTHER),
        (sub("a", "projects/acme-own/topics/topic-1"), OwnerKind.OTHER),
        (sub("a", "arn:aws:sns:eu:1:t"), OwnerKind.OTHER),
        (Subscription.model_validate({"id": "x", "destination": {"type": "Carrier"}}), OwnerKind.OTHER),
        (Extension.model_validate({"id": "x", "destination": {"type": "AWSLambda"}}), OwnerKind.OTHER),
    ],
)
def test_only_what_is_connects_can_be_an_orphan(registered: Any, ownership: OwnerKind) -> None:
    deployments = [deployment("tax", SERVICE), deployment("mail", "", TOPIC)]
    (owner,) = owners(there(registered), deployments)
    assert owner.kind is ownership
    assert bool(owner.deployment_key) is (ownership is OwnerKind.DEPLOYMENT)


def test_without_deployments_no_topic_is_an_orphan() -> None:
    (owner,) = owners(there(sub("a", OLD_TOPIC)), [])
    assert owner.kind is OwnerKind.OTHER


ADDRESSES = st.sampled_from([SERVICE, f"{SERVICE}/x", f"{SERVICE}2", ADMIN, OLD, "https://acme.example"])
TOPICS = st.sampled_from([TOPIC, OLD_TOPIC, "projects/acme/topics/t", "arn:aws:sns:eu:1:topic-2"])
STATUSES = st.sampled_from(["Healthy", "ManuallySuspended", "ConfigurationErrorDeliveryStopped", "New"])
KEYS = st.sampled_from(["cart", "orders", "k1", "k2", ""])
REGISTERED = st.lists(st.builds(ext, KEYS, ADDRESSES) | st.builds(sub, KEYS, TOPICS, STATUSES), max_size=6)
WANTED = st.dictionaries(
    st.sampled_from(["service", "admin", "listener", "nightly", "nothing"]),
    st.sampled_from([ANY_EXT, ANY_SUB, KEY_EXT, KEY_SUB, {"extension": ["cart", "k1"], "subscription": True}]),
)


def unique(registered: list[Any]) -> list[Any]:
    """Keep one of each kind and key, as the API does."""
    return [*{(type(each), each.key or id(each)): each for each in registered}.values()]


@some_examples
@given(WANTED, REGISTERED, st.sampled_from([(), BEFORE]), st.sampled_from([FIRST, AGAIN]))
def test_wired_always_means_that_something_points_to_the_application(
    wanted: Any, registered: list[Any], former: Any, situation: Situation
) -> None:
    registered = unique(registered)
    wiring = look(expect(**wanted), *registered, former=former)
    again = look(expect(**wanted), *reversed(registered), former=former)
    assert wiring == again or len({each.key for each in registered}) < len(registered)
    own = {each.name: each for each in APPLICATIONS}
    for each in wiring.findings:
        fits = [found.match(own[each.application]).fits for found in each.found if each.application in own]
        if each.status in (FindingStatus.WIRED, FindingStatus.STOPPED):
            assert fits
            assert all(fits)
        if each.status in (FindingStatus.OTHER_PATH, FindingStatus.ELSEWHERE, FindingStatus.KEY_CLASH):
            assert fits
            assert not any(fits)
        assert (
            all(found.key == each.key for found in each.found)
            or not each.key
            or each.status is FindingStatus.MISSING
        )
    assert len(reasons(wiring, situation)) == len(wiring.problems)


@some_examples
@given(REGISTERED)
def test_more_registrations_never_unwire_an_expectation_of_any_key(registered: list[Any]) -> None:
    wiring = look(expect(service=ANY_EXT, listener=ANY_SUB), *registered, ext("x1", SERVICE), sub("x2", TOPIC))
    assert wiring.is_wired


def test_the_addresses_of_a_deployment_are_those_of_its_applications() -> None:
    (address,) = addresses_of(deployment("tax", SERVICE, TOPIC))
    assert (address.name, address.url, address.topic) == ("app", SERVICE, TOPIC)
