"""The state of one emulator, and time's effect on it."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from commercetools_connect.emulator.cache import IdentityCache
from commercetools_connect.emulator.clock import Clock
from commercetools_connect.emulator.entities import (
    Connector,
    Deployment,
    DeploymentRun,
    Draft,
    Extension,
    Subscription,
)
from commercetools_connect.emulator.lifecycles import due_deployment_step, due_draft_step
from commercetools_connect.emulator.log_store import LogBook, run_lines
from commercetools_connect.emulator.outcomes import OutcomeScript
from commercetools_connect.emulator.render import deployment_body
from commercetools_connect.emulator.repositories import Repositories
from commercetools_connect.emulator.revision_book import RevisionBook
from commercetools_connect.emulator.settings import Settings
from commercetools_connect.emulator.wiring_scripts import (
    ScriptQueue,
    deploy_steps,
    execute,
    undeploy_steps,
    with_registered,
)

_HISTORY_LENGTH = 64
#: How many removed objects stale reads can still see.
_GONE_KEPT = 1000


class Stored(Protocol):
    """What a collection holds."""

    @property
    def id(self) -> str:
        """The object's id."""

    @property
    def key(self) -> str | None:
        """The object's key."""

    @property
    def due_at(self) -> float | None:
        """When time alone will change it next; None: never."""


S = TypeVar("S", bound=Stored)


class Collection(Generic[S]):
    """Objects by id, in the order of their creation, with what each was before (for stale reads)."""

    def __init__(self) -> None:
        self._objects: dict[str, S] = {}
        self._history: dict[str, list[tuple[float, S | None]]] = {}
        self._gone: deque[str] = deque()
        self._due: list[tuple[float, str]] = []

    def put(self, item: S, at: float) -> None:
        """Keep `item` from `at` on."""
        self._objects[item.id] = item
        self._remember(item.id, item, at)
        if item.due_at is not None:
            heapq.heappush(self._due, (item.due_at, item.id))

    def remove(self, item_id: str, at: float) -> None:
        """Forget an object from `at` on."""
        del self._objects[item_id]
        self._remember(item_id, None, at)
        self._gone.append(item_id)
        if len(self._gone) > _GONE_KEPT:
            del self._history[self._gone.popleft()]

    def get(self, item_id: str) -> S | None:
        """Return the object of that id."""
        return self._objects.get(item_id)

    def all(self, at: float | None = None) -> Sequence[S]:
        """Return all objects: as they are (assumption 39), or as they were at a moment."""
        if at is None:
            return list(self._objects.values())
        pasts = (_at(history, at) for history in self._history.values())
        return [past for past in pasts if past is not None]

    def due(self, now: float) -> Iterator[S]:
        """Give the objects that time has something to do with until `now`, the earliest first."""
        while self._due and self._due[0][0] <= now:
            moment, item_id = heapq.heappop(self._due)
            item = self._objects.get(item_id)
            if item is not None and item.due_at == moment:
                yield item

    def _remember(self, item_id: str, item: S | None, at: float) -> None:
        history = self._history.setdefault(item_id, [])
        history.append((at, item))
        del history[:-_HISTORY_LENGTH]


def _at(history: Sequence[tuple[float, S | None]], at: float) -> S | None:
    past: S | None = None
    for moment, item in history:
        if moment > at:
            break
        past = item
    return past


class World:
    """Everything that the API's calls read and change."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.settings = Settings()
        self.repositories = Repositories()
        self.outcomes = OutcomeScript()
        self.drafts: Collection[Draft] = Collection()
        self.connectors: Collection[Connector] = Collection()
        self.deployments: Collection[Deployment] = Collection()
        self.extensions: Collection[Extension] = Collection()
        self.subscriptions: Collection[Subscription] = Collection()
        self.scripts = ScriptQueue()
        self.revisions = RevisionBook()
        self.logs = LogBook()
        self.deployment_bodies = IdentityCache(deployment_body)

    def forget_deployment(self, deployment_id: str, at: float) -> None:
        """Remove a Deployment from `at` on, with its revisions, logs and scripts. What it registered stays."""
        self.deployments.remove(deployment_id, at)
        self.scripts.forget(deployment_id)
        self.revisions.forget(deployment_id)
        self.logs.forget(deployment_id)

    def note_deployed(self, deployment: Deployment, at: float) -> None:
        """See to it that a Deployment that is Deployed without a run, by a hand or a dump, has a revision."""
        if deployment.status == "Deployed" and not self.revisions.newest_first(deployment.id):
            self.revisions.record(deployment, at)

    def settle(self) -> float:
        """Let every step happen whose time has come; return the current time."""
        now = self.clock.now()
        for draft in self.drafts.due(now):
            self._settle_draft(draft, now)
        for deployment in self.deployments.due(now):
            self._settle_deployment(deployment, now)
        self._run_scripts(now)
        return now

    def _settle_draft(self, draft: Draft, now: float) -> None:
        step = due_draft_step(draft, self.connectors.get(draft.id), self.settings, now)
        if step is None:
            return
        self.drafts.put(step.draft, step.at)
        if step.connector is not None:
            self.connectors.put(step.connector, step.at)

    def _settle_deployment(self, deployment: Deployment, now: float) -> None:
        step = due_deployment_step(deployment, self.settings, now)
        if step is None:
            return
        self._run_scripts(step.at)
        if step.deployment is None:
            if deployment.run is not None:
                self.scripts.steps.extend(undeploy_steps(deployment, deployment.run, step.at))
            self._run_scripts(step.at)
            self.forget_deployment(deployment.id, step.at)
            return
        after = step.deployment
        if step.ended is not None and step.ended.lifecycle == "deploy" and after.status == "Deployed":
            self.scripts.steps.extend(deploy_steps(deployment, after, step.ended, self.settings, step.at))
            after = with_registered(after, step.ended)
        self.deployments.put(after, step.at)
        if step.ended is not None:
            self._record_run(after, step.ended, step.at)

    def _run_scripts(self, until: float) -> None:
        for step in self.scripts.due(until):
            execute(step, self.extensions, self.subscriptions)

    def _record_run(self, deployment: Deployment, run: DeploymentRun, at: float) -> None:
        self.logs.add(deployment.id, run_lines(deployment, run), at)
        if run.lifecycle == "deploy" and deployment.status == "Deployed":
            self.revisions.record(deployment, at)
