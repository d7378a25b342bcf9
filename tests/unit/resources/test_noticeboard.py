"""Processes of one run of the engine know what the others do; those of another run do not matter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from commercetools_connect.contract.errors import ConflictError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import Change, Diff
from commercetools_connect.resources.ledger import Ledger
from commercetools_connect.resources.noticeboard import NoticeBoard

ENGINE = "127.0.0.1:4711"
OLD, NEW = (Operation(name, derived_key=name, urn=f"urn:{name}") for name in ("old", "new"))


@pytest.fixture
def two(tmp_path: Path) -> tuple[Ledger, Ledger]:
    """Return the ledgers of two processes of one run."""
    return Ledger(NoticeBoard(ENGINE, tmp_path)), Ledger(NoticeBoard(ENGINE, tmp_path))


def test_what_one_process_has_created_another_does_not_delete(two: tuple[Ledger, Ledger]) -> None:
    """A resource that gets another name and an explicit provider at once is the same live object."""
    one, other = two

    one.claim("Deployment", NEW, "p/1")

    assert other.must_stay("p/1")
    assert not other.must_stay("p/2")


def test_what_one_process_keeps_another_does_not_delete_until_it_is_replaced(two: tuple[Ledger, Ledger]) -> None:
    one, other = two

    one.note_diff("Deployment", NEW, "p/1", Diff({("configurations",): Change.UPDATE}))
    assert other.must_stay("p/1")

    one.note_check("Deployment", NEW, {})
    assert not other.must_stay("p/1")


def test_what_one_process_manages_another_does_not_take_over(two: tuple[Ledger, Ledger]) -> None:
    """The same resource may: it moves from one provider to another."""
    one, other = two
    one.hold("Deployment", OLD, "p/1")

    with pytest.raises(ConflictError, match="already managed as urn:old"):
        other.claim("Deployment", NEW, "p/1")
    other.claim("Deployment", OLD, "p/1")


def test_another_run_is_none_of_our_business(tmp_path: Path) -> None:
    """Two stacks on one machine, also with engines whose addresses begin alike."""
    Ledger(NoticeBoard(ENGINE + "2", tmp_path)).claim("Deployment", NEW, "p/1")

    ours = Ledger(NoticeBoard(ENGINE, tmp_path))

    assert not ours.must_stay("p/1")
    ours.claim("Deployment", OLD, "p/1")


def test_a_run_that_has_ended_is_forgotten(tmp_path: Path) -> None:
    """Its engine's address may be given to the next one."""
    past = Ledger(NoticeBoard(ENGINE, tmp_path))
    past.claim("Deployment", NEW, "p/1")
    past.close()

    assert not Ledger(NoticeBoard(ENGINE, tmp_path)).must_stay("p/1")


def test_what_a_killed_run_has_left_is_forgotten(tmp_path: Path) -> None:
    code = (
        "import os, pathlib; from commercetools_connect.resources.noticeboard import *\n"
        f"NoticeBoard({ENGINE!r}, pathlib.Path({str(tmp_path)!r})).post(Note(Verb.CREATE, 'p/1', 'urn:old'))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False, timeout=30)
    assert len(list(tmp_path.iterdir())) == 1

    assert not Ledger(NoticeBoard(ENGINE, tmp_path)).must_stay("p/1")


def test_a_process_that_is_killed_meanwhile_has_still_created_what_it_has(tmp_path: Path) -> None:
    """The engine may know of the create already, and goes on to delete."""
    ours = Ledger(NoticeBoard(ENGINE, tmp_path))
    code = (
        "import os, pathlib; from commercetools_connect.resources.noticeboard import *\n"
        f"NoticeBoard({ENGINE!r}, pathlib.Path({str(tmp_path)!r})).post(Note(Verb.CREATE, 'p/1', 'urn:old'))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False, timeout=30)

    assert ours.must_stay("p/1")


def test_without_a_place_to_write_each_process_knows_only_of_itself(tmp_path: Path) -> None:
    """A read-only container deploys all the same."""
    nowhere = tmp_path / "nowhere"
    ledger = Ledger(NoticeBoard(ENGINE, nowhere))

    ledger.claim("Deployment", NEW, "p/1")

    assert ledger.must_stay("p/1")


def test_nobody_else_on_the_machine_reads_or_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of that name that others may use is not used."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    Ledger(NoticeBoard(ENGINE)).claim("Deployment", NEW, "p/1")
    (folder,) = tmp_path.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700

    folder.chmod(0o777)

    assert not Ledger(NoticeBoard(ENGINE)).must_stay("p/1")


def test_a_file_that_nobody_can_read_hides_none_of_the_others(two: tuple[Ledger, Ledger], tmp_path: Path) -> None:
    """A full disk may have cut a line; somebody may have put something there."""
    one, other = two
    one.claim("Deployment", NEW, "p/1")
    for name in ("0~broken", f"{ENGINE.replace(':', '_')}~1~broken", f"{ENGINE.replace(':', '_')}~nobody"):
        (tmp_path / name).write_text('["create", "p/\n[]\n')

    assert other.must_stay("p/1")
    assert Ledger(NoticeBoard(ENGINE, tmp_path)).must_stay("p/1")
