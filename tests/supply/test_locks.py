"""What contributors and CI install is what was locked, from whichever registry they use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.locked_venv import ROOT

tomllib = pytest.importorskip("tomllib")  # Python 3.11
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
NEEDED: list[str] = PYPROJECT["project"]["dependencies"]
EXTRAS: dict[str, list[str]] = PYPROJECT["project"]["optional-dependencies"]
OWN_CLI = f"{PYPROJECT['project']['name']}[cli]"
OURS = re.compile(rf"{PYPROJECT['project']['name']}\[(\w+)\]")


def asked_for(extra: str) -> list[str]:
    """Return what an extra asks for, with what the extras that it names ask for."""
    found: list[str] = []
    for asked in EXTRAS[extra]:
        named = OURS.fullmatch(asked)
        found += asked_for(named[1]) if named else [asked]
    return found


LOCKED_EXTRAS = ("dev", "policy")
"""`dev` includes all that users may install, except what policy packs need: that has its own environment."""
WANTED = {**{name: [*NEEDED, *asked_for(name)] for name in LOCKED_EXTRAS}, **PYPROJECT["dependency-groups"]}
WANTED["action"] += [*NEEDED, *asked_for("cli")]  # the action installs the package and the CLI from its own lock
LOCKS = sorted(ROOT.glob("requirements-*.txt"))
PIN = re.compile(r"^([\w.-]+)==[^\s;]+( ; [^\\]+)? \\$")


def lines(lock: Path) -> list[str]:
    return [line for line in lock.read_text().splitlines() if not line.lstrip().startswith("#")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_version_is_exact_and_has_hashes(lock: Path) -> None:
    """Nothing but pins and hashes: no address, no option."""
    text = lines(lock)

    assert all(PIN.match(line) or re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in text)
    assert all("--hash" in after for line, after in zip(text, [*text[1:], ""], strict=True) if PIN.match(line))
    assert "://" not in "\n".join(text)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_everything_that_is_asked_for_is_locked(lock: Path) -> None:
    """`make lock` was run after the last change."""
    locked = {found[1].lower() for line in lines(lock) if (found := PIN.match(line))}
    wanted = {re.split(r"[<>=\[;! ]", each)[0].lower() for each in WANTED[lock.stem.removeprefix("requirements-")]}

    assert wanted <= locked


def test_the_action_installs_nothing_that_only_the_emulator_needs() -> None:
    """It runs beside tokens: what it does not use is not there."""
    locked = {found[1].lower() for line in lines(ROOT / "requirements-action.txt") if (found := PIN.match(line))}
    only_emulator = {re.split(r"[<>=\[; ]", each)[0] for each in set(EXTRAS["emulator"]) - {OWN_CLI}}

    assert only_emulator
    assert not only_emulator & locked


def test_make_lock_asks_for_what_the_lock_of_the_action_was_made_from() -> None:
    """The next `make lock` does not lose what the action needs."""
    made_by = (ROOT / "requirements-action.txt").read_text().splitlines()[1].partition("--python-version")[2]

    assert made_by.strip()
    assert made_by in " ".join((ROOT / "Makefile").read_text().split())


def test_every_set_of_dependencies_is_locked() -> None:
    """The extras for users are part of what contributors install."""
    assert {lock.stem.removeprefix("requirements-") for lock in LOCKS} == set(WANTED)
    assert {*asked_for("cli"), *asked_for("emulator")} <= set(asked_for("dev"))
    assert EXTRAS.keys() - {"cli", "emulator"} == set(LOCKED_EXTRAS)
