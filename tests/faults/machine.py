"""The fault test: random programs, random trouble, and promises that hold after every step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.faults.author import CANARY, GOOD_TAGS, TAGS, Chain, Installation, Target
from tests.faults.harness import Harness
from tests.faults.statistics import STATISTICS
from tests.faults.trouble import (
    HARMLESS_DEPLOYMENT_DEEDS,
    HARMLESS_DRAFT_DEEDS,
    READINGS,
    Crash,
    Fault,
    Meddling,
    crashes,
    faults,
    meddlings,
)

__all__ = ["WorstDays"]

CHAINS = ("a", "b", "c", "d")

PLACES = ("x", "y")
"""Each chain has at most two Deployments."""


def secrets() -> st.SearchStrategy[str]:
    """Return a secured value."""
    return st.integers(1, 9).map(lambda number: f"{CANARY}-{number}/+ü")


def installations() -> st.SearchStrategy[Installation]:
    """Return a Deployment as a user would first write it."""
    return st.builds(
        Installation,
        greeting=st.sampled_from([None, "Moin"]),
        callback=st.sampled_from([False, False, True]),
        token=st.one_of(st.none(), secrets(), secrets()),
        webhook=st.one_of(st.none(), st.none(), st.just(f"{{{{url:service}}}}?{CANARY}")),
        shared=st.one_of(st.none(), secrets()),
        follows_tag=st.sampled_from([True, True, False]),
    )


DRAFT_EDITS: tuple[tuple[str, st.SearchStrategy[Any]], ...] = (
    ("title", st.sampled_from(["Greeter", "Greeter 2"])),
    ("description", st.sampled_from([None, "Greets", "Greets well"])),
    ("types", st.sampled_from([(), ("tax",), ("tax", "psp")])),
    ("tag", st.sampled_from(TAGS)),
    ("tag", st.sampled_from(GOOD_TAGS)),
    ("own_key", st.integers(0, 2)),
)

INSTALLATION_EDITS: tuple[tuple[str, st.SearchStrategy[Any]], ...] = (
    ("shop", st.sampled_from(["Acme", "Emca"])),
    ("greeting", st.sampled_from([None, "Moin", "Hi"])),
    ("callback", st.booleans()),
    ("token", st.one_of(st.none(), secrets())),
    ("token", secrets()),
    ("webhook", st.sampled_from([None, f"{{{{url:service}}}}?{CANARY}", f"{CANARY}-w"])),
    ("shared", st.one_of(st.none(), secrets())),
    ("schedule", st.sampled_from([None, "0 4 * * *"])),
    ("follows_tag", st.booleans()),
    ("elsewhere", st.booleans()),
    ("own_key", st.integers(0, 2)),
    ("trigger", st.integers(0, 3)),
    ("strict", st.booleans()),
    ("hurried", st.booleans()),
)


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    """Return a connector with what is made of it."""
    target: Target = draw(st.sampled_from(["private", "private", "private", "preview", "marketplace"]))
    names = draw(st.sampled_from([(), ("x",), ("x",), ("x", "y")]))
    placed = tuple((name, draw(installations())) for name in names)
    return Chain(
        description=draw(st.sampled_from([None, "Greets"])),
        tag=draw(st.sampled_from(GOOD_TAGS)),
        own_key=draw(st.sampled_from([0, 0, 1])),
        target=target,
        installations=placed,
    )


class WorstDays(RuleBasedStateMachine):
    """One user's weeks with a stack."""

    harness: Harness

    def __init__(self) -> None:
        super().__init__()
        self._idle = False

    @initialize(
        readings=st.sets(st.sampled_from(READINGS)),
        lifetime=st.sampled_from([None, None, 50.0]),
        chain=chains(),
        deployed=st.booleans(),
    )
    def begin(self, readings: set[str], lifetime: float | None, chain: Chain, deployed: bool) -> None:
        """Take a fresh emulator, which reads the API's open questions one way or the other."""
        self.harness = Harness(STATISTICS, sorted(readings), lifetime)
        self.add(chain)
        if deployed:
            self.harness.up()

    # --- the program changes --------------------------------------------------------------------------------

    @precondition(lambda self: len(self.chains) < len(CHAINS))
    @rule(chain=chains())
    def add(self, chain: Chain) -> None:
        """Write down one more connector."""
        name = next(each for each in CHAINS if each not in self.chains)
        placed = [(f"{name}{place}", installation) for place, installation in chain.installations]
        self.chains[name] = replace(chain, installations=tuple(placed))

    @precondition(lambda self: self.chains)
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        """Change a field of a draft, or a value, a secret or an option of a Deployment."""
        self._edit(data)

    @precondition(lambda self: self.chains)
    @rule(data=st.data(), purpose=st.sampled_from([None, "private", "preview", "marketplace"]))
    def retarget(self, data: st.DataObject, purpose: Target | None) -> None:
        """Publish otherwise; there is no way back from the marketplace but to take it out."""
        name, chain = self._some_chain(data)
        if chain.target == "marketplace" and purpose is not None:
            self._skip()
            return
        self._write(name, replace(chain, target=purpose))

    @precondition(lambda self: self.chains)
    @rule(data=st.data(), installation=installations(), place=st.sampled_from(PLACES))
    def add_installation(self, data: st.DataObject, installation: Installation, place: str) -> None:
        """Deploy once more."""
        name, chain = self._some_chain(data)
        self._write(name, chain.with_installation(f"{name}{place}", installation))

    @precondition(lambda self: self.chains)
    @rule(data=st.data())
    def remove_installation(self, data: st.DataObject) -> None:
        """Take a Deployment out of the program."""
        name, chain = self._some_chain(data)
        if not chain.installations:
            self._skip()
            return
        place, _ = data.draw(st.sampled_from(chain.installations))
        self._write(name, chain.with_installation(place, None))

    @precondition(lambda self: self.chains)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """Take a whole connector out of the program."""
        name, _ = self._some_chain(data)
        self._write(name, None)

    # --- trouble --------------------------------------------------------------------------------------------

    @rule(fault=faults())
    def arm(self, fault: Fault) -> None:
        """Let a fault wait for its calls."""
        self.harness.arm(fault)

    @rule(
        lifecycle=st.sampled_from(["deploy", "deploy", "publish", "preview", "undeploy"]),
        outcome=st.sampled_from(["failure", "warning", "cancelled", "stuck"]),
        times=st.integers(1, 2),
    )
    def let_runs_end_badly(self, lifecycle: Any, outcome: Any, times: int) -> None:
        """Let the next runs of a kind fail, warn, be cancelled, or never end."""
        only_previews = outcome == "cancelled" and lifecycle != "preview"
        self._script(lifecycle, "failure" if only_previews else outcome, times)

    @rule(meddling=meddlings())
    def meddle(self, meddling: Meddling) -> None:
        """Let another client act, now or in the middle of the next run."""
        self.harness.meddle(meddling)

    @rule(seconds=st.sampled_from([1.0, 10.0, 45.0, 90.0]))
    def pass_time(self, seconds: float) -> None:
        """Let things take their course."""
        self.harness.emulator.pass_time(seconds)

    # --- the engine -----------------------------------------------------------------------------------------

    @rule(
        data=st.data(),
        edits=st.integers(0, 2),
        troubles=st.lists(faults(), min_size=1, max_size=3),
        meddling=st.one_of(st.none(), meddlings()),
        crash=crashes(),
        after=st.sampled_from(["nothing", "nothing", "refresh", "up"]),
    )
    def hard_day(
        self,
        data: st.DataObject,
        edits: int,
        troubles: list[Fault],
        meddling: Meddling | None,
        crash: Crash | None,
        after: str,
    ) -> None:
        """Change something, and run `pulumi up` while things go wrong."""
        for _ in range(edits):
            self._edit(data)
        for fault in troubles:
            self.harness.arm(fault)
        if meddling is not None:
            self.harness.meddle(meddling)
        self.harness.up(crash)
        if after == "refresh":
            self.harness.refresh()
        elif after == "up":
            self.harness.up()

    @precondition(lambda self: self.harness.engine.entries and self.chains)
    @rule(data=st.data(), secret=secrets(), about_draft=st.booleans(), skip=st.integers(0, 1))
    def race(self, data: st.DataObject, secret: str, about_draft: bool, skip: int) -> None:
        """Change something, lose the request on its way, and let another client act before the next read."""
        name, chain = self._some_chain(data)
        if about_draft:
            self._write(name, replace(chain, title="Greeter" if chain.title != "Greeter" else "Greeter 2"))
        else:
            for place, installation in chain.installations:
                chain = chain.with_installation(place, replace(installation, token=secret))
            self._write(name, chain)
        path = "/connectors/drafts/*" if about_draft else "/*/deployments/*"
        action = data.draw(st.sampled_from(HARMLESS_DRAFT_DEEDS if about_draft else HARMLESS_DEPLOYMENT_DEEDS))
        losses: list[dict[str, Any]] = [{"drop": "before"}, {"status": 503}, {"html": True}]
        loss = data.draw(st.sampled_from(losses))
        self.harness.arm(Fault(loss, "POST", path, skip, 1, None))
        self.harness.meddle(Meddling(action, sorted(self.chains).index(name), at_fault=True))
        self.harness.up()

    @rule(data=st.data(), trouble=faults(), meddling=meddlings(), crash=crashes())
    def hard_night(self, data: st.DataObject, trouble: Fault, meddling: Meddling, crash: Crash | None) -> None:
        """Run `pulumi refresh` or `pulumi destroy` while things go wrong."""
        self.harness.arm(trouble)
        self.harness.meddle(meddling)
        if data.draw(st.integers(0, 2)):
            self.harness.refresh(crash)
        else:
            self.harness.destroy(crash)

    @rule(crash=crashes())
    def up(self, crash: Crash | None) -> None:
        """Run `pulumi up`."""
        self.harness.up(crash)

    @rule(crash=crashes())
    def up_again(self, crash: Crash | None) -> None:
        """Run `pulumi up`: what users do most."""
        self.harness.up(crash)

    @rule(crash=crashes())
    def refresh(self, crash: Crash | None) -> None:
        """Run `pulumi refresh`."""
        self.harness.refresh(crash)

    @rule()
    def preview(self) -> None:
        """Run `pulumi preview`: it changes nothing."""
        self.harness.preview()

    @precondition(lambda self: self.harness.engine.entries)
    @rule(data=st.data(), troubles=st.lists(faults(), max_size=2), fails=st.booleans(), crash=crashes())
    def replace_one(self, data: st.DataObject, troubles: list[Fault], fails: bool, crash: Crash | None) -> None:
        """Run `pulumi up --target-replace`, which may fail halfway, and go on."""
        urn = data.draw(st.sampled_from(sorted(self.harness.engine.entries)))
        self._edit(data)
        if fails:
            self._script("deploy", "failure", 1)
        for fault in troubles:
            self.harness.arm(fault)
        self.harness.up(crash, replace_these=[urn])
        if data.draw(st.booleans()):
            self.harness.up()

    @rule(crash=crashes(), sure=st.integers(0, 3))
    def destroy(self, crash: Crash | None, sure: int) -> None:
        """Run `pulumi destroy`, now and then."""
        if sure:
            self._skip()
            return
        self.harness.destroy(crash)

    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        """Peace: the program is corrected, and two `up`s reach it."""
        listed = self.harness.in_marketplace()
        for name, chain in list(self.chains.items()):
            if name in listed and chain.target == "private":  # an error that says so; this is one way out
                self.chains[name] = replace(chain, target="marketplace")
            if chain.tag not in GOOD_TAGS:
                self.chains[name] = replace(self.chains[name], tag=data.draw(st.sampled_from(GOOD_TAGS)))
            for place, installation in chain.installations:
                patient = replace(installation, hurried=False)
                self.chains[name] = self.chains[name].with_installation(place, patient)
        self.harness.settle()

    def teardown(self) -> None:
        """Drop the emulator."""
        if hasattr(self, "harness"):
            self.harness.close()

    @property
    def chains(self) -> dict[str, Chain]:
        """The program."""
        return self.harness.author.chains

    def _skip(self) -> None:
        """Do nothing in this step: what was drawn is not possible."""
        self._idle = True

    def _script(self, lifecycle: Any, outcome: Any, times: int) -> None:
        self.harness.emulator.admin.outcome(lifecycle, "*", outcome, times=times)
        STATISTICS.crashes[f"{lifecycle} {outcome}"] += 1

    def _edit(self, data: st.DataObject) -> None:
        if not self.chains:
            return
        name, chain = self._some_chain(data)
        if bool(chain.installations) and data.draw(st.integers(0, 3)):
            place, installation = data.draw(st.sampled_from(chain.installations))
            field, values = data.draw(st.sampled_from(INSTALLATION_EDITS))
            edited = replace(installation, **{field: data.draw(values)})
            self._write(name, chain.with_installation(place, edited))
        else:
            field, values = data.draw(st.sampled_from(DRAFT_EDITS))
            self._write(name, replace(chain, **{field: data.draw(values)}))

    def _some_chain(self, data: st.DataObject) -> tuple[str, Chain]:
        name = data.draw(st.sampled_from(sorted(self.chains)))
        return name, self.chains[name]

    def _write(self, name: str, chain: Chain | None) -> None:
        """Write it down, unless that would take out what an interrupted create still has to find."""
        before = dict(self.chains)
        if chain is None:
            del self.chains[name]
        else:
            self.chains[name] = chain
        lost = [each for each in self.harness.findable() if each not in self.harness.author.keys().values()]
        if lost:
            self.chains.clear()
            self.chains.update(before)

    @invariant()
    def count(self) -> None:
        """Count the steps; the promises themselves are judged where a step ends."""
        STATISTICS.steps += not self._idle
        self._idle = False
