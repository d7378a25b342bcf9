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
WANTED = {**{name: [*NEEDED, *extra] for name, extra in EXTRAS.items()}, **PYPROJECT["dependency-groups"]}
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


def test_every_set_of_dependencies_is_locked() -> None:
    assert {lock.stem.removeprefix("requirements-") for lock in LOCKS} == set(WANTED)
