"""One operation on one Deployment: reading it, waiting for its runs, and saying how it stands."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from commercetools_connect.api import ById, ByKey, Deployment, DeploymentStatus, NotFoundError, Ref
from commercetools_connect.api.redaction import Redactor
from commercetools_connect.contract.errors import (
    GoneError,
    NotReachedError,
    Partial,
    ProviderError,
    WaitCancelledError,
    quote_foreign,
)
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import State
from commercetools_connect.contract.values import Tree
from commercetools_connect.resources.deployment.outputs import INPUT_NAMES, observed_inputs, outputs
from commercetools_connect.resources.deployment.plan import awaited
from commercetools_connect.resources.deployment.sealing import conceal, seal, secured_values, without_secured
from commercetools_connect.resources.identity import BY_KEY, no_id_of
from commercetools_connect.resources.inputs import pick
from commercetools_connect.resources.runs import follow_deployment, not_reached
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import DEPLOY, UNDEPLOY, Ending, Lifecycle, Outcome, Verdict

__all__ = ["ID_FORMS", "Work", "name_of", "split_id"]

DRAFT_LIMIT = 60.0
"""Seconds after which a Deployment that stays `Draft` is taken for one that nobody works on (API §19 #7)."""

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 60.0
"""Seconds before a request that was lost, or refused because of a run that does not show yet, is made again."""

ID_FORMS = (
    "Write <projectKey>/<uuid>, or <projectKey>/key=<key>; the project may be left out where the provider has one."
)

PENDING = (Verdict.PENDING, Verdict.UNKNOWN)


@dataclass
class Work:
    """What every step of one operation needs; reports that pass through it lose their secrets.

    `known` are the inputs of the operation, `before` what the state had.
    """

    session: Session
    operation: Operation
    project_key: str
    known: Tree
    before: Tree = field(default_factory=dict)
    deadline: float | None = None
    _redactor: Redactor = field(init=False)

    def __post_init__(self) -> None:
        self._redactor = Redactor(secured_values(self.known) | secured_values(self.before))
        if self.deadline is None:
            self.deadline = self.session.deadline(self.operation)

    async def find(self, ref: Ref) -> Deployment | None:
        """Return the Deployment, `None` if the API says that there is none."""
        try:
            return self.clean(await self.session.client.get_deployment(self.project_key, ref))
        except NotFoundError:
            return None

    async def glance(self, deployment_id: str) -> Deployment | None:
        """Return the Deployment as it was seconds ago at most; `None` if the API says that there is none.

        For the first look of an operation, of which there may be hundreds at once: what follows from it carries
        the version, and is refused if that has moved on.
        """
        try:
            return self.clean(await self.session.reader.deployment(self.project_key, deployment_id))
        except NotFoundError:
            return None

    async def by_key(self, key: str) -> Deployment | None:
        """Return the Deployment under that key, if there is one."""
        return await self.find(ByKey(key))

    async def existing(self, deployment: Deployment) -> Deployment:
        """Return the Deployment as it is now. Raises `GoneError`."""
        found = await self.find(ById(deployment.id))
        if found is None:
            raise self.gone(name_of(deployment, self.project_key))
        return found

    @staticmethod
    def gone(what: str) -> GoneError:
        """Return the error for a Deployment that should be changed and is not there."""
        return GoneError(
            f"{what} does not exist any more.", "Run `pulumi refresh`, then `pulumi up` to create it again."
        )

    def clean(self, deployment: Deployment) -> Deployment:
        """Return the Deployment without our own secrets in its report."""
        return conceal(deployment, self._redactor)

    async def follow(
        self, lifecycle: Lifecycle, start: Deployment, until: float | None = None, *, started: bool = False
    ) -> Outcome[Deployment]:
        """Wait for a run, `until` then or as long as the operation may take."""
        limits = [each for each in (until, self.deadline) if each is not None]
        return await follow_deployment(
            self.session,
            lifecycle,
            self.project_key,
            start,
            self.operation,
            min(limits, default=None),
            started=started,
            clean=self.clean,
        )

    async def follow_until_gone(self, deployment: Deployment) -> None:
        """Wait until a Deployment that is being undeployed is gone. Raises `NotReachedError` otherwise."""
        outcome = await self.follow(UNDEPLOY, deployment)
        if not outcome.success:
            raise self.not_reached(outcome)

    def not_reached(self, outcome: Outcome[Deployment]) -> NotReachedError | GoneError:
        """Return the error for a wait that ended otherwise."""
        return not_reached(outcome, name_of(outcome.last, self.project_key))

    async def settle(self, deployment: Deployment, held: Tree | None) -> Deployment:
        """Return the Deployment once nothing runs on it.

        Raises `GoneError` when it is being undeployed, `Partial` when the wait does not come to an end. A `Draft`
        that nobody works on is returned as it is.
        """
        while True:
            if deployment.status == DeploymentStatus.UNDEPLOYING:
                await self.follow_until_gone(deployment)
                raise self.gone(name_of(deployment, self.project_key))
            if DEPLOY.verdict(deployment.status) not in PENDING:
                return deployment
            idle = deployment.status == DeploymentStatus.DRAFT
            until = self.session.clock.monotonic() + DRAFT_LIMIT if idle else None
            outcome = await self.follow(DEPLOY, deployment, until)
            if outcome.ending is Ending.GONE:
                raise self.gone(name_of(deployment, self.project_key))
            deployment = outcome.last
            if outcome.ending in (Ending.SUCCESS, Ending.FAILURE):
                continue
            if outcome.ending is Ending.TIMED_OUT and idle and not self._is_over():
                if deployment.status == DeploymentStatus.DRAFT:
                    return deployment
                continue
            raise self.partial(deployment, held, str(self.not_reached(outcome)))

    async def pause(self, attempt: int, trouble: ProviderError) -> None:
        """Wait before the next attempt. Raises `trouble` when the time is over, or someone asks to stop."""
        if self._is_over():
            raise trouble
        seconds = min(FIRST_PAUSE * 2.0**attempt, LONGEST_PAUSE)
        sleeping = asyncio.ensure_future(self.session.clock.sleep(seconds))
        cancelled = asyncio.ensure_future(self.operation.cancellation.wait())
        try:
            await asyncio.wait({sleeping, cancelled}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sleeping, cancelled):
                task.cancel()
            await asyncio.gather(sleeping, cancelled, return_exceptions=True)
        if self.operation.cancellation.requested:
            raise WaitCancelledError(f"the operation was cancelled: {trouble.message}", trouble.remedy)

    def state(self, deployment: Deployment, held: Tree | None, *, unproven: bool = False) -> State:
        """Return the state of the Deployment when it holds `held`; `None`: what it shows, and no secured value.

        `unproven`: a redeploy was accepted of which nothing is to be seen.
        """
        if held is None:
            declared = pick(self.known, INPUT_NAMES)
            held = without_secured(observed_inputs(deployment, self.project_key, declared))
        inputs = seal(pick(held, INPUT_NAMES))
        shown = outputs(self.project_key, deployment, inputs)
        mark = awaited(deployment) if unproven else {}
        return State(f"{self.project_key}/{deployment.id}", self.session.stamp({**shown, **mark}), inputs)

    def partial(
        self, deployment: Deployment, held: Tree | None, reason: str, *, unproven: bool = False
    ) -> Partial:
        """Return the ending for a Deployment that exists and is not what was asked."""
        return Partial(self.state(deployment, held, unproven=unproven), [reason])

    def _is_over(self) -> bool:
        return self.deadline is not None and self.session.clock.monotonic() >= self.deadline


def name_of(deployment: Deployment, project_key: str) -> str:
    """Name a Deployment in a message."""
    return f"Deployment {quote_foreign(deployment.key or deployment.id)} in project {project_key}"


def split_id(state_id: str, default_project: str | None) -> tuple[str, str]:
    """Return project and id, or `key=<key>`, of an id as states have it or as an import may write it.

    Raises `InvalidInputError` for anything else.
    """
    project_key, slash, identity = state_id.rpartition("/")
    project_key = project_key if slash else default_project or ""
    if not project_key or identity in ("", BY_KEY):
        raise no_id_of("Deployment", state_id, ID_FORMS)
    return project_key, identity
