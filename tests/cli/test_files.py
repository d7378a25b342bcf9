"""Files that the commands write: whole or not at all; an error in words for one that cannot be written."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from commercetools_connect.cli.common import write_text
from commercetools_connect.core.errors import ConfigurationError
from tests.cli.stacks import Run
from tests.support.world import PROJECT, World

Writers = dict[str, Callable[[Path], list[str]]]


@pytest.fixture
def writers(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Writers:
    """Return the arguments of each command that writes to a path."""
    estate, events = tmp_path / "estate.json", tmp_path / "events"
    estate.write_text(json.dumps([{"projectKey": PROJECT, "connectUrl": world.emulator.url}]))

    def summary(path: Path) -> list[str]:
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
        monkeypatch.setenv("GITHUB_OUTPUT", str(path))
        return ["summary", "--events", str(events), "--github"]

    return {
        "status": lambda path: ["status", "--projects", str(estate), "--html", str(path)],
        "import-file": lambda path: ["import-file", "--project", PROJECT, "--output", str(path)],
        "summary": summary,
    }


@pytest.mark.parametrize("command", ["status", "import-file", "summary"])
@pytest.mark.parametrize("place", ["missing/file", "a-file/file", "a-folder"])
def test_a_file_that_cannot_be_written_is_an_error_in_words(
    run: Run, writers: Writers, tmp_path: Path, command: str, place: str
) -> None:
    (tmp_path / "a-file").touch()
    (tmp_path / "a-folder").mkdir()

    result = run(*writers[command](tmp_path / place))

    assert result.exit_code == 1
    assert f"{place} cannot be written: " in result.stderr
    assert "Name a file in a folder that exists" in result.stderr
    assert "Traceback" not in result.output


def test_a_write_that_fails_leaves_what_was_there_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page.html"
    path.write_text("before")

    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)

    with pytest.raises(ConfigurationError, match="No space left on device"):
        write_text(path, "after")

    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("page.html", "before")]


def test_a_link_and_the_mode_of_a_file_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "page.html", tmp_path / "link.html"
    path.write_text("before")
    path.chmod(0o640)
    link.symlink_to(path)

    write_text(link, "after")

    assert link.is_symlink()
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("after", 0o640)


def test_what_is_not_a_regular_file_is_written_to(tmp_path: Path) -> None:
    """As `--output /dev/stdout` asks."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_text(pipe, "text")
        assert os.read(reader, 100) == b"text"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV, errno.EACCES], ids=errno.errorcode.get)
def test_a_file_that_cannot_be_replaced_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Such as one that is mounted into a container: a rename onto it is refused."""
    path = tmp_path / "page.html"
    path.write_text("what was there before, which is longer")

    def refused(_self: Path, _target: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", refused)

    write_text(path, "after")

    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("page.html", "after")]


def test_a_file_in_a_folder_that_takes_no_new_files_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new file there is an error in words. Root, as which tests may run, could write to any folder."""
    (tmp_path / "page.html").write_text("before")
    write = Path.write_text

    def without_new_files(path: Path, text: str, encoding: str) -> int:
        if not path.exists():
            raise PermissionError(errno.EACCES, "Permission denied")
        return write(path, text, encoding=encoding)

    monkeypatch.setattr(Path, "write_text", without_new_files)

    write_text(tmp_path / "page.html", "after")
    with pytest.raises(ConfigurationError, match=r"new\.html cannot be written: Permission denied"):
        write_text(tmp_path / "new.html", "after")

    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("page.html", "after")]


def test_an_interrupted_write_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_self: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)

    with pytest.raises(KeyboardInterrupt):
        write_text(tmp_path / "page.html", "after")

    assert not [*tmp_path.iterdir()]
