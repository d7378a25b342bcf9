"""The calls of one engine run, in the engine's order: a check with the state's inputs, a diff, a check without."""

from __future__ import annotations

from typing import Any

from commercetools_connect.core.resource import OperationContext, Resource
from commercetools_connect.core.results import Diff, State
from commercetools_connect.core.values import PropertyMap
from tests.support.world import World

__all__ = ["Steps", "steps"]


class Steps:
    """The calls for one resource of the program; `inputs` are what the program says."""

    def __init__(
        self, resource: Resource, context: OperationContext, inputs: PropertyMap, state: State | None = None
    ) -> None:
        self.resource, self.context, self.inputs, self.state = resource, context, inputs, state

    def check(self) -> PropertyMap:
        """Check with the inputs in the state, or with none where there is no state."""
        olds = self.state.inputs if self.state is not None else {}
        return World.check(self.resource, self.context, olds, self.inputs)

    def check_again(self) -> PropertyMap:
        """Check without old inputs, as the engine does before a replacement."""
        return World.check(self.resource, self.context, {}, self.inputs)

    async def diff(self) -> Diff:
        """Check and diff."""
        return await self.resource.diff(self.context, self._held, self.check())

    async def refresh(self) -> State | None:
        """Read, and diff without a check: `--refresh` asks for the drift between program and object."""
        read = await self.resource.read(self.context, self._held)
        if read is not None:
            await self.resource.diff(self.context, read, self._held.inputs)
        return read

    async def create(self) -> State:
        """Check without old inputs, and create."""
        return await self.resource.create(self.context, self.check_again())

    async def update(self) -> State:
        """Check, and update where the diff finds a change."""
        news = self.check()
        if await self.resource.diff(self.context, self._held, news):
            return await self.resource.update(self.context, self._held, news)
        return self._held

    async def delete(self) -> None:
        """Delete what the state has."""
        await self.resource.delete(self.context, self._held)

    async def create_first(self) -> State:
        """Replace: the new one is there before the old one is deleted."""
        await self.diff()
        created = await self.create()
        await self.delete()
        return created

    async def delete_first(self) -> State:
        """Replace: the old one is deleted before there is a new one."""
        await self.diff()
        return await self.delete_first_without_a_diff(checked=True)

    async def delete_first_without_a_diff(self, *, checked: bool = False) -> State:
        """Replace as the engine does on `--replace` where the program asks for `deleteBeforeReplace`."""
        if not checked:
            self.check()
        news = self.check_again()
        await self.delete()
        return await self.resource.create(self.context, news)

    @property
    def _held(self) -> State:
        assert self.state is not None
        return self.state


def steps(
    of: Any, world: World, kind: str, inputs: PropertyMap, state: State | None = None, **options: Any
) -> Steps:
    """Return the calls for a resource; `options` are those of its operation."""
    name = options.pop("name", "greeter")
    return Steps(of(kind), world.context(name, **options), inputs, state)
