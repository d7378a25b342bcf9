"""The fault test about people: several stacks, and what their owners do to them by mistake or on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.faults.company import KEYS, OTHER_REGION, TYPO, Draft, Greeter, Member
from tests.faults.observed import Facts
from tests.faults.people_harness import PeopleHarness
from tests.faults.statistics import STATISTICS
from tests.support.world import REGION

__all__ = ["PeoplesDays"]

NAMES = ("canary", "rest", "web")

MOST_MEMBERS = 4

FRONTENDS = st.sampled_from(["plugin", "plugin", "dynamic"])

KEY = st.sampled_from([None, None, *KEYS])

SHOP = st.sampled_from(["Acme", "Emca"])

TOKEN = st.sampled_from(["c4n4ry-1", "c4n4ry-2", "c4n4ry-3"])

OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "adopt": st.booleans(),
    "retain": st.booleans(),
    "delete_first": st.sampled_from([None, True, False]),
    "explicit": st.booleans(),
    "unchecked": st.booleans(),
}

EDITS: dict[str, st.SearchStrategy[Any]] = {
    "shop": SHOP,
    "token": TOKEN,
    "key": KEY,
    "region": st.sampled_from([REGION, OTHER_REGION]),
    "trigger": st.integers(0, 2),
}

UPS = st.fixed_dictionaries(
    {
        "refresh": st.sampled_from([False, False, True]),
        "continuing": st.sampled_from([False, False, True]),
        "killed_at": st.sampled_from([None, None, None, None, 3, 6, 9]),
    }
)
"""How a user runs `pulumi up`."""


def has_greeters(member: Member) -> bool:
    """Tell whether the program has a Deployment."""
    return bool(member.greeters)


def has_two(member: Member) -> bool:
    """Tell whether the program has two Deployments or more."""
    return len(member.greeters) >= 2


def has_a_name_left(member: Member) -> bool:
    """Tell whether another Deployment can be written."""
    return len(member.greeters) < len(NAMES)


def can_rename(member: Member) -> bool:
    """Tell whether a Deployment can get another name."""
    return has_greeters(member) and has_a_name_left(member)


def has_entries(member: Member) -> bool:
    """Tell whether the state has something."""
    return bool(member.engine.entries)


def movable(member: Member) -> list[str]:
    """Return the names of the Deployments that can be moved to another stack."""
    return [
        name
        for name in sorted(member.greeters)
        if (entry := member.engine.entries.get(member.engine.urn("Deployment", name)))
        and not entry.awaits_create
        and member.greeters[name].draft is None
        and not member.other_project
    ]


def _takes(other: Member, member: Member, name: str) -> bool:
    """Tell whether a Deployment of a stack can be moved to the other one."""
    return (
        other is not member
        and other.engine.identity.frontend == member.engine.identity.frontend
        and not other.other_project
        and name not in other.greeters
        and other.engine.urn("Deployment", name) not in {each.urn for each in other.engine.all_entries}
    )


def some_member(fits: Callable[[Member], bool]) -> Callable[[PeoplesDays], bool]:
    """Return the precondition that a rule needs such a member."""
    return lambda machine: any(map(fits, machine.harness.members))


class PeoplesDays(RuleBasedStateMachine):
    """A company's weeks with several stacks."""

    harness: PeopleHarness

    def __init__(self) -> None:
        super().__init__()
        self._idle = False

    @initialize(frontends=st.lists(FRONTENDS, min_size=1, max_size=2), key=KEY, token=TOKEN, data=st.data())
    def begin(self, frontends: list[Any], key: str | None, token: str, data: st.DataObject) -> None:
        """Take a fresh emulator; the first stack has something live."""
        self.harness = PeopleHarness(STATISTICS, frontends)
        first = self.harness.members[0]
        first.greeters["canary"] = self._new(key=key, token=token)
        if data.draw(st.booleans()):
            first.greeters["rest"] = self._new(key=data.draw(KEY), token="c4n4ry-9")
        self.harness.up(first)

    # --- programs change ------------------------------------------------------------------------------------

    @precondition(some_member(has_a_name_left))
    @rule(
        data=st.data(),
        key=KEY,
        shop=SHOP,
        token=TOKEN,
        typo=st.sampled_from([None, None, *TYPO]),
        own=st.booleans(),
    )
    def write(
        self, data: st.DataObject, key: str | None, shop: str, token: str, typo: str | None, own: bool
    ) -> None:
        """Declare one more Deployment, perhaps with a mistake in it."""
        member = self._member(data, has_a_name_left)
        free = [name for name in NAMES if name not in member.greeters]
        new = self._new(key=key, shop=shop, token=token)
        if typo:
            new = replace(new, **{typo: TYPO[typo]})
        if member.drafts and own:
            new = replace(new, connector=f"own:{data.draw(st.sampled_from(sorted(member.drafts)))}")
        member.greeters[free[0]] = new
        self.harness.note("write", f"{free[0]} {new}")

    @precondition(some_member(has_greeters))
    @rule(data=st.data(), key=KEY, first=st.booleans(), token=st.one_of(st.none(), TOKEN))
    def copy_a_resource(self, data: st.DataObject, key: str | None, first: bool, token: str | None) -> None:
        """Copy a resource and forget to change its key, or its secret."""
        member = self._member(data, has_greeters)
        source = data.draw(st.sampled_from(sorted(member.greeters)))
        name = data.draw(st.sampled_from([each for each in NAMES if each != source]))
        original = member.greeters[source]
        if original.key is None:
            original = replace(original, key=key)
        member.greeters[name] = replace(original, token=token or original.token, after=(), aliases=())
        self._order(member, *((name, source) if first else (source, name)))
        self.harness.note("copied key", f"{source} to {name}")

    @precondition(some_member(has_two))
    @rule(data=st.data(), first=st.booleans())
    def swap_keys(self, data: st.DataObject, first: bool) -> None:
        """Swap two keys, with an order between the two resources."""
        member = self._member(data, has_two)
        one, two = data.draw(st.permutations(sorted(member.greeters)))[:2]
        keys = member.greeters[one].key, member.greeters[two].key
        member.greeters[one] = replace(member.greeters[one], key=keys[1])
        member.greeters[two] = replace(member.greeters[two], key=keys[0])
        self._order(member, *((one, two) if first else (two, one)))
        self.harness.note("swapped keys", f"{one} {two}")

    @precondition(some_member(can_rename))
    @rule(data=st.data(), alias=st.booleans(), shop=st.one_of(st.none(), SHOP))
    def rename(self, data: st.DataObject, alias: bool, shop: str | None) -> None:
        """Rename a resource, with an alias or without, perhaps together with a change."""
        member = self._member(data, can_rename)
        free = [name for name in NAMES if name not in member.greeters]
        old, new = data.draw(st.sampled_from(sorted(member.greeters))), free[0]
        before = member.greeters.pop(old)
        taken = {alias for each in member.greeters.values() for alias in each.aliases}
        aliases = tuple({old, *before.aliases} - {new} - taken) if alias else ()
        member.greeters[new] = replace(before, shop=shop or before.shop, aliases=aliases)
        for name, each in member.greeters.items():
            after = tuple(new if other == old else other for other in each.after if other != new)
            member.greeters[name] = replace(each, after=after)
        self.harness.note("rename with alias" if alias else "rename without alias", f"{old} {new}")

    @precondition(some_member(has_greeters))
    @rule(data=st.data(), field=st.sampled_from(sorted(TYPO)))
    def mistype(self, data: st.DataObject, field: str) -> None:
        """Mistype a project, a connector or a region, or ask for production where it is switched off."""
        member, name = self._some(data)
        value = TYPO[field]
        if field == "connector":
            value = data.draw(st.sampled_from(["unknown", "unknown key", "key as an id"]))
        member.greeters[name] = replace(member.greeters[name], **{field: value})
        self.harness.note(f"typo in {field}", name)

    @precondition(some_member(has_greeters))
    @rule(data=st.data(), field=st.sampled_from(sorted(EDITS)))
    def edit(self, data: st.DataObject, field: str) -> None:
        """Change a value, a secret, the key, the region or the trigger of a Deployment."""
        member, name = self._some(data)
        member.greeters[name] = replace(member.greeters[name], **{field: data.draw(EDITS[field])})
        self.harness.note(f"edit of {field}", name)

    @precondition(some_member(has_greeters))
    @rule(data=st.data(), option=st.sampled_from(sorted(OPTIONS)))
    def set_option(self, data: st.DataObject, option: str) -> None:
        """Set `adopt`, `retainOnDelete`, `deleteBeforeReplace`, another provider, or skip the checks."""
        member, name = self._some(data)
        if option == "explicit" and member.engine.identity.frontend == "dynamic":
            self._skip()
            return
        member.greeters[name] = replace(member.greeters[name], **{option: data.draw(OPTIONS[option])})
        self.harness.note(f"option {option}", name)

    @precondition(some_member(has_greeters))
    @rule(data=st.data())
    def take_out(self, data: st.DataObject) -> None:
        """Take a Deployment out of a program."""
        member, name = self._some(data)
        del member.greeters[name]
        self.harness.note("taken out", name)

    @rule(data=st.data(), key=KEY, delete_first=st.sampled_from([None, None, True]))
    def write_a_draft(self, data: st.DataObject, key: str | None, delete_first: bool | None) -> None:
        """Declare a draft with its publication, or give it another key, title or option."""
        member = self._member(data)
        title = data.draw(st.sampled_from(["Own", "Our"]))
        member.drafts["own"] = Draft(key=key, title=title, delete_first=delete_first)
        self.harness.note("draft", f"{member.name} {member.drafts['own']}")

    # --- runs -----------------------------------------------------------------------------------------------

    @rule(data=st.data(), how=UPS)
    def up(self, data: st.DataObject, how: dict[str, Any]) -> None:
        """Run `pulumi up`."""
        self._note_options(how)
        self.harness.up(self._member(data), **how)

    @rule(
        data=st.data(), how=UPS, trouble=st.sampled_from(["deploy fails", "publish fails", "403", "503", "lost"])
    )
    def up_in_trouble(self, data: st.DataObject, how: dict[str, Any], trouble: str) -> None:
        """Run `pulumi up` while the service is not well."""
        self._arm(trouble)
        self._note_options(how)
        self.harness.up(self._member(data), **how)

    @precondition(some_member(lambda member: has_greeters(member) or has_entries(member)))
    @rule(data=st.data(), first=st.booleans(), both=st.booleans())
    def up_by_targets(self, data: st.DataObject, first: bool, both: bool) -> None:
        """Run `pulumi up --target`, perhaps for one resource after the other."""
        member = self._member(data, lambda each: has_greeters(each) or has_entries(each))
        urns = {member.engine.urn("Deployment", name) for name in member.greeters} | member.engine.entries.keys()
        order = data.draw(st.permutations(sorted(urns)))[: 2 if both else 1]
        for urn in order if first else reversed(order):
            self.harness.note("up --target")
            self.harness.up(member, targets=[urn])

    @precondition(some_member(has_entries))
    @rule(data=st.data(), how=UPS, trouble=st.sampled_from([None, None, "deploy fails", "publish fails", "403"]))
    def up_with_replace(self, data: st.DataObject, how: dict[str, Any], trouble: str | None) -> None:
        """Run `pulumi up --replace`, which asks for no diff."""
        member = self._member(data, has_entries)
        if trouble:
            self._arm(trouble)
        urn = data.draw(st.sampled_from(sorted(member.engine.entries)))
        self.harness.note("up --replace", urn.rpartition("::")[2])
        self.harness.up(member, replaced=[urn], **how)

    @rule(data=st.data(), key=st.sampled_from(KEYS))
    def up_with_adoption(self, data: st.DataObject, key: str) -> None:
        """Run `pulumi up` with a key in CTP_ADOPT."""
        self.harness.note("CTP_ADOPT", key)
        self.harness.up(self._member(data), adopted=[key])

    @rule(data=st.data(), refresh=st.booleans())
    def run_with_other_credentials(self, data: st.DataObject, refresh: bool) -> None:
        """Run with the credentials of another project."""
        member = self._member(data)
        with self.harness.other_credentials(member):
            if refresh:
                self.harness.refresh(member)
            else:
                self.harness.preview(member)
                self.harness.up(member)

    @rule(data=st.data())
    def preview(self, data: st.DataObject) -> None:
        """Run `pulumi preview`: it changes nothing."""
        self.harness.preview(self._member(data))

    @rule(data=st.data())
    def refresh(self, data: st.DataObject) -> None:
        """Run `pulumi refresh`."""
        self.harness.refresh(self._member(data))

    @rule(
        data=st.data(),
        sure=st.integers(0, 2),
        refresh=st.booleans(),
        continuing=st.booleans(),
        killed_at=st.sampled_from([None, None, 3, 6]),
    )
    def destroy(
        self, data: st.DataObject, sure: int, refresh: bool, continuing: bool, killed_at: int | None
    ) -> None:
        """Run `pulumi destroy`, now and then."""
        if sure:
            self._skip()
            return
        if refresh:
            self.harness.note("destroy --refresh")
        member = self._member(data)
        self.harness.destroy(member, refresh=refresh, continuing=continuing, killed_at=killed_at)

    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        """Correct a program, follow the advice of its errors, and reach it."""
        self.harness.settle(self._member(data))

    # --- stacks change --------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.harness.members) < MOST_MEMBERS)
    @rule(data=st.data(), frontend=FRONTENDS, same_names=st.booleans(), explicit=st.booleans())
    def copy_a_program(self, data: st.DataObject, frontend: Any, same_names: bool, explicit: bool) -> None:
        """Run a copy of a program as another stack, or in a backend where its stack has the same name."""
        member = self._member(data)
        stack = member.engine.identity.stack if same_names else f"copy-{len(self.harness.members)}"
        other = self.harness.add(frontend if explicit else member.engine.identity.frontend, stack)
        other.copy_program(member)
        if other.engine.identity.frontend == "dynamic":
            other.greeters = {name: replace(each, explicit=False) for name, each in other.greeters.items()}
        self.harness.note("two backends, same names" if same_names else "two stacks, one program", other.name)

    @precondition(lambda self: len(self.harness.members) < MOST_MEMBERS)
    @rule(data=st.data(), declared=st.booleans())
    def rename_a_stack(self, data: st.DataObject, declared: bool) -> None:
        """Rename a stack, and make a new one of its old name."""
        member = self._member(data)
        old = member.engine.identity.stack
        self.harness.rename_stack(member, f"{old}-old")
        other = self.harness.add(member.engine.identity.frontend, old)
        if declared:
            other.copy_program(member)

    @precondition(lambda self: len(self.harness.members) < MOST_MEMBERS)
    @rule(data=st.data(), kept=st.booleans())
    def move_to_another_backend(self, data: st.DataObject, kept: bool) -> None:
        """Export a stack and import it elsewhere; the docs say to delete the old state then."""
        member = self._member(data)
        identity = member.engine.identity
        self.harness.copy_state(member, self.harness.add(identity.frontend, identity.stack), kept=kept)

    @precondition(some_member(lambda member: bool(movable(member))))
    @rule(data=st.data(), still_declared=st.booleans(), up=st.booleans())
    def move_a_resource(self, data: st.DataObject, still_declared: bool, up: bool) -> None:
        """Move a Deployment to another stack, perhaps a new one; a branch may still declare it, and be applied."""
        member = self._member(data, lambda each: bool(movable(each)))
        name = data.draw(st.sampled_from(movable(member)))
        others = [each for each in self.harness.members if _takes(each, member, name)]
        if not others and len(self.harness.members) < MOST_MEMBERS:
            stack = f"moved-{len(self.harness.members)}"
            others = [self.harness.add(member.engine.identity.frontend, stack)]
        if not others:
            self._skip()
            return
        self.harness.move(member, name, data.draw(st.sampled_from(others)))
        if not still_declared:
            del member.greeters[name]
        if up:
            self.harness.up(member)

    @precondition(some_member(has_greeters))
    @rule(data=st.data(), imported=st.booleans())
    def forget_and_import(self, data: st.DataObject, imported: bool) -> None:
        """Take a Deployment out of the state, and import it again."""
        member, name = self._some(data)
        entry = member.engine.entries.get(member.engine.urn("Deployment", name))
        if entry is None or entry.awaits_create:
            self._skip()
            return
        self.harness.forget(member, entry)
        identity = entry.id.rpartition("/")[2]
        facts = Facts(self.harness.emulator, self.harness.members)
        if imported and identity in facts.things and not facts.held_by(member, facts.things[identity]):
            self.harness.note("import", name)
            self.harness.import_one(member, name, identity)

    # --- the rest -------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Drop the emulator."""
        if hasattr(self, "harness"):
            self.harness.close()

    @invariant()
    def count(self) -> None:
        """Count the steps; the promises themselves are judged where a run ends."""
        STATISTICS.steps += not self._idle
        self._idle = False

    def _skip(self) -> None:
        """Do nothing in this step: what was drawn is not possible."""
        self._idle = True

    def _new(self, **fields: Any) -> Greeter:
        return Greeter(self.harness.connectors[0], **fields)

    def _member(self, data: st.DataObject, fits: Callable[[Member], bool] = lambda _: True) -> Member:
        among = [each for each in self.harness.members if fits(each)]
        return among[data.draw(st.integers(0, len(among) - 1))]

    def _some(self, data: st.DataObject) -> tuple[Member, str]:
        member = self._member(data, has_greeters)
        return member, data.draw(st.sampled_from(sorted(member.greeters)))

    def _order(self, member: Member, first: str, last: str) -> None:
        """Let one resource depend on another, and that one on none."""
        member.greeters[first] = replace(member.greeters[first], after=())
        member.greeters[last] = replace(member.greeters[last], after=(first,))

    def _note_options(self, how: dict[str, Any]) -> None:
        names = {"refresh": "up --refresh", "continuing": "up --continue-on-error", "killed_at": "up killed"}
        for option, action in names.items():
            if how[option]:
                self.harness.note(action)

    def _arm(self, trouble: str) -> None:
        admin = self.harness.emulator.admin
        self.harness.note(f"trouble: {trouble}")
        if trouble.endswith("fails"):
            admin.outcome("deploy" if trouble == "deploy fails" else "publish", "*", "failure")
            return
        faults: dict[str, Any] = {"403": {"status": 403}, "503": {"status": 503}, "lost": {"drop": "after"}}
        admin.fault(faults[trouble], method="POST", path="/*/deployments*", times=1)
