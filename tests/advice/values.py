"""Remedies about values that Pulumi cannot send from a program with dynamic resources."""

from __future__ import annotations

import datetime as dt
from functools import partial

from commercetools_connect.frontends.dynamic.input_shapes import Place, list_of, sendable
from tests.advice.story import Steps, Story, story
from tests.support.world import World

VALUES: list[Story] = []
PLACE = Place("Deployment 'shop'", "configurations")


@story("Write [...].", VALUES)
def text_in_place_of_a_list(_: World) -> Steps:
    yield lambda: list_of(sendable)("service", PLACE)
    assert list_of(sendable)(["service"], PLACE) == ["service"]


@story("Write it as text.", VALUES)
def a_number_that_a_float_changes(_: World) -> Steps:
    for number in (2**53 + 1, float("nan")):
        yield partial(sendable, number, PLACE)
        assert sendable(str(number), PLACE) == str(number)


@story("Convert it, for example with str().", VALUES)
def a_date(_: World) -> Steps:
    day = dt.date(2026, 12, 1)
    yield lambda: sendable(day, PLACE)
    assert sendable(str(day), PLACE) == "2026-12-01"


@story("Decode it with its right encoding.", VALUES)
def text_of_another_encoding(_: World) -> Steps:
    raw = "Müller".encode("latin-1")
    yield lambda: sendable(raw.decode("utf-8", "surrogateescape"), PLACE)
    assert sendable(raw.decode("latin-1"), PLACE) == "Müller"


@story("Convert it with str().", VALUES)
def a_key_that_is_a_number(_: World) -> Steps:
    yield lambda: sendable({1: "a"}, PLACE)
    assert sendable({str(1): "a"}, PLACE) == {"1": "a"}
