"""The people of the fault test: several stacks with a program each, in one backend or in several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, Final

from tests.faults.stacks import OTHER_CLIENT, OTHER_PROJECT, deployment
from tests.support.engine import Engine
from tests.support.stack import Declared, Output, Program
from tests.support.world import PROJECT, REGION, REPOSITORY

__all__ = ["KEYS", "OTHER_REGION", "TYPO", "Draft", "Greeter", "Member", "is_possible"]

KEYS: Final = ("shop-a", "shop-b", "shop-c")
"""Explicit keys that people give, and give again."""

OTHER_REGION: Final = "us-central1.gcp"

TYPO: Final[Mapping[str, Any]] = {
    "project": "demo-projekt",
    "connector": "unknown",
    "region": "europe-west7.gcp",
    "production": True,
}
"""By field of a `Greeter`: what a user mistypes, or asks for where it cannot be had."""

UNKNOWN_ID: Final = "00000000-0000-4000-8000-000000000000"

CONNECTORS: Final[Mapping[str, Mapping[str, str]]] = {
    "unknown": {"id": UNKNOWN_ID},
    "unknown key": {"key": "greter"},
    "key as an id": {"id": "greeter"},
}
"""The names of connectors that cannot be deployed; every other name is an id, or a draft of the program."""


class _ShortlyShown:
    """A dataclass whose text has only what is not as usual: stories are read by people."""

    def __repr__(self) -> str:
        shown = [
            f"{each.name}={value!r}"
            for each in fields(self)  # type: ignore[arg-type]  # both classes below are dataclasses
            if (value := getattr(self, each.name)) != each.default or each.default is MISSING
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


@dataclass(frozen=True, repr=False)
class Greeter(_ShortlyShown):
    """A Deployment as a program has it; `connector` is an id, a name of `CONNECTORS`, or `own:<draft>`."""

    connector: str
    key: str | None = None
    shop: str = "Acme"
    token: str = "c4n4ry-1"
    project: str | None = None
    region: str = REGION
    production: bool = False
    trigger: int = 0
    adopt: bool = False
    retain: bool = False
    delete_first: bool | None = None
    explicit: bool = False
    unchecked: bool = False
    after: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def draft(self) -> str | None:
        """The program's own draft that it deploys."""
        return self.connector.removeprefix("own:") if self.connector.startswith("own:") else None


@dataclass(frozen=True, repr=False)
class Draft(_ShortlyShown):
    """A draft and its private publication as a program has them."""

    key: str | None = None
    title: str = "Own"
    tag: str = "v1.0.0"
    adopt: bool = False
    delete_first: bool | None = None


@dataclass
class Member:
    """A stack, the program that its people have written, and the credentials that they use.

    `owner` is shared by a stack and its copy in another backend: the two are one owner (design §4.2).
    """

    engine: Engine
    owner: int
    backend: int
    other_project: bool = False
    greeters: dict[str, Greeter] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The stack's name, with its backend."""
        return f"{self.engine.identity.stack}@{self.backend}"

    @property
    def settings(self) -> Mapping[str, str]:
        """The provider's configuration."""
        return OTHER_CLIENT if self.other_project else {}

    @property
    def project(self) -> str:
        """The project that the credentials are for."""
        return OTHER_PROJECT if self.other_project else PROJECT

    def program(self) -> Program:
        """Return what is written, without what depends on something that is not."""
        return [*self._drafts(), *self._greeters()]

    def key_of(self, kind: str, name: str) -> str:
        """Return the key that a resource of the program asks for; one that is in the state stays."""
        own = self.greeters[name].key if kind == "Deployment" else self.drafts[name].key
        entry = self.engine.entries.get(self.engine.urn(kind, name))
        held = entry.inputs.get("key") if entry else None
        return own or str(held or self.engine.identity.default_key(name))

    def project_of(self, name: str) -> str:
        """Return the project that a Deployment of the program asks for."""
        return self.greeters[name].project or self.project

    def aliases_of(self, name: str) -> tuple[str, ...]:
        """Return the names that a Deployment had before: people do not give one that another resource has."""
        return tuple(each for each in self.greeters[name].aliases if each not in self.greeters)

    def adopts(self) -> bool:
        """Tell whether something in the program is to be adopted."""
        greeters, drafts = self.greeters.values(), self.drafts.values()
        return any(each.adopt for each in greeters) or any(each.adopt for each in drafts)

    def derives_twice(self) -> bool:
        """Tell whether a resource derives the key that a renamed one has kept."""
        kept = {entry.inputs.get("key"): entry.urn for entry in self.engine.entries.values()}
        return any(
            kept.get(self.engine.identity.default_key(name), "") in self._urns_of_others(name)
            for name, each in self.greeters.items()
            if each.key is None
        )

    def _urns_of_others(self, name: str) -> set[str]:
        others = self.greeters.keys() - {name}
        names = {*others, *(alias for each in others for alias in self.aliases_of(each))}
        return {self.engine.urn("Deployment", each) for each in names}

    def copy_program(self, of: Member) -> None:
        """Take another stack's program over, as a copy of its folder does."""
        self.greeters, self.drafts = dict(of.greeters), dict(of.drafts)

    def without_aliases(self) -> None:
        """Take aliases out that have done what they are for, or whose name is in use again."""
        self.greeters = {name: replace(each, aliases=()) for name, each in self.greeters.items()}

    def _drafts(self) -> Iterator[Declared]:
        for name, each in sorted(self.drafts.items()):
            staged = f"ConnectorStaged/{name}"
            inputs = {
                "name": each.title,
                "creator": {"email": "dev@acme.example"},
                "repository": {"url": REPOSITORY, "tag": each.tag},
                "privateProjects": [f"{REGION}:{project}" for project in (PROJECT, OTHER_PROJECT)],
                "key": each.key,
                "adopt": each.adopt or None,
            }
            yield Declared("ConnectorStaged", name, _given(inputs), delete_first=each.delete_first)
            publication = {
                "connectorStagedId": Output(staged, ("id",)),
                "tag": Output(staged, ("repository", "tag")),
                "contentHash": Output(staged, ("contentHash",)),
                "target": "private",
            }
            yield Declared("ConnectorPublication", name, publication)

    def _greeters(self) -> Iterator[Declared]:
        written = self.greeters.keys()
        for name, each in sorted(self.greeters.items()):
            if each.draft is not None and each.draft not in self.drafts:
                continue
            publication = f"ConnectorPublication/{each.draft}"
            connector: Any = CONNECTORS.get(each.connector, each.connector)
            inputs = {
                "key": each.key,
                "projectKey": each.project,
                "region": each.region,
                "type": "production" if each.production else None,
                "redeployTrigger": each.trigger or None,
                "adopt": each.adopt or None,
                "skipPlanTimeValidation": each.unchecked or None,
                "connectorTag": Output(publication, ("publishedTag",)) if each.draft else None,
            }
            yield deployment(
                name,
                {"id": Output(publication, ("connectorId",))} if each.draft else connector,
                shop=each.shop,
                token=each.token,
                delete_first=each.delete_first,
                depends_on=tuple(f"Deployment/{other}" for other in each.after if other in written),
                aliases=self.aliases_of(name),
                retain=each.retain,
                provider="mine" if each.explicit else "",
                **_given(inputs),
            )


def is_possible(member: Member, greeter: Greeter) -> bool:
    """Tell whether Connect would deploy it, as far as anyone can know before: production is switched off here."""
    return (
        greeter.connector not in CONNECTORS
        and (greeter.project or member.project) == member.project
        and greeter.region in (REGION, OTHER_REGION)
        and not greeter.production
    )


def _given(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if value is not None}
