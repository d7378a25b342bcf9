"""`make lint` refuses a suppression of a linter or a type checker that gives no reason."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[3] / "tools" / "lint" / "reasons.py"

EXPLAINED = [
    "import os  # noqa: F401 - others find it here",
    "import os  # noqa: E402, F401 - others find it here",
    "# ruff: noqa: F401 - others find it here",
    "x: int = ''  # type: ignore[assignment]  # wrong on purpose",
    "x: int = f()  # type: ignore[assignment,no-untyped-call]  # wrong on purpose",
    "x: int = ''  # type: ignore[assignment]  # wrong on purpose # noqa: F821 - it is not there",
    "x = 'y'  # what noqa and type: ignore do",
    "x = '# noqa: F401'",
    '"""Text.\n\nx = 1  # type: ignore[assignment]\n"""',
]
UNEXPLAINED = [
    "import os  # noqa: F401",
    "import os  # noqa: F401 -",
    "import os  # noqa: F401  (others find it here)",
    "import os  #NOQA",
    "import os  # noqa - others find it here",
    "# ruff: noqa: F401",
    "# ruff: noqa",
    "x: int = ''  # type: ignore",
    "x: int = ''  # type: ignore  # wrong on purpose",
    "x: int = ''  # type: ignore[assignment]",
    "x: int = ''  # type: ignore[assignment] - wrong on purpose",
    "x: int = ''  # type: ignore[assignment]  # noqa: F821 - it is not there",
    "import os  # noqa: F401 - others find it here # type: ignore[import]",
    "# mypy: ignore-errors",
    "x: int = ''  # pyright: ignore",
    "# ruff: disable[F401]",
]


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, TOOL, folder], check=False, capture_output=True, text=True, timeout=60, cwd=folder
    )


def test_with_a_reason_it_is_fine(tmp_path: Path) -> None:
    for number, line in enumerate(EXPLAINED):
        (tmp_path / f"m{number}.py").write_text(f"{line}\n")

    done = run(tmp_path)

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_without_a_reason_it_is_found_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for number, line in enumerate(UNEXPLAINED):
        (tmp_path / "inner" / f"m{number:02}.py").write_text(f"\n{line}\n")

    done = run(tmp_path)

    places = sorted(line.partition(": ")[0] for line in done.stdout.splitlines())
    assert places == [f"{tmp_path}/inner/m{number:02}.py:2" for number in range(len(UNEXPLAINED))]
    assert "16 without a reason" in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("name", ["node_modules/m.py", ".venv/lib/m.py", "m.txt"])
def test_only_files_that_ruff_looks_at_count(tmp_path: Path, name: str) -> None:
    (tmp_path / "fine.py").write_text("x = 1\n")
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("import os  # noqa\n")

    assert run(tmp_path).returncode == 0


def test_a_folder_that_cannot_be_looked_at_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text("no such [setting")

    assert run(tmp_path).returncode != 0
