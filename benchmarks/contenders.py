"""The ways of waiting that are compared. Each runs in a process of its own, says `ready`, and begins on a line.

The intervals are those of real life, divided by the factor: the default for ours, 15 s for a script, 60 s for the
official CLI (API §14), 10 s for the undeploy-then-deploy of public GitHub Actions (API §17). The peers are given
more than they have: one process and one pool of connections instead of a process, a token and a handshake a wait.
"""

# ruff: noqa: PLC0415 - what is ours is imported where ours runs: the peers must not pay for it

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from benchmarks.api import PROJECT, deployment_draft
from tests.support.virtual import VirtualClock

__all__ = ["CONTENDERS", "Job"]

SCRIPT, CLI, RECREATE = 15.0, 60.0, 10.0
SUCCESS, FAILURE, ERROR = "success", "failure", "error"
KILO: Final = 1024


@dataclass
class Job:
    """What to wait for: id → version after the request. `ended`: id → when it was noticed, and as what.

    `now` and `transport` are the machine's, or those of a world whose time passes at once.
    """

    url: str
    factor: float
    waits: Mapping[str, int]
    connector_id: str
    keys: Mapping[str, str]
    ended: dict[str, tuple[float, str]] = field(default_factory=dict)
    deleted: dict[str, float] = field(default_factory=dict)
    now: Callable[[], float] = time.time
    transport: httpx.AsyncBaseTransport | None = None

    def end(self, object_id: str, verdict: str) -> None:
        """Note how a wait ended."""
        self.ended[object_id] = (self.now(), verdict)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        """Give a client of the API that has a token."""
        async with httpx.AsyncClient(
            base_url=self.url, transport=self.transport, trust_env=False, timeout=60
        ) as client:
            grant = {"grant_type": "client_credentials"}
            answer = await client.post("/oauth/token", auth=("demo-client", "demo-secret"), data=grant)
            client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
            yield client


async def ours(job: Job) -> None:
    """Wait as the provider does: one watcher for all."""
    from commercetools_connect.api import ConnectClient, Connection, Deployment, RetryBudget, RetryPolicy
    from commercetools_connect.core.resource import OperationContext
    from commercetools_connect.resources.configuration import POLL_INTERVAL
    from commercetools_connect.resources.reconcile import follow_deployment
    from commercetools_connect.resources.session import Session
    from commercetools_connect.waiters import DEPLOY, WaitStatus, Watcher

    clock = VirtualClock()
    policy = RetryPolicy(base=RetryPolicy.base / job.factor)
    async with ConnectClient(
        Connection(job.url, job.url, "demo-client", "demo-secret"),
        clock=clock,
        transport=job.transport,
        budget=RetryBudget(),
        retry_policy=policy,
    ) as client:
        session = Session(client, Watcher(client, clock, POLL_INTERVAL / job.factor), clock)
        verdicts = {WaitStatus.SUCCESS: SUCCESS, WaitStatus.FAILURE: FAILURE}

        async def wait(object_id: str, version: int) -> None:
            start = Deployment(id=object_id, version=version, status="Queued")
            outcome = await follow_deployment(
                session, DEPLOY, PROJECT, start, OperationContext("bench", object_id), None
            )
            job.end(object_id, verdicts.get(outcome.ending, ERROR))

        await asyncio.gather(*(wait(object_id, version) for object_id, version in job.waits.items()))


async def naive(job: Job) -> None:
    """Wait as a script does: GET until it is over; `curl --fail` under `set -e` ends at the first error."""
    await _poll_each(job, SCRIPT, lambda status: status in ("Deployed", "Failed"))


async def official_cli(job: Job) -> None:
    """Wait as the official CLI does: the first answer that is not `Deploying` ends it, and so does any error.

    In its favour the first look comes after an interval: at once it would see `Queued`, and call that the end.
    """
    await _poll_each(job, CLI, lambda status: status != "Deploying")


async def _poll_each(job: Job, interval: float, is_over: Callable[[str], bool]) -> None:
    async with job.client() as client:

        async def wait(object_id: str) -> None:
            while True:
                await asyncio.sleep(interval / job.factor)
                answer = await client.get(f"/{PROJECT}/deployments/{object_id}")
                if answer.is_error:
                    return job.end(object_id, ERROR)
                if is_over(status := answer.json()["status"]):
                    return job.end(object_id, FAILURE if status == "Failed" else SUCCESS)

        await asyncio.gather(*(wait(object_id) for object_id in job.waits))


async def recreate(job: Job) -> None:
    """Change a deployment as public GitHub Actions do: undeploy it, wait for the 404, deploy it, wait again."""
    pause = RECREATE / job.factor
    async with job.client() as client:

        async def change(object_id: str) -> None:
            key = job.keys[object_id]
            path = f"/{PROJECT}/deployments/key={key}"
            job.deleted[object_id] = job.now()
            (await client.delete(path)).raise_for_status()
            while (answer := await client.get(path)).status_code != httpx.codes.NOT_FOUND:
                answer.raise_for_status()
                await asyncio.sleep(pause)
            body = deployment_draft(job.connector_id, key)
            (await client.post(f"/{PROJECT}/deployments", json=body)).raise_for_status()
            status = "Queued"
            while status not in ("Deployed", "Failed"):
                await asyncio.sleep(pause)
                status = (await client.get(path)).raise_for_status().json()["status"]
            job.end(object_id, SUCCESS if status == "Deployed" else FAILURE)

        async def guarded(object_id: str) -> None:
            try:
                await change(object_id)
            except httpx.HTTPStatusError:
                job.end(object_id, ERROR)

        await asyncio.gather(*(guarded(object_id) for object_id in job.waits))


CONTENDERS: Mapping[str, Callable[[Job], Coroutine[Any, Any, None]]] = {
    "ours": ours,
    "naive script": naive,
    "official CLI": official_cli,
    "undeploy, deploy": recreate,
}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_mib() -> float:
    """Return the most memory that this process had; what `getrusage` says counts in the one that started it."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    found = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    return (found[0] if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / KILO


def main(name: str) -> None:
    """Read the job from stdin, do it, and print what came of it."""
    job = Job(**json.loads(sys.stdin.readline()))
    if name == "ours":
        import commercetools_connect.resources.reconcile  # noqa: F401 - not part of the waiting
    print("ready", flush=True)
    sys.stdin.readline()
    before = _cpu()
    asyncio.run(CONTENDERS[name](job))
    result: dict[str, Any] = {
        "ended": job.ended,
        "deleted": job.deleted,
        "cpu": _cpu() - before,
        "peak_mib": _peak_mib(),
    }
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
