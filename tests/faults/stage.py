"""One example of the fault test: an author, an engine, an emulator, trouble, and a judge of every step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from tests.faults.author import Author, connect_yamls
from tests.faults.others import CLIENT, meddle
from tests.faults.promises import (
    NOT_PREVIEWABLE,
    OLDER,
    RUNS,
    deployment_by,
    draft_by,
    lies_about_deployment,
    lies_about_draft,
    lies_about_publication,
    secrets_harmed,
    secrets_shown,
    strays,
)
from tests.faults.tally import Tally
from tests.faults.trouble import HARMLESS_DEPLOYMENT_DEEDS, HARMLESS_DRAFT_DEEDS, Crash, Fault, Meddling
from tests.faults.wires import Fate, Hits
from tests.support.box import Box
from tests.support.engine import Engine
from tests.support.process import Process
from tests.support.stack import Entry, Run, Step, urn_of
from tests.support.world import DELAYS, PROJECT

__all__ = ["BrokenPromiseError", "Stage"]

POLL_INTERVAL = 12

KINDS = (("ConnectorStaged", "drafts"), ("Deployment", "deployments"))


class BrokenPromiseError(AssertionError):
    """Something that must never happen has happened."""


class Stage:
    """Runs the engine on the author's program, lets things go wrong as told, and judges."""

    def __init__(self, tally: Tally, readings: Iterable[str] = (), token_lifetime: float | None = None) -> None:
        self.box = Box()
        self.author = Author()
        self.engine = Engine(self._judge)
        self.tally = tally
        self.meddled = False
        self._certified = False  # people may certify what was changed since; the API does not tell of what it is
        self._meddlings: list[Meddling] = []
        self._findable: dict[str, set[str]] = defaultdict(set)
        self._held: dict[str, set[str]] = defaultdict(set)
        self._touched: set[str] = set()
        self._busied: set[str] = set()
        self._hits = Hits(self.box)
        self._before: dict[str, str] = {}
        self._there: set[str] = set()
        self._problems: list[str] = []
        self._began = 0.0
        self._story: list[str] = []
        lifetime = {"tokenLifetime": token_lifetime} if token_lifetime else {}
        assumptions: Any = dict.fromkeys(readings, "other")
        self.box.admin.settings(delays=dict(DELAYS), assumptions=assumptions, **lifetime)
        self.box.admin.repositories(connect_yamls())
        self.box.admin.clients([{**CLIENT, "clientId": "demo-client", "clientSecret": "demo-secret"}, CLIENT])

    # --- what the machine does ------------------------------------------------------------------------------

    def up(self, crash: Crash | None = None, replace_these: Iterable[str] = ()) -> Run:
        """Run `pulumi up`."""
        self.author.remember()
        program, these = self.author.program(), list(replace_these)
        return self._run("up", lambda process: self.engine.up(process, program, replace_these=these), crash)

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
        self.box.admin.fault(
            dict(fault.fault),
            method=fault.method,
            path=fault.path,
            client="demo-client",
            skip=fault.skip,
            times=fault.times,
            for_seconds=fault.for_seconds,
        )

    def meddle(self, meddling: Meddling) -> None:
        """Let somebody else act, now or in the middle of the next run."""
        if meddling.now:
            self._act(meddling)
        else:
            self._meddlings.append(meddling)

    def settle(self) -> None:
        """Take every trouble away, and hold the product to its word: two `up`s reach what the program says."""
        self._calm_down()
        if self.meddled:  # also when there was a refresh since: what others began may have ended later
            self.refresh()
        first = self.up()
        if self._follow_remedies(first):
            first = self.up()
        second = self.up() if first.failed else first
        self._expect_reached(second)
        self._expect_quiet(self.up())
        self.refresh()
        self._expect_quiet(self.up())
        self.meddled = False
        self.tally.settled += 1

    def findable(self) -> set[tuple[str, str]]:
        """Return kind and key of everything that an interrupted create has left and its next one would find."""
        dump: Any = self.box.admin.dump()
        there = {(kind, each.get("key")) for kind, name in KINDS for each in dump[name]}
        return {(kind, key) for kind, keys in self._findable.items() for key in keys} & there

    def in_marketplace(self) -> set[str]:
        """Return the names of the publications that the state has for the marketplace."""
        entries = self.engine.entries.values()
        return {each.name for each in entries if each.outputs.get("target") == "marketplace"}

    def close(self) -> None:
        """Drop the emulator."""
        self.box.close()

    # --- a run ----------------------------------------------------------------------------------------------

    def _run(self, what: str, work: Callable[[Process], Coroutine[Any, Any, Run]], crash: Crash | None) -> Run:
        process = Process(self.box, {"pollInterval": POLL_INTERVAL})
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

        fate = Fate(self.box, process, crash, self._hits, at_call, at_fault)
        for meddling in meddlings:
            if meddling.at_second is not None:
                self.box.loop.call_later(meddling.at_second, self._act, meddling)
        run = self.box.run(work(process))
        fate.end()
        self.box.run(process.aclose())
        self._story.append(f"  -> {run.changes or 'nothing'} {run.errors or ''}")
        if fate.struck:
            self.tally.crashes[fate.struck] += 1
        self.tally.faults.update(self._hits.take_news())
        self._look_around(process)
        self._raise_problems()
        return run

    def _begin(self, what: str, crash: Crash | None) -> None:
        self.tally.runs += 1
        self._began = self.box.emulated_now()
        self._touched.clear()
        self._busied.clear()
        dump = self.box.admin.dump()
        self._there = {each["id"] for name in ("drafts", "deployments") for each in dump[name]}
        self._before = {}
        for entry in self.engine.all_entries:
            self._before[entry.urn] = _condition(dump, entry)
        self._story.append(f"{what} of {self.author.chains} {crash or ''}")

    def _judge(self, step: Step) -> None:
        """Look at one step as soon as it has ended."""
        self._count(step)
        # Nobody can tell an old truth from the truth; only that a run goes on shows in what was answered to us.
        stale = self._hits.stale
        # A delete that was cut off may have had its effect: an `up` trusts the state, only a refresh tells.
        self.meddled = self.meddled or stale or (step.deed == "delete" and step.how != "done")
        if step.deed in ("create", "replace"):
            self._note_create(step)
        if stale and step.deed == "read" and step.before is not None:
            self._findable[step.kind].add(str(step.before.outputs.get("key")))
        if step.how != "done":
            return
        if step.deed == "read" and step.kind == "Deployment" and not stale:
            self._expect_healthy(self.box.admin.dump(), step)
        if step.after is None and step.deed in ("read", "delete") and not stale:
            claim = "deleted" if step.deed == "delete" else "dropped from the state"
            self._expect_gone(self.box.admin.dump(), step, claim)
        elif step.after is not None and step.deed != "read" and not self._touched & _ids(step.after.id):
            lies = [each for each in self._lies(self.box.admin.dump(), step) if not stale or RUNS in each]
            if self._busied & _ids(step.after.id):  # a run of theirs may have begun since our last look
                lies = [each for each in lies if RUNS not in each and NOT_PREVIEWABLE not in each]
            self._problems += [f"false success of {step.kind}: {lie}" for lie in lies]

    def _count(self, step: Step) -> None:
        operation = f"{step.deed} {step.kind}"
        self.tally.endings[f"{step.deed} {step.how}"] += 1
        if step.deed == "same":
            return
        state = self._before.get(step.urn) or self._left_behind(step)
        for trouble in self._hits.of_run or {"none"}:
            self.tally.reached[operation, state, trouble] += 1

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
        dump = self.box.admin.dump()
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
            # a create that takes its own object over is not told what was declared before
            return lies_about_draft(dump, identity, chain, step.before if step.deed == "update" else None)
        return lies_about_publication(dump, identity.partition("/")[0], chain)

    def _look_around(self, process: Process) -> None:
        """Look at everything there is after a run."""
        dump: Any = self.box.admin.dump()
        self._problems += strays(dump, self.engine.all_entries, self._findable)
        for each in dump["deployments"]:
            hashes = self.box.admin.secured(PROJECT, each["id"])
            self._problems += secrets_harmed(hashes, each, self.author, self._held[each["id"]])
        said = [*process.said.infos, *process.said.warnings, *process.said.statuses]
        self._problems += secrets_shown(self.engine.all_entries, [*said, self._story[-1]])

    def _raise_problems(self) -> None:
        if self._problems:
            calls = [
                f"{each['method']} {each['path']} {each['status']}" for each in self.box.admin.journal()[-60:]
            ]
            raise BrokenPromiseError("\n".join([*self._problems, "", *self._story, "", *calls]))

    # --- other hands, and peace -----------------------------------------------------------------------------

    def _act(self, meddling: Meddling) -> None:
        touched = meddle(self.box, meddling)
        if touched:
            self.meddled = True
            harmless = meddling.deed in (*HARMLESS_DRAFT_DEEDS, *HARMLESS_DEPLOYMENT_DEEDS)
            seen = self._busied if harmless else self._touched
            seen |= touched
            self.tally.crashes[meddling.deed] += 1
            self._story.append(f"{meddling} on {touched}")

    def _calm_down(self) -> None:
        """No faults, no scripted endings, nothing stuck, no decision pending, no mistake in the program."""
        state = self.box.admin.dump()
        state["faults"] = state["outcomes"] = []
        self.box.admin.load(state)
        self.box.reachable = True
        self._meddlings = []
        self.box.pass_time(200.0)
        state = self.box.admin.dump()
        drafts: Any = state["drafts"]
        deployments: Any = state["deployments"]
        for each in drafts:
            if each.get("publishing") and each["publishing"].get("endsAt") is None:
                self.box.admin.patch("drafts", each["id"], {"status": "Failed"})
            if each.get("previewing") and each["previewing"].get("endsAt") is None:
                self.box.admin.patch("drafts", each["id"], {"isPreviewable": "false"})
            if each["status"] in ("ReadyForCertification", "InCertification"):
                self.box.admin.certify(each["id"], "approve")
                self.meddled = self._certified = True
        for each in deployments:
            if each.get("run") and each["run"].get("endsAt") is None:
                self.box.admin.patch("deployments", each["id"], {"status": "Failed"})
        self._story.append("peace")

    def _follow_remedies(self, run: Run) -> bool:
        """Delete by hand what an interrupted create has left, where it cannot become what the program says now."""
        stuck = [each.name for each in run.steps if "cannot be taken over" in str(each.error)]
        keys = self.author.keys()
        for name in stuck:
            found: Any = deployment_by(self.box.admin.dump(), keys[urn_of("Deployment", name)][1])
            self.box.admin.delete("deployments", found["id"])
            self.tally.crashes["remedy followed"] += 1
        return bool(stuck)

    def _expect_reached(self, run: Run) -> None:
        dump: Any = self.box.admin.dump()
        if run.failed:
            self._problems.append(f"two calm ups did not reach the program: {run.changes} {run.errors}")
        for step in run.steps:
            if step.deed == "same" and step.before is not None:
                after = Step(**{**vars(step), "after": step.before.state})
                lies = [each for each in self._lies(dump, after) if OLDER not in each or not self._certified]
                self._problems += [f"not reached: {lie}" for lie in lies]
        self._raise_problems()

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
