"""Each part of the provider imports only what an installation for it has."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from tests.supply.test_locks import NEEDED, asked_for
from tests.support.locked_venv import ROOT

PACKAGE = ROOT / "provider" / "commercetools_connect"
EXTRA_OF = {"cli": "cli", "emulator": "emulator", "policy": "policy"}
BELOW = {
    "google": "protobuf",
    "grpc": "grpcio",
    "dill": "dill",
    "pydantic_core": "pydantic-core",
    "markupsafe": "markupsafe",
}
"""Modules of packages that Pulumi, pydantic or Jinja need themselves, in every version."""


def third_party(path: Path) -> Iterator[str]:
    """Yield the top-level modules that a file imports, at any time, and that come from other packages."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top != "commercetools_connect":
                yield top


@pytest.mark.parametrize("part", sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))
def test_what_a_part_imports_is_in_its_extra_or_in_every_installation(part: str) -> None:
    extra = EXTRA_OF.get(part)
    asked = [*NEEDED, *(asked_for(extra) if extra else ())]
    packages = {re.split(r"[<>=\[;! ]", each)[0].lower() for each in asked}
    distributions = metadata.packages_distributions()

    for path in (PACKAGE / part).rglob("*.py"):
        for module in third_party(path):
            owners = {BELOW.get(module, ""), *(each.lower() for each in distributions.get(module, [module]))}
            owners |= {each.replace("_", "-").replace(".", "-") for each in owners}
            assert owners & {*packages, *BELOW.values()}, f"{path} imports {module}"


@pytest.mark.parametrize(
    ("file", "extra"),
    [
        ("action.yml", "cli"),
        ("examples/gitops/requirements-provider.txt", "cli"),
        ("examples/emulator/Dockerfile", "emulator"),
    ],
)
def test_what_runs_the_command_installs_its_extra(file: str, extra: str) -> None:
    assert f"[{extra}]" in (ROOT / file).read_text()
