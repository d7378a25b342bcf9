"""The engine's double, on which the fault tests rest, does what the real engine does."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi import automation

from commercetools_connect.core.values import Secret
from commercetools_connect.emulator import Admin, Emulator
from tests.engine.conftest import Harness
from tests.engine.people import declare, output
from tests.engine.yaml_harness import PLUGIN, YamlHarness
from tests.support.engine_double import EngineDouble
from tests.support.marks import SIGNATURE
from tests.support.scenarios import SCENARIOS, chain, normal_calls, play
from tests.support.stack import Declared, Output, Program, urn_of


@dataclasses.dataclass
class RealEngine:
    """Plays on the real CLI with the plugin."""

    harness: YamlHarness
    empty: Path

    def begin(self) -> None:
        """Empty Connect, and the stack if the scenario before has left something in it."""
        self.admin.reset()
        if self.state():
            shutil.rmtree(self.harness.folder / "state")
            shutil.copytree(self.empty, self.harness.folder / "state")

    @property
    def admin(self) -> Admin:
        return self.harness.emulator.admin

    def up(
        self,
        program: Program,
        replace_these: Sequence[str] = (),
        *,
        targets: Sequence[str] = (),
        refresh: bool = False,
    ) -> bool:
        self.harness.write({_logical(f"{each.kind}/{each.name}"): _yaml(each) for each in program}, config={})
        options = [f"--target-replace={_urn(each)}" for each in replace_these]
        options += [f"--target={_urn(each)}" for each in targets]
        return self._run("up", "--yes", "--skip-preview", *options, *(["--refresh"] if refresh else []))

    def refresh(self) -> bool:
        return self._run("refresh", "--yes", "--skip-preview")

    def destroy(self, *, refresh: bool = False) -> bool:
        return self._run("destroy", "--yes", "--skip-preview", *(["--refresh"] if refresh else []))

    def forget(self, name: str) -> None:
        assert self._run("state", "delete", _urn(name), "--yes")

    def import_one(self, name: str, id_: str) -> bool:
        kind, own = name.split("/")
        options = ("--yes", "--skip-preview", "--generate-code=false", "--protect=false")
        return self._run("import", f"commercetools-connect:index:{kind}", own, id_, *options)

    def state(self) -> dict[str, Any]:
        return {
            _name(each): {
                "id": each["id"],
                "inputs": _covered(each.get("inputs", {})),
                "outputs": _covered(each.get("outputs", {})),
                "failed": bool(each.get("initErrors")),
            }
            for each in self.harness.checkpoint().get("resources", [])
            if each["type"].startswith("commercetools-connect:")
        }

    def _run(self, *arguments: str) -> bool:
        code, _ = self.harness.attempt(*arguments)
        return code == 0


def _urn(name: str) -> str:
    kind, _, own = name.partition("/")
    return urn_of(kind, own)


def _name(resource: Mapping[str, Any]) -> str:
    kind, name = resource["type"].rpartition(":")[2], resource["urn"].rpartition("::")[2]
    return f"{kind}/{name}{'!' if resource.get('delete') else ''}"


def _logical(name: str) -> str:
    return name.replace("/", "-")


def _yaml(declared: Declared) -> dict[str, Any]:
    options = {
        "deleteBeforeReplace": declared.delete_first,
        "retainOnDelete": declared.retain or None,
        "aliases": [urn_of(declared.kind, each) for each in declared.aliases] or None,
        "dependsOn": [f"${{{_logical(each)}}}" for each in declared.depends_on] or None,
    }
    return {
        "type": f"commercetools-connect:{declared.kind}",
        "name": declared.name,
        "properties": _yaml_value(declared.inputs),
        "options": {name: value for name, value in options.items() if value is not None},
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
def real(engine_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealEngine]:
    """Give one stack for all scenarios, and one provider that serves every run of it: a start takes its time."""
    with Emulator() as emulator:
        harness = YamlHarness(tmp_path_factory.mktemp("double"), emulator, engine_root)
        harness.prepare()
        server = subprocess.Popen([str(harness.folder / "plugin" / PLUGIN)], stdout=subprocess.PIPE, text=True)
        with server:
            assert server.stdout is not None
            harness.environ["PULUMI_DEBUG_PROVIDERS"] = f"commercetools-connect:{server.stdout.readline().strip()}"
            empty = shutil.copytree(harness.folder / "state", tmp_path_factory.mktemp("empty") / "state")
            yield RealEngine(harness, empty)
            server.kill()


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_double_is_true(real: RealEngine, name: str) -> None:
    """The same calls in the same order, the same state, the same success."""
    real.begin()
    with closing(EngineDouble()) as double:
        predicted = play(name, double)

    seen = play(name, real)

    assert seen["succeeded"] == predicted["succeeded"], "\n".join(real.harness.said[-4:])
    assert seen["calls"] == predicted["calls"]
    assert seen == predicted


def test_the_double_goes_on_after_an_error_as_python_programs_do(harness: Harness) -> None:
    """`--continue-on-error`: what failed is left out, and the deletes at the end are made (facts E3)."""
    programs = [with_deployments("greeter", "other"), with_deployments("greeter", "third")]
    with closing(EngineDouble()) as double:
        predicted = _continue(double.admin, [partial(double.up, each, continuing=True) for each in programs])

    def run(declared: Program) -> bool:
        harness.program = lambda: _declare(declared)
        try:
            harness.stack.up(continue_on_error=True, on_output=harness.said.append, on_error=harness.said.append)
        except automation.CommandError:
            return False
        return True

    seen = _continue(harness.emulator.admin, [partial(run, each) for each in programs])

    assert seen == predicted
    assert seen[0] == [True, False]
    assert any(call.startswith("DELETE") for call in seen[1])


def with_deployments(*names: str) -> Program:
    """Return the chain with as many Deployments of its connector, under keys without a stack in them."""
    draft, publication, deployment = chain(key="drafted")
    inputs = {name: {**deployment.inputs, "key": f"of-{name}"} for name in names}
    deployments = [dataclasses.replace(deployment, name=name, inputs=inputs[name]) for name in names]
    return [draft, publication, *deployments]


def _continue(admin: Admin, ups: Sequence[Callable[[], bool]]) -> tuple[list[bool], list[str]]:
    """Run two `up`s, the second without the right to create; return how they ended, and its calls."""
    ended = [ups[0]()]
    admin.fault({"status": 403}, method="POST", path="/*/deployments")
    admin.clear_journal()
    ended.append(ups[1]())
    return ended, normal_calls(admin.journal())


def _declare(declared: Program) -> None:
    """Declare a program for the plugin in Python."""
    made: dict[str, pulumi.CustomResource] = {}
    for each in declared:
        made[f"{each.kind}/{each.name}"] = declare(
            "plugin", each.kind, each.name, _python_value(each.inputs, made)
        )


def _python_value(value: Any, made: Mapping[str, pulumi.CustomResource]) -> Any:
    if isinstance(value, Output):
        name, *path = value.path
        found: Any = made[value.of].id if name == "id" else output(made[value.of], name)
        return found.apply(lambda known: known[path[0]]) if path else found
    if isinstance(value, Secret):
        return pulumi.Output.secret(value.value)
    if isinstance(value, Mapping):
        return {name: _python_value(child, made) for name, child in value.items()}
    return [_python_value(child, made) for child in value] if isinstance(value, (list, tuple)) else value
