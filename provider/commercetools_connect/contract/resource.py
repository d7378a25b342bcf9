"""The protocol between a door and a resource: everything a door knows about what it serves.

Inputs may carry what `foresee` named besides: a door that has no other way to tell the engine what a preview
knows puts it there.
"""

from __future__ import annotations

from typing import Protocol

from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import Checked, CheckFailure, Diff, State
from commercetools_connect.contract.values import Tree

__all__ = ["Resource"]


class Resource(Protocol):
    """A kind of object that can be declared.

    Every coroutine ends in one of three ways: it returns; it raises a `ProviderError` (nothing exists, or nothing
    changed); or it raises `Partial` (the object exists but is not what was asked: keep the state and come back).
    """

    def check(self, operation: Operation, olds: Tree, news: Tree) -> Checked:
        """Fill in defaults and find mistakes. Pure: no network. `olds` are the previous inputs, if any."""
        ...

    def foresee(self, inputs: Tree, state: State | None) -> Tree:
        """Return the outputs that are certain before anything is done, if the operation succeeds. Pure.

        `inputs` are checked; `state` is what an update in place starts from, `None` for a create, or where the
        door is not told. Whatever is not named is unknown in a preview, and so is all that depends on it.
        """
        ...

    async def validate(self, operation: Operation, news: Tree) -> tuple[CheckFailure, ...]:
        """Return every mistake for which a create would be refused, as far as reading tells. Changes nothing.

        For what does not exist yet, before it is created; a `diff` finds such mistakes by itself. `news` are
        checked and may hold `UNKNOWN`. Whatever else is raised is no mistake: doors call this through
        `contract.validation`, which says that nothing could be looked at.
        """
        ...

    async def diff(self, operation: Operation, state: State, news: Tree) -> Diff:
        """Tell what an update to `news` would change, compared with the outputs in `state`. Changes nothing.

        Engines ask in a preview and again before each update, and do not tell which it is.
        """
        ...

    async def create(self, operation: Operation, news: Tree) -> State:
        """Make it so, wait until it is, and return what is there. Finds an interrupted run's object again."""
        ...

    async def read(self, operation: Operation, state: State) -> State | None:
        """Return what is there, or `None` when it is gone for certain.

        With empty outputs (an import) the id alone must do.
        """
        ...

    async def update(self, operation: Operation, state: State, news: Tree) -> State:
        """Bring the object in line with `news` in place, and wait until it is."""
        ...

    async def delete(self, operation: Operation, state: State) -> None:
        """Remove it and wait until it is gone; an object that is already gone is a success."""
        ...
