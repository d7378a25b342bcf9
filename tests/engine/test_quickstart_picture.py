"""The terminal in the README is a real one: what its picture shows, a run of the same program shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.docs.quickstart import PICTURE, picture, transcript

pytestmark = [pytest.mark.pages, pytest.mark.timeout(300)]


def test_the_picture_of_the_terminal_is_what_a_run_shows(engine_root: Path) -> None:
    """`python -m tools.docs.quickstart` writes it."""
    assert picture(transcript(engine_root)) + "\n" == PICTURE.read_text(encoding="utf-8")
