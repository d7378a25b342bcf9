"""Proving that a wave is well: it runs for a while, then its applications are asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from commercetools_connect.api import ApplicationProbe, NoAnswerError
from commercetools_connect.contract.clock import Clock
from commercetools_connect.contract.errors import RunFailedError, WaitCancelledError, WaitTimedOutError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.resources.rollout_gate.inputs import (
    GateDeploymentInputs,
    HttpCheckInputs,
    RolloutGateInputs,
)
from commercetools_connect.resources.rollout_gate.opening import Unproven
from commercetools_connect.waiters import format_duration

__all__ = ["Proof"]

STATUS_INTERVAL = 15.0
"""Seconds between two status lines while a wave bakes."""

SIMULTANEOUS_CHECKS = 16


@dataclass(frozen=True)
class Proof:
    """One run of the waiting time and the checks of a gate. `deadline` is on the clock's `monotonic`."""

    inputs: RolloutGateInputs
    unproven: Unproven
    operation: Operation
    clock: Clock
    deadline: float | None

    async def run(self) -> None:
        """Return when the wave is well.

        Raises `RunFailedError` with every check that failed, `WaitTimedOutError`, or `WaitCancelledError`.
        """
        if self.unproven.bakes:
            await self._pause(self.inputs.bake_time, "runs before it is checked")
        places = asyncio.Semaphore(SIMULTANEOUS_CHECKS)
        async with ApplicationProbe() as probe:
            asked = [each for each in self.inputs.deployments if each.target in self.unproven.targets]
            pairs = [(each, check) for each in asked for check in self.inputs.checks]
            tasks = [asyncio.create_task(self._check(probe, places, *pair)) for pair in pairs]
            try:
                found = await asyncio.gather(*tasks)
            finally:
                for task in tasks:  # the first error ends the gate, and with it what is still being checked
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        failed = [reason for reason in found if reason]
        if failed:
            raise RunFailedError(
                f"wave {self.inputs.wave} is not well:\n" + "\n".join(f"  {reason}" for reason in failed),
                "Later waves have not been touched. Repair it, or go back to the tag before, and run `pulumi up`.",
            )

    async def _check(
        self,
        probe: ApplicationProbe,
        places: asyncio.Semaphore,
        deployment: GateDeploymentInputs,
        check: HttpCheckInputs,
    ) -> str:
        """Return what was wrong with the last try, `""` when one was right."""
        what = f"{deployment.target}, {check.application}: {check.method.value} {check.path}"
        base = deployment.urls.get(check.application)
        if not base:
            known = ", ".join(sorted(deployment.urls)) or "none"
            return f"{what}: the application has no address (those that have one: {known})"
        seen = ""
        for attempt in range(1, check.tries + 1):
            async with places:
                seen = await self._ask(probe, base.rstrip("/") + check.path, check)
            if not seen:
                return ""
            self.operation.reporter.status(f"{what}: {seen}, try {attempt} of {check.tries}")
            if attempt < check.tries:
                await self._pause(check.pause, "is checked")
        expected = " or ".join(map(str, check.expected_status))
        return f"{what}: {seen} instead of {expected}, {check.tries} tries"

    async def _ask(self, probe: ApplicationProbe, url: str, check: HttpCheckInputs) -> str:
        try:
            status = await probe.status(check.method.value, url, time_limit=check.time_limit)
        except NoAnswerError as error:
            return str(error)
        return "" if status in check.expected_status else f"answered {status}"

    async def _pause(self, seconds: float, doing: str) -> None:
        """Let time pass in pieces, so that a cancellation and the time limit are heard."""
        began = self.clock.monotonic()
        while (left := began + seconds - self.clock.monotonic()) > 0:
            self._require_time()
            self.operation.reporter.status(f"wave {self.inputs.wave} {doing}: {format_duration(left)} left")
            until_deadline = left if self.deadline is None else self.deadline - self.clock.monotonic()
            await self._sleep(min(left, STATUS_INTERVAL, max(until_deadline, 0)))
        self._require_time()

    async def _sleep(self, seconds: float) -> None:
        sleep = asyncio.ensure_future(self.clock.sleep(seconds))
        cancelled = asyncio.ensure_future(self.operation.cancellation.wait())
        try:
            await asyncio.wait({sleep, cancelled}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in (sleep, cancelled):
                each.cancel()
            await asyncio.gather(sleep, cancelled, return_exceptions=True)

    def _require_time(self) -> None:
        remedy = "Run `pulumi up` again: the gate begins anew."
        if self.operation.cancellation.requested:
            raise WaitCancelledError(f"wave {self.inputs.wave}: stopped before the gate opened", remedy)
        if self.deadline is not None and self.clock.monotonic() >= self.deadline:
            raise WaitTimedOutError(
                f"wave {self.inputs.wave}: the time limit ended before the gate opened", remedy
            )
