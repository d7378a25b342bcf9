"""What people's runs must never do to what is live, in any ownership; read from the emulator and the states alone.

Every function returns what is wrong, in words; nothing, if all is well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from tests.faults.company import Draft, Greeter, Member, is_possible
from tests.faults.observed import KINDS, Facts, Thing
from tests.support.stack import Entry, Run, Step

__all__ = [
    "Order",
    "count_behind_failures",
    "count_moved_take_overs",
    "count_name_only_take_overs",
    "count_old_name_take_overs",
    "count_shared_deletes",
    "lies",
    "overwritten",
    "taken_away",
]

Command = Literal["up", "preview", "refresh", "destroy", "import"]


@dataclass(frozen=True)
class Order:
    """What a user has asked for: a command with its options, on the program as it was written then.

    - `adopted` are keys, `targets` and `replaced` URNs; `targets`: `None` is everything.
    - `entries`: what the state had when the steps of the run began, by URN; a run renames, adds and drops.
    """

    member: Member
    command: Command
    targets: frozenset[str] | None = None
    replaced: frozenset[str] = frozenset()
    adopted: frozenset[str] = frozenset()
    entries: Mapping[str, Entry] = field(default_factory=dict)

    def begun(self, entries: Mapping[str, Entry], run: Run) -> Order:
        """Return the order with the entries from before a run, but for those that its refresh has dropped."""
        reads = [step for step in run.steps if step.action == "read" and step.how == "done"]
        gone = [step.before for step in reads if step.after is None]
        return replace(self, entries={urn: each for urn, each in entries.items() if each not in gone})

    def means(self, urn: str) -> bool:
        """Tell whether the run is about that resource."""
        return self.targets is None or urn in self.targets

    def is_about(self, entry: Entry) -> bool:
        """Tell whether the run is about a resource of the state, by the name it has or by the one it gets."""
        name = self.declares(entry.kind, entry.urn)
        renamed = name is not None and self.means(self.member.engine.urn(entry.kind, name))
        return renamed or self.means(entry.urn)

    def declares(self, kind: str, urn: str) -> str | None:
        """Return the name under which the program has the resource of a state, `None`: it was taken out."""
        if self.command == "destroy":
            return None
        urn_of, written = self.member.engine.urn, self._written(kind)
        for name in written:
            if urn == urn_of(kind, name):
                return name
        for name in written if kind == "Deployment" else ():
            # an alias counts only for what the state does not have under its own name
            if urn_of(kind, name) not in self.entries and urn in (
                urn_of(kind, alias) for alias in self.member.aliases_of(name)
            ):
                return name
        return None

    def key_of(self, kind: str, name: str) -> str:
        """Return the key that a resource of the program asks for.

        One that is in the state stays, but for `--replace`: then the engine checks it as it does a new one.
        """
        member, urn = self.member, self.member.engine.urn(kind, name)
        own = member.greeters[name].key if kind == "Deployment" else member.drafts[name].key
        derived = member.engine.identity.default_key(name)
        if own is not None or urn in self.replaced:
            return own or derived
        held = (each for each in self.entries.values() if each.kind == kind)
        keys = (each.inputs.get("key") for each in held if self.declares(kind, each.urn) == name)
        return str(next(keys, None) or derived)

    def names_by_key(self, thing: Thing) -> list[str]:
        """Return the resources of the program, meant by the run, that ask for the key of a thing."""
        member = self.member
        return [
            name
            for name in (self._written(thing.kind) if self.command != "destroy" else ())
            if self.key_of(thing.kind, name) == thing.key and self.means(member.engine.urn(thing.kind, name))
            if thing.kind != "Deployment" or member.project_of(name) == thing.project
        ]

    def claims(self, entry: Entry) -> bool:
        """Tell whether the program still asks for what a resource of the state has, and the provider knows it.

        Of one that is no target it is sent nothing, and of one that `--replace` gives another key no old key.
        """
        name = self.declares(entry.kind, entry.urn)
        if name is None or not self.is_about(entry):
            return False
        forced = self.member.engine.urn(entry.kind, name) in self.replaced
        return not forced or self.key_of(entry.kind, name) == entry.inputs.get("key")

    def adopts(self, thing: Thing) -> bool:
        """Tell whether CTP_ADOPT names a thing: then a delete of it is meant, even if another stack owns it."""
        return thing.key in self.adopted and thing.project in ("", self.member.project)

    def _written(self, kind: str) -> Sequence[str]:
        return [*self.member.greeters] if kind == "Deployment" else [*self.member.drafts]


def taken_away(
    before: Facts, after: Facts, order: Order, owners: Mapping[str, set[int]], run: Run
) -> Iterator[str]:
    """Name what was live, and is not any more although this run was not asked to remove it."""
    for thing in before.held():
        now = after.things.get(thing.id)
        if now is not None and not now.was_undeployed:
            continue
        if reason := _why_not(before, order, owners, thing, run):
            yield f"{thing.name} was live and is {'gone' if now is None else 'undeployed'}: {reason}"


def _why_not(before: Facts, order: Order, owners: Mapping[str, set[int]], thing: Thing, run: Run) -> str:
    """Return why the run had no right to remove a thing; `""`: it had."""
    member, entries = order.member, before.held_by(order.member, thing)
    if order.command not in ("up", "destroy"):
        return f"a {order.command} removes nothing"
    if not entries:
        return f"the state of {member.name} did not have it"
    if member.owner not in owners.get(thing.id, set()) and not order.adopts(thing):
        return f"it is not {member.name} that has deployed it last"
    if any(entry.retain for entry in entries):
        return "it was to be retained"
    if _is_shared_delete(before, order, thing, run):
        return ""
    problems = [_not_released(before, order, thing, entry, run) for entry in entries]
    return "; ".join(filter(None, problems))


def _is_shared_delete(before: Facts, order: Order, thing: Thing, run: Run) -> bool:
    """Tell whether of two resources the one was to be removed that has deployed the thing last.

    The other one was no target, neither now nor when the first adopted the thing: the provider knows of no other.
    """
    entries = before.held_by(order.member, thing)
    expected = [each for each in entries if not _not_released(before, order, thing, each, run)]
    others = [each for each in entries if each not in expected]
    made = any(each.outputs.get("ownBuildId") == thing.build for each in expected)
    return made and bool(others) and not any(map(order.is_about, others))


def count_shared_deletes(before: Facts, after: Facts, order: Order, run: Run) -> int:
    """Count what one of two resources has removed, the other one no target."""
    gone = (each for each in before.held() if each.id not in after.things or after.things[each.id].was_undeployed)
    return sum(order.command in ("up", "destroy") and _is_shared_delete(before, order, each, run) for each in gone)


def _not_released(before: Facts, order: Order, thing: Thing, entry: Entry, run: Run) -> str:
    """Return why a resource still had a claim to the thing; `""`: the run was asked to remove it."""
    if entry.condemned:
        return ""
    if not order.is_about(entry):
        return f"{entry.name} was no target"
    name = order.declares(entry.kind, entry.urn)
    if name is None:
        claims = _reached(order, thing, run)
        return f"the program names it as {claims[0]}" if claims else ""
    engine = order.member.engine
    new = engine.entries.get(engine.urn(entry.kind, name))
    if new is not None and new.id != entry.id and not new.awaits_create:
        return ""
    if entry.kind != "Deployment":
        forced = entry.urn in order.replaced or order.member.drafts[name].delete_first
        return "" if forced else f"the program has {name}, and there is no other one"
    return _not_to_be_deleted_first(before, order, thing, entry, name)


def _reached(order: Order, thing: Thing, run: Run) -> list[str]:
    """Return the resources of the program that ask for the key of a thing, and that the engine has reported.

    With `--continue-on-error` it deletes without having come to what depends on something that has failed.
    """
    expected = {step.urn for step in run.steps}
    return [name for name in order.names_by_key(thing) if order.member.engine.urn(thing.kind, name) in expected]


def count_behind_failures(before: Facts, after: Facts, order: Order, run: Run) -> int:
    """Count what was deleted under its old name, as the new one depends on something that has failed."""
    gone = (each for each in before.held() if each.id not in after.things and before.held_by(order.member, each))
    return sum(bool(order.names_by_key(each)) and not _reached(order, each, run) for each in gone)


def _not_to_be_deleted_first(before: Facts, order: Order, thing: Thing, entry: Entry, name: str) -> str:
    """Return why a Deployment had to stay until there is another one; `""`: only a delete makes it possible.

    A program that asks for `deleteBeforeReplace` gets it, where nothing is in the way of what comes then.
    """
    member = order.member
    wanted = member.greeters[name]
    draft = member.engine.entries.get(member.engine.urn("ConnectorStaged", wanted.draft or ""))
    if not is_possible(member, wanted) or (wanted.draft and (not draft or draft.id != thing.values["connector"])):
        return f"what {name} asks for cannot be created"
    place = (order.key_of(entry.kind, name), member.project_of(name))
    if place != (thing.key, thing.project):
        taken = any((each.key, each.project) == place for each in before.things.values())
        return "" if wanted.delete_first and not taken else f"{name} moves, and the new one is not there yet"
    moved = entry.urn in order.replaced or wanted.region != thing.values["region"]
    return "" if moved or wanted.connector != thing.values["connector"] else f"{name} asks for nothing else"


def overwritten(before: Facts, after: Facts, order: Order, owners: Mapping[str, set[int]]) -> Iterator[str]:
    """Name what was live, and whose values are others now although this run was not asked to change them."""
    for thing in before.held():
        now = after.things.get(thing.id)
        if now is None or thing.same_as(now):
            continue
        expected = any(thing.may_become(now, wanted) for wanted in _allowed(before, order, owners, thing))
        expected = expected or _is_name_only_take_over(order, thing, now)
        if not expected and not _is_moved_take_over(before, order, owners, thing, now):
            yield f"{thing.name} was changed: {thing.changes(now)}, which {order.member.name} did not ask for"


def _allowed(
    before: Facts, order: Order, owners: Mapping[str, set[int]], thing: Thing
) -> Iterator[Greeter | Draft]:
    """Yield what the run may write into a thing: as its owner, or because it was asked to adopt it."""
    member = order.member
    written: Mapping[str, Greeter | Draft] = member.greeters if thing.kind == "Deployment" else member.drafts
    if order.command != "up":
        return
    entries = before.held_by(member, thing)
    for entry in entries:
        name = order.declares(entry.kind, entry.urn)
        if name is not None and order.is_about(entry):
            yield written[name]
    # one resource has it in the state and another one asks for its key: the preview refuses that
    contradicted = any(map(order.claims, entries))
    for name in order.names_by_key(thing):
        adopted = written[name].adopt or thing.key in order.adopted
        # under a key that only its owner can derive, an object is its owner's (design §4.2)
        own = _derives_alone(order, written[name]) and member.owner in owners.get(thing.id, set())
        if (adopted or own) and not contradicted:
            yield written[name]


def _derives_alone(order: Order, wanted: Greeter | Draft) -> bool:
    """Tell whether a resource of the program has a key that no other stack derives."""
    return order.member.engine.identity.frontend == "plugin" and wanted.key is None


def count_name_only_take_overs(before: Facts, after: Facts, order: Order) -> int:
    """Count the one exception (design §4.2): what a dynamic resource took over under a derived key.

    It was finished, and equal in all that can be read.
    """
    changed = [
        (thing, after.things[thing.id])
        for thing in before.held()
        if thing.id in after.things and not before.held_by(order.member, thing)
    ]
    return sum(
        _is_name_only_take_over(order, thing, now) and bool(after.held_by(order.member, thing))
        for thing, now in changed
    )


def _is_name_only_take_over(order: Order, thing: Thing, now: Thing) -> bool:
    """Tell whether a derived key of a dynamic resource has led to a thing that is equal but for its secret."""
    member = order.member
    if member.engine.identity.frontend != "dynamic" or thing.kind != "Deployment" or order.command != "up":
        return False
    for name in order.names_by_key(thing):
        wanted = member.greeters[name]
        equal = (wanted.shop, wanted.region) == (thing.values["SHOP_NAME"], thing.values["region"])
        if wanted.key is None and equal and thing.may_become(now, wanted):
            return True
    return False


def count_moved_take_overs(before: Facts, after: Facts, order: Order, owners: Mapping[str, set[int]]) -> int:
    """Count the other exception: what `pulumi state move` took to another stack, while a program still names it.

    Through the plugin, its key says that it is that program's (design §4.2).
    """
    return sum(
        _is_moved_take_over(before, order, owners, thing, after.things[thing.id])
        for thing in before.held()
        if thing.id in after.things and not thing.same_as(after.things[thing.id])
    )


def count_old_name_take_overs(before: Facts, after: Facts, order: Order) -> int:
    """Count what a new resource has taken from a renamed one that was no target of the run, or was replaced.

    The renamed one has kept the key that its old name derives, and the new one derives it again.
    """
    changed = [
        each for each in before.held() if each.id in after.things and not each.same_as(after.things[each.id])
    ]
    return sum(
        any(
            order.declares(entry.kind, entry.urn) not in (None, name) and not order.claims(entry)
            for entry in before.held_by(order.member, each)
        )
        for each in changed
        for name in order.names_by_key(each)
    )


def _is_moved_take_over(
    before: Facts, order: Order, owners: Mapping[str, set[int]], thing: Thing, now: Thing
) -> bool:
    """Tell whether a key that the stack alone derives has led to a thing that another stack has now."""
    if thing.kind != "Deployment" or order.command != "up" or before.held_by(order.member, thing):
        return False
    if order.member.owner in owners.get(thing.id, set()):
        return False
    written = [order.member.greeters[name] for name in order.names_by_key(thing)]
    return any(_derives_alone(order, each) and thing.may_become(now, each) for each in written)


def lies(before: Facts, after: Facts, order: Order, run: Run) -> Iterator[str]:
    """Compare what a green run says with what is there."""
    member = order.member
    for step in run.steps:
        if step.kind in KINDS and step.action == "delete" and step.how == "done" and step.before is not None:
            there = after.things.get(step.before.id.rpartition("/")[2])
            # what another resource of the same run keeps stays, and a warning says so
            kept = any(each.id == step.before.id for each in member.engine.all_entries)
            if there is not None and not kept:
                yield f"{there.name} was said to be deleted as {step.name}, and is there"
    if run.failed or order.command != "up":
        return
    seen: dict[str, str] = {}
    done = {step.urn for step in run.steps if step.action in ("create", "update", "replace")}
    # an `up` trusts the state: what co-owners have done since, only a refresh tells
    done -= {step.urn for step in run.steps if step.action == "update" and _is_others(before, after, step)}
    written: list[tuple[str, Greeter | Draft]] = [*member.greeters.items(), *member.drafts.items()]
    for name, wanted in written:
        kind = "Deployment" if isinstance(wanted, Greeter) else "ConnectorStaged"
        urn = member.engine.urn(kind, name)
        if isinstance(wanted, Greeter) and wanted.draft is not None and wanted.draft not in member.drafts:
            continue
        if urn in done:
            yield from _falsehoods(after, member, urn, wanted, seen)


def _is_others(before: Facts, after: Facts, step: Step) -> bool:
    """Tell whether an update had nothing to send, and left what another client has deployed."""
    assert step.before is not None
    thing_id = step.before.id.rpartition("/")[2]
    thing, now, own = (
        before.things.get(thing_id),
        after.things.get(thing_id),
        step.before.outputs.get("ownBuildId"),
    )
    return thing is not None and now is not None and thing.build == now.build != own


def _falsehoods(
    after: Facts, member: Member, urn: str, wanted: Greeter | Draft, seen: dict[str, str]
) -> Iterator[str]:
    entry = member.engine.entries.get(urn)
    thing = after.things.get(entry.id.rpartition("/")[2]) if entry else None
    if thing is None or not thing.live:
        yield f"a green up, and {urn.rpartition('::')[2]} is not live"
        return
    if thing.id in seen:
        yield f"a green up, and {urn.rpartition('::')[2]} and {seen[thing.id]} have one {thing.name}"
    seen[thing.id] = urn.rpartition("::")[2]
    if not thing.is_as_written(wanted):
        yield f"a green up, and {thing.name} is not as written: {dict(thing.values)}, not {wanted}"
