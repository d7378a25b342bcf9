"""`make lint` refuses the words of earlier versions in names, comments and messages, and says what to write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[3] / "tools" / "lint" / "words.py"


def lint(folder: Path, text: str, name: str = "code.py") -> subprocess.CompletedProcess[str]:
    """Return how the lint of a new repository with one file ends."""
    begin = ["git", "init", "--quiet", str(folder)]
    subprocess.run(begin, check=True, timeout=60)
    (folder / name).write_text(text)
    command = [sys.executable, str(TOOL), ".", ":(exclude)*_generated_*"]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("# the engine is told", "told"),  # words: the example
        ("raise ValueError('Somebody has changed it')", "Somebody"),  # words: the example
        ("def test_a_mistake_is_told() -> None: ...", "told"),  # words: the example
        ("holder = {}", "holder"),  # words: the example
        ("class Feed: ...", "Feed"),  # words: the example
    ],
)
def test_a_word_is_reported_with_its_place(tmp_path: Path, line: str, word: str) -> None:
    done = lint(tmp_path, f"\n{line}\n")

    assert done.returncode == 1
    assert done.stdout.startswith(f"code.py:2: {word}: write ")


@pytest.mark.parametrize(
    "line",
    [
        "# the engine knows",
        "room = 1  # words: of a hotel",
        "shareholder = mushroom = 1",
    ],
)
def test_other_words_and_explained_ones_pass(tmp_path: Path, line: str) -> None:
    done = lint(tmp_path, f"{line}\n")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_files_that_are_left_out_pass(tmp_path: Path) -> None:
    assert lint(tmp_path, "holder = 1\n", "_generated_types.py").returncode == 0  # words: the example
