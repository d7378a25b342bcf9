"""An engine that keeps state as Pulumi's does, in this process: for whole programs on the resources themselves.

It makes the calls that a real engine makes for a provider, in its order, and keeps what it would keep, for the
frontend that its stack is served by (`frontends`): `tests/engine/test_double.py` runs the same scenarios on both.
Several engines over one emulator are several stacks, in one backend or in several. Not modelled, as nothing of
ours needs it: components, and protection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from commercetools_connect.core.results import State
from commercetools_connect.core.values import PropertyMap
from tests.support.calls import attempt, step_of
from tests.support.frontends import StackIdentity
from tests.support.process import Process
from tests.support.stack import Declared, Entry, Program, Run, Step, urn_of
from tests.support.update import Options, Update

__all__ = ["Engine"]

Watch: TypeAlias = Callable[[Step], None]


class Engine:
    """One stack. `watch` receives each step that was no preview as soon as it has ended."""

    def __init__(self, watch: Watch = lambda _: None, identity: StackIdentity | None = None) -> None:
        self.identity = identity or StackIdentity()
        self.entries: dict[str, Entry] = {}
        self.condemned: list[Entry] = []
        self.pending_creates: list[str] = []
        self._watch = watch

    @property
    def all_entries(self) -> list[Entry]:
        """Everything that the state has."""
        return [*self.entries.values(), *self.condemned]

    def urn(self, kind: str, name: str) -> str:
        """Return the full name of a resource of this stack."""
        return urn_of(kind, name, self.identity.stack, self.identity.project, self.identity.frontend)

    # --- runs -----------------------------------------------------------------------------------------------

    async def up(
        self,
        process: Process,
        program: Program,
        *,
        preview: bool = False,
        replace_these: Iterable[str] = (),
        targets: Iterable[str] | None = None,
        refresh: bool = False,
        continue_on_error: bool = False,
    ) -> Run:
        """Do, or preview, what `pulumi up` does; `replace_these` and `targets` are URNs.

        Resources are made as soon as what they need is there. After the first failure nothing new begins, what
        runs goes on to its end, and nothing is deleted; with `continue_on_error` only what depends on it is left
        out. A refresh before is made by the same process.
        """
        run = Run(preview)
        chosen = None if targets is None else frozenset(targets)
        if refresh:
            await self._read_all(process, run, chosen)
            run.failed = any(each.how in ("failed", "killed") for each in run.steps)
            if run.failed or process.stopping:
                return run
        options = Options(preview, frozenset(replace_these), chosen, continue_on_error=continue_on_error)
        return await Update(self, process, run, program, options).run()

    async def refresh(self, process: Process, *, targets: Iterable[str] | None = None) -> Run:
        """Read everything; what is certainly gone leaves the state."""
        run = Run()
        await self._read_all(process, run, None if targets is None else frozenset(targets))
        return run

    async def destroy(
        self,
        process: Process,
        *,
        targets: Iterable[str] | None = None,
        refresh: bool = False,
        continue_on_error: bool = False,
    ) -> Run:
        """Delete everything, dependants first."""
        return await self.up(process, (), targets=targets, refresh=refresh, continue_on_error=continue_on_error)

    async def import_one(self, process: Process, kind: str, name: str, id_: str) -> Run:
        """Do what `pulumi import` does: the read gets the id alone, the check what it has found."""
        run, urn = Run(), self.urn(kind, name)
        context = self.identity.context(process, urn, name)
        new = Entry(urn, kind, name, id_, {}, {})
        end = await attempt(process, lambda: process.resource(kind).read(context, State(id_, {})))
        if end.state is not None and end.how == "done":
            found = end.state
            checked: list[PropertyMap] = []

            async def check() -> None:
                inputs = found.inputs
                checked.append(await self.identity.check(process, kind, context, inputs, inputs))

            checking = await attempt(process, check)
            if checking.how == "done":
                self.put(replace(new, id=found.id, inputs=checked[0], outputs=found.outputs))
            else:
                end = checking
        else:
            run.failed = True
        self.note(run, step_of(new, "read", end))
        return run

    # --- commands that call no provider ---------------------------------------------------------------------

    def forget_pending_creates(self) -> None:
        """Do what `pulumi refresh --clear-pending-creates` does."""
        self.pending_creates.clear()

    def forget(self, urn: str) -> None:
        """Do what `pulumi state delete` does."""
        del self.entries[urn]

    def rename(self, stack: str) -> None:
        """Do what `pulumi stack rename` does: the provider in the state keeps its id (facts E11)."""
        before, self.identity = self.identity, replace(self.identity, stack=stack)
        self._rewrite(lambda urn: urn.replace(f"urn:pulumi:{before.stack}::", f"urn:pulumi:{stack}::", 1))

    def export_to(self, other: Engine) -> None:
        """Do what `pulumi stack export` and `stack import` into a stack of the same names in another backend do.

        The state carries the id of its provider along (facts E11).
        """
        other.identity = replace(self.identity)
        other.entries, other.condemned = dict(self.entries), list(self.condemned)
        other.pending_creates = list(self.pending_creates)

    def move(self, urns: Iterable[str], other: Engine) -> None:
        """Do what `pulumi state move` does: a stack that has no provider yet gets a copy of ours (facts E11).

        What is replaced and still to be deleted moves along.
        """
        if not other.entries:
            other.identity = replace(other.identity, provider_id=self.identity.provider_id)
        moved = frozenset(urns)
        names = {each: other.urn(*_kind_and_name(each)) for each in moved}

        def there(entry: Entry) -> Entry:
            needs = frozenset(names[each] for each in entry.needs & moved)
            by_input = {
                name: frozenset(names[each] for each in of & moved) for name, of in entry.needs_by_input.items()
            }
            return replace(entry, urn=names[entry.urn], needs=needs, needs_by_input=by_input)

        for urn in moved:
            other.put(there(self.entries.pop(urn)))
        other.condemned += [there(each) for each in self.condemned if each.urn in moved]
        self.condemned = [each for each in self.condemned if each.urn not in moved]
        self._rewrite(lambda urn: "" if urn in moved else urn)

    # --- for those that make runs ---------------------------------------------------------------------------

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

    def take_alias(self, declared: Declared) -> None:
        """Give the entry of a resource that had another name its new one."""
        urn = self.urn(declared.kind, declared.name)
        for alias in declared.aliases:
            before = self.urn(declared.kind, alias)
            if urn not in self.entries and before in self.entries:
                self._rewrite(lambda each: urn if each == before else each)  # noqa: B023 - it is called at once
                self.entries[urn] = replace(self.entries[urn], name=declared.name)

    def _rewrite(self, of: Callable[[str], str]) -> None:
        """Write other URNs for those that the state has; `""` takes a dependency away."""

        def rewritten(entry: Entry) -> Entry:
            needs = frozenset(filter(None, map(of, entry.needs)))
            by_input: Mapping[str, frozenset[str]] = {
                name: frozenset(filter(None, map(of, urns))) for name, urns in entry.needs_by_input.items()
            }
            return replace(entry, urn=of(entry.urn), needs=needs, needs_by_input=by_input)

        self.entries = {each.urn: each for each in map(rewritten, self.entries.values())}
        self.condemned = [*map(rewritten, self.condemned)]
        self.pending_creates = [*map(of, self.pending_creates)]

    async def _read_all(self, process: Process, run: Run, targets: frozenset[str] | None) -> None:
        entries = [each for each in self.all_entries if not each.awaits_create]
        chosen = [each for each in entries if targets is None or each.urn in targets]
        await asyncio.gather(*(self._read(process.of(each.provider), run, each) for each in chosen))

    async def _read(self, process: Process, run: Run, entry: Entry) -> None:
        """Read a resource and ask what has changed, as the engine does for what it shows; no check goes before."""
        identity, resource = self.identity, process.resource(entry.kind)
        context = identity.context(process, entry.urn, entry.name, entry.timeouts.get("read"))
        end = await attempt(process, lambda: resource.read(context, identity.state(entry)))
        if end.state is not None:
            found = end.state
            inputs = identity.read_inputs(process, entry.kind, found.inputs) or entry.inputs
            kept = replace(entry, id=found.id, outputs=found.outputs, inputs=inputs, init_errors=end.reasons)
            asking = await attempt(process, lambda: resource.diff(context, identity.state(kept), entry.inputs))
            if asking.how in ("failed", "killed"):
                end = asking
            else:
                self.swap(entry, kept)
        elif end.how == "done":
            self.swap(entry, None)
        self.note(run, step_of(entry, "read", end))


def _kind_and_name(urn: str) -> tuple[str, str]:
    head, _, name = urn.rpartition("::")
    return head.rpartition(":")[2], name
