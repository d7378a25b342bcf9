"""What the people of the fault test do, and a judge of every run: one emulator, several stacks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx

from tests.faults.company import TYPO, Draft, Greeter, Member
from tests.faults.harness import BrokenPromiseError
from tests.faults.observed import KINDS, Facts
from tests.faults.ownership import (
    Order,
    count_behind_failures,
    count_moved_take_overs,
    count_name_only_take_overs,
    count_old_name_take_overs,
    count_shared_deletes,
    lies,
    overwritten,
    taken_away,
)
from tests.faults.promises import redeploys_due
from tests.faults.stacks import CLIENTS, Stacks
from tests.faults.statistics import BEHIND, MOVED, NAME_ONLY, OLD_NAME, SHARED, Statistics
from tests.support.in_process_emulator import InProcessEmulator
from tests.support.process import Process
from tests.support.stack import Entry, Frontend, Run, Step
from tests.support.world import DELAYS, REGION

__all__ = ["PeopleHarness"]

REMEDIES = 8
"""How often people read the errors of an `up`, do what they advise, and try again."""


class PeopleHarness:
    """The stacks of a company, run as ordered, and judged."""

    def __init__(self, statistics: Statistics, frontends: Iterable[Frontend] = ("plugin",)) -> None:
        self.emulator = InProcessEmulator()
        self.statistics = statistics
        self._stacks = Stacks(self.emulator)
        self.connectors = (self._stacks.publish(),)  # that brings settings of its own
        self.emulator.admin.settings(delays=dict(DELAYS), productionEnabled=False)
        self.emulator.admin.clients(CLIENTS)
        self.members: list[Member] = []
        self.owners: dict[str, set[int]] = {}
        self._makers: dict[str, str] = {}  # the URN of the resource that has deployed a thing last
        self._uncertain: set[int] = set()  # owners of runs that were cut off: they may have deployed
        self._story: list[str] = []
        self._fresh = 0
        for frontend in frontends:
            self.add(frontend, "prod" if not self.members else "test")

    def add(self, frontend: Frontend, stack: str, project: str = "shop") -> Member:
        """Make a stack in a backend of its own."""
        number = len(self.members)
        member = Member(self._stacks.new(frontend, stack, project), number, number)
        self.members.append(member)
        return member

    def close(self) -> None:
        """Drop the emulator."""
        self.emulator.close()

    def note(self, action: str, detail: object = "") -> None:
        """Remember, and count, what a user has done."""
        self.statistics.people[action] += 1
        self._story.append(f"{action} {detail}".rstrip())

    # --- runs -----------------------------------------------------------------------------------------------

    def up(
        self,
        member: Member,
        *,
        targets: Iterable[str] | None = None,
        replaced: Iterable[str] = (),
        adopted: Iterable[str] = (),
        refresh: bool = False,
        continuing: bool = False,
        killed_at: int | None = None,
    ) -> Run:
        """Run `pulumi up`; `adopted` are keys for CTP_ADOPT, `killed_at` the number of a call.

        Where a key may be right for two resources, a preview comes first, as the command has it, and refuses that.
        The other runs are made with `--skip-preview`.
        """
        program = member.program()
        chosen = None if targets is None else frozenset(targets)
        order = Order(member, "up", chosen, frozenset(replaced), frozenset(adopted))
        if adopted or member.adopts() or member.derives_twice():
            previewed = self.preview(member, chosen, order.replaced, order.adopted)
            if previewed.failed:
                return previewed
        options: dict[str, Any] = {
            "targets": chosen,
            "replace_these": order.replaced,
            "refresh": refresh,
            "continue_on_error": continuing,
        }
        shown = " ".join(f"{name}={value}" for name, value in options.items() if value)
        run = self._run(
            order, lambda process: member.engine.up(process, program, **options), shown, killed_at=killed_at
        )
        if not run.failed and chosen is None:
            member.without_aliases()
        return run

    def preview(
        self,
        member: Member,
        targets: frozenset[str] | None = None,
        replaced: frozenset[str] = frozenset(),
        adopted: frozenset[str] = frozenset(),
    ) -> Run:
        """Run `pulumi preview`."""
        program = member.program()
        return self._run(
            Order(member, "preview", targets, replaced, adopted),
            lambda process: member.engine.up(
                process, program, preview=True, targets=targets, replace_these=replaced
            ),
        )

    def refresh(self, member: Member) -> Run:
        """Run `pulumi refresh`; what is there stays in the state."""
        before = {each.urn: each for each in member.engine.all_entries}
        run = self._run(Order(member, "refresh"), member.engine.refresh)
        there = Facts(self.emulator, self.members).things
        kept = {each.urn for each in member.engine.all_entries}
        dropped = [each.urn for each in before.values() if _object_of(each) in there and each.urn not in kept]
        if dropped:
            self._break([f"a refresh has dropped what is there: {dropped}"])
        return run

    def destroy(
        self,
        member: Member,
        *,
        refresh: bool = False,
        targets: Iterable[str] | None = None,
        continuing: bool = False,
        killed_at: int | None = None,
    ) -> Run:
        """Run `pulumi destroy`."""
        chosen = None if targets is None else frozenset(targets)
        return self._run(
            Order(member, "destroy", chosen),
            lambda process: member.engine.destroy(
                process, refresh=refresh, targets=chosen, continue_on_error=continuing
            ),
            "--refresh" if refresh else "",
            killed_at=killed_at,
        )

    def import_one(self, member: Member, name: str, thing_id: str) -> None:
        """Run `pulumi import` of a Deployment: the user who does that is an owner."""
        before = Facts(self.emulator, self.members)
        thing = before.things[thing_id]
        run = self._run(
            Order(member, "import"),
            lambda process: member.engine.import_one(process, "Deployment", name, f"{thing.project}/{thing_id}"),
            f"{name} {thing.name}",
        )
        if not run.failed:
            self.owners.setdefault(thing_id, set()).add(member.owner)

    @contextmanager
    def other_credentials(self, member: Member) -> Iterator[None]:
        """Let a user use the credentials of the other project."""
        self.note("other credentials", member.name)
        member.other_project = not member.other_project
        try:
            yield
        finally:
            member.other_project = not member.other_project

    # --- what changes the states alone ----------------------------------------------------------------------

    def rename_stack(self, member: Member, stack: str) -> None:
        """Run `pulumi stack rename`."""
        self.note("stack rename", f"{member.name} {stack}")
        member.engine.rename(stack)

    def copy_state(self, member: Member, other: Member, *, kept: bool) -> None:
        """Run `stack export`, and `stack import` in an empty backend; delete the old state unless it is `kept`."""
        self.note("stack export and import", f"{member.name} {other.name} {'kept' if kept else ''}")
        member.engine.export_to(other.engine)
        other.owner, other.other_project = member.owner, member.other_project
        other.copy_program(member)
        if not kept:
            member.engine.entries.clear()
            member.engine.condemned.clear()
            member.greeters.clear()
            member.drafts.clear()

    def move(self, member: Member, name: str, other: Member) -> None:
        """Run `pulumi state move` of a Deployment, and write it into the other program."""
        self.note("state move", f"{name} {member.name} {other.name}")
        urn = member.engine.urn("Deployment", name)
        things = {_object_of(each) for each in member.engine.all_entries if each.urn == urn}
        member.engine.move([urn], other.engine)
        facts = Facts(self.emulator, self.members)
        for thing_id in things & self.owners.keys():
            if member.owner in self.owners[thing_id]:
                left = {each.owner for each, _ in facts.claims[thing_id]}  # copies of the state
                self.owners[thing_id] = self.owners[thing_id] - ({member.owner} - left) | {other.owner}
        if member.owner in self._uncertain:  # what a run of theirs that was cut off has deployed is moved along
            self._uncertain.add(other.owner)
        other.greeters[name] = replace(member.greeters[name], after=())  # what it came after is not moved

    def forget(self, member: Member, entry: Entry) -> None:
        """Run `pulumi state delete`."""
        self.note("state delete", f"{entry.name} {member.name}")
        member.engine.swap(entry, None)

    # --- trouble and peace ----------------------------------------------------------------------------------

    def calm_down(self) -> None:
        """Take every trouble away."""
        state = self.emulator.admin.dump()
        state["faults"] = state["outcomes"] = []
        self.emulator.admin.load(state)
        self.emulator.pass_time(200.0)

    def settle(self, member: Member) -> None:
        """Correct a program, follow what the errors advise, and hold the product to its word."""
        self.note("settle", member.name)
        self.calm_down()
        self._correct(member)
        for _ in range(REMEDIES):
            run = self.up(member)
            if not run.failed:
                break
            self._follow_remedies(member, run)
        else:
            self._break([f"people did what the errors say, and it is not reached: {run.changes} {run.errors}"])
        # the scripts of what was replaced in its own project ran last: one more redeploy is due then
        due = redeploys_due(self.emulator.admin.dump(), member.engine)
        expected = [f"update Deployment/{name} done" for name in due]
        again = self.up(member)
        if expected and sorted(again.changes) == sorted(expected):
            self.note("redeployed after a replacement", expected)
            again = self.up(member)
        if again.changes:
            self._break([f"one more up is not quiet: {again.changes} {again.errors}"])
        self.statistics.settled += 1

    def _correct(self, member: Member) -> None:
        for name, each in member.greeters.items():
            wrong = [field for field, value in TYPO.items() if getattr(each, field) == value]
            if each.connector not in self.connectors and (each.draft is None or each.draft not in member.drafts):
                wrong.append("connector")
            right = {"connector": self.connectors[0], "region": REGION, "project": None, "production": False}
            fields = {field: right[field] for field in wrong}
            member.greeters[name] = Greeter(**{**vars(each), "retain": False, "adopt": False, **fields})
        for name, draft in member.drafts.items():
            member.drafts[name] = Draft(**{**vars(draft), "adopt": False})

    def _follow_remedies(self, member: Member, run: Run) -> None:
        """Give a key of its own to what was refused; adopt, or give up, what could not be deleted."""
        facts = Facts(self.emulator, self.members)
        adopted: set[str] = set()
        for step in run.steps:
            if step.how == "done":
                continue
            if step.action == "delete" and "belongs to another deployment" in str(step.error):
                self._give_own_key(member, step)
            elif step.action == "delete":
                adopted |= self._give_up_or_adopt(member, facts, step)
            elif step.action in ("create", "replace", "update"):
                self._give_own_key(member, step)
                self._give_up_draft(member, step)
        if adopted:
            self.note("CTP_ADOPT", sorted(adopted))
            self.up(member, adopted=adopted)

    def _give_own_key(self, member: Member, step: Step) -> None:
        self._fresh += 1
        key = f"own-{self._fresh}"
        if step.kind == "Deployment" and step.name in member.greeters:
            self.note("a key of its own", step.name)
            member.greeters[step.name] = Greeter(**{**vars(member.greeters[step.name]), "key": key})
        elif step.kind != "Deployment" and step.name in member.drafts:
            self.note("a key of its own", step.name)
            member.drafts[step.name] = Draft(**{**vars(member.drafts[step.name]), "key": key})

    def _give_up_draft(self, member: Member, step: Step) -> None:
        """Take a draft out of the state that cannot be reached, as it was made with other credentials."""
        if step.kind == "Deployment" or step.action == "replace":
            return
        for kind in ("ConnectorPublication", "ConnectorStaged"):
            entry = member.engine.entries.get(member.engine.urn(kind, step.name))
            if entry is not None:
                self.forget(member, entry)

    def _give_up_or_adopt(self, member: Member, facts: Facts, step: Step) -> set[str]:
        """Return the key to adopt when the object is this stack's alone; else take it out of the state."""
        entry = next((each for each in member.engine.all_entries if each == step.before), None)
        thing = facts.things.get(_object_of(step.before)) if step.before else None
        if entry is None:
            return set()
        claims = {claimant.owner for claimant, _ in facts.claims.get(_object_of(entry), ())}
        ours = thing is not None and claims == {member.owner} and not _named(member, thing.kind, thing.key)
        # it is in a project that these credentials are not for, or a co-owner has deployed the draft
        hopeless = any(words in str(step.error) for words in ("HTTP 403", "Deployments of it exist"))
        if ours and not hopeless and thing is not None and member.owner in self.owners.get(thing.id, set()):
            return {thing.key}
        self.forget(member, entry)
        return set()

    # --- judging --------------------------------------------------------------------------------------------

    def _run(
        self,
        order: Order,
        work: Callable[[Process], Coroutine[Any, Any, Run]],
        shown: str = "",
        killed_at: int | None = None,
    ) -> Run:
        member = order.member
        self._story.append(f"{order.command} {member.name} {shown} {member.greeters} {member.drafts}")
        self.statistics.runs += 1
        before, entries = Facts(self.emulator, self.members), dict(member.engine.entries)
        process = self._process(order)
        _kill_at(process, killed_at)
        run = self.emulator.run(work(process))
        self.emulator.run(process.aclose())
        if killed_at is not None:
            self.emulator.pass_time(120.0)
        self._story.append(f"  -> {run.changes or 'nothing'} {run.errors or ''}")
        after = Facts(self.emulator, self.members)
        self._judge(before, after, order.begun(entries, run), run, process)
        self._note_owners(before, after, member, run)
        return run

    def _process(self, order: Order) -> Process:
        member = order.member
        environ = {}
        if order.adopted:
            keys = [f"{member.project}/{key}" for key in sorted(order.adopted)]
            environ["CTP_ADOPT"] = ",".join([*keys, *(f"connectors/{key}" for key in sorted(order.adopted))])
        process = Process(self.emulator, {"pollInterval": 12, **member.settings}, environ)
        entries = [each.provider for each in member.engine.all_entries]
        if any(entries) or any(each.explicit for each in member.greeters.values()):
            process.add_explicit("mine", {"pollInterval": 12, **member.settings})
        return process

    def _judge(self, before: Facts, after: Facts, order: Order, run: Run, process: Process) -> None:
        self.statistics.people[f"{order.command} {'failed' if run.failed else 'done'}"] += 1
        for step in run.steps:
            self.statistics.endings[f"{step.action} {step.how}"] += 1
        self.statistics.people += Counter(
            {
                NAME_ONLY: count_name_only_take_overs(before, after, order),
                MOVED: count_moved_take_overs(before, after, order, self.owners),
                OLD_NAME: count_old_name_take_overs(before, after, order),
                BEHIND: count_behind_failures(before, after, order, run),
                SHARED: count_shared_deletes(before, after, order, run),
            }
        )
        said = [*process.said.infos, *process.said.warnings, *process.said.statuses, *run.errors]
        self._break(
            [
                *taken_away(before, after, order, self.owners, run),
                *overwritten(before, after, order, self.owners),
                *lies(before, after, order, run),
                *self._refusals_without_reason(before, order.member, run),
                *(f"a secret was said: {text}" for text in said if re.search(r"c4n4ry-\d", text)),
            ]
        )

    def _refusals_without_reason(self, before: Facts, member: Member, run: Run) -> Iterator[str]:
        """Name what was not deleted because of others, although no other stack has deployed it since."""
        for step in run.steps:
            if step.action != "delete" or "since this resource" not in str(step.error) or step.before is None:
                continue
            thing_id = _object_of(step.before)
            copies = [each for each in self.members if each.owner == member.owner]
            claims = before.claims.get(thing_id, [])
            certain = len(copies) == len(claims) == 1 and member.owner not in self._uncertain
            certain = certain and self._makers.get(thing_id) == step.urn
            if certain and self.owners.get(thing_id) == {member.owner}:
                yield f"{step.name} was deployed by {member.name} alone, and is not deleted: {step.error}"

    def _note_owners(self, before: Facts, after: Facts, member: Member, run: Run) -> None:
        """Note who has deployed what last."""
        if any(step.how in ("killed", "partial") for step in run.steps):
            self._uncertain.add(member.owner)
        for step in run.steps:
            if step.kind not in KINDS or step.action not in ("create", "update", "replace") or step.after is None:
                continue
            thing = after.things.get(step.after.id.rpartition("/")[2])
            if thing is not None:
                old = before.things.get(thing.id)
                is_new = old is None or old.build != thing.build
                if is_new:
                    self._makers[thing.id] = step.urn
                self.owners[thing.id] = {member.owner} | (set() if is_new else self.owners.get(thing.id, set()))

    def _break(self, problems: list[str]) -> None:
        if problems:
            calls = [
                f"{each['method']} {each['path']} {each['status']}" for each in self.emulator.admin.journal()[-40:]
            ]
            raise BrokenPromiseError("\n".join([*problems, "", *self._story, "", *calls]))


def _kill_at(process: Process, number: int | None) -> None:
    """Kill CLI and provider with the call of that number."""
    left = number or 0

    def before(_: httpx.Request) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            process.kill(engine_too=True)

    process.wire.before = before


def _object_of(entry: Entry) -> str:
    return entry.id.partition("/")[0] if entry.kind == "ConnectorPublication" else entry.id.rpartition("/")[2]


def _named(member: Member, kind: str, key: str) -> bool:
    names = member.greeters if kind == "Deployment" else member.drafts
    return any(member.key_of(kind, name) == key for name in names)
