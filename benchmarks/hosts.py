"""Waits for thousands of Deployments on a few hosts that limit the rate of calls, on virtual time.

Nothing of this machine is in the numbers but memory and the seconds of a core. Each project has an API client of
its own. The clients of a host share its network, as in a provider with `connections`, or each has its own: then
every project polls for itself.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any, Final

import httpx

from benchmarks.stats import FAILING, GOLDEN, percentile
from commercetools_connect.api import ConnectClient, Connection, Deployment, RetryBudget
from commercetools_connect.api.session import Network
from commercetools_connect.core.resource import OperationContext, SilentReporter
from commercetools_connect.waiters import DEPLOY, Observation, Waiter, Watcher
from tests.support.virtual import VirtualClock, run_virtually

__all__ = ["Case", "Host", "measure_hosts", "wait_for_all"]

INTERVAL: Final = 5.0
LATENCY: Final = 0.05
ROUND: Final = 30.0
"""Seconds before an outage in which the end of a run may not have been read yet."""


@dataclass(frozen=True)
class Case:
    """Sizes; times in seconds. The first host answers nothing between `outage` and `recovery`."""

    hosts: int = 5
    projects: int = 200
    deployments: int = 10
    limit: int = 20
    error_rate: float = 0.01
    shortest_run: float = 60.0
    longest_run: float = 1200.0
    outage: float = 300.0
    recovery: float = 900.0
    shared: bool = True


class Host:
    """A host of Connect: refuses calls beyond the limit of any second, fails some, and may be out for a while."""

    def __init__(self, case: Case, number: int, clock: VirtualClock) -> None:
        self.url = f"http://127.0.0.1:{number + 1}"
        self.answers: Counter[int] = Counter()
        self.ends: dict[str, dict[str, tuple[float, bool]]] = {}
        self._case, self._number, self._clock = case, number, clock
        self._accepted: deque[float] = deque()
        span, total = case.longest_run - case.shortest_run, case.projects * case.deployments
        for index in range(total):
            project = self.ends.setdefault(f"p-{number}-{index % case.projects}", {})
            end = case.shortest_run + span * ((index * GOLDEN) % 1)
            project[f"d-{number}-{index}"] = end, index % FAILING != FAILING - 1

    def noticeable(self, end: float) -> float:
        """Return the first moment from which the end of a run can be read, with a round before it."""
        is_out = self._number == 0 and self._case.outage - ROUND <= end < self._case.recovery
        return self._case.recovery if is_out else end

    async def serve(self, request: httpx.Request) -> httpx.Response:
        """Answer one call."""
        now = self._clock.monotonic()
        if self._number == 0 and self._case.outage <= now < self._case.recovery:
            self.answers[0] += 1
            raise httpx.ConnectError("out")
        response = self._answer(request, now)
        self.answers[response.status_code] += 1
        await asyncio.sleep(LATENCY)
        return response

    def _answer(self, request: httpx.Request, now: float) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 172800, "token_type": "Bearer"})
        while self._accepted and self._accepted[0] <= now - 1:
            self._accepted.popleft()
        if len(self._accepted) >= self._case.limit:
            return _refusal(429, {"Retry-After": "1"})
        self._accepted.append(now)
        if (self.answers.total() * GOLDEN) % 1 < self._case.error_rate:
            return _refusal(503, {})
        _, project, _, *one = request.url.path.split("/")
        shown = [
            _shown(each, now >= end, succeeds)
            for each, (end, succeeds) in self.ends[project].items()
            if not one or each == one[0]
        ]
        page = {"limit": 500, "offset": 0, "total": len(shown), "results": shown}
        return httpx.Response(200, content=json.dumps(shown[0] if one else page))


def _refusal(status: int, headers: dict[str, str]) -> httpx.Response:
    code = {429: "TooManyRequests", 503: "ServiceUnavailable"}[status]
    body = {"statusCode": status, "message": code, "errors": [{"code": code, "message": code}]}
    return httpx.Response(status, json=body, headers=headers)


def _shown(object_id: str, is_over: bool, succeeds: bool) -> dict[str, Any]:
    status = ("Deployed" if succeeds else "Failed") if is_over else "Deploying"
    report = [{"type": "Error", "title": "failed", "message": "it did not start"}] if status == "Failed" else []
    return {
        "id": object_id,
        "version": 6 if is_over else 5,
        "status": status,
        "connector": {"id": "c-1"},
        "applications": [],
        "details": {"build": {"id": f"build-{object_id}", "report": {"entries": report}}},
    }


async def wait_for_all(case: Case) -> dict[str, Any]:
    """Wait for the Deployments of all hosts in one process; return the figures."""
    clock = VirtualClock()
    hosts = [Host(case, number, clock) for number in range(case.hosts)]
    lags: list[float] = []

    async def wait(host: Host, watcher: Watcher, project: str, object_id: str) -> bool:
        end, succeeds = host.ends[project][object_id]
        waiter = Waiter(
            DEPLOY,
            lambda seen: Observation(seen.status, seen.version, seen.build_id),
            Deployment(id=object_id, version=5, status="Deploying"),
            watcher.deployment(project, object_id),
            OperationContext(object_id, "key", reporter=SilentReporter()),
            clock,
            None,
        )
        outcome = await waiter.outcome()
        lags.append(clock.monotonic() - host.noticeable(end))
        return outcome.success == succeeds

    budget = RetryBudget()
    async with AsyncExitStack() as stack:
        waits = []
        for host in hosts:
            network = Network(httpx.MockTransport(host.serve))
            for project, ends in host.ends.items():
                connection = Connection(host.url, host.url, f"client-{project}", "secret")
                own = network if case.shared else Network(httpx.MockTransport(host.serve))
                client = await stack.enter_async_context(
                    ConnectClient(connection, clock=clock, budget=budget, network=own)
                )
                watcher = Watcher(client, clock, INTERVAL)
                waits += [wait(host, watcher, project, object_id) for object_id in ends]
        outcomes = await asyncio.gather(*waits)
    return {**_figures(hosts, lags, clock.monotonic()), "wrong": outcomes.count(False)}


def _figures(hosts: Sequence[Host], lags: Sequence[float], seconds: float) -> dict[str, Any]:
    accepted = [sum(host.answers[status] for status in (200, 503)) for host in hosts]
    refused = sum(host.answers[429] for host in hosts)
    return {
        "waits": len(lags),
        "lag_mean": round(fmean(lags), 1),
        "lag_p95": round(percentile(lags, 0.95), 1),
        "lag_max": round(max(lags), 1),
        "calls_per_second_and_host": round(fmean(accepted) / seconds, 1),
        "refused_percent": round(100 * refused / (refused + sum(accepted)), 1),
    }


def measure_hosts(case: Case, say: Any) -> list[dict[str, Any]]:
    """Return a row for the shared limit and one for projects that poll for themselves, each in its own process."""
    rows = []
    for shared in (True, False):
        arguments = json.dumps({**asdict(case), "shared": shared})
        command = [sys.executable, "-m", "benchmarks.hosts", arguments]
        rows.append(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout))
        say(f"hosts: {'shared' if shared else 'each for itself'}: {rows[-1]}")
    return rows


def main() -> None:
    """Run one case, which is the argument."""
    case = Case(**json.loads(sys.argv[1]))
    found = run_virtually(wait_for_all(case))
    used = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"mebibytes": round(used.ru_maxrss / 1024), "cpu_seconds": round(used.ru_utime + used.ru_stime, 1)}
    print(json.dumps({"shared": case.shared, **found, **cost}))


if __name__ == "__main__":
    main()
