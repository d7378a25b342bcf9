"""Each remedy that the provider and its command print is followed once, and works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pytest

from commercetools_connect.core.errors import InitFailedError, ProviderError
from commercetools_connect.frontends.dynamic.input_shapes import InputError
from tests.advice.collect import Remedy, remedies
from tests.advice.command import COMMAND
from tests.advice.connect import CONNECT
from tests.advice.excused import EXCUSED
from tests.advice.resources import RESOURCE
from tests.advice.settings import SETTINGS
from tests.advice.story import Story
from tests.advice.values import VALUES
from tests.support.locked_venv import ROOT
from tests.support.socketless import SocketlessEmulator
from tests.support.world import World, build_world

STORIES = [*SETTINGS, *VALUES, *COMMAND, *CONNECT, *RESOURCE]
REMEDIES = remedies()


@pytest.fixture(scope="module")
def emulator() -> Iterator[SocketlessEmulator]:
    with closing(SocketlessEmulator()) as running:
        yield running


@pytest.fixture
def world(emulator: SocketlessEmulator) -> Iterator[World]:
    with build_world(emulator) as fresh:
        yield fresh


@pytest.mark.parametrize("story", STORIES, ids=str)
def test_a_remedy_that_is_followed_works(world: World, story: Story) -> None:
    seen = 0
    for wrong in story.tell(world):  # what follows the last one must not raise
        with pytest.raises((ProviderError, InitFailedError, InputError)) as caught:
            wrong()
        assert story.remedy in str(caught.value)
        seen += 1
    assert seen


@pytest.mark.parametrize("remedy", REMEDIES, ids=lambda remedy: remedy.place)
def test_a_remedy_in_the_source_is_followed_here_or_elsewhere(remedy: Remedy) -> None:
    followed = any(_is_about(story.remedy, remedy) for story in STORIES)
    excused = [text for text in EXCUSED if text in remedy.text]

    assert followed or excused, remedy.text
    assert not (followed and excused), "it is followed: take it out of the list"


def test_no_excuse_is_left_over() -> None:
    assert [text for text in EXCUSED if not any(text in remedy.text for remedy in REMEDIES)] == []


@pytest.mark.parametrize("reason", sorted(set(EXCUSED.values())))
def test_the_test_that_an_excuse_names_is_there(reason: str) -> None:
    for path in re.findall(r"\btests/[\w/]+(?:\.py)?", reason):
        assert (ROOT / path).exists(), path


def _is_about(printed: str, remedy: Remedy) -> bool:
    """Tell whether a part of what was printed is of this remedy, whose `{}` may be anything."""
    if printed in remedy.text:
        return True
    parts = [part for part in remedy.text.split("{}") if len(part.strip()) > len("Write")]
    return any(re.search(re.escape(part.strip()), printed) for part in parts)
