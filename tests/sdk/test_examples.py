"""The examples show every resource and function in every language, and the documentation shows the examples."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from commercetools_connect.frontends.plugin.schema.examples import EXAMPLES, LANGUAGES
from tests.sdk.toolchains import ROOT

SCHEMA = json.loads((ROOT / "schema.json").read_text())
RESOURCES = [token.rpartition(":")[2] for token in SCHEMA["resources"]]
FUNCTIONS = [token.rpartition(":")[2] for token in SCHEMA.get("functions", {})]
DYNAMIC = "python-dynamic"
PROGRAMS = {**LANGUAGES, DYNAMIC: LANGUAGES["python"]}


def snake(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower()


def use_of_resource(name: str, language: str) -> str:
    """Return the pattern of a program's lines that declare such a resource."""
    return {
        "typescript": rf"\bnew connect\.{name}\(",
        "python": rf"\bconnect\.{name}\(",
        "go": rf"\bconnect\.New{name}\(",
        "csharp": rf"\bnew Connect\.{name}\(",
        "yaml": rf"\btype: commercetools-connect:{name}$",
        DYNAMIC: rf"(?<![.\w]){name}\(",
    }[language]


def use_of_function(name: str, language: str) -> str:
    """Return the pattern of a program's lines that call such a function."""
    upper = name[0].upper() + name[1:]
    return {
        "typescript": rf"\bconnect\.{name}(Output)?\(",
        "python": rf"\bconnect\.{snake(name)}(_output)?\(",
        "go": rf"\bconnect\.({upper}|{re.sub('^Get', 'Lookup', upper)})(Output)?\(",
        "csharp": rf"\bConnect\.{upper}\.Invoke",
        "yaml": rf"\bfunction: commercetools-connect:{name}$",
    }[language]


def use_of(name: str, language: str) -> str:
    return (use_of_resource if name in RESOURCES else use_of_function)(name, language)


ROWS = [
    *((name, language) for name in RESOURCES for language in PROGRAMS),
    *((name, language) for name in FUNCTIONS for language in LANGUAGES),
]


@pytest.mark.parametrize(("name", "language"), ROWS)
def test_every_resource_and_function_has_an_example_in_every_language(name: str, language: str) -> None:
    """A program in `examples/<example>/<language>/` uses it; other tests run or compile that program."""
    programs = list((ROOT / "examples").glob(f"*/{language}/{PROGRAMS[language]}"))

    assert any(re.search(use_of(name, language), each.read_text(), re.MULTILINE) for each in programs), (
        f"no example uses {name} in {language}: write one in examples/, and name it in plugin/schema_examples.py"
    )


@pytest.mark.parametrize("name", [*RESOURCES, *FUNCTIONS])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_documentation_shows_it_in_every_language(name: str, language: str) -> None:
    """The description holds the tested programs letter by letter, and at least one uses what it describes."""
    described = {**SCHEMA["resources"], **SCHEMA.get("functions", {})}[f"commercetools-connect:index:{name}"]
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", described["description"], re.DOTALL | re.MULTILINE)

    assert blocks == [each.program(language).read_text() for each in EXAMPLES.get(name, ())]
    assert any(re.search(use_of(name, language), block, re.MULTILINE) for block in blocks)


@pytest.mark.parametrize("folder", sorted({each.folder for some in EXAMPLES.values() for each in some}))
def test_an_example_is_a_pulumi_project_in_every_language(folder: str) -> None:
    """`pulumi up` in the folder knows what to run."""
    runtimes = {"typescript": "nodejs", "csharp": "dotnet", DYNAMIC: "python"}
    for language, program in PROGRAMS.items():
        place = ROOT / "examples" / folder / language
        project = (place / "Pulumi.yaml").read_text()
        assert project.startswith(f"name: {folder}\n")
        assert f"\nruntime: {runtimes.get(language, language)}\n" in project
        assert (place / program).is_file()


def test_every_program_in_the_examples_is_some_language_that_is_tested() -> None:
    """An example in a folder of another name would be run by no test."""
    others = {"demo", "publish", "region", "shop"}  # tests/engine/test_fleet.py, test_pages.py
    known = {*PROGRAMS, *others}
    folders = {path.parent for path in Path(ROOT / "examples").glob("*/*/*") if path.name in PROGRAMS.values()}
    folders = {
        each for each in folders if not (each / "PulumiPolicy.yaml").exists()
    }  # a policy pack is no program

    assert {path.name for path in folders} <= known
