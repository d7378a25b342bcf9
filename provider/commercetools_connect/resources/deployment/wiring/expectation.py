"""Expectation of a Deployment: what must call and feed its applications, and what of it was found. Pure.

`examine` compares an expectation with what the project has, and returns a finding for each part. Masked members,
ids and versions are never compared: scripts delete and create again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Final, TypeAlias

from pydantic import BeforeValidator, Field

from commercetools_connect.api.models.wiring import SubscriptionStatus
from commercetools_connect.api.wiring import WiringKind
from commercetools_connect.core.values import PropertyMap, PropertyValue, as_map, unwrap_secrets
from commercetools_connect.resources.configuration import ConnectionReference
from commercetools_connect.resources.deployment.wiring.registrations import ApplicationAddress, Match, Registration
from commercetools_connect.resources.inputs import InputModel
from commercetools_connect.resources.keys import KEY_PATTERN


def _expected(value: object) -> object:
    if value is True:
        return value
    if not isinstance(value, list | tuple):
        raise ValueError("must be true or a list of keys; leave it out if nothing is expected")  # noqa: TRY004 - pydantic lets a TypeError through
    if not value:
        raise ValueError("must not be empty; true expects at least one with any key")
    for key in value:
        if not isinstance(key, str) or not KEY_PATTERN.fullmatch(key):
            raise ValueError("must be keys of 2 to 256 characters out of A-Z, a-z, 0-9, _ and -")
    return tuple(dict.fromkeys(value))


ExpectedKeys: TypeAlias = Annotated[bool | tuple[str, ...], BeforeValidator(_expected)]
"""`True`: at least one, with any key. Keys: each of them, and each points to the application."""


class ApplicationExpectation(InputModel):
    """What must point to one application for a deployment to count as live."""

    extension: ExpectedKeys | None = Field(
        default=None, description="true: at least one Extension calls the application. Keys: each of these does."
    )
    subscription: ExpectedKeys | None = Field(
        default=None,
        description="true: at least one Subscription delivers to the topic of the application. Keys: each of "
        "these does.",
    )
    connection: ConnectionReference | None = Field(
        default=None,
        repr=False,
        description="Whose credentials list the Extensions and Subscriptions: the name of one of the configured "
        "`connections`, or the members of a connection to the same project. They are used for nothing else, and "
        "for all applications of the deployment. Without it, the credentials of the deployment.",
    )

    def of(self, kind: WiringKind) -> bool | tuple[str, ...] | None:
        """Return what is expected of one kind."""
        return self.extension if kind is WiringKind.EXTENSION else self.subscription


Expectation: TypeAlias = Mapping[str, ApplicationExpectation]
"""Application → what must point to it."""


def expectation_of(properties: PropertyMap) -> Expectation:
    """Return what inputs or outputs of a Deployment expect; they have been checked."""
    found = unwrap_secrets(properties.get("expect"), leave_out=(None,))
    names = as_map(found)
    return {name: ApplicationExpectation.model_validate(each) for name, each in names.items()}


def expected_kinds(expect: Expectation) -> frozenset[WiringKind]:
    """Return the kinds that have to be listed for an expectation."""
    return frozenset(kind for each in expect.values() for kind in WiringKind if each.of(kind))


class FindingStatus(str, Enum):
    """What was found of one part of an expectation."""

    WIRED = "wired"
    STOPPED = "stopped"
    """It points here, and delivers nothing."""
    OTHER_PATH = "otherPath"
    """It calls the host of the application at another path."""
    ELSEWHERE = "elsewhere"
    """The same key, or what was there before, points somewhere else."""
    KEY_CLASH = "keyClash"
    """The key points to another application of the same deployment."""
    MISSING = "missing"
    NO_ADDRESS = "noAddress"
    """The deployment has no such application, or the application cannot be pointed to."""


_REDEPLOY_HELPS: Final = frozenset(
    {FindingStatus.STOPPED, FindingStatus.OTHER_PATH, FindingStatus.ELSEWHERE, FindingStatus.MISSING}
)


@dataclass(frozen=True)
class Finding:
    """What was found of one part of an expectation: of an application, a kind, and a key where one was named.

    - `address`: what should be pointed to. `found`: what points there, or what is there instead.
    - `by_name`: only the names of the topics could be compared.
    - `former`: what is there instead points to the address that the application had before.
    - `other`: the application that the key points to. `applications`: those that the deployment has.
    """

    application: str
    kind: WiringKind
    status: FindingStatus
    key: str = ""
    address: str = ""
    found: tuple[Registration, ...] = ()
    by_name: bool = False
    former: bool = False
    other: str = ""
    applications: tuple[str, ...] = ()

    @property
    def redeploy_helps(self) -> bool:
        """Whether it may help that the scripts run again."""
        suspended = any(each.status == SubscriptionStatus.MANUALLY_SUSPENDED for each in self.found)
        return self.status in _REDEPLOY_HELPS and not (self.status is FindingStatus.STOPPED and suspended)


@dataclass(frozen=True)
class Wiring:
    """What was found of a whole expectation."""

    findings: tuple[Finding, ...] = ()

    @property
    def is_wired(self) -> bool:
        """Whether everything that is expected is there."""
        return not self.problems

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What is not as expected."""
        return tuple(each for each in self.findings if each.status is not FindingStatus.WIRED)

    @property
    def redeploy_helps(self) -> bool:
        """Whether a redeploy may help at all."""
        return any(each.redeploy_helps for each in self.problems)

    def outputs(self) -> dict[str, PropertyValue]:
        """Return the output `wiring`: application → what points to it. No ids: they change with each run."""
        shown: dict[str, dict[str, list[PropertyValue]]] = {}
        for each in self.findings:
            entries = shown.setdefault(each.application, {}).setdefault(f"{each.kind.value}s", [])
            points_here = each.status in (FindingStatus.WIRED, FindingStatus.STOPPED)
            for found in each.found if points_here else ():
                if each.kind is WiringKind.EXTENSION:
                    entries.append({"key": found.key, "url": found.address})
                else:
                    entries.append({"key": found.key, "topic": found.address, "status": found.status})
        return {name: dict(kinds) for name, kinds in shown.items()}


def examine(
    expect: Expectation,
    applications: Sequence[ApplicationAddress],
    registrations: Sequence[Registration],
    former: Sequence[ApplicationAddress] = (),
) -> Wiring:
    """Compare an expectation with what the project has, and return what was found.

    `applications` are those of the Deployment as it runs; `former` tells what its state knew of them before.
    """
    found: list[Finding] = []
    for name, each in expect.items():
        for kind in WiringKind:
            if wanted := each.of(kind):
                examiner = _Examiner(name, kind, applications, registrations, former)
                found.extend(examiner.findings(wanted))
    return Wiring(tuple(found))


class _Examiner:
    """One application and one kind."""

    def __init__(
        self,
        name: str,
        kind: WiringKind,
        applications: Sequence[ApplicationAddress],
        registrations: Sequence[Registration],
        former: Sequence[ApplicationAddress],
    ) -> None:
        self._kind = kind
        self._own = next((each for each in applications if each.name == name), ApplicationAddress(name))
        self._others = [each for each in applications if each.name != name and each.of(kind)]
        self._former = next((each for each in former if each.name == name), ApplicationAddress(name))
        self._there = [each for each in registrations if each.kind is kind]
        self._names = tuple(each.name for each in applications)

    def findings(self, wanted: bool | tuple[str, ...]) -> list[Finding]:  # noqa: FBT001 - what a program writes
        if not self._own.of(self._kind):
            return [self._finding(FindingStatus.NO_ADDRESS, applications=self._names)]
        if isinstance(wanted, bool):
            return [self._any()]
        return [self._of_key(key) for key in wanted]

    def _any(self) -> Finding:
        here = self._pointing_here()
        if here:
            stopped = all(each.is_stopped for each in here)
            return self._pointing(FindingStatus.STOPPED if stopped else FindingStatus.WIRED, here)
        near = [each for each in self._there if self._is_near(each)]
        if near:
            return self._finding(FindingStatus.OTHER_PATH, near)
        known = [each for each in self._there if each.key and each.key in self._former.keys.get(self._kind, ())]
        if known and (other := self._other_application(known[0])):
            return self._finding(FindingStatus.KEY_CLASH, known[:1], other=other)
        left = known or [each for each in self._there if self._is_former(each)]
        return self._elsewhere(left) if left else self._finding(FindingStatus.MISSING)

    def _of_key(self, key: str) -> Finding:
        found = next((each for each in self._there if each.key == key), None)
        if found is None:
            return self._finding(FindingStatus.MISSING, self._pointing_here(), key=key)
        if found.match(self._own).fits:
            return self._pointing(FindingStatus.STOPPED if found.is_stopped else FindingStatus.WIRED, [found], key)
        if other := self._other_application(found):
            return self._finding(FindingStatus.KEY_CLASH, [found], key=key, other=other)
        if self._is_near(found):
            return self._finding(FindingStatus.OTHER_PATH, [found], key=key)
        return self._elsewhere([found], key)

    def _pointing_here(self) -> list[Registration]:
        return [each for each in self._there if each.match(self._own).fits]

    def _pointing(self, status: FindingStatus, here: list[Registration], key: str = "") -> Finding:
        by_name = all(each.match(self._own) is Match.BY_NAME for each in here)
        return self._finding(status, here, key=key, by_name=by_name)

    def _elsewhere(self, found: list[Registration], key: str = "") -> Finding:
        former = all(self._is_former(each) for each in found)
        return self._finding(FindingStatus.ELSEWHERE, found, key=key, former=former)

    def _other_application(self, found: Registration) -> str:
        return next((each.name for each in self._others if found.match(each).fits), "")

    def _is_near(self, found: Registration) -> bool:
        return found.match(self._own) is Match.SAME_HOST and not self._other_application(found)

    def _is_former(self, found: Registration) -> bool:
        return found.match(self._former).fits and not self._other_application(found)

    def _finding(
        self,
        status: FindingStatus,
        found: Sequence[Registration] = (),
        *,
        key: str = "",
        by_name: bool = False,
        former: bool = False,
        other: str = "",
        applications: tuple[str, ...] = (),
    ) -> Finding:
        address = self._own.of(self._kind)
        return Finding(
            self._own.name, self._kind, status, key, address, tuple(found), by_name, former, other, applications
        )
