"""What changed is written down with the change, and put together at a release."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.locked_venv import ROOT, locked_python

HEAD = "# Changes\n\n## Unreleased\n\n<!-- releases -->\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Give a repository with our settings and nothing to tell."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "CHANGELOG.md").write_text(HEAD)
    (tmp_path / "changes").mkdir()
    for name in ("README.md", "template.md.jinja"):
        shutil.copy(ROOT / "changes" / name, tmp_path / "changes")
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Test", "-c", "user.email=test@acme.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, timeout=60)  # noqa: S607 - the one of PATH


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "change")


def towncrier(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(locked_python("release")), "-m", "towncrier", *arguments]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=60)


def test_fragments_become_the_section_of_a_version(repository: Path) -> None:
    """What breaks comes first, what no user notices is left out, the fragments go, the section before stays."""
    changes = repository / "changes"
    (changes / "first.fixed.md").write_text("It was\nwrong.\n")
    commit(repository)
    assert towncrier(repository, "build", "--yes", "--version", "1.0.0", "--date", "2030-01-01").returncode == 0
    (changes / "b.added.md").write_text("New.\n")
    (changes / "c.breaking.md").write_text("Gone.\n")
    (changes / "d.internal.md").write_text("Tidied.\n")
    commit(repository)

    done = towncrier(repository, "build", "--yes", "--version", "1.1.0", "--date", "2030-02-01")

    assert done.returncode == 0, done.stderr
    assert (repository / "CHANGELOG.md").read_text().rstrip() == (
        f"{HEAD}\n## 1.1.0 (2030-02-01)\n\n- **Breaking:** Gone.\n- New.\n"
        "\n## 1.0.0 (2030-01-01)\n\n- It was\n  wrong."
    )
    assert {path.name for path in changes.iterdir()} == {"README.md", "template.md.jinja"}


def test_a_change_without_a_fragment_is_found(repository: Path) -> None:
    """What CI asks of a pull request."""
    git(repository, "checkout", "--quiet", "-b", "change")
    (repository / "code.py").write_text("1\n")
    commit(repository)
    without = towncrier(repository, "check", "--compare-with", "main")
    (repository / "changes" / "code.internal.md").write_text("Tidied.\n")
    commit(repository)

    assert without.returncode == 1
    assert towncrier(repository, "check", "--compare-with", "main").returncode == 0


def test_every_fragment_of_ours_is_of_a_known_kind() -> None:
    """Others would be in no section."""
    done = towncrier(ROOT, "build", "--draft", "--version", "0.0.0", "--date", "2030-01-01")
    shown = [path for path in (ROOT / "changes").iterdir() if path.name not in ("README.md", "template.md.jinja")]

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n- ") == len([path for path in shown if not path.name.endswith(".internal.md")])
    assert all(path.name.rsplit(".", 2)[1] in ("breaking", "added", "fixed", "internal") for path in shown)
