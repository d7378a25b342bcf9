"""The engine's double, on which the fault tests rest, does what the real engine does."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from commercetools_connect.contract.values import Secret
from commercetools_connect.emulator import Admin, Emulator
from tests.engine.yaml_stage import PLUGIN, YamlStage
from tests.support.double_theatre import DoubleTheatre
from tests.support.marks import SIGNATURE
from tests.support.scenarios import SCENARIOS, play
from tests.support.stack import Declared, Output, Program, urn_of


@dataclasses.dataclass
class RealTheatre:
    """Plays on the real CLI with the plugin."""

    stage: YamlStage

    @property
    def admin(self) -> Admin:
        return self.stage.emulator.admin

    def up(self, program: Program, replace_these: Sequence[str] = ()) -> bool:
        self.stage.write({_logical(f"{each.kind}/{each.name}"): _yaml(each) for each in program}, config={})
        targets = [f"--target-replace={urn_of(*each.split('/'))}" for each in replace_these]
        return self._run("up", "--yes", "--skip-preview", *targets)

    def refresh(self) -> bool:
        return self._run("refresh", "--yes", "--skip-preview")

    def destroy(self) -> bool:
        return self._run("destroy", "--yes", "--skip-preview")

    def state(self) -> dict[str, Any]:
        return {
            _name(each): {
                "id": each["id"],
                "inputs": _covered(each.get("inputs", {})),
                "outputs": _covered(each.get("outputs", {})),
                "failed": bool(each.get("initErrors")),
            }
            for each in self.stage.checkpoint().get("resources", [])
            if each["type"].startswith("commercetools-connect:")
        }

    def _run(self, *arguments: str) -> bool:
        code, _ = self.stage.attempt(*arguments)
        return code == 0


def _name(resource: Mapping[str, Any]) -> str:
    kind, name = resource["type"].rpartition(":")[2], resource["urn"].rpartition("::")[2]
    return f"{kind}/{name}{'!' if resource.get('delete') else ''}"


def _logical(name: str) -> str:
    return name.replace("/", "-")


def _yaml(declared: Declared) -> dict[str, Any]:
    return {
        "type": f"commercetools-connect:{declared.kind}",
        "name": declared.name,
        "properties": _yaml_value(declared.inputs),
    }


def _yaml_value(value: Any) -> Any:
    if isinstance(value, Output):
        return f"${{{_logical(value.of)}.{'.'.join(value.path)}}}"
    if isinstance(value, Secret):
        return {"fn::secret": value.value}
    if isinstance(value, Mapping):
        return {name: _yaml_value(child) for name, child in value.items()}
    return [_yaml_value(child) for child in value] if isinstance(value, (list, tuple)) else value


def _covered(value: Any) -> Any:
    if isinstance(value, Mapping):
        if SIGNATURE in value:
            return "[secret]"
        return {name: _covered(child) for name, child in value.items()}
    return [_covered(child) for child in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def real(engine_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealTheatre]:
    """Give one stack for all scenarios, and one provider that serves every run of it: a start takes its time."""
    with Emulator() as emulator:
        stage = YamlStage(tmp_path_factory.mktemp("double"), emulator, engine_root)
        stage.prepare()
        server = subprocess.Popen([str(stage.folder / "plugin" / PLUGIN)], stdout=subprocess.PIPE, text=True)
        with server:
            assert server.stdout is not None
            stage.environ["PULUMI_DEBUG_PROVIDERS"] = f"commercetools-connect:{server.stdout.readline().strip()}"
            yield RealTheatre(stage)
            server.kill()


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_double_is_true(real: RealTheatre, name: str) -> None:
    """The same calls in the same order, the same state, the same success."""
    real.admin.reset()
    with closing(DoubleTheatre()) as double:
        foreseen = play(name, double)

    seen = play(name, real)

    assert seen["succeeded"] == foreseen["succeeded"], "\n".join(real.stage.said[-4:])
    assert seen["calls"] == foreseen["calls"]
    assert seen == foreseen
