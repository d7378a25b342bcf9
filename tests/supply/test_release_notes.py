"""A release does not begin before everything that belongs to it is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.locked_venv import ROOT

CHANGES = """# Changes

<!-- releases -->

## 1.2.3 (2030-01-01)

- New.
- Newer.

## 1.2.0 (2029-01-01)

- Old.
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Give a repository that is ready to be released as 1.2.3."""
    package = tmp_path / "provider" / "commercetools_connect"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('__version__ = "1.2.3"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGES)
    (tmp_path / "changes").mkdir()
    (tmp_path / "changes" / "README.md").write_text("how\n")
    (tmp_path / "tests" / "upgrade" / "1.2.3").mkdir(parents=True)
    tool = tmp_path / "tools" / "release" / "notes.py"
    tool.parent.mkdir(parents=True)
    tool.write_text((ROOT / "tools" / "release" / "notes.py").read_text())
    return tmp_path


def notes(repository: Path, tag: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tools/release/notes.py", tag, "build/notes.md"]
    return subprocess.run(command, cwd=repository, check=False, capture_output=True, text=True, timeout=60)


def test_the_notes_are_the_versions_section_of_the_change_log(repository: Path) -> None:
    done = notes(repository, "v1.2.3")

    assert done.returncode == 0, done.stderr
    assert (repository / "build" / "notes.md").read_text() == "- New.\n- Newer.\n"


def test_everything_that_is_missing_is_reported_at_once(repository: Path) -> None:
    """Another tag, a fragment that was left, no recording: nothing is written."""
    (repository / "changes" / "late.added.md").write_text("Late.\n")

    done = notes(repository, "v1.2.4")

    assert done.returncode == 1
    assert "the version in provider/commercetools_connect/__init__.py is not 1.2.4" in done.stderr
    assert "CHANGELOG.md has nothing about 1.2.4: make changelog VERSION=1.2.4" in done.stderr
    assert "in no version yet: changes/late.added.md" in done.stderr
    assert "tests/upgrade/1.2.4 is missing: make record" in done.stderr
    assert not (repository / "build").exists()


@pytest.mark.parametrize("tag", ["v1.2", "v1x2x3", "v1.2.30", ""])
def test_a_tag_that_only_looks_like_the_version_is_refused(repository: Path, tag: str) -> None:
    assert notes(repository, tag).returncode == 1
