"""One update of one stack, or its preview: what the engine's double does with a program, step by step."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import Diff
from commercetools_connect.core.values import UNKNOWN, PropertyMap
from commercetools_connect.frontends.plugin.config import configuration_diff
from tests.support.calls import End, attempt, step_of
from tests.support.frontends import StackIdentity
from tests.support.process import Process
from tests.support.stack import Declared, Deed, Entry, Program, Run, Step, resolve

__all__ = ["Options", "Update"]


class Stack(Protocol):
    """The state that an update works on."""

    identity: StackIdentity
    entries: dict[str, Entry]
    condemned: list[Entry]
    pending_creates: list[str]

    def urn(self, kind: str, name: str) -> str:
        """Return the full name of a resource of this stack."""
        ...

    def put(self, entry: Entry) -> None:
        """Keep an entry, in the place of the live one of its URN."""
        ...

    def swap(self, old: Entry, new: Entry | None) -> None:
        """Replace an entry, or drop it."""
        ...

    def take_alias(self, declared: Declared) -> None:
        """Give the entry of a resource that had another name its new one."""
        ...

    def note(self, run: Run, step: Step) -> None:
        """Remember how a step ended."""
        ...


@dataclass(frozen=True)
class Options:
    """What the command line says besides; `targets`: `None` is everything."""

    preview: bool = False
    replaced: frozenset[str] = frozenset()
    targets: frozenset[str] | None = None
    continue_on_error: bool = False


@dataclass
class Update:
    """One update of one stack."""

    stack: Stack
    main: Process
    result: Run
    program: Program
    options: Options
    _outcomes: dict[str, asyncio.Future[PropertyMap | None]] = field(init=False, default_factory=dict)
    _halted: bool = field(init=False, default=False)
    _taken_along: set[str] = field(init=False, default_factory=set)

    async def run(self) -> Run:
        """Run it to its end."""
        loop = asyncio.get_running_loop()
        if not self.result.preview:
            for each in self.program:
                self.stack.take_alias(each)
        self._outcomes = {f"{each.kind}/{each.name}": loop.create_future() for each in self.program}
        await asyncio.gather(*(self._register(each) for each in self.program))
        if not self._stopped and not self.result.preview:
            await self._delete_what_is_left()
        return self.result

    @property
    def _stopped(self) -> bool:
        failed = self.result.failed and not self.options.continue_on_error
        return failed or self._halted or self.main.stopping

    async def _register(self, declared: Declared) -> None:
        outcome = self._outcomes[f"{declared.kind}/{declared.name}"]
        shown: dict[str, PropertyMap] = {}
        for name in sorted(declared.needs):
            outputs = await self._outcomes[name]
            if outputs is None:
                outcome.set_result(None)
                return
            shown[name] = outputs
        try:
            if not self._stopped:
                outcome.set_result(await self._bring_about(declared, resolve(declared.inputs, shown)))
        finally:
            if not outcome.done():
                outcome.set_result(None)

    async def _bring_about(self, declared: Declared, news: PropertyMap) -> PropertyMap | None:
        """Return what others see of the resource then, `None` if it could not be brought about."""
        old = self._old(declared)
        if not self._is_meant(self._urn(declared)):  # it gets no check (facts E8)
            return _shown(old.id, old.outputs) if old else None
        creates = old is None or self._urn(declared) in self.options.replaced
        creates = creates or (old is not None and self._provider_is_replaced(declared, old))
        creates = creates or self._urn(declared) in self._taken_along
        inputs = await self._check(declared, {} if creates or old is None else old.inputs, news)
        if inputs is None:
            return None
        if old is None:
            return await self._create(declared, inputs, None)
        if self._urn(declared) in self._taken_along:
            return await self._create(declared, inputs, old)
        if creates:
            return await self._replace(declared, inputs, old, delete_first=bool(self._option(declared)))
        return await self._change(declared, news, inputs, old)

    async def _change(
        self, declared: Declared, news: PropertyMap, inputs: PropertyMap, old: Entry
    ) -> PropertyMap | None:
        """Do what the diff of an existing resource asks for."""
        diff = await self._diff(declared, old, inputs)
        if diff is None:
            return None
        if diff.replaces or old.awaits_create:
            return await self._replace_after_diff(declared, news, old, diff)
        if diff or old.init_errors:
            return await self._update(declared, inputs, old)
        if not self.result.preview:
            kept = self._new(declared, old.id, inputs, old.outputs)
            self.stack.put(replace(kept, init_errors=old.init_errors))
        self.stack.note(self.result, Step(old.urn, old.kind, old.name, "same", "done", before=old))
        return _shown(old.id, old.outputs)

    async def _check(self, declared: Declared, olds: PropertyMap, news: PropertyMap) -> PropertyMap | None:
        checked: list[PropertyMap] = []
        process = self._process(declared)

        async def check() -> None:
            context = self._context(declared)
            checked.append(await self._identity.check(process, declared.kind, context, olds, news))

        end = await attempt(process, check)
        if end.how == "done":
            return checked[0]
        self._halt(declared, "update" if olds else "create", end)
        return None

    async def _diff(self, declared: Declared, old: Entry, inputs: PropertyMap) -> Diff | None:
        end, found = await self._ask_for_diff(self._process(declared), self._context(declared), old, inputs)
        if found is None:
            self._halt(declared, "update", end)
        return found

    async def _ask_for_diff(
        self, process: Process, context: OperationContext, old: Entry, inputs: PropertyMap
    ) -> tuple[End, Diff | None]:
        found: list[Diff] = []
        resource, state = process.resource(old.kind), self._identity.state(old)

        async def diff() -> None:
            found.append(await resource.diff(context, state, inputs))

        end = await attempt(process, diff)
        return end, found[0] if end.how == "done" else None

    async def _replace_after_diff(
        self, declared: Declared, news: PropertyMap, old: Entry, diff: Diff
    ) -> PropertyMap | None:
        inputs = await self._check(declared, {}, news)
        if inputs is None:
            return None
        option = self._option(declared)
        first = diff.delete_before_replace if option is None else option
        return await self._replace(declared, inputs, old, delete_first=first)

    async def _replace(
        self, declared: Declared, inputs: PropertyMap, old: Entry, *, delete_first: bool
    ) -> PropertyMap | None:
        if not delete_first:
            return await self._create(declared, inputs, old)
        doomed = await self._dependants_to_replace(declared, old)
        if doomed is None:
            return None
        if self.result.preview:
            return await self._create(declared, inputs, old)
        for each in reversed([old, *doomed]):
            if not each.awaits_create:
                gone = replace(each, awaits_create=True)
                if self._stopped or not await self._delete(each, gone):
                    return None
                self._taken_along.add(each.urn)
        old = self._old(declared) or old
        return None if self._stopped else await self._create(declared, inputs, old)

    async def _dependants_to_replace(self, declared: Declared, root: Entry) -> list[Entry] | None:
        """Return what a delete first takes along, root first (facts E5); `None`: a diff has failed."""
        replaced, doomed = {root.urn}, list[Entry]()
        for entry in self._dependants(root):
            touched = [name for name, urns in entry.needs_by_input.items() if urns & replaced]
            if not touched:
                continue
            process = self.main.of(entry.provider)
            context = self._identity.context(process, entry.urn, entry.name)
            inputs = {**entry.inputs, **dict.fromkeys(touched, UNKNOWN)}
            end, diff = await self._ask_for_diff(process, context, entry, inputs)
            if diff is None:
                self._halt(declared, "update", end)
                return None
            if diff.replaces:
                replaced.add(entry.urn)
                doomed.append(entry)
        return doomed

    def _dependants(self, root: Entry) -> Iterator[Entry]:
        """Yield what depends on it, directly or not, each after what it needs."""
        found, left = {root.urn}, list(self.stack.entries.values())
        while ready := [each for each in left if each.needs & found and each.urn not in found]:
            for each in ready:
                if not any(each.needs & {other.urn} for other in ready):
                    found.add(each.urn)
                    yield each

    async def _create(self, declared: Declared, inputs: PropertyMap, old: Entry | None) -> PropertyMap | None:
        process = self._process(declared)
        action: Deed = "replace" if old else "create"
        resource = process.resource(declared.kind)
        if self.result.preview:
            return await self._preview_create(declared, inputs, old)
        context = self._context(declared, "create")
        self.stack.pending_creates.append(self._urn(declared))
        end = await attempt(process, lambda: resource.create(context, inputs))
        if end.how != "killed" or process.engine_lives:
            self.stack.pending_creates.remove(self._urn(declared))
        if end.state is not None:
            if old is not None and not old.awaits_create:
                self.stack.condemned.append(replace(old, condemned=True))
            self._keep(declared, inputs, end)
        self._note_end(declared, action, end, old)
        return _shown(end.state.id, end.state.outputs) if end.how == "done" and end.state else None

    async def _preview_create(
        self, declared: Declared, inputs: PropertyMap, old: Entry | None
    ) -> PropertyMap | None:
        process, context = self._process(declared), self._context(declared)
        known: list[PropertyMap] = []

        async def ask() -> None:
            known.append(await self._identity.preview_create(process, declared.kind, context, inputs))

        end = await attempt(process, ask)
        self._note_end(declared, "replace" if old else "create", end, old)
        return known[0] if end.how == "done" else None

    async def _update(self, declared: Declared, inputs: PropertyMap, old: Entry) -> PropertyMap | None:
        process = self._process(declared)
        if self.result.preview:
            return await self._preview_update(declared, inputs, old)
        context, resource = self._context(declared, "update"), process.resource(declared.kind)
        end = await attempt(process, lambda: resource.update(context, self._identity.state(old), inputs))
        if end.state is not None:
            self._keep(declared, inputs, end, id_=old.id)
        self._note_end(declared, "update", end, old)
        return _shown(old.id, end.state.outputs) if end.how == "done" and end.state else None

    async def _preview_update(self, declared: Declared, inputs: PropertyMap, old: Entry) -> PropertyMap | None:
        process, context = self._process(declared), self._context(declared)
        known: list[PropertyMap] = []

        async def ask() -> None:
            known.append(await self._identity.preview_update(process, declared.kind, context, inputs, old))

        end = await attempt(process, ask)
        self._note_end(declared, "update", end, old)
        return known[0] if end.how == "done" else None

    def _keep(self, declared: Declared, inputs: PropertyMap, end: End, id_: str | None = None) -> None:
        """Keep what a create or an update has answered; the inputs are the engine's own."""
        assert end.state is not None
        state = end.state
        new = self._new(declared, id_ or state.id, inputs, state.outputs)
        self.stack.put(replace(new, init_errors=end.reasons))

    def _new(self, declared: Declared, id_: str, inputs: PropertyMap, outputs: PropertyMap) -> Entry:
        """Return the entry of a resource of the program."""
        return Entry(
            self._urn(declared),
            declared.kind,
            declared.name,
            id_,
            inputs,
            outputs,
            needs=self._urns(declared.needs),
            timeouts=declared.timeouts,
            retain=declared.retain,
            provider=declared.provider,
            needs_by_input={name: self._urns(of) for name, of in declared.needs_by_input.items() if of},
        )

    async def _delete(self, entry: Entry, after: Entry | None) -> bool:
        """Delete one, leave `after` in its place, and tell whether it is gone.

        The option `retainOnDelete` counts as it is in the state (facts E13).
        """
        process = self.main.of(entry.provider)
        context = self._identity.context(process, entry.urn, entry.name, entry.timeouts.get("delete"))
        resource = process.resource(entry.kind)
        if entry.retain:
            self.stack.swap(entry, after)
            return True
        end = await attempt(process, lambda: resource.delete(context, self._identity.state(entry)))
        if end.how == "done":
            self.stack.swap(entry, after)
        self.stack.note(self.result, step_of(entry, "delete", end))
        return end.how == "done"

    async def _delete_what_is_left(self) -> None:
        """Delete what was replaced and what the program does not have any more, dependants first."""
        live = {self._urn(each) for each in self.program}
        left = (each for urn, each in self.stack.entries.items() if urn not in live)
        doomed = [each for each in [*self.stack.condemned, *left] if self._is_meant(each.urn)]
        doomed = _dependants_first(doomed)
        loop = asyncio.get_running_loop()
        gone = [loop.create_future() for _ in doomed]

        async def delete(position: int, entry: Entry) -> None:
            waits = [gone[at] for at, each in enumerate(doomed[:position]) if entry.urn in each.needs]
            try:
                if all([await each for each in waits]) and not self._stopped:
                    if entry.awaits_create:  # it is deleted already
                        self.stack.swap(entry, None)
                        gone[position].set_result(True)
                    else:
                        gone[position].set_result(await self._delete(entry, None))
            finally:
                if not gone[position].done():
                    gone[position].set_result(False)

        await asyncio.gather(*(delete(at, each) for at, each in enumerate(doomed)))

    # --- which one, and by whom -----------------------------------------------------------------------------

    @property
    def _identity(self) -> StackIdentity:
        return self.stack.identity

    def _urn(self, declared: Declared) -> str:
        return self.stack.urn(declared.kind, declared.name)

    def _urns(self, names: frozenset[str]) -> frozenset[str]:
        return frozenset(self.stack.urn(*name.split("/", 1)) for name in names)

    def _old(self, declared: Declared) -> Entry | None:
        names: Mapping[str, Entry] = self.stack.entries
        urns = [self._urn(declared), *(self.stack.urn(declared.kind, alias) for alias in declared.aliases)]
        return next((names[urn] for urn in urns if urn in names), None)

    def _is_meant(self, urn: str) -> bool:
        return self.options.targets is None or urn in self.options.targets

    def _option(self, declared: Declared) -> bool | None:
        """Return what the program says of `deleteBeforeReplace`, or else the resource's class."""
        own = declared.delete_first
        return self._identity.deletes_first(declared.kind) if own is None else own

    def _provider_is_replaced(self, declared: Declared, old: Entry) -> bool:
        """Tell whether the new provider's DiffConfig asks to replace what the old one has made (facts E10)."""
        if declared.provider == old.provider:
            return False
        before, after = self.main.of(old.provider).settings, self._process(declared).settings
        return bool(configuration_diff(before, after).replaces)

    def _process(self, declared: Declared) -> Process:
        return self.main.of(declared.provider)

    def _context(self, declared: Declared, limit: str | None = None) -> OperationContext:
        seconds = declared.timeouts.get(limit) if limit else None
        return self._identity.context(self._process(declared), self._urn(declared), declared.name, seconds)

    def _halt(self, declared: Declared, action: Deed, end: End) -> None:
        """Note that a check or a diff has failed: that ends the whole run (facts E9)."""
        self._halted = True
        self._note_end(declared, action, end, self._old(declared))

    def _note_end(self, declared: Declared, action: Deed, end: End, old: Entry | None) -> None:
        step = Step(self._urn(declared), declared.kind, declared.name, action, end.how, old, end.state, end.error)
        self.stack.note(self.result, step)


def _dependants_first(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries in an order of deletion.

    Entries of different runs may need each other: the one that was made last goes first then.
    """
    left, ordered = [*entries], list[Entry]()
    while left:
        free = [each for each in left if not any(each.urn in other.needs for other in left if other is not each)]
        for each in free or left[-1:]:
            left.remove(each)
            ordered.append(each)
    return ordered


def _shown(id_: str, outputs: PropertyMap) -> PropertyMap:
    return {**outputs, "id": id_}
