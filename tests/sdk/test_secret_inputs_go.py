"""Go programs: what is secret is marked before Pulumi sees it, and the compiler refuses wrong shapes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.sdk.toolchains import FIRST, ROOT, needs_go, run_go

pytestmark = pytest.mark.long

TESTS = Path(__file__).parent / "golang"
WRONG = """package golang

import (
	connect "github.com/commercetools-connect-as-code/pulumi-commercetools-connect/sdk/go/commercetoolsconnect"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

var _ = connect.ApplicationConfigurationArgs{{SecuredConfiguration: {}}}
"""
SHAPES = {
    "the API's own form": 'pulumi.MapArray{{"key": pulumi.String("API_TOKEN"), "value": pulumi.String("x")}}',
    "text": 'pulumi.String("x")',
    "a plain map": 'map[string]string{"API_TOKEN": "x"}',
}


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """Return a module that has the Go SDK and what it needs, as the examples do."""
    examples = ROOT / "examples"
    (tmp_path / "go.mod").write_text(
        (examples / "go.mod").read_text().replace("../sdk/go", str(ROOT / "sdk" / "go"))
    )
    shutil.copy(examples / "go.sum", tmp_path)
    (tmp_path / "golang").mkdir()
    return tmp_path


@pytest.mark.timeout(FIRST)
def test_what_a_go_program_hands_over_in_plain_is_registered_as_a_secret(module: Path) -> None:
    """Secured values of deployments and rollouts, and client secrets of targets; nothing else is marked."""
    needs_go()
    shutil.copy(TESTS / "secret_inputs_test.go", module / "golang")

    assert "ok" in run_go(module, "test", "-vet=off", "./golang")


@pytest.mark.timeout(FIRST)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_wrong_shape_is_refused_by_the_compiler(module: Path, shape: str) -> None:
    """The values would be in no message of Pulumi: such a program does not start."""
    needs_go()
    (module / "golang" / "wrong.go").write_text(WRONG.format(SHAPES[shape]))

    with pytest.raises(AssertionError, match="cannot use"):
        run_go(module, "build", "./golang")
