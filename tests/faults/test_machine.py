"""The stories of `stories`, each group in an interpreter of its own, so that a seed always tells the same ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMIT = 800

pytestmark = pytest.mark.timeout(900)


@pytest.mark.parametrize("group", ["days or hard", "people"])
def test_no_story_that_we_know_breaks_a_promise(group: str) -> None:
    """The same stories every time: a failure here is a change of the product. `make soak` looks for new ones."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider"]
    ended = subprocess.run(
        [*command, "-k", group, "tests/faults/stories.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )

    assert ended.returncode == 0, f"{ended.stdout[-20000:]}\n{ended.stderr[-2000:]}"
