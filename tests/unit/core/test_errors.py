"""Text from elsewhere cannot play with the terminal, and an error reads as a person would say it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.core.errors import (
    ConfigurationError,
    ConflictError,
    GoneError,
    InitFailedError,
    InvalidInputError,
    NotReachedError,
    ProviderError,
    RunFailedError,
    WaitCancelledError,
    WaitTimedOutError,
)
from commercetools_connect.core.results import State
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import Secret
from tests.unit.core.trees import some_examples

ANY_TEXT = st.text(st.characters(), max_size=60)
DANGEROUS = {
    "a colour": ("\x1b[31mred", "\\u001b[31mred"),
    "a new window title": ("\x1b]0;pwned\x07", "\\u001b]0;pwned\\u0007"),
    "an 8-bit escape": ("\x9b2J", "\\u009b2J"),
    "a backspace": ("ok\x08\x08no", "ok\\u0008\\u0008no"),
    "a nul": ("a\0b", "a\\u0000b"),
    "right to left": ("abc\u202ecba", "abc\\u202ecba"),
    "an isolate": ("\u2066x\u2069", "\\u2066x\\u2069"),
    "a zero-width space": ("pass\u200bword", "pass\\u200bword"),
    "a byte order mark": ("\ufeffx", "\\ufeffx"),
    "a tag character": ("\U000e0041", "\\U000e0041"),
    "private use": ("\ue000", "\\ue000"),
    "half of a pair": ("\ud800", "\\ud800"),
    "a new line": ("one\ntwo\r\nthree\tfour", "one two  three four"),
    "a line separator": ("one\u2028two\u2029three", "one two three"),
    "a next line": ("one\x85two\x0bthree\x0cfour", "one\\u0085two\\u000bthree\\u000cfour"),
}


@pytest.mark.parametrize("what", DANGEROUS)
def test_what_could_play_with_the_terminal_is_escaped(what: str) -> None:
    text, safe = DANGEROUS[what]
    assert escape_untrusted(text) == safe


@some_examples
@given(ANY_TEXT, st.integers(1, 80))
def test_foreign_text_is_one_printable_line_and_no_longer_than_allowed(text: str, limit: int) -> None:
    safe = escape_untrusted(text, limit)
    assert len(safe) <= limit
    assert len(safe.splitlines()) <= 1
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for char in safe)
    safe.encode()


@pytest.mark.parametrize("text", ["", "plain", "naïve Ärger 日本語 😀", "a  b", "C:\\new", "e\u0301"])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert escape_untrusted(text) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("::error file=a::pwned", "\\u003a:error file=a::pwned"),
        ("\n  ::set-output name=a::b", "   \\u003a:set-output name=a::b"),
        ("x ##vso[task.setvariable]y", "x \\u0023#vso[task.setvariable]y"),
        ("##[error]a ##teamcity[b]", "\\u0023#[error]a \\u0023#teamcity[b]"),
        ("std::string, ## 1 and fe80::1", "std::string, ## 1 and fe80::1"),
    ],
)
def test_what_a_ci_system_would_obey_is_escaped_and_nothing_else(text: str, safe: str) -> None:
    assert escape_untrusted(text) == safe


def test_a_novel_is_cut_and_the_cut_is_seen() -> None:
    assert escape_untrusted("x" * 500) == "x" * 500
    assert escape_untrusted("x" * 501) == "x" * 499 + "…"
    assert escape_untrusted("x" * 10_000_000, 10) == "x" * 9 + "…"
    assert escape_untrusted("\x1b" * 10, 10) == "\\u001b\\u0…"


def test_an_error_says_what_happened_and_on_the_next_line_what_to_do() -> None:
    error = ProviderError("Deployment api does not exist.", "Run `pulumi refresh`.")
    assert str(error) == "Deployment api does not exist.\nRun `pulumi refresh`."
    assert str(ProviderError("It failed.")) == "It failed."


@pytest.mark.parametrize(
    ("error", "family"),
    [
        (InvalidInputError("x"), ProviderError),
        (ConfigurationError("x"), ProviderError),
        (ConflictError("x"), ProviderError),
        (GoneError("x"), ProviderError),
        (NotReachedError("x"), ProviderError),
        (RunFailedError("x"), NotReachedError),
        (WaitTimedOutError("x"), NotReachedError),
        (WaitCancelledError("x"), NotReachedError),
    ],
)
def test_the_tree_is_as_it_is_drawn(error: ProviderError, family: type[ProviderError]) -> None:
    assert isinstance(error, family)
    assert error.remedy == ""


class TestPartial:
    STATE = State("acme/1", {"password": Secret("s3cr3t")})

    def test_it_keeps_the_state_and_every_reason(self) -> None:
        partial = InitFailedError(self.STATE, ["first", "second"])
        assert partial.state is self.STATE
        assert partial.reasons == ("first", "second")

    def test_it_reads_as_its_reasons_and_shows_nothing_of_the_state(self) -> None:
        partial = InitFailedError(self.STATE, ["the deployment failed:\n  Error: api: no", "try again"])
        assert str(partial) == "the deployment failed:\n  Error: api: no\ntry again"
        assert "acme/1" not in repr(partial)

    def test_it_is_not_taken_for_an_error_after_which_nothing_exists(self) -> None:
        assert not isinstance(InitFailedError(self.STATE, []), ProviderError)
