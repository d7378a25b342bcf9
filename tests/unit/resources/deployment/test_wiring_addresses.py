"""Addresses are compared as what they are: no other host, path or topic passes for the application's own."""

from __future__ import annotations

from string import ascii_lowercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.api.models.wiring import ExtensionDestination, SubscriptionDestination
from commercetools_connect.resources.deployment.wiring.registrations import (
    Match,
    called_url,
    compare_topics,
    compare_urls,
    shown_extension,
    shown_subscription,
)
from tests.unit.core.trees import some_examples

APP = "https://app-1.europe-west1.gcp.commercetools.app/service"
TOPIC = "projects/connect-1/topics/topic-1"
ARN = "arn:aws:sns:eu-central-1:123:topic-1"

EXACT, NAME, HOST, NONE = Match.EXACT, Match.BY_NAME, Match.SAME_HOST, Match.NONE


def destination(address: str) -> SubscriptionDestination:
    if address.startswith(("arn:", "sns:")):
        return SubscriptionDestination(type="SNS", topic_arn=address.removeprefix("sns:"))
    project, _, topic = address.rpartition("/")
    return SubscriptionDestination(type="GoogleCloudPubSub", project_id=project, topic=topic)


@pytest.mark.parametrize(
    ("application", "called", "match"),
    [
        (APP, APP, EXACT),
        (APP, f"{APP}/", EXACT),
        (f"{APP}/", APP, EXACT),
        (APP, f"{APP}/carts?code=1#top", EXACT),
        (APP, APP.replace("/service", "//service/"), EXACT),
        (APP, APP.replace("https://", "HTTPS://").replace("app-1", "APP-1"), EXACT),
        (APP, APP.replace(".app/", ".app:443/"), EXACT),
        (APP, APP.replace(".app/", ".app./"), EXACT),
        (APP, APP.replace("https://", "https://user:word@"), EXACT),
        (APP.removeprefix("https://"), APP, EXACT),
        (APP, APP.replace("/service", "/%73ervice"), EXACT),
        ("https://a.commercetools.app/", "https://a.commercetools.app//api-extension", EXACT),
        ("https://a.commercetools.app", "https://a.commercetools.app", EXACT),
        (APP, f"{APP}2", HOST),
        (APP, APP.replace("/service", "/Service"), HOST),
        (APP, APP.replace("/service", ""), HOST),
        (APP, f"{APP}/../other", HOST),
        (APP, f"{APP}/%2e%2e/other", HOST),
        (APP, APP.replace("https://", "http://"), HOST),
        (APP, APP.replace(".app/", ".app:8443/"), HOST),
        (APP, APP.replace(".app/", ".app.evil.example/"), NONE),
        (APP, APP.replace("app-1", "app-2"), NONE),
        (APP, f"https://evil.example/{APP}", NONE),
        (APP, APP.replace("https://", "https://evil.example\\@"), NONE),
        (APP, f"ftp://{APP.removeprefix('https://')}", NONE),
        (APP, "", NONE),
        ("", "", NONE),
        ("", APP, NONE),
        (APP, "http://[::1", NONE),
        (APP, "https://host:port/service", NONE),
    ],
)  # fmt: skip
def test_a_url_is_the_applications_where_host_and_path_are(application: str, called: str, match: Match) -> None:
    assert compare_urls(application, called) is match


@pytest.mark.parametrize(
    ("application", "delivered", "match"),
    [
        (TOPIC, "connect-1/topic-1", EXACT),
        (TOPIC, "/topic-1", NAME),
        ("topic-1", "connect-1/topic-1", NAME),
        ("topic-1", ARN, NAME),
        (ARN, ARN, EXACT),
        (ARN, "sns:topic-1", NAME),
        (f"//pubsub.googleapis.com/{TOPIC}", "connect-1/topic-1", EXACT),
        (TOPIC, "connect-1/topic-2", NONE),
        (TOPIC, "connect-1/topic-12", NONE),
        (TOPIC, "connect-2/topic-1", NONE),
        (TOPIC, "connect-1/Topic-1", NONE),
        (TOPIC, ARN, NONE),
        (TOPIC, "sns:topic-1", NONE),
        (ARN, "connect-1/topic-1", NONE),
        (ARN, ARN.replace(":123:", ":124:"), NONE),
        ("", "connect-1/topic-1", NONE),
        (TOPIC, "connect-1/", NONE),
        ("", "/", NONE),
    ],
)
def test_a_topic_is_the_applications_where_project_and_name_are(
    application: str, delivered: str, match: Match
) -> None:
    assert compare_topics(application, destination(delivered)) is match


def test_a_full_name_in_a_subscription_is_compared_as_such() -> None:
    full = SubscriptionDestination(type="GoogleCloudPubSub", project_id="", topic=TOPIC)
    assert compare_topics(TOPIC, full) is EXACT


@pytest.mark.parametrize("kind", ["SQS", "EventBridge", "ConfluentCloud", "Carrier", ""])
def test_other_destinations_are_never_the_applications_topic(kind: str) -> None:
    assert compare_topics("topic-1", SubscriptionDestination(type=kind, topic="topic-1", topic_arn=ARN)) is NONE
    assert shown_subscription(SubscriptionDestination(type=kind)) in (kind, "an unknown destination")


def test_only_destinations_with_a_url_call_one() -> None:
    assert called_url(ExtensionDestination(type="HTTP", url=APP)) == APP
    assert called_url(ExtensionDestination(type="GoogleCloudFunction", url=APP)) == APP
    assert called_url(ExtensionDestination(type="Carrier", url=APP)) == ""
    assert shown_extension(ExtensionDestination(type="AWSLambda", arn="arn:aws:lambda:x")) == "arn:aws:lambda:x"
    assert shown_extension(ExtensionDestination(type="Carrier")) == "Carrier"


LABEL = st.text(ascii_lowercase + digits, min_size=1, max_size=8)
SEGMENTS = st.lists(LABEL, max_size=3)


def url(host: str, segments: list[str]) -> str:
    return "/".join([f"https://{host}.commercetools.app", *segments])


@some_examples
@given(LABEL, SEGMENTS, SEGMENTS)
def test_every_path_below_the_application_is_its_own(host: str, own: list[str], below: list[str]) -> None:
    assert compare_urls(url(host, own), url(host, [*own, *below])) is EXACT


@some_examples
@given(LABEL, SEGMENTS, SEGMENTS, st.sampled_from(["", "/", "//", "?a=b", "#c", "/?a=b"]))
def test_slashes_query_and_fragment_make_no_difference(
    host: str, own: list[str], other: list[str], end: str
) -> None:
    plain = compare_urls(url(host, own), url(host, other))
    assert compare_urls(url(host, own) + "/", url(host, ["", *other]) + end) is plain


@some_examples
@given(LABEL, SEGMENTS, SEGMENTS, LABEL)
def test_a_path_that_only_begins_like_the_applications_is_another_one(
    host: str, own: list[str], below: list[str], more: str
) -> None:
    longer = [*own, *below]
    if own:
        longer[len(own) - 1] += more
        assert compare_urls(url(host, own), url(host, longer)) is HOST
    assert compare_urls(url(host, own), url(f"{host}{more}", own)) is NONE
    assert compare_urls(url(host, own), url(host, own).replace(".app", f".app.{more}")) is NONE


@some_examples
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_can_be_compared(left: str, right: str) -> None:
    found = compare_urls(left, right)
    assert found is compare_urls(left, right)
    assert compare_topics(left, SubscriptionDestination(type="SNS", topic_arn=right)) in Match
    if found is EXACT:
        assert compare_urls(right, left).fits or compare_urls(right, left) is HOST
