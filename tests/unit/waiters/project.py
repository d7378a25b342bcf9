"""A project with many Deployments on virtual time: what a server shows when, and exactly which calls were made."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from commercetools_connect.api import ConnectClient, Connection, Deployment, RetryBudget
from commercetools_connect.core.resource import OperationContext, Reporter, SilentReporter
from commercetools_connect.waiters import DEPLOY, Lifecycle, Observation, Waiter, WaitResult, Watcher
from tests.support.virtual import VirtualClock, run_virtually
from tests.unit.api.fake_network import grant, refusal

__all__ = ["INTERVAL", "PROJECT", "Call", "Project", "Run", "Waited"]

T = TypeVar("T")

PROJECT = "acme-dev"
INTERVAL = 5.0
PENDING = ("Queued", "Deploying", "Undeploying")


@dataclass
class Run:
    """One Deployment: its run ends at `ends`, in `outcome`; `None` as an outcome removes it."""

    ends: float
    outcome: str | None = "Deployed"
    pending: str = "Deploying"
    hidden: bool = False
    excerpt: bool = False
    broken: bool = False
    report: tuple[dict[str, str], ...] = ()
    version: int = 5

    def shown(self, object_id: str, now: float) -> dict[str, Any] | None:
        over = now >= self.ends
        if over and self.outcome is None:
            return None
        status = self.outcome if over else self.pending
        entries = list(self.report) if over else []
        return {
            "id": object_id,
            "version": self.version + (1 if over else 0),
            "status": status,
            "connector": {"id": "c-1"},
            "applications": [],
            "details": {"build": {"id": f"build-{object_id}", "report": {"entries": entries}}},
        }


@dataclass(frozen=True)
class Call:
    """One call: when it began, and `list` with its offset, or the id of what was read."""

    at: float
    what: str
    offset: int = 0


@dataclass(frozen=True)
class Waited:
    """How one wait ended, when, and how long after the end of its run."""

    outcome: WaitResult[Deployment]
    at: float
    lag: float


@dataclass
class Project:
    """The server's side, and the waits on it. `answer` may replace the answer to a call; `latency` delays all."""

    runs: dict[str, Run] = field(default_factory=dict)
    latency: float = 0.0
    answer: Callable[[Call], httpx.Response | None] = lambda _: None
    order: str = "createdAt desc"
    calls: list[Call] = field(default_factory=list)
    most_lists_at_once: int = 0
    _lists_under_way: int = 0

    def add(self, object_id: str, ends: float, **more: Any) -> None:
        self.runs[object_id] = Run(ends, **more)

    def play(self, act: Callable[[Project], Coroutine[Any, Any, T]]) -> T:
        """Run `act` on virtual time, with a client and a watcher of its own."""

        async def work() -> T:
            connection = Connection("http://127.0.0.1:1", "http://127.0.0.1:1", "client", "secret")
            transport = httpx.MockTransport(self._serve)
            clock = VirtualClock()
            async with ConnectClient(
                connection, clock=clock, budget=RetryBudget(), jitter=lambda: 0.5, transport=transport
            ) as client:
                self.clock, self.client = clock, client
                self.watcher = Watcher(client, clock, INTERVAL)
                return await act(self)

        return run_virtually(work())

    async def wait(
        self,
        object_id: str,
        *,
        deadline: float | None = None,
        context: OperationContext | None = None,
        lifecycle: Lifecycle = DEPLOY,
        reporter: Reporter | None = None,
    ) -> Waited:
        """Wait for a run as a resource does, from what its request answered now."""
        run = self.runs[object_id]
        start = Deployment(id=object_id, version=run.version, status=run.pending)
        wait = Waiter(
            lifecycle,
            lambda seen: Observation(seen.status, seen.version, seen.build_id),
            start,
            self.watcher.deployment(PROJECT, object_id),
            context or OperationContext("api", "key", reporter=reporter or SilentReporter()),
            self.clock,
            deadline,
        )
        outcome = await wait.outcome()
        now = self.clock.monotonic()
        return Waited(outcome, now, now - run.ends)

    async def wait_for_all(self, **options: Any) -> list[Waited]:
        return list(await asyncio.gather(*(self.wait(object_id, **options) for object_id in self.runs)))

    @property
    def kinds(self) -> Counter[str]:
        """How many calls there were: of the list, and by id."""
        return Counter("list" if call.what == "list" else "by id" for call in self.calls)

    def moments(self, what: str = "list") -> list[float]:
        """When the first page of the list, or the object of that id, was asked for."""
        return [call.at for call in self.calls if call.what == what and call.offset == 0]

    async def _serve(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return grant()
        tail = request.url.path.removeprefix(f"/{PROJECT}/deployments").lstrip("/")
        call = Call(self.clock.monotonic(), tail or "list", int(request.url.params.get("offset", 0)))
        self.calls.append(call)
        self._lists_under_way += call.what == "list"
        self.most_lists_at_once = max(self.most_lists_at_once, self._lists_under_way)
        try:
            answer = self.answer(call) or (self._list(request) if call.what == "list" else self._one(call.what))
            await asyncio.sleep(self.latency)  # what is shown is from when the call came in
        finally:
            self._lists_under_way -= call.what == "list"
        return answer

    def _one(self, object_id: str) -> httpx.Response:
        run = self.runs.get(object_id)
        shown = run.shown(object_id, self.clock.monotonic()) if run else None
        return httpx.Response(200, json=shown) if shown else refusal(404, "ResourceNotFound")

    def _list(self, request: httpx.Request) -> httpx.Response:
        now = self.clock.monotonic()
        ordered = list(self.runs.items())[:: -1 if self.order.endswith("desc") else 1]
        shown = [
            _entry(run, body)
            for object_id, run in ordered
            if not run.hidden and (body := run.shown(object_id, now))
        ]
        assert request.url.params["sort"] == self.order
        limit, offset = int(request.url.params["limit"]), int(request.url.params["offset"])
        page = {"limit": limit, "offset": offset, "total": len(shown), "results": shown[offset : offset + limit]}
        return httpx.Response(200, content=json.dumps(page))


def _entry(run: Run, body: dict[str, Any]) -> dict[str, Any]:
    if run.excerpt:
        return {name: body[name] for name in ("id", "version", "status")}
    return {**body, "applications": "garbage"} if run.broken else body
