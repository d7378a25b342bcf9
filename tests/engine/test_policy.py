"""`pulumi up --policy-pack` on a real engine: what violates a rule is not deployed; in both frontends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from commercetools_connect.dynamic import Deployment
from tests.engine.conftest import Harness
from tests.engine.yaml_harness import CANARY, program, staged
from tests.support.policy_venv import PACK_ENVIRONMENT, ROOT, policy_host, policy_python

pytestmark = pytest.mark.long

PACK = ROOT / "examples" / "policy"
TOKEN = f"ghp_{CANARY.replace('-', '')}" + "a1B2" * 6


@pytest.fixture(scope="session")
def interpreter() -> Path:
    """Return the pack's Python, looked for before a test has a home of its own."""
    return policy_python()


@pytest.fixture
def host(interpreter: Path, engine_root: Path, tmp_path: Path) -> dict[str, str]:
    """Return the environment with a language host for policy packs; an installed Pulumi brings its own."""
    folders = (
        engine_root / "bin",
        policy_host(tmp_path / "host"),
        Path(sys.executable).parent,
        "/usr/bin",
        "/bin",
    )
    return {"PATH": os.pathsep.join(map(str, folders)), "POLICY_PYTHON": str(interpreter), **PACK_ENVIRONMENT}


def test_a_yaml_program_is_held_back_until_it_keeps_the_rules(
    engine_root: Path, tmp_path: Path, host: dict[str, str]
) -> None:
    """The first `up` says what is wrong and deploys nothing; the second one deploys."""
    resources = program(shop=TOKEN)
    resources["draft"]["properties"]["repository"]["tag"] = "main"
    with staged(tmp_path, engine_root) as harness:
        harness.environ = host
        harness.write(resources)
        held = harness.fails("up", "--yes", "--skip-preview", "--policy-pack", str(PACK))
        posts = harness.posts("/connectors")
        harness.write(program())
        passed = harness.up("--policy-pack", str(PACK))

        assert 'repository.tag "main" is the name of a branch' in held
        assert posts == 0
        assert "tags-are-immutable" not in passed
        assert "commercetools-connect@v0.2.0" in passed
        assert harness.deployment()["status"] == "Deployed"
        assert CANARY not in harness.everything()
        assert TOKEN not in harness.everything()


def test_a_python_program_without_the_plugin_is_held_back_as_well(
    harness: Harness, host: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All violations of a deployment at once; none of its values is shown."""
    for name, value in host.items():
        monkeypatch.setenv(name, value)

    def declare() -> None:
        Deployment(
            "greeter",
            region="europe-west1.gcp",
            type="production",
            connector={"key": "greeter"},
            configurations={
                "service": {
                    "standard_configuration": {"SHOP_NAME": TOKEN, "API_TOKEN": CANARY},
                    "secured_configuration": {"API_KEY": CANARY},
                }
            },
            skip_plan_time_validation=True,
        )

    harness.program = declare
    held = harness.fails(
        lambda: harness.stack.up(
            policy_packs=[str(PACK)], on_output=harness.said.append, on_error=harness.said.append
        )
    )

    for rule in ("production-is-protected", "production-names-its-tag", "no-secrets-in-standard-configuration"):
        assert rule in held
    assert "SHOP_NAME: the value looks like a GitHub token" in held
    assert harness.posts("/deployments") == 0
    assert CANARY not in held
    assert TOKEN not in held
