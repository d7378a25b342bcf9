"""One example of the fault test: an author, an engine, an emulator, trouble, and a judge of every step."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

from tests.faults.author import Author, connect_yamls
from tests.faults.others import CLIENT, meddle
from tests.faults.promises import (
    BEING_PUBLISHED,
    NOT_PREVIEWABLE,
    OLDER,
    RUNS,
    deployment_by,
    draft_by,
    lies_about_deployment,
    lies_about_draft,
    lies_about_publication,
    redeploys_due,
    secrets_harmed,
    secrets_shown,
    strays,
)
from tests.faults.statistics import Statistics
from tests.faults.trouble import HARMLESS_DEPLOYMENT_DEEDS, HARMLESS_DRAFT_DEEDS, Crash, Fault, Meddling
from tests.faults.wires import Fate, Hits
from tests.support.engine import Engine
from tests.support.in_process_emulator import InProcessEmulator
from tests.support.process import Process
from tests.support.stack import Entry, Run, Step, urn_of
from tests.support.world import DELAYS, PROJECT

__all__ = ["BrokenPromiseError", "Harness"]

POLL_INTERVAL = 12

KINDS = (("ConnectorStaged", "drafts"), ("Deployment", "deployments"))

NOT_DELETED = "since this resource"
"""In the error for a delete of what others have changed since."""

REMEDIES = 2

ADOPTING = re.compile("CTP_ADOPT='([^']+)'")


class BrokenPromiseError(AssertionError):
    """Something that must never happen has happened."""


class Harness:
    """Runs the engine on the author's program, injects the faults it is given, and judges."""

    def __init__(
        self, statistics: Statistics, readings: Iterable[str] = (), token_lifetime: float | None = None
    ) -> None:
        self.emulator = InProcessEmulator()
        self.author = Author()
        self.engine = Engine(self._judge)
        self.statistics = statistics
        self.meddled = False
        self._certified = False  # people may certify what was changed since; the API does not tell of what it is
        self._meddlings: list[Meddling] = []
        self._findable: dict[str, set[str]] = defaultdict(set)
        self._held: dict[str, set[str]] = defaultdict(set)
        self._touched: set[str] = set()
        self._busied: set[str] = set()
        self._disputed: set[str] = set()
        self._hits = Hits(self.emulator)
        self._before: dict[str, str] = {}
        self._there: set[str] = set()
        self._problems: list[str] = []
        self._began = 0.0
        self._story: list[str] = []
        lifetime = {"tokenLifetime": token_lifetime} if token_lifetime else {}
        assumptions: Any = dict.fromkeys(readings, "other")
        self.emulator.admin.settings(delays=dict(DELAYS), assumptions=assumptions, **lifetime)
        self.emulator.admin.repositories(connect_yamls())
        self.emulator.admin.clients([{**CLIENT, "clientId": "demo-client", "clientSecret": "demo-secret"}, CLIENT])

    # --- what the machine does ------------------------------------------------------------------------------

    def up(self, crash: Crash | None = None, replace_these: Iterable[str] = (), adopt: str = "") -> Run:
        """Run `pulumi up`; `adopt` is CTP_ADOPT."""
        self.author.remember()
        program, these = self.author.program(), list(replace_these)
        return self._run(
            f"up {adopt}".rstrip(),
            lambda process: self.engine.up(process, program, replace_these=these),
            crash,
            {"CTP_ADOPT": adopt} if adopt else None,
        )

    def preview(self) -> Run:
        """Run `pulumi preview`."""
        program = self.author.program()
        return self._run("preview", lambda process: self.engine.up(process, program, preview=True), None)

    def refresh(self, crash: Crash | None = None) -> Run:
        """Run `pulumi refresh`."""
        return self._run("refresh", self.engine.refresh, crash)

    def destroy(self, crash: Crash | None = None) -> Run:
        """Run `pulumi destroy`."""
        return self._run("destroy", self.engine.destroy, crash)

    def arm(self, fault: Fault) -> None:
        """Let a fault wait for its calls."""
        self.emulator.admin.fault(
            dict(fault.fault),
            method=fault.method,
            path=fault.path,
            client="demo-client",
            skip=fault.skip,
            times=fault.times,
            for_seconds=fault.for_seconds,
        )

    def meddle(self, meddling: Meddling) -> None:
        """Let another client act, now or in the middle of the next run."""
        if meddling.now:
            self._act(meddling)
        else:
            self._meddlings.append(meddling)

    def settle(self) -> None:
        """Take every trouble away, and hold the product to its word: two `up`s reach what the program says."""
        self._calm_down()
        if self.meddled:  # also when there was a refresh since: what others began may have ended later
            self.refresh()
        first = self._up_with_remedies()
        second = self._up_with_remedies() if first.failed else first
        self._expect_reached(second)
        self._expect_quiet_ups()
        self.refresh()
        self._expect_quiet(self.up())
        self.meddled = False
        self.statistics.settled += 1

    def findable(self) -> set[tuple[str, str]]:
        """Return kind and key of everything that an interrupted create has left and its next one would find."""
        dump: Any = self.emulator.admin.dump()
        there = {(kind, each.get("key")) for kind, name in KINDS for each in dump[name]}
        return {(kind, key) for kind, keys in self._findable.items() for key in keys} & there

    def in_marketplace(self) -> set[str]:
        """Return the names of the publications that the state has for the marketplace."""
        entries = self.engine.entries.values()
        return {each.name for each in entries if each.outputs.get("target") == "marketplace"}

    def close(self) -> None:
        """Drop the emulator."""
        self.emulator.close()

    # --- a run ----------------------------------------------------------------------------------------------

    def _run(
        self,
        what: str,
        work: Callable[[Process], Coroutine[Any, Any, Run]],
        crash: Crash | None,
        environ: Mapping[str, str] | None = None,
    ) -> Run:
        process = Process(self.emulator, {"pollInterval": POLL_INTERVAL}, environ)
        self._begin(what, crash)
        meddlings, self._meddlings = self._meddlings, []

        def at_call(number: int) -> None:
            for meddling in meddlings:
                if meddling.at_call == number:
                    self._act(meddling)

        def at_fault() -> None:
            for meddling in [each for each in meddlings if each.at_fault]:
                meddlings.remove(meddling)
                self._act(meddling)

        fate = Fate(self.emulator, process, crash, self._hits, at_call, at_fault)
        for meddling in meddlings:
            if meddling.at_second is not None:
                self.emulator.loop.call_later(meddling.at_second, self._act, meddling)
        run = self.emulator.run(work(process))
        fate.end()
        self.emulator.run(process.aclose())
        self._story.append(f"  -> {run.changes or 'nothing'} {run.errors or ''}")
        if fate.struck:
            self.statistics.crashes[fate.struck] += 1
        self.statistics.faults.update(self._hits.take_news())
        self._look_around(process)
        self._raise_problems()
        return run

    def _begin(self, what: str, crash: Crash | None) -> None:
        self.statistics.runs += 1
        self._began = self.emulator.emulated_now()
        self._touched.clear()
        self._busied.clear()
        dump = self.emulator.admin.dump()
        self._there = {each["id"] for name in ("drafts", "deployments") for each in dump[name]}
        self._before = {}
        for entry in self.engine.all_entries:
            self._before[entry.urn] = _condition(dump, entry)
        self._story.append(f"{what} of {self.author.chains} {crash or ''}")

    def _judge(self, step: Step) -> None:
        """Look at one step as soon as it has ended."""
        self._count(step)
        # Stale and current answers look alike; only answers that we received show that a run goes on.
        stale = self._hits.stale
        # A delete that was cut off may have had its effect, and so may the create of a forced replacement, which
        # continues with its own object. An `up` trusts the state, only a refresh tells.
        cut_off = step.how != "done" and step.action in ("delete", "replace")
        self.meddled = self.meddled or stale or cut_off
        if step.action in ("create", "replace"):
            self._note_create(step)
        if stale and step.action == "read" and step.before is not None:
            self._findable[step.kind].add(str(step.before.outputs.get("key")))
        if step.how != "done":
            self._judge_failure(step)
            return
        if step.action == "read" and step.kind == "Deployment" and not stale:
            self._expect_healthy(self.emulator.admin.dump(), step)
        if step.after is None and step.action in ("read", "delete") and not stale:
            claim = "deleted" if step.action == "delete" else "dropped from the state"
            self._expect_gone(self.emulator.admin.dump(), step, claim)
        elif step.after is not None and step.action != "read" and not self._touched & _ids(step.after.id):
            lies = [each for each in self._lies(self.emulator.admin.dump(), step) if not stale or RUNS in each]
            if self._busied & _ids(step.after.id):  # a run of theirs may have begun since our last look
                of_theirs = (RUNS, NOT_PREVIEWABLE, BEING_PUBLISHED)
                lies = [each for each in lies if not any(words in each for words in of_theirs)]
            self._problems += [f"false success of {step.kind}: {lie}" for lie in lies]

    def _judge_failure(self, step: Step) -> None:
        """Demand that a delete is refused only where another client, or a run that did not end, has acted.

        An old answer may show the build of before: the refusal removes nothing, and the next run reads again.
        """
        ids = {each for state in (step.before, step.after) if state is not None for each in _ids(state.id)}
        if step.action != "delete":
            self._disputed |= ids
        elif NOT_DELETED in str(step.error) and not ids & self._disputed and not self._hits.stale:
            self._problems.append(f"no other client has changed it, and {step.error}")

    def _count(self, step: Step) -> None:
        operation = f"{step.action} {step.kind}"
        self.statistics.endings[f"{step.action} {step.how}"] += 1
        if step.action == "same":
            return
        state = self._before.get(step.urn) or self._left_behind(step)
        for trouble in self._hits.of_run or {"none"}:
            self.statistics.reached[operation, state, trouble] += 1

    def _left_behind(self, step: Step) -> str:
        kind, key = self.author.keys().get(step.urn, ("", ""))
        return "left behind" if key in self._findable.get(kind, ()) else "in no state"

    def _note_create(self, step: Step) -> None:
        """Remember keys under which an interrupted create may have left something; a success has found it."""
        kind, key = self.author.keys().get(step.urn, ("", ""))
        if not key:
            return
        if step.how in ("done", "partial"):
            self._findable[kind].discard(key)
            return
        self._findable[kind].add(key)
        dump = self.emulator.admin.dump()
        found = draft_by(dump, key) if kind == "ConnectorStaged" else deployment_by(dump, key)
        appeared = found is not None and found["id"] not in self._there | self._touched
        if (
            step.how == "failed"
            and appeared
            and not self._hits.stale
            and "may have had its effect" not in str(step.error)
        ):
            self._problems.append(f"{kind} {key} was created, but the error does not say so: {step.error}")

    def _expect_gone(self, dump: Any, step: Step, claim: str) -> None:
        assert step.before is not None
        identity = step.before.id.rpartition("/")[2]
        found = None
        if step.kind == "Deployment":
            found = deployment_by(dump, identity)
        elif step.kind == "ConnectorStaged":
            found = draft_by(dump, identity)
        if found is not None and not any(each.id == step.before.id for each in self._others(step)):
            self._problems.append(f"{step.kind} {step.name} was {claim}, but is there: {found['status']}")

    def _expect_healthy(self, dump: Any, step: Step) -> None:
        """Demand that a refresh does not hide that a Deployment had failed before it began."""
        assert step.before is not None
        found = deployment_by(dump, step.before.id)
        if found is not None and found["status"] == "Failed" and found["modifiedAt"] < self._began:
            self._problems.append(f"Deployment {step.name} has failed, and the refresh hides it")

    def _others(self, step: Step) -> list[Entry]:
        """Return the other entries of the same resource: a replacement that has kept the object spares it."""
        return [each for each in self.engine.all_entries if each is not step.before and each.urn == step.urn]

    def _lies(self, dump: Any, step: Step) -> Iterable[str]:
        assert step.after is not None
        identity = step.after.id
        if step.kind == "Deployment":
            for chain in self.author.chains.values():
                for name, wanted in chain.installations:
                    if name == step.name:
                        return lies_about_deployment(dump, identity, chain, wanted)
        chain = self.author.chains[step.name]
        if step.kind == "ConnectorStaged":
            # a create that takes its own object over does not know what was declared before
            return lies_about_draft(dump, identity, chain, step.before if step.action == "update" else None)
        return lies_about_publication(dump, identity.partition("/")[0], chain)

    def _look_around(self, process: Process) -> None:
        """Look at everything there is after a run."""
        dump: Any = self.emulator.admin.dump()
        self._problems += strays(dump, self.engine.all_entries, self._findable)
        for each in dump["deployments"]:
            hashes = self.emulator.admin.secured(PROJECT, each["id"])
            self._problems += secrets_harmed(hashes, each, self.author, self._held[each["id"]])
        said = [*process.said.infos, *process.said.warnings, *process.said.statuses]
        self._problems += secrets_shown(self.engine.all_entries, [*said, self._story[-1]])

    def _raise_problems(self) -> None:
        if self._problems:
            calls = [
                f"{each['method']} {each['path']} {each['status']}" for each in self.emulator.admin.journal()[-60:]
            ]
            raise BrokenPromiseError("\n".join([*self._problems, "", *self._story, "", *calls]))

    # --- other clients, and quiet -----------------------------------------------------------------------------

    def _act(self, meddling: Meddling) -> None:
        touched = meddle(self.emulator, meddling)
        if touched:
            self.meddled = True
            harmless = meddling.action in (*HARMLESS_DRAFT_DEEDS, *HARMLESS_DEPLOYMENT_DEEDS)
            seen = self._busied if harmless else self._touched
            seen |= touched
            self._disputed |= touched
            self.statistics.crashes[meddling.action] += 1
            self._story.append(f"{meddling} on {touched}")

    def _calm_down(self) -> None:
        """No faults, no scripted endings, nothing stuck, no decision pending, no mistake in the program."""
        state = self.emulator.admin.dump()
        state["faults"] = state["outcomes"] = []
        self.emulator.admin.load(state)
        self.emulator.reachable = True
        self._meddlings = []
        self.emulator.pass_time(200.0)
        state = self.emulator.admin.dump()
        drafts: Any = state["drafts"]
        deployments: Any = state["deployments"]
        for each in drafts:
            if each.get("publishing") and each["publishing"].get("endsAt") is None:
                self.emulator.admin.patch("drafts", each["id"], {"status": "Failed"})
            if each.get("previewing") and each["previewing"].get("endsAt") is None:
                self.emulator.admin.patch("drafts", each["id"], {"isPreviewable": "false"})
            if each["status"] in ("ReadyForCertification", "InCertification"):
                self.emulator.admin.certify(each["id"], "approve")
                self.meddled = self._certified = True
        for each in deployments:
            if each.get("run") and each["run"].get("endsAt") is None:
                self.emulator.admin.patch("deployments", each["id"], {"status": "Failed"})
        self._story.append("peace")

    def _up_with_remedies(self) -> Run:
        """Run `pulumi up`, and again with what its errors advise: one remedy may show the need of another."""
        run, adopt = self.up(), ""
        for _ in range(REMEDIES):
            lines = [line for error in run.errors if NOT_DELETED in error for line in ADOPTING.findall(error)]
            helped = [self._delete_what_is_stuck(run), self._unlist(run), bool(lines)]
            if not any(helped):
                break
            adopt = lines[-1] if lines else adopt  # the last refusal of a run names all of them
            self.statistics.crashes["remedy followed"] += 1
            run = self.up(adopt=adopt)
        return run

    def _unlist(self, run: Run) -> bool:
        """Unlist by hand what people have certified after its publication was taken out of the program."""
        listed = [each for each in run.steps if "it is listed in the marketplace" in str(each.error)]
        for step in listed:
            assert step.before is not None
            self.emulator.admin.patch("drafts", step.before.id, {"alreadyListed": False})
        return bool(listed)

    def _delete_what_is_stuck(self, run: Run) -> bool:
        """Delete by hand what an interrupted create has left, where it cannot become what the program says now."""
        stuck = [each.name for each in run.steps if "cannot be taken over" in str(each.error)]
        keys = self.author.keys()
        for name in stuck:
            found: Any = deployment_by(self.emulator.admin.dump(), keys[urn_of("Deployment", name)][1])
            self.emulator.admin.delete("deployments", found["id"])
        return bool(stuck)

    def _expect_reached(self, run: Run) -> None:
        dump: Any = self.emulator.admin.dump()
        if run.failed:
            self._problems.append(f"two calm ups did not reach the program: {run.changes} {run.errors}")
        for step in run.steps:
            if step.action == "same" and step.before is not None:
                after = Step(**{**vars(step), "after": step.before.state})
                lies = [each for each in self._lies(dump, after) if OLDER not in each or not self._certified]
                self._problems += [f"not reached: {lie}" for lie in lies]
        self._raise_problems()

    def _expect_quiet_ups(self) -> None:
        """Demand that nothing is left to do, but to redeploy once what replaced another one in its project."""
        due = redeploys_due(self.emulator.admin.dump(), self.engine)
        run = self.up()
        if due and sorted(run.changes) == sorted(f"update Deployment/{name} done" for name in due):
            self.statistics.crashes["redeployed after a replacement"] += 1
            run = self.up()
        self._expect_quiet(run)

    def _expect_quiet(self, run: Run) -> None:
        if run.changes:
            self._problems.append(f"a third up is not quiet: {run.changes} {run.errors}")
        self._raise_problems()


def _ids(state_id: str) -> set[str]:
    """Return the ids of the objects that a resource's id names."""
    return {part for part in state_id.split("/") if len(part) > 20}


def _condition(dump: Any, entry: Entry) -> str:
    """Say how an object stands before a run: in the emulator, and in the state."""
    health = "condemned" if entry.condemned else "partial" if entry.init_errors else "good"
    if entry.kind == "Deployment":
        found = deployment_by(dump, entry.id)
        return f"{found['status'] if found else 'gone'}, {health}"
    found = draft_by(dump, entry.id.partition("/")[0])
    preview = f"/{found['isPreviewable']}" if found and found["isPreviewable"] != "none" else ""
    return f"{found['status']}{preview}, {health}" if found else f"gone, {health}"
