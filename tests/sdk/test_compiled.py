"""Each SDK is accepted by its own toolchain, and so are the examples, each as its users would build it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.sdk.toolchains import FIRST, ROOT, attempt, needs_go, run, run_go
from tests.support.node_sdk import build_node_sdk, needs_node, tsc
from tests.support.python_sdk import install_python_sdk

pytestmark = pytest.mark.long

EXAMPLES = ROOT / "examples"
NODE = Path(__file__).parent / "node"
GO_SDK = "github.com/commercetools-connect-as-code/pulumi-commercetools-connect/sdk/go"


@pytest.mark.timeout(FIRST)
def test_go_programs_build_with_the_go_sdk() -> None:
    """`go vet` compiles what it looks at."""
    needs_go()

    run_go(EXAMPLES, "vet", "./...", f"{GO_SDK}/...")


@pytest.fixture
def node_folder(tmp_path: Path) -> Path:
    """Return a folder with the Node.js SDK built and installed as npm would install it."""
    needs_node()
    folder = build_node_sdk(tmp_path).parents[1]
    shutil.copy(NODE / "tsconfig.json", folder)
    return folder


@pytest.mark.timeout(FIRST)
def test_typescript_programs_build_with_the_nodejs_sdk(node_folder: Path) -> None:
    """The SDK emits its modules and declarations; the programs are strictly typed against them."""
    programs = list(EXAMPLES.glob("*/typescript/*.ts"))
    for program in programs:
        place = node_folder / "examples" / program.parents[1].name / program.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(program, place)

    tsc(node_folder, "--project", ".")

    assert programs
    said = run(["node", "-p", "require('pulumi-commercetools-connect/utilities').getVersion()"], node_folder)
    assert said.strip()


def test_python_programs_are_typed_with_the_python_sdk(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The distribution builds and installs, the programs are strictly typed, and a misspelt argument is seen."""
    site = install_python_sdk(tmp_path)
    programs = {each.parents[1].name.replace("-", "_"): each for each in EXAMPLES.glob("*/python/__main__.py")}
    for name, program in programs.items():
        shutil.copy(program, tmp_path / f"{name}.py")
    misspelt = programs["connector_pipeline"].read_text().replace("region=", "regoin=")
    (tmp_path / "misspelt.py").write_text(misspelt)
    settings = tmp_path / "mypy.ini"
    # What is inside of the SDK is not the users' to mend; from site-packages mypy is silent about it, too.
    settings.write_text("[mypy]\nstrict = True\n[mypy-pulumi_commercetools_connect.*]\nignore_errors = True\n")
    cache = request.config.cache.mkdir("mypy")
    mypy = [sys.executable, "-m", "mypy", "--config-file", str(settings), "--cache-dir", str(cache)]

    said = attempt([*mypy, "misspelt.py", *(f"{name}.py" for name in programs)], tmp_path, MYPYPATH=str(site))

    mistakes = [line for line in said.stdout.splitlines() if ": error: " in line]
    assert mistakes, said.stdout
    assert all(line.startswith("misspelt.py:") for line in mistakes), said.stdout
    assert "regoin" in said.stdout
