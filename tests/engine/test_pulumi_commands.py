"""Every `pulumi` command of the documentation is one that the real CLI has, with these flags."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Container
from pathlib import Path

import pytest

from tests.site.blocks import all_blocks
from tests.site.shell import commands

LIMIT = 60
ALIASES = {"stack init": "stack new", "stack rm": "stack remove"}
"""The manual names them by their newer names only; `tests/engine/test_pages.py` runs the older ones."""
HIDDEN = {"--event-log"}
"""The manual leaves this one out; the tests of the GitHub Action run it."""
MADE_BY_SCHEMA = {"do"}
"""The flags of this command come from the schema of the package; `tests/engine/test_do.py` runs it."""
FLAG = re.compile(r"^ +(?:(-\w), )? *(--[\w-]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def manual(engine_root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the CLI's own manual: command → page, `config set` for example."""
    folder = tmp_path_factory.mktemp("manual")
    subprocess.run(
        [str(engine_root / "bin" / "pulumi"), "gen-markdown", str(folder)],
        check=True,
        capture_output=True,
        timeout=LIMIT,
        env={**os.environ, "PULUMI_HOME": str(folder / "home"), "PULUMI_SKIP_UPDATE_CHECK": "true"},
    )
    return {path.stem.partition("_")[2].replace("_", " "): path.read_text() for path in folder.glob("pulumi_*.md")}


def asked() -> list[tuple[str, list[str]]]:
    """Return each `pulumi` command on the pages, and where it is."""
    return [
        (str(block), words[3:] if words[1:2] == ["-C"] else words[1:])  # the folder to run it in
        for block in all_blocks()
        if block.language == "sh"
        for words in commands(block.text)
        if words[0] == "pulumi"
    ]


def verb_of(plain: list[str], manual: Container[str]) -> str | None:
    """Return the longest command that the words begin with."""
    tries = (" ".join(plain[:length]) for length in (3, 2, 1))
    return next((name for each in tries if (name := ALIASES.get(each, each)) in manual), None)


def test_every_pulumi_command_and_flag_exists(manual: dict[str, str]) -> None:
    found = asked()

    assert len(found) > 20
    for where, words in found:
        plain = [word for word in words if not word.startswith("-")]
        verb = verb_of(plain, manual)
        assert verb, f"{where}: pulumi {' '.join(words)}"
        known = {flag for pair in FLAG.findall(manual[verb]) for flag in pair} | HIDDEN
        for word in words if verb not in MADE_BY_SCHEMA else ():
            if word.startswith("-"):
                assert word.partition("=")[0] in known, f"{where}: pulumi {verb} has no {word}"
