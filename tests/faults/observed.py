"""What is live at a moment of a people's story, and which states have it; from the emulator and states."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.faults.company import Draft, Greeter, Member
from tests.support.in_process_emulator import InProcessEmulator
from tests.support.stack import Entry

KINDS: Final = ("Deployment", "ConnectorStaged")
"""What has an owner: a publication is part of its draft."""


@dataclass(frozen=True)
class Thing:
    """A Deployment or a draft as the emulator has it.

    - `live`: whether taking it away would be felt: a Deployment that is `Deployed`, every draft.
    - `values`: what can be read of it, `secret` the hash of its secured value.
    """

    kind: str
    id: str
    key: str
    project: str
    live: bool
    values: Mapping[str, str]
    secret: str = ""
    build: str = ""

    @property
    def name(self) -> str:
        """The thing in words."""
        return f"{self.kind} {self.key} ({self.id[:8]})"

    @property
    def was_undeployed(self) -> bool:
        """Whether Connect removes it, or failed to."""
        return self.values.get("status") in ("Undeploying", "UndeployFailed")

    def same_as(self, now: Thing) -> bool:
        """Return whether nothing was sent to it; the end of a run that Connect started is not judged here."""
        names = ("SHOP_NAME", "region", "connector", "title", "tag")
        readable = all(self.values.get(name) == now.values.get(name) for name in names)
        return readable and (self.secret, self.build) == (now.secret, now.build)

    def may_become(self, now: Thing, wanted: Greeter | Draft) -> bool:
        """Return whether each value is what it was or what is written; a run may have sent a part."""
        if isinstance(wanted, Draft):
            return all(now.values[name] in (self.values[name], getattr(wanted, name)) for name in ("title", "tag"))
        shop = now.values["SHOP_NAME"] in (self.values["SHOP_NAME"], wanted.shop)
        return shop and now.secret in (self.secret, _hash(wanted.token))

    def is_as_written(self, wanted: Greeter | Draft) -> bool:
        """Return whether it has the values of the program."""
        if isinstance(wanted, Draft):
            return (self.values["title"], self.values["tag"]) == (wanted.title, wanted.tag)
        there = (self.values["SHOP_NAME"], self.values["region"], self.secret)
        connector = wanted.draft is not None or wanted.connector == self.values["connector"]
        return connector and there == (wanted.shop, wanted.region, _hash(wanted.token))

    def changes(self, now: Thing) -> str:
        """Return what differs now, without values."""
        changed = [name for name in self.values if self.values[name] != now.values.get(name)]
        secret = ["its secret"] if self.secret != now.secret else []
        return ", ".join([*changed, *secret]) or "redeployed"


class Facts:
    """Everything that is there at a moment, and which states have it."""

    def __init__(self, emulator: InProcessEmulator, members: Sequence[Member]) -> None:
        self.things = {each.id: each for each in _things(emulator)}
        self.claims: dict[str, list[tuple[Member, Entry]]] = {}
        for member in members:
            for entry in member.engine.all_entries:
                if entry.kind in KINDS and not entry.awaits_create:
                    self.claims.setdefault(entry.id.rpartition("/")[2], []).append((member, entry))

    def held(self) -> Iterator[Thing]:
        """Yield what is live and in some state."""
        return (thing for thing in self.things.values() if thing.live and thing.id in self.claims)

    def held_by(self, member: Member, thing: Thing) -> list[Entry]:
        """Return the entries of a stack for a thing."""
        return [entry for claimant, entry in self.claims.get(thing.id, ()) if claimant is member]


def _things(emulator: InProcessEmulator) -> Iterator[Thing]:
    dump: Any = emulator.admin.dump()
    for each in dump["deployments"]:
        service: dict[str, Any] = next(
            (found for found in each["applications"] if found["name"] == "service"), {"standard": {}}
        )
        values = {
            "SHOP_NAME": service["standard"].get("SHOP_NAME", ""),
            "region": each["region"],
            "connector": each["connector"]["id"],
            "status": each["status"],
        }
        secret = service.get("secured", {}).get("API_TOKEN", "")
        live = each["status"] == "Deployed"
        yield Thing(
            "Deployment",
            each["id"],
            each["key"],
            each["project"],
            live,
            values,
            _hash(secret),
            str(each["buildId"]),
        )
    for each in dump["drafts"]:
        content = each["content"]
        values = {"title": content["name"], "tag": content["repository"]["tag"]}
        yield Thing("ConnectorStaged", each["id"], each["key"], "", True, values)


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:12]
