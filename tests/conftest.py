"""What holds for all tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.emulator.contract import hook
from tests.support.leaks import nothing_left_open, nothing_left_open_by_module, nothing_left_open_by_session

__all__ = ["nothing_left_open", "nothing_left_open_by_module", "nothing_left_open_by_session"]

# A shell has what it starts in the background ignore Ctrl-C, and what that starts inherits it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says something about the machine, not about the code.
settings.register_profile("here", deadline=None)
settings.load_profile("here")

hook.hold()


@pytest.fixture(autouse=True)
def _the_contract_is_held() -> Iterator[None]:
    """Fail a test in which an emulator, or our client, broke the published description."""
    hook.take_problems()
    yield
    problems = hook.take_problems()
    assert not problems, "\n".join(dict.fromkeys(problems[:20]))
