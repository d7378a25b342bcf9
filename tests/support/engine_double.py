"""The double as a scenario_engine for the scenarios."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from commercetools_connect.core.values import PropertyValue, Secret
from commercetools_connect.emulator import Admin
from tests.support.engine import Engine
from tests.support.in_process_emulator import InProcessEmulator
from tests.support.process import Process
from tests.support.stack import Program, Run, urn_of

__all__ = ["EngineDouble"]


class EngineDouble:
    """Plays on the double."""

    def __init__(self) -> None:
        self.emulator = InProcessEmulator()
        self.engine = Engine()

    @property
    def admin(self) -> Admin:
        """The control interface."""
        return self.emulator.admin

    def up(
        self,
        program: Program,
        replace_these: Sequence[str] = (),
        *,
        targets: Sequence[str] = (),
        refresh: bool = False,
        continuing: bool = False,
    ) -> bool:
        """Run `up`."""
        urns = [_urn(each) for each in replace_these]
        # `--target-replace` makes targets of what it names
        chosen = [*urns, *(_urn(each) for each in targets)] or None
        return self._run(
            lambda process: self.engine.up(
                process,
                program,
                replace_these=urns,
                targets=chosen,
                refresh=refresh,
                continue_on_error=continuing,
            )
        )

    def refresh(self) -> bool:
        """Run `refresh`."""
        return self._run(self.engine.refresh)

    def destroy(self, *, refresh: bool = False) -> bool:
        """Run `destroy`."""
        return self._run(lambda process: self.engine.destroy(process, refresh=refresh))

    def forget(self, name: str) -> None:
        """Drop it from the state."""
        self.engine.forget(_urn(name))

    def import_one(self, name: str, id_: str) -> bool:
        """Import it."""
        kind, own = name.split("/")
        return self._run(lambda process: self.engine.import_one(process, kind, own, id_))

    def state(self) -> dict[str, Any]:
        """Return the state."""
        return {
            f"{each.kind}/{each.name}{'!' if each.condemned else ''}": {
                "id": each.id,
                "inputs": covered(each.inputs),
                "outputs": covered(each.outputs),
                "failed": bool(each.init_errors),
            }
            for each in self.engine.all_entries
        }

    def close(self) -> None:
        """Drop it."""
        self.emulator.close()

    def _run(self, work: Callable[[Process], Coroutine[Any, Any, Run]]) -> bool:
        process = Process(self.emulator)
        run = self.emulator.run(work(process))
        self.emulator.run(process.aclose())
        return not any(each.how != "done" for each in run.steps if each.action != "read" or each.how != "partial")


def _urn(name: str) -> str:
    kind, _, own = name.partition("/")
    return urn_of(kind, own)


def covered(value: PropertyValue) -> Any:
    """Return a value with every secret covered."""
    if isinstance(value, Secret):
        return "[secret]"
    if isinstance(value, Mapping):
        return {name: covered(child) for name, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [covered(child) for child in value]
    return value
