"""An engine that keeps state as Pulumi's does, in this process: for whole programs on the resources themselves.

It makes the calls that a real engine makes for a provider of the gRPC door, in its order, and keeps what it would
keep: `tests/engine/test_double.py` runs the same scenarios on both. Not modelled, as nothing of ours needs it:
components, aliases, protection, imports, and replacements that take dependants along.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from commercetools_connect.contract.errors import Partial, ProviderError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.resource import Resource
from commercetools_connect.contract.results import Diff, State
from commercetools_connect.contract.validation import find_failures
from commercetools_connect.contract.values import UNKNOWN, Tree
from commercetools_connect.plugin.answers import foreseen, sealed
from commercetools_connect.resources.declarations import DECLARATIONS
from commercetools_connect.resources.keys import derive_key
from tests.support.process import Process, ProcessEndedError
from tests.support.stack import PROJECT, STACK, Declared, Deed, Entry, How, Program, Run, Step, resolve

__all__ = ["Engine"]

Watch: TypeAlias = Callable[[Step], None]


class Engine:
    """One stack. `watch` is told of each step that was no preview as soon as it has ended."""

    def __init__(self, watch: Watch = lambda _: None) -> None:
        self.entries: dict[str, Entry] = {}
        self.condemned: list[Entry] = []
        self.pending_creates: list[str] = []
        self._watch = watch

    @property
    def all_entries(self) -> list[Entry]:
        """Everything that the state has."""
        return [*self.entries.values(), *self.condemned]

    async def up(
        self, process: Process, program: Program, *, preview: bool = False, replace_these: Iterable[str] = ()
    ) -> Run:
        """Do, or foresee, what `pulumi up` does; `replace_these` are the URNs of `--target-replace`.

        Resources are made as soon as what they need is there. After the first failure nothing new begins, what
        runs goes on to its end, and nothing is deleted.
        """
        update = _Update(self, process, Run(preview), program, frozenset(replace_these))
        return await update.run()

    async def refresh(self, process: Process) -> Run:
        """Read everything; what is certainly gone leaves the state."""
        run = Run()
        entries = [each for each in self.all_entries if not each.awaits_create]
        await asyncio.gather(*(self._read(process, run, each) for each in entries))
        return run

    async def destroy(self, process: Process) -> Run:
        """Delete everything, dependants first."""
        return await self.up(process, ())

    def forget_pending_creates(self) -> None:
        """Do what `pulumi refresh --clear-pending-creates` does."""
        self.pending_creates.clear()

    def note(self, run: Run, step: Step) -> None:
        """Remember how a step ended."""
        run.steps.append(step)
        if step.how != "done":
            run.failed = True
        if not run.preview:
            self._watch(step)

    def put(self, entry: Entry) -> None:
        """Keep an entry, in the place of the live one of its URN."""
        self.entries[entry.urn] = entry

    def swap(self, old: Entry, new: Entry | None) -> None:
        """Replace an entry, or drop it."""
        if old.condemned:
            position = self.condemned.index(old)
            self.condemned[position : position + 1] = [new] if new else []
        elif new is not None:
            self.entries[old.urn] = new
        else:
            del self.entries[old.urn]

    async def _read(self, process: Process, run: Run, entry: Entry) -> None:
        operation = _operation(process, entry.urn, entry.name, entry.timeouts.get("read"))
        resource = process.resource(entry.kind)
        end = await _attempt(process, lambda: resource.read(operation, entry.state))
        if end.how == "done" and end.state is None:
            self.swap(entry, None)
        elif end.state is not None:
            found = sealed(DECLARATIONS[entry.kind], end.state)
            inputs = found.inputs or entry.inputs
            kept = replace(entry, id=found.id, outputs=found.outputs, inputs=inputs, init_errors=end.reasons)
            self.swap(entry, kept)
        self.note(run, _step(entry, "read", end))


@dataclass(frozen=True)
class _End:
    """How a call to the provider ended."""

    how: How
    state: State | None = None
    reasons: tuple[str, ...] = ()
    error: BaseException | None = None


async def _attempt(process: Process, call: Callable[[], Awaitable[Any]]) -> _End:
    """Make one call. Whatever a provider raises is a failure to the engine; only `Partial` brings a state."""
    try:
        answer = await process.serve(call)
    except Partial as partial:
        return _End("partial", partial.state, partial.reasons or (str(partial),), partial)
    except ProcessEndedError as error:
        return _End("killed", error=error)
    except ProviderError as error:
        return _End("failed", error=error)
    return _End("done", answer if isinstance(answer, State) else None)


@dataclass
class _Update:
    """One update of one stack."""

    engine: Engine
    process: Process
    result: Run
    program: Program
    replaced: frozenset[str]
    _outcomes: dict[str, asyncio.Future[Tree | None]] = field(init=False, default_factory=dict)

    async def run(self) -> Run:
        loop = asyncio.get_running_loop()
        self._outcomes = {f"{each.kind}/{each.name}": loop.create_future() for each in self.program}
        await asyncio.gather(*(self._register(each) for each in self.program))
        if not self._stopped and not self.result.preview:
            await self._delete_what_is_left()
        return self.result

    @property
    def _stopped(self) -> bool:
        return self.result.failed or self.process.stopping

    async def _register(self, declared: Declared) -> None:
        outcome = self._outcomes[f"{declared.kind}/{declared.name}"]
        shown: dict[str, Tree] = {}
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

    async def _bring_about(self, declared: Declared, news: Tree) -> Tree | None:
        """Return what others see of the resource then, `None` if it could not be brought about."""
        old = self.engine.entries.get(declared.urn)
        anew = old is None or declared.urn in self.replaced
        inputs = await self._check(declared, {} if anew or old is None else old.inputs, news)
        if inputs is None:
            return None
        if old is None:
            return await self._create(declared, inputs, None)
        if anew:
            return await self._replace(declared, inputs, old, delete_first=bool(declared.delete_first))
        return await self._change(declared, news, inputs, old)

    async def _change(self, declared: Declared, news: Tree, inputs: Tree, old: Entry) -> Tree | None:
        """Do what the diff of an existing resource asks for."""
        diff = await self._diff(declared, old, inputs)
        if diff is None:
            return None
        if diff.replaces or old.awaits_create:
            return await self._replace_after_diff(declared, news, old, diff)
        if diff or old.init_errors:
            return await self._update(declared, inputs, old)
        self.engine.put(replace(old, inputs=inputs, needs=declared.needed_urns, timeouts=declared.timeouts))
        self.engine.note(self.result, Step(old.urn, old.kind, old.name, "same", "done", before=old))
        return _shown(old.id, old.outputs)

    async def _check(self, declared: Declared, olds: Tree, news: Tree) -> Tree | None:
        async def check() -> Tree:
            checked = self._resource(declared).check(self._operation(declared), olds, news)
            if checked.failures:
                raise ProviderError("; ".join(map(str, checked.failures)))
            return DECLARATIONS[declared.kind].seal(checked.inputs)

        checked: list[Tree] = []

        async def keep() -> None:
            checked.append(await check())

        end = await _attempt(self.process, keep)
        if end.how == "done":
            return checked[0]
        self._note_failure(declared, "update" if olds else "create", end)
        return None

    async def _diff(self, declared: Declared, old: Entry, inputs: Tree) -> Diff | None:
        found: list[Diff] = []

        async def diff() -> None:
            operation = self._operation(declared)
            found.append(await self._resource(declared).diff(operation, old.state, inputs))

        end = await _attempt(self.process, diff)
        if end.how == "done":
            return found[0]
        self._note_failure(declared, "update", end)
        return None

    async def _replace_after_diff(self, declared: Declared, news: Tree, old: Entry, diff: Diff) -> Tree | None:
        inputs = await self._check(declared, {}, news)
        if inputs is None:
            return None
        first = diff.delete_before_replace if declared.delete_first is None else declared.delete_first
        return await self._replace(declared, inputs, old, delete_first=first)

    async def _replace(self, declared: Declared, inputs: Tree, old: Entry, *, delete_first: bool) -> Tree | None:
        if not delete_first or self.result.preview:
            return await self._create(declared, inputs, old)
        if not old.awaits_create:
            gone = replace(old, awaits_create=True)
            if self._stopped or not await self._delete(old, gone):
                return None
            old = gone
        return None if self._stopped else await self._create(declared, inputs, old)

    async def _create(self, declared: Declared, inputs: Tree, old: Entry | None) -> Tree | None:
        resource, deed = self._resource(declared), "replace" if old else "create"
        if self.result.preview:
            end = await _attempt(self.process, lambda: _require_valid(resource, self._operation(declared), inputs))
            self._note_end(declared, deed, end, old)
            known = foreseen(DECLARATIONS[declared.kind], inputs, resource.foresee(inputs, None))
            return {**known, "id": UNKNOWN} if end.how == "done" else None
        operation = self._operation(declared, "create")
        self.engine.pending_creates.append(declared.urn)
        end = await _attempt(self.process, lambda: resource.create(operation, inputs))
        if end.how != "killed" or self.process.engine_lives:
            self.engine.pending_creates.remove(declared.urn)
        if end.state is not None:
            if old is not None and not old.awaits_create:
                self.engine.condemned.append(replace(old, condemned=True))
            self._keep(declared, inputs, end)
        self._note_end(declared, deed, end, old)
        return _shown(end.state.id, end.state.outputs) if end.how == "done" and end.state else None

    async def _update(self, declared: Declared, inputs: Tree, old: Entry) -> Tree | None:
        resource = self._resource(declared)
        if self.result.preview:
            known = foreseen(DECLARATIONS[declared.kind], inputs, resource.foresee(inputs, old.state))
            self._note_end(declared, "update", _End("done"), old)
            return {**known, "id": old.id}
        operation = self._operation(declared, "update")
        end = await _attempt(self.process, lambda: resource.update(operation, old.state, inputs))
        if end.state is not None:
            self._keep(declared, inputs, end, id_=old.id)
        self._note_end(declared, "update", end, old)
        return _shown(old.id, end.state.outputs) if end.how == "done" and end.state else None

    def _keep(self, declared: Declared, inputs: Tree, end: _End, id_: str | None = None) -> None:
        """Keep what a create or an update has answered; the inputs are the engine's own."""
        assert end.state is not None
        state = sealed(DECLARATIONS[declared.kind], end.state)
        self.engine.put(
            Entry(
                declared.urn,
                declared.kind,
                declared.name,
                id_ or state.id,
                inputs,
                state.outputs,
                declared.needed_urns,
                declared.timeouts,
                end.reasons,
            )
        )

    async def _delete(self, entry: Entry, after: Entry | None) -> bool:
        """Delete one, leave `after` in its place, and tell whether it is gone."""
        operation = _operation(self.process, entry.urn, entry.name, entry.timeouts.get("delete"))
        resource = self.process.resource(entry.kind)
        end = await _attempt(self.process, lambda: resource.delete(operation, entry.state))
        if end.how == "done":
            self.engine.swap(entry, after)
        self.engine.note(self.result, _step(entry, "delete", end))
        return end.how == "done"

    async def _delete_what_is_left(self) -> None:
        """Delete what was replaced and what the program does not have any more, dependants first."""
        live = {each.urn for each in self.program}
        doomed = [*self.engine.condemned, *(each for urn, each in self.engine.entries.items() if urn not in live)]
        loop = asyncio.get_running_loop()
        gone = [loop.create_future() for _ in doomed]

        async def delete(position: int, entry: Entry) -> None:
            waits = [gone[at] for at, each in enumerate(doomed) if entry.urn in each.needs]
            try:
                if all([await each for each in waits]) and not self._stopped:
                    if entry.awaits_create:  # it is deleted already
                        self.engine.swap(entry, None)
                        gone[position].set_result(True)
                    else:
                        gone[position].set_result(await self._delete(entry, None))
            finally:
                if not gone[position].done():
                    gone[position].set_result(False)

        await asyncio.gather(*(delete(at, each) for at, each in enumerate(doomed)))

    def _resource(self, declared: Declared) -> Resource:
        return self.process.resource(declared.kind)

    def _operation(self, declared: Declared, limit: str | None = None) -> Operation:
        seconds = declared.timeouts.get(limit) if limit else None
        return _operation(self.process, declared.urn, declared.name, seconds)

    def _note_failure(self, declared: Declared, deed: Deed, end: _End) -> None:
        self._note_end(declared, deed, end, self.engine.entries.get(declared.urn))

    def _note_end(self, declared: Declared, deed: Any, end: _End, old: Entry | None) -> None:
        step = Step(declared.urn, declared.kind, declared.name, deed, end.how, old, end.state, end.error)
        self.engine.note(self.result, step)


def _operation(process: Process, urn: str, name: str, seconds: float | None) -> Operation:
    return Operation(
        name=name,
        derived_key=derive_key(PROJECT, STACK, name),
        urn=urn,
        time_limit=seconds,
        reporter=process.said,
        cancellation=process.cancellation,
    )


async def _require_valid(resource: Resource, operation: Operation, inputs: Tree) -> None:
    if failures := await find_failures(resource, operation, inputs):
        raise ProviderError("; ".join(map(str, failures)))


def _step(entry: Entry, deed: Deed, end: _End) -> Step:
    return Step(entry.urn, entry.kind, entry.name, deed, end.how, entry, end.state, end.error)


def _shown(id_: str, outputs: Tree) -> Tree:
    return {**outputs, "id": id_}
