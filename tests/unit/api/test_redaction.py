"""A secret that a server repeats is taken out, in any encoding in which it comes back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from random import Random
from string import ascii_letters
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


@pytest.mark.parametrize("secret", ["hunter2", "s3cr3t", "abcdef+ghij"])
def test_a_secret_of_few_characters_is_masked_wherever_it_stands(secret: str) -> None:
    assert redact(f"value '{secret}' is bad", [secret]) == "value '***' is bad"


COMMON = ["true", "a", "no", "5", "8080", "on"]


@pytest.mark.parametrize("secret", COMMON)
def test_a_short_or_common_secret_changes_no_word_of_a_report(secret: str) -> None:
    redactor = Redactor()
    redactor.add(secret, "API_TOKEN")
    for text in (
        "ready: true, no error on port 8080, a 5",
        "API_TOKENS=trueish",
        "tokens on",
        "MY_API_TOKEN=true",
    ):
        assert redactor.redact(text) == text


@pytest.mark.parametrize("secret", COMMON)
@pytest.mark.parametrize(
    "form",
    ["API_TOKEN={}", '{{"API_TOKEN": "{}"}}', "API_TOKEN: {},", "api_token = '{}'", '\\"API_TOKEN\\":\\"{}\\"'],
)
def test_a_short_or_common_secret_is_masked_beside_its_own_key(secret: str, form: str) -> None:
    redactor = Redactor()
    redactor.add(secret, "API_TOKEN")
    assert redactor.redact(f"env {form.format(secret)} end") == f"env {form.format('***')} end"


def test_a_url_that_is_secret_does_not_mask_other_urls_of_its_host() -> None:
    secret = "https://github.com/acme/hidden-connector.git"
    text = f"cloned {secret}, see https://github.com/acme/docs"
    assert redact(text, [secret]) == "cloned ***, see https://github.com/acme/docs"


def test_secrets_with_the_same_beginning_are_all_masked() -> None:
    secrets = [f"postgres-password-of-shop-{number:03}" for number in range(300)]
    for secret in (secrets[0], secrets[150], secrets[299]):
        assert redact(f"<{secret}>", secrets) == "<***>"


def test_beyond_the_bound_of_memory_whole_secrets_are_still_masked() -> None:
    random = Random(1)
    secrets = ["".join(random.choices(ascii_letters, k=60)) for _ in range(2000)]
    redactor = Redactor(secrets)
    assert all(redactor.redact(f"x{secret}y") == "x***y" for secret in secrets)


@pytest.mark.parametrize("encoding", [name for name in ECHOES if name != "cut"])
def test_a_secret_of_a_megabyte_is_masked_in_every_encoding(encoding: str) -> None:
    secret = SECRET + "0123456789 abc/def+ü\n" * 50_000
    text = f"begin {ECHOES[encoding](secret)} end"
    shown = redact(text, [secret])
    assert shown.startswith("begin ")
    assert shown.endswith(" end")
    assert len(shown) < 40


def test_one_line_of_a_private_key_is_masked() -> None:
    lines = ["".join(Random(number).choices(ascii_letters + "+/", k=64)) for number in range(26)]
    key = "-----BEGIN PRIVATE KEY-----\n" + "\n".join(lines) + "\n-----END PRIVATE KEY-----\n"
    assert redact(f"line 7: {lines[7]}", [key]) == "line 7: ***"


def test_an_empty_secret_hides_nothing() -> None:
    assert redact("all is said", ["", "x9"]) == "all is said"


@given(st.text(min_size=6, max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_no_secret_is_left_in_any_surroundings(secret: str, before: str, after: str) -> None:
    shown = redact(before + secret + after, [secret])
    assert secret not in shown.replace("***", "") or secret in before + after or set(secret) <= {"*"}


@given(st.text(max_size=60), st.lists(st.text(max_size=30), max_size=3))
def test_text_without_a_secret_in_it_stays(text: str, secrets: list[str]) -> None:
    fresh = [f"\U0010fffd{secret}\U0010fffd" for secret in secrets]
    if "\U0010fffd" not in text:
        assert redact(text, fresh) == text or any(len(secret) > 12 for secret in fresh)
