"""A path names the same place for the user and for the engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.core.text import Path, format_path
from tests.unit.core.trees import some_examples

NAMES = st.text(max_size=8).filter(lambda name: not name.endswith("\\") and '\\"' not in name)
"""The engine's notation cannot write a name with a backslash before a quote; nothing of Connect is named so."""


def read_path(text: str) -> Path:
    """Read a path as the engine's `ParsePropertyPath` does."""
    steps: list[str | int] = []
    while text:
        if text.startswith("."):
            text = text[1:]
            assert text
            assert not text.startswith("[")
        elif text.startswith('["'):
            name, text = _read_quoted(text[2:])
            steps.append(name)
        elif text.startswith("["):
            index, _, text = text[1:].partition("]")
            steps.append(int(index))
        else:
            end = next((at for at, char in enumerate(text) if char in ".["), len(text))
            steps.append(text[:end])
            text = text[end:]
    return tuple(steps)


def _read_quoted(text: str) -> tuple[str, str]:
    name = ""
    while not text.startswith('"'):
        taken = 2 if text.startswith('\\"') else 1
        name += text[taken - 1]
        text = text[taken:]
    assert text.startswith('"]')
    return name, text[2:]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("name",), "name"),
        (("creator", "email"), "creator.email"),
        (("privateProjects", 0), "privateProjects[0]"),
        (("a", 0, 1, "b"), "a[0][1].b"),
        (
            ("configurations", "my-service", "securedConfiguration", "API_KEY"),
            "configurations.my-service.securedConfiguration.API_KEY",
        ),
        (("globalConfiguration", "a b"), 'globalConfiguration["a b"]'),
        (("a", "x.y", "z"), 'a["x.y"].z'),
        (("x.y",), '["x.y"]'),
        (("a", 'say "hi"'), 'a["say \\"hi\\""]'),
        (("a", "C:\\dir"), 'a["C:\\dir"]'),
        (("a", "1st"), 'a["1st"]'),
        (("a", ""), 'a[""]'),
        (("a", "[0]"), 'a["[0]"]'),
        (("a", "*"), 'a["*"]'),
    ],
)
def test_a_path_is_written_as_the_engine_writes_it(path: Path, text: str) -> None:
    assert format_path(path) == text


@some_examples
@given(st.lists(NAMES | st.integers(0, 99), max_size=5).map(tuple))
def test_the_engine_reads_the_path_that_was_meant(path: Path) -> None:
    assert read_path(format_path(path)) == path
