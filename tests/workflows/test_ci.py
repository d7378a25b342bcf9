"""`.ci/run` brings a browser where it can, says so where it cannot, and ends with the whole suite."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator.test_page_in_browser import NAMES

CI = Path(__file__).parents[2] / ".ci"
NEEDED = '#!/bin/sh\nexec /usr/bin/env -S PATH=/usr/bin:/bin {name} "$@"\n'
SKIPPED = "browser tests are skipped"


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """Return a folder for PATH with what the script needs and no browser; the user is root."""
    for name in ("mktemp", "tail", "rm"):
        put(tmp_path, name, NEEDED.format(name=name))
    put(tmp_path, "timeout", '#!/bin/sh\nshift\nexec "$@"\n')
    put(tmp_path, "id", "#!/bin/sh\necho 0\n")
    return tmp_path


def put(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def bring_browser(commands: Path) -> str:
    """Run the script to success, and return what it says."""
    done = subprocess.run(
        ["/bin/bash", str(CI / "chromium")],
        check=True,
        env={"PATH": str(commands)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    return done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_a_browser_that_the_tests_find_is_enough(commands: Path, name: str) -> None:
    put(commands, name, "#!/bin/sh\n")
    assert bring_browser(commands) == ""


def test_root_gets_one_from_the_packages(commands: Path) -> None:
    put(commands, "apt-get", f'#!/bin/sh\necho "$DEBIAN_FRONTEND $*" >>{commands}/asked\n')
    assert SKIPPED not in bring_browser(commands)
    update, install = (commands / "asked").read_text().splitlines()
    assert update == "noninteractive -qq update"
    assert install.startswith("noninteractive -qq ")
    assert install.endswith(" install -y --no-install-recommends chromium")


def test_packages_that_cannot_be_installed_are_reported_with_the_reason(commands: Path) -> None:
    put(commands, "apt-get", "#!/bin/sh\necho no such host >&2\nexit 100\n")
    said = bring_browser(commands)
    assert "no such host" in said
    assert SKIPPED in said


@pytest.mark.parametrize("lacks", ["root", "apt-get"])
def test_where_nothing_can_be_installed_it_is_said(commands: Path, lacks: str) -> None:
    if lacks == "root":
        put(commands, "id", "#!/bin/sh\necho 1000\n")
        put(commands, "apt-get", f"#!/bin/sh\ntouch {commands}/asked\n")
    assert SKIPPED in bring_browser(commands)
    assert not (commands / "asked").exists()


def test_the_whole_suite_comes_last() -> None:
    lines = (CI / "run").read_text().splitlines()
    assert lines[-1] == "make test"
    assert ".ci/chromium" in lines


def test_shellcheck_has_nothing_against_the_scripts() -> None:
    shellcheck = Path(sys.executable).parent / "shellcheck"
    subprocess.run([shellcheck, *sorted(CI.iterdir())], check=True, timeout=60)
