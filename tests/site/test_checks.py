"""The checks of the documentation's code blocks find mistakes; a check that cannot fail would be none."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.engine.test_pages import lines_missing
from tests.site import programs
from tests.site.shell import commands
from tests.site.test_blocks import parse_command

DEPLOYMENT = """
resources:
  tax:
    type: commercetools-connect:Deployment
    properties:
      region: europe-west1.gcp
      connector: { key: tax }
      configurations: { service: { standardConfiguration: { A: b } } }
"""


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("Deployment", "Deploymnt", "there is no commercetools-connect:Deploymnt"),
        ("region:", "regoin:", "there is no regoin"),
        ("      region: europe-west1.gcp\n", "", "region is missing"),
        ("{ key: tax }", "{ kye: tax }", "tax.connector: there is no kye"),
        ("connector: { key: tax }", "connector: tax", "must be an object"),
        ("standardConfiguration", "standard", "tax.configurations.service: there is no standard"),
        ("region:", "type: nightly\n      region:", "nightly is none of"),
        ("region:", "adopt: perhaps\n      region:", "must be true or false"),
        ("properties:", "options: { protected: true }\n    properties:", "tax.options: there is no protected"),
        ("resources:", "resorces: {}\nresources:", "program: there is no resorces"),
    ],
)
def test_a_mistake_in_a_program_is_found(right: str, wrong: str, says: str) -> None:
    assert not list(programs.mistakes(yaml.safe_load(DEPLOYMENT)))

    found = list(programs.mistakes(yaml.safe_load(DEPLOYMENT.replace(right, wrong, 1))))

    assert any(says in each for each in found), found


@pytest.mark.parametrize(
    "line", ["nothing", "emulator --prot 1", "rollback", "status", "report a/b --json --deep"]
)
def test_a_command_that_the_side_tool_does_not_have_is_found(line: str) -> None:
    with pytest.raises(Exception, match=r"No such|Missing"):
        parse_command(line.split())


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("a b # c", [["a", "b"]]),
        ("A=1 b && c 'd e'", [["b"], ["c", "d e"]]),
        ("export A=1 B=2", []),
        ('export A="$(b --c | d)/bin:$A"', [["b", "--c"], ["d"]]),
        ("a \\\n  --b", [["a", "--b"]]),
        ("a [--b]", [["a", "--b"]]),
        ("a &", [["a"]]),
    ],
)
def test_commands_are_read_as_a_shell_does(block: str, expected: list[list[str]]) -> None:
    assert list(commands(block)) == expected


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        ("one 17 x\ntwo", []),
        ("one 17 x\nnoise\ntwo", []),
        ("two\none 17 x", ["two"]),
        ("one 17", ["one … x", "two"]),
    ],
)
def test_what_the_terminal_did_not_show_is_found(shown: str, missing: Any) -> None:
    assert lines_missing("one … x\ntwo\n", shown) == missing
