"""What holds for tests of hostile answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulator.contract import hook


@pytest.fixture(autouse=True)
def _the_contract_is_held() -> Iterator[None]:
    """Hold the emulator only: what our client takes over from a spoilt answer is spoilt, too."""
    hook.take_problems()
    yield
    problems = [each for each in hook.take_problems() if "our client sends" not in each]
    assert not problems, problems[:20]
