"""The .NET SDK and its examples, as far as they can be judged without .NET: they are C#, and they fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_c_sharp
from tree_sitter import Language, Node, Parser

from tests.sdk.toolchains import ROOT

SDK = ROOT / "sdk" / "dotnet"
PROGRAMS = sorted((ROOT / "examples").glob("*/csharp/Program.cs"))
SOURCES = sorted(SDK.rglob("*.cs"))
NAMESPACE = "ConnectAsCode.CommercetoolsConnect"


def parse(path: Path) -> Node:
    return Parser(Language(tree_sitter_c_sharp.language())).parse(path.read_bytes()).root_node


def nodes(root: Node, kind: str) -> Iterator[Node]:
    if root.type == kind:
        yield root
    for child in root.children:
        yield from nodes(child, kind)


def text(node: Node | None) -> str:
    assert node is not None
    assert node.text is not None
    return node.text.decode()


def classes() -> dict[str, set[str]]:
    """Return the properties and fields of each class of the SDK."""
    found: dict[str, set[str]] = {}
    for path in SOURCES:
        folder = path.parent.relative_to(SDK).as_posix()
        prefix = "" if folder == "." else f"{folder}."
        for each in nodes(parse(path), "class_declaration"):
            properties = {text(one.child_by_field_name("name")) for one in nodes(each, "property_declaration")}
            found[prefix + text(each.child_by_field_name("name"))] = properties
    return found


@pytest.mark.parametrize("path", [*SOURCES, *PROGRAMS], ids=lambda path: str(path.relative_to(ROOT)))
def test_it_is_c_sharp(path: Path) -> None:
    root = parse(path)

    assert not root.has_error, [text(node) for node in nodes(root, "ERROR")]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.parents[1].name)
def test_the_examples_use_what_the_sdk_has(program: Path) -> None:
    """Every class that is made is there, and every member that is set is one of its arguments."""
    known = classes()
    assert f"using Connect = {NAMESPACE};" in program.read_text()
    made = []
    for creation in nodes(parse(program), "object_creation_expression"):
        name = text(creation.child_by_field_name("type"))
        if name.startswith("Connect."):
            made.append(name.removeprefix("Connect."))
            assert made[-1] in known
    assert made
    for assignment in nodes(parse(program), "assignment_expression"):
        left = assignment.child_by_field_name("left")
        assert left is not None
        if left.type == "identifier":
            owner = owner_of(assignment)
            assert text(left) in known[owner], f"{owner} has no {text(left)}"


def owner_of(assignment: Node) -> str:
    """Return the class whose member an initializer sets; `new()` is the arguments of the resource around it."""
    node = assignment.parent
    while node is not None:
        if node.type == "object_creation_expression":
            return text(node.child_by_field_name("type")).removeprefix("Connect.")
        if node.type == "implicit_object_creation_expression":
            return f"{text(resource_around(node).child_by_field_name('type')).removeprefix('Connect.')}Args"
        node = node.parent
    raise AssertionError(f"{text(assignment)} is in no initializer")


def resource_around(node: Node) -> Node:
    """Return the creation that these arguments are for."""
    above = node.parent
    while above is not None and above.type != "object_creation_expression":
        above = above.parent
    assert above is not None
    return above


def test_what_is_outside_of_the_language_is_made_as_declared() -> None:
    """Namespace, package name, and the files that the project packs."""
    (project,) = SDK.glob("*.csproj")
    packed = set(re.findall(r'<None Include="([^"]*)"', project.read_text()))

    namespaces = {
        found for path in SOURCES for found in re.findall(r"^namespace ([\w.]+)", path.read_text(), re.MULTILINE)
    }
    assert project.stem == NAMESPACE
    assert {each.removeprefix(NAMESPACE) for each in namespaces} <= {"", ".Inputs", ".Outputs"}
    assert packed == {"logo.png", "pulumi-plugin.json", "version.txt"}
    assert all((SDK / name).is_file() for name in packed)
    assert (SDK / "logo.png").read_bytes() == (ROOT / "docs" / "logo.png").read_bytes()


def test_what_is_secret_is_marked_when_a_program_sets_it() -> None:
    """Values of secured configuration and client secrets, inside of objects as well."""
    for name in ("Inputs/ApplicationConfigurationArgs", "Inputs/GlobalConfigurationArgs", "Inputs/RolloutTargetArgs"):
        secret = "ClientSecret" if "Target" in name else "SecuredConfiguration"
        _, _, setter = (SDK / f"{name}.cs").read_text().partition(f" {secret}\n")
        assert "Output.CreateSecret(" in setter.partition("set\n")[2].partition("}\n")[0], name
    assert "Output.CreateSecret(" in (SDK / "Provider.cs").read_text()
