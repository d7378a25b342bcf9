"""`make lint` refuses the words of earlier versions in names, comments and messages, and says what to write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[3] / "tools" / "lint" / "words.py"


def lint(folder: Path, text: str | bytes, name: str = "code.py") -> subprocess.CompletedProcess[str]:
    """Return how the lint of a new repository with one file ends."""
    begin = ["git", "init", "--quiet", str(folder)]
    subprocess.run(begin, check=True, timeout=60)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
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
    "name",
    ["a.md", "a.yaml", "a.yml", "a.js", "a.ts", "a.go", "a.cs", "a.toml", "a.sh", "Dockerfile", "of.Dockerfile"],
)
def test_each_kind_of_file_that_people_read_is_read(tmp_path: Path, name: str) -> None:
    done = lint(tmp_path, "of old\n", name)  # words: the example

    assert done.returncode == 1
    assert done.stdout.startswith(f"{name}:1: of old: write ")  # words: the example


@pytest.mark.parametrize("text", ["of old\n", b"\xff\xfe\x00"], ids=["text", "bytes"])  # words: the example
def test_other_files_are_left_alone(tmp_path: Path, text: str | bytes) -> None:
    """Data that other programs have written, pictures, locks."""
    assert lint(tmp_path, text, "data.json").returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        "user nobody // words: an account",
        "<!-- words: an account -->\nuser nobody",  # words: the example
        "# words: an account\nUSER nobody",  # words: the example
    ],
)
def test_a_word_may_be_explained_in_every_kind_of_comment(tmp_path: Path, text: str) -> None:
    assert lint(tmp_path, text, "Dockerfile").returncode == 0
    assert lint(tmp_path, f"{text}\nand nobody", "Dockerfile").returncode == 1  # words: the example


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
