"""A secret that a server repeats is taken out, in whatever encoding it comes back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.api.redaction import Redactor

SECRET = 'pa55/wörd+"quoted"\nsecond=line'


def redact(text: str, secrets: list[str]) -> str:
    return Redactor(secrets).redact(text)


ECHOES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "url": lambda s: quote(s, safe=""),
    "url, slashes kept": quote,
    "url, lower-case digits": lambda s: quote(s, safe="").replace("%C3", "%c3").replace("%B6", "%b6"),
    "form": quote_plus,
    "json": json.dumps,
    "json, not ascii": lambda s: json.dumps(s, ensure_ascii=False),
    "json in json": lambda s: json.dumps(json.dumps(s)),
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64, after 1": lambda s: base64.b64encode(b"x" + s.encode() + b":y").decode(),
    "base64, after 2": lambda s: base64.b64encode(b"id" + s.encode() + b"zz").decode(),
    "base64 for urls": lambda s: base64.urlsafe_b64encode(b"id:" + s.encode()).decode(),
    "cut": lambda s: s[:20] + "…",
}


@pytest.mark.parametrize("encoding", ECHOES)
def test_a_repeated_secret_is_masked_in_every_encoding(encoding: str) -> None:
    echo = ECHOES[encoding](SECRET)
    shown = redact(f"Unexpected value: <{echo}> at line 3", ["other", SECRET])
    assert shown.startswith("Unexpected value: <")
    assert shown.endswith(" at line 3")
    assert "***" in shown
    for start in range(len(echo) - 13):
        assert echo[start : start + 13] not in shown


@pytest.mark.parametrize("secret", ["s3cr", "hunter2", "true"])
def test_a_short_secret_is_masked_too(secret: str) -> None:
    assert redact(f"value '{secret}' is bad", [secret]) == "value '***' is bad"


def test_a_secret_of_one_letter_does_not_make_the_text_unreadable() -> None:
    assert redact("a bad value 'a' at place", ["a"]) == "*** bad value '***' at place"


def test_an_empty_secret_hides_nothing() -> None:
    assert redact("all is said", ["", "x9"]) == "all is said"


@given(st.text(min_size=4, max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_no_secret_is_left_whatever_it_is_and_whatever_is_around_it(secret: str, before: str, after: str) -> None:
    shown = redact(before + secret + after, [secret])
    assert secret not in shown.replace("***", "") or secret in before + after or set(secret) <= {"*"}


@given(st.text(max_size=60), st.lists(st.text(max_size=30), max_size=3))
def test_text_without_a_secret_in_it_stays(text: str, secrets: list[str]) -> None:
    fresh = [f"\U0010fffd{secret}\U0010fffd" for secret in secrets]
    if "\U0010fffd" not in text:
        assert redact(text, fresh) == text or any(len(secret) > 12 for secret in fresh)
