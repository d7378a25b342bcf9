"""Processes of one run of the engine know what the others do; those of another run do not matter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from commercetools_connect.core.errors import ConflictError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import Change, Diff
from commercetools_connect.resources.run_registry import RunRegistry
from commercetools_connect.resources.shared_registry import SharedRegistry

ENGINE = "127.0.0.1:4711"
OLD, NEW = (OperationContext(name, default_key=name, urn=f"urn:{name}") for name in ("old", "new"))


@pytest.fixture
def two(tmp_path: Path) -> tuple[RunRegistry, RunRegistry]:
    """Return the registries of two processes of one run."""
    return RunRegistry(SharedRegistry(ENGINE, tmp_path)), RunRegistry(SharedRegistry(ENGINE, tmp_path))


def test_what_one_process_has_created_another_does_not_delete(two: tuple[RunRegistry, RunRegistry]) -> None:
    """A resource that gets another name and an explicit provider at once is the same live object."""
    one, other = two

    one.claim("Deployment", NEW, "p/1")

    assert other.is_protected("p/1")
    assert not other.is_protected("p/2")


def test_what_one_process_keeps_another_does_not_delete_until_it_is_replaced(
    two: tuple[RunRegistry, RunRegistry],
) -> None:
    one, other = two

    one.record_check("Deployment", NEW, "p/key", "p/key", {})
    one.record_diff("Deployment", NEW, "p/1", Diff({("configurations",): Change.UPDATE}))
    assert other.is_protected("p/1")

    one.record_check("Deployment", NEW, None, "p/key", {})
    assert not other.is_protected("p/1")


def test_what_one_process_only_refreshes_another_deletes(two: tuple[RunRegistry, RunRegistry]) -> None:
    """A diff without a check is a refresh's: `destroy --refresh` deletes what it has just looked at."""
    one, other = two

    one.record_diff("Deployment", NEW, "p/1", Diff({("configurations",): Change.UPDATE}))

    assert not other.is_protected("p/1")
    other.claim("Deployment", OLD, "p/1")


def test_what_one_process_was_refused_for_no_other_one_deletes(two: tuple[RunRegistry, RunRegistry]) -> None:
    one, other = two

    one.contest("Deployment", NEW, "p/1")

    assert other.contested_by("p/1") == "urn:new"
    assert not other.contested_by("p/2")


def test_what_all_processes_were_refused_stands_in_one_line(two: tuple[RunRegistry, RunRegistry]) -> None:
    """One command takes over everything, not only what the process of the last message knows."""
    one, other = two

    assert one.refuse("p/one") == "p/one"

    assert set(other.refuse("p/two").split(",")) == {"p/one", "p/two"}


def test_a_key_that_one_process_has_given_another_does_not_give_again(
    two: tuple[RunRegistry, RunRegistry],
) -> None:
    """The first one has it until it gets another key."""
    one, other = two

    assert not one.record_check("Deployment", OLD, None, "p/key", {})
    assert other.record_check("Deployment", NEW, None, "p/key", {}) == "urn:old"

    assert not one.record_check("Deployment", OLD, None, "p/another", {})
    assert not other.record_check("Deployment", NEW, None, "p/key", {})


def test_what_one_process_manages_another_does_not_take_over(two: tuple[RunRegistry, RunRegistry]) -> None:
    """The same resource may: it moves from one provider to another."""
    one, other = two
    one.record_update("Deployment", OLD, "p/1")

    with pytest.raises(ConflictError, match="already managed as urn:old"):
        other.claim("Deployment", NEW, "p/1")
    other.claim("Deployment", OLD, "p/1")


def test_another_run_is_none_of_our_business(tmp_path: Path) -> None:
    """Two stacks on one machine, also with engines whose addresses begin alike."""
    RunRegistry(SharedRegistry(ENGINE + "2", tmp_path)).claim("Deployment", NEW, "p/1")

    ours = RunRegistry(SharedRegistry(ENGINE, tmp_path))

    assert not ours.is_protected("p/1")
    ours.claim("Deployment", OLD, "p/1")


def test_a_run_that_has_ended_is_forgotten(tmp_path: Path) -> None:
    """Its engine's address may be given to the next one."""
    past = RunRegistry(SharedRegistry(ENGINE, tmp_path))
    past.claim("Deployment", NEW, "p/1")
    past.close()

    assert not RunRegistry(SharedRegistry(ENGINE, tmp_path)).is_protected("p/1")


def kill_after_a_create(folder: Path) -> None:
    """Let a process tell of a create, and kill it."""
    code = (
        "import os, pathlib\n"
        "from commercetools_connect.resources.shared_registry import *\n"
        f"registry = SharedRegistry({ENGINE!r}, pathlib.Path({str(folder)!r}))\n"
        "registry.post(Event(EventKind.CREATE, 'p/1', 'urn:old'))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False, timeout=90)


def test_what_a_killed_run_has_left_is_forgotten(tmp_path: Path) -> None:
    kill_after_a_create(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1

    assert not RunRegistry(SharedRegistry(ENGINE, tmp_path)).is_protected("p/1")


def test_a_process_that_is_killed_has_still_created_what_it_has(tmp_path: Path) -> None:
    """The engine may know of the create already, and goes on to delete."""
    ours = RunRegistry(SharedRegistry(ENGINE, tmp_path))
    kill_after_a_create(tmp_path)

    assert ours.is_protected("p/1")


def test_without_a_place_to_write_each_process_knows_only_of_itself(tmp_path: Path) -> None:
    """A read-only container deploys nevertheless."""
    nowhere = tmp_path / "nowhere"
    registry = RunRegistry(SharedRegistry(ENGINE, nowhere))

    registry.claim("Deployment", NEW, "p/1")

    assert registry.is_protected("p/1")


def test_no_other_user_of_the_machine_reads_or_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of that name that others may use is not used; the processes meet in the user's home then."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    RunRegistry(SharedRegistry(ENGINE)).claim("Deployment", NEW, "p/1")
    (folder,) = (tmp_path / "tmp").iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700

    folder.chmod(0o777)
    RunRegistry(SharedRegistry(ENGINE)).claim("Deployment", NEW, "p/2")

    assert not RunRegistry(SharedRegistry(ENGINE)).is_protected("p/1")
    assert RunRegistry(SharedRegistry(ENGINE)).is_protected("p/2")


def test_without_a_folder_of_the_users_own_the_reason_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both places belong to others: the processes of the run know nothing of each other, and say why."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for folder in (
        tmp_path / f"commercetools-connect-{os.getuid()}",
        tmp_path / "home/.cache/commercetools-connect/runs",
    ):
        folder.mkdir(parents=True)
        folder.chmod(0o777)

    registry = SharedRegistry(ENGINE)

    assert registry.problem.count("does not belong to this user alone") == 2


def test_an_unreadable_file_hides_none_of_the_others(two: tuple[RunRegistry, RunRegistry], tmp_path: Path) -> None:
    """A full disk may have cut a line; another program may have put something there."""
    one, other = two
    one.claim("Deployment", NEW, "p/1")
    for name in ("0~broken", f"{ENGINE.replace(':', '_')}~1~broken", f"{ENGINE.replace(':', '_')}~unknown"):
        (tmp_path / name).write_text('["create", "p/\n[]\n')

    assert other.is_protected("p/1")
    assert RunRegistry(SharedRegistry(ENGINE, tmp_path)).is_protected("p/1")
