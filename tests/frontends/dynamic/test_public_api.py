"""Programs that were written for a release go on to work, and declare what they declared."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import pulumi
import pytest

from commercetools_connect import dynamic
from tests.frontends.dynamic.programs import run_program
from tests.frontends.dynamic.public_api import GOLDEN, docstrings, signatures
from tests.frontends.dynamic.registrations import FUNCTIONS, RESOURCES, registrations

RECORDED: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))


def parameters(name: str) -> set[str]:
    return set(inspect.signature(getattr(dynamic, name)).parameters) - {"resource_name", "opts", "connection"}


@pytest.mark.parametrize("name", dynamic.__all__)
def test_every_public_name_keeps_its_signature(name: str) -> None:
    """After a change on purpose: `python -m tests.frontends.dynamic.public_api`."""
    assert signatures()[name] == RECORDED["signatures"][name]


def test_an_editor_describes_every_public_name_its_members_and_its_arguments() -> None:
    described = docstrings()
    assert [
        (name, member) for name, texts in described.items() for member, text in texts.items() if not text
    ] == []
    for name, facts in RECORDED["signatures"].items():
        if isinstance(facts, dict):
            assert {*facts.get("members", ()), *facts.get("outputs", ())} <= described[name].keys(), name
    for name in (*RESOURCES, *FUNCTIONS):
        text = described[name].get("__init__") or described[name][""]
        named = set(inspect.signature(getattr(dynamic, name)).parameters)
        assert set(re.findall(r"^:param (\w+): \S", text, re.MULTILINE)) == named, name


def test_no_public_name_is_lost() -> None:
    assert sorted(dynamic.__all__) == sorted(RECORDED["signatures"])


def test_the_same_arguments_are_registered_as_the_same_properties() -> None:
    assert json.loads(json.dumps(registrations())) == RECORDED["registered"]


def test_these_programs_use_every_argument() -> None:
    for name, (required, more) in RESOURCES.items():
        assert {*required, *more} - {"connection"} == parameters(name), name
    for name, arguments in FUNCTIONS.items():
        assert set(arguments) == parameters(name) == parameters(f"{name}_output"), name


@pytest.mark.parametrize("name", RESOURCES)
def test_every_output_can_be_passed_on_when_the_resource_is_declared(name: str) -> None:
    """Also those that are not inputs: an output that is not registered raises AttributeError."""
    required, _ = RESOURCES[name]

    def program() -> None:
        declared = getattr(dynamic, name)("mine", **required)
        for output in RECORDED["signatures"][name]["outputs"]:
            assert isinstance(getattr(declared, output), pulumi.Output), output

    run_program(program)
