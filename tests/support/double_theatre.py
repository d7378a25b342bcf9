"""The double as a theatre for the scenarios."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from commercetools_connect.contract.values import Secret, Value
from commercetools_connect.emulator import Admin
from tests.support.box import Box
from tests.support.engine import Engine
from tests.support.process import Process
from tests.support.stack import Program, Run, urn_of

__all__ = ["DoubleTheatre"]


class DoubleTheatre:
    """Plays on the double."""

    def __init__(self) -> None:
        self.box = Box()
        self.engine = Engine()

    @property
    def admin(self) -> Admin:
        """The control interface."""
        return self.box.admin

    def up(self, program: Program, replace_these: Sequence[str] = ()) -> bool:
        """Run `up`."""
        urns = [urn_of(*each.split("/")) for each in replace_these]
        return self._run(lambda process: self.engine.up(process, program, replace_these=urns))

    def refresh(self) -> bool:
        """Run `refresh`."""
        return self._run(self.engine.refresh)

    def destroy(self) -> bool:
        """Run `destroy`."""
        return self._run(self.engine.destroy)

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
        self.box.close()

    def _run(self, work: Callable[[Process], Coroutine[Any, Any, Run]]) -> bool:
        process = Process(self.box)
        run = self.box.run(work(process))
        self.box.run(process.aclose())
        return not any(each.how != "done" for each in run.steps if each.deed != "read" or each.how != "partial")


def covered(value: Value) -> Any:
    """Return a value with every secret covered."""
    if isinstance(value, Secret):
        return "[secret]"
    if isinstance(value, Mapping):
        return {name: covered(child) for name, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [covered(child) for child in value]
    return value
