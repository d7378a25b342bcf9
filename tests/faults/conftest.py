"""Fixtures of the stories about people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.stacks import Stacks, several_stacks


@pytest.fixture
def stacks() -> Iterator[Stacks]:
    with several_stacks() as stacks:
        yield stacks


@pytest.fixture
def connector(stacks: Stacks) -> str:
    return stacks.publish()
