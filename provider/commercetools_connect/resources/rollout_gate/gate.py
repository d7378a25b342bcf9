"""Conditions of a RolloutGate, and their proof: bake time and HTTP checks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from commercetools_connect.api import ApplicationProbe, NoAnswerError
from commercetools_connect.core.clock import Clock
from commercetools_connect.core.concurrency import cancel_and_wait, cancellable_sleep
from commercetools_connect.core.errors import RunFailedError, WaitCancelledError, WaitTimedOutError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import (
    PlainMap,
    PlainValue,
    PropertyMap,
    PropertyValue,
    as_maps,
    equivalent,
    has_unknown,
    unwrap_secrets,
)
from commercetools_connect.resources.configuration import about_connection
from commercetools_connect.resources.deployment.wiring.messages import Situation, describe
from commercetools_connect.resources.deployment.wiring.registrations import ApplicationAddress
from commercetools_connect.resources.deployment.wiring.wait import TWO_LOOKS, WiringStatus, WiringWait
from commercetools_connect.resources.inner_connections import one_of
from commercetools_connect.resources.rollout_gate.model import (
    GateDeploymentInputs,
    HttpCheckInputs,
    RolloutGateInputs,
)
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import format_duration

LIVE: Final = "Deployed"
"""The status of a deployment that runs (API §4.5)."""

COLUMNS: Final[Mapping[str, str]] = {
    "target": "TARGET",
    "project": "PROJECT",
    "region": "REGION",
    "wave": "WAVE",
    "fromTag": "FROM",
    "toTag": "TO",
    "status": "STATUS",
    "changedAt": "SINCE",
}
"""The members of a summary row, and their headings."""


def in_order(inputs: PropertyMap) -> PropertyMap:
    """Return the inputs with the deployments sorted by target: their order has no meaning."""
    deployments = inputs.get("deployments")
    if not isinstance(deployments, Sequence) or isinstance(deployments, str):
        return inputs
    names = [unwrap_secrets(each.get("target")) if isinstance(each, Mapping) else None for each in deployments]
    if not all(isinstance(name, str) for name in names):
        return inputs
    ordered = [
        each for _, each in sorted(zip(map(str, names), deployments, strict=True), key=lambda pair: pair[0])
    ]
    return {**inputs, "deployments": ordered}


def without_result(inputs: PropertyMap) -> tuple[CheckFailure, ...]:
    """Return a mistake for each deployment that shows nothing: it failed in this very run.

    Only an engine that goes on after errors asks for the gate then; others stop before.
    """
    plain = unwrap_secrets(inputs)
    listed = as_maps(plain.get("deployments")) if isinstance(plain, Mapping) else []
    return tuple(
        CheckFailure(
            ("deployments", position),
            f"{each['target']} has no result, so the wave does not run the tag as a whole; later waves have not "
            "been touched",
        )
        for position, each in enumerate(listed)
        if isinstance(each.get("target"), str)
        and all(each.get(name) is None for name in ("status", "deployedTag"))
    )


def nothing_expected(inputs: PropertyMap) -> tuple[CheckFailure, ...]:
    """Return a mistake where `wired` is set and certainly no deployment expects anything."""
    plain = unwrap_secrets(inputs)
    wired, listed = (plain.get("wired"), plain.get("deployments")) if isinstance(plain, Mapping) else (None, None)
    if wired is not True or has_unknown(listed) or any(each.get("expect") for each in as_maps(listed)):
        return ()
    return (CheckFailure(("wired",), "no deployment of the wave has expect, so nothing can be looked at"),)


def closed_reasons(inputs: RolloutGateInputs) -> str:
    """Return why the gate stays closed, with the targets that run the old and the new tag; `""` if it opens."""
    behind = [
        each for each in inputs.deployments if each.status != LIVE or each.deployed_tag != inputs.connector_tag
    ]
    if not behind:
        return ""
    ahead = [each.target for each in inputs.deployments if each not in behind]
    found = "; ".join(
        f"{each.target} runs {escape_untrusted(each.deployed_tag) or 'nothing'} ({escape_untrusted(each.status)})"
        for each in behind
    )
    reached = f"; {inputs.connector_tag} runs in {', '.join(ahead)}" if ahead else ""
    return f"{found}{reached}"


@dataclass(frozen=True)
class PendingChecks:
    """What is not proven yet: whether the wave has to bake, and which targets to check."""

    bakes: bool
    targets: frozenset[str]


def find_pending(last_applied: PropertyMap, inputs: PropertyMap) -> PendingChecks:
    """Return what must be proven before the gate opens (again).

    Another tag, trigger or build concerns the whole wave. A target that joined is checked by itself and bakes
    nothing. A target that left, and other waiting times or checks, change nothing.
    """
    before = _builds(unwrap_secrets(last_applied.get("deployments")))
    now = _builds(unwrap_secrets(inputs.get("deployments")))
    is_same = all(equivalent(last_applied.get(name), inputs.get(name)) for name in ("connectorTag", "triggers"))
    if not before or not is_same or any(now[target] != before[target] for target in now.keys() & before.keys()):
        return PendingChecks(bakes=True, targets=frozenset(now))
    return PendingChecks(bakes=False, targets=frozenset(now.keys() - before.keys()))


def summarise(inputs: RolloutGateInputs, last_applied: PropertyMap, now: str) -> list[PlainMap]:
    """Return the rows of earlier waves and of this one.

    `last_applied` are the gate's outputs so far: a target that still runs the same build of the same tag keeps its
    row. After a rollback or a recreation the tag is the same, and the build is another one.
    """
    before = {str(row.get("target")): row for row in as_maps(unwrap_secrets(last_applied.get("summary")))}
    builds = _builds(unwrap_secrets(last_applied.get("deployments")))
    rows: list[PlainMap] = [row.model_dump(by_alias=True) for row in inputs.previous]
    for each in inputs.deployments:
        known = before.get(each.target, {})
        is_same_tag = known.get("toTag") == each.deployed_tag
        is_same = is_same_tag and builds.get(each.target) == (each.deployed_tag, each.build_id)
        rows.append(
            {
                "target": each.target,
                "project": each.project,
                "region": each.region,
                "wave": inputs.wave,
                "fromTag": known.get("fromTag" if is_same_tag else "toTag") or "",
                "toTag": each.deployed_tag,
                "status": each.status,
                "changedAt": known.get("changedAt") if is_same else now,
            }
        )
    return rows


def format_table(rows: Sequence[PlainMap]) -> list[str]:
    """Return the rows as lines in columns, safe to print."""
    lines = [list(COLUMNS.values())]
    lines += [[escape_untrusted(str(row.get(name) or "-")) for name in COLUMNS] for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]


def _builds(deployments: PlainValue) -> dict[str, tuple[PlainValue, PlainValue]]:
    return {
        str(each.get("target")): (each.get("deployedTag"), each.get("buildId")) for each in as_maps(deployments)
    }


STATUS_INTERVAL = 15.0
"""Seconds between two status lines while a wave bakes."""

SIMULTANEOUS_CHECKS = 16


def listing_connection(deployment: GateDeploymentInputs) -> PropertyValue:
    """Return the connection that lists what a deployment expects, `None` for the provider's own configuration."""
    # a ConnectionReference stays as it was written
    given = {name: cast("PropertyValue", each.connection) for name, each in deployment.expect.items()}
    return one_of(given) or cast("PropertyValue", deployment.connection)


@dataclass(frozen=True)
class GateProof:
    """One run of the waiting time and the checks of a gate.

    `deadline` is on the clock's `monotonic`; `for_connection` returns the session of a connection.
    """

    inputs: RolloutGateInputs
    pending: PendingChecks
    context: OperationContext
    clock: Clock
    deadline: float | None
    for_connection: Callable[[PropertyValue], Session]

    async def run(self) -> None:
        """Return once the wave has passed.

        Raises `RunFailedError` with every check that failed, `WaitTimedOutError`, or `WaitCancelledError`.
        """
        if self.pending.bakes:
            await self._pause(self.inputs.bake_time, "runs before it is checked")
        places = asyncio.Semaphore(SIMULTANEOUS_CHECKS)
        async with ApplicationProbe() as probe:
            asked = [each for each in self.inputs.deployments if each.target in self.pending.targets]
            pairs = [(each, check) for each in asked for check in self.inputs.checks]
            tasks = [asyncio.create_task(self._check(probe, places, *pair)) for pair in pairs]
            if self.inputs.wired:
                tasks += [asyncio.create_task(self._look(each)) for each in asked if each.expect]
            try:
                found = await asyncio.gather(*tasks)
            finally:
                # the first error ends the gate, and with it what is still being checked
                await cancel_and_wait(*tasks)
        failed = [reason for reason in found if reason]
        if failed:
            raise RunFailedError(
                f"wave {self.inputs.wave} has not passed:\n" + "\n".join(f"  {reason}" for reason in failed),
                "Later waves have not been touched. Repair it, or go back to the tag before, and run `pulumi up`.",
            )

    async def _look(self, deployment: GateDeploymentInputs) -> str:
        """Return what is not wired as the deployment expects it, `""` if all is."""
        connection = listing_connection(deployment)
        wait = WiringWait(
            self.for_connection(connection).wiring,
            self.clock,
            self.context,
            deployment.project,
            deployment.expect,
            [ApplicationAddress(each.name, each.url or "", each.topic or "") for each in deployment.applications],
            since=self.clock.monotonic(),
            deadline=self.deadline,
            rounds=TWO_LOOKS,
        )
        result = await wait.result()
        self._require_time()
        if result.status is WiringStatus.WIRED:
            return ""
        if result.error:
            error = str(about_connection(result.error, connection, deployment.project))
            if connection is None:
                error += " Or give the deployment its `connection` here."
            return f"{deployment.target}: what it expects could not be looked at: {error}"
        situation = Situation(deployment.project)
        return "; ".join(f"{deployment.target}: {describe(each, situation)}" for each in result.wiring.problems)

    async def _check(
        self,
        probe: ApplicationProbe,
        places: asyncio.Semaphore,
        deployment: GateDeploymentInputs,
        check: HttpCheckInputs,
    ) -> str:
        """Return the failure of the last try, `""` if a try passed."""
        what = f"{deployment.target}, {check.application}: {check.method.value} {check.path}"
        base = deployment.urls.get(check.application)
        if not base:
            known = ", ".join(sorted(deployment.urls)) or "none"
            return f"{what}: the application has no address (those that have one: {known})"
        seen = ""
        for attempt in range(1, check.tries + 1):
            async with places:
                url = base.rstrip("/") + check.path
                try:
                    status = await probe.status(check.method.value, url, time_limit=check.time_limit)
                    seen = "" if status in check.expected_status else f"answered {status}"
                except NoAnswerError as error:
                    seen = str(error)
            if not seen:
                return ""
            self.context.reporter.status(f"{what}: {seen}, try {attempt} of {check.tries}")
            if attempt < check.tries:
                await self._pause(check.pause, "is checked")
        expected = " or ".join(map(str, check.expected_status))
        return f"{what}: {seen} instead of {expected}, {check.tries} tries"

    async def _pause(self, seconds: float, doing: str) -> None:
        """Wait in pieces, each with a status line. Raises as `_require_time` does."""
        began = self.clock.monotonic()
        while (left := began + seconds - self.clock.monotonic()) > 0:
            self._require_time()
            self.context.reporter.status(f"wave {self.inputs.wave} {doing}", f"{format_duration(left)} left")
            until_deadline = left if self.deadline is None else self.deadline - self.clock.monotonic()
            piece = min(left, STATUS_INTERVAL, max(until_deadline, 0))
            await cancellable_sleep(self.clock, piece, self.context.cancellation)
        self._require_time()

    def _require_time(self) -> None:
        remedy = "Run `pulumi up` again: the gate starts again."
        if self.context.cancellation.requested:
            raise WaitCancelledError(f"wave {self.inputs.wave}: stopped before the gate opened", remedy)
        if self.deadline is not None and self.clock.monotonic() >= self.deadline:
            raise WaitTimedOutError(
                f"wave {self.inputs.wave}: the time limit ended before the gate opened", remedy
            )
