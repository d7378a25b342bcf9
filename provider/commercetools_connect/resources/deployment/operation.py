"""Operations on one Deployment: reading it, waiting for its runs, and the state that results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from commercetools_connect.api import ApiError, ApplicationType, ById, Deployment, DeploymentStatus, Ref
from commercetools_connect.core.errors import GoneError, InitFailedError, NotReachedError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import State
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import PropertyMap, PropertyValue
from commercetools_connect.resources.deployment.configuration_values import without_secured
from commercetools_connect.resources.deployment.model import CONFIGURED
from commercetools_connect.resources.deployment.outputs import INPUT_NAMES, observed_inputs, outputs
from commercetools_connect.resources.deployment.plan import AWAITED, OWN_BUILD, WIRING, WIRING_ATTEMPTS, awaited
from commercetools_connect.resources.inner_connections import connection_in
from commercetools_connect.resources.inputs import pick, text_of
from commercetools_connect.resources.keys import BY_KEY, invalid_import_id
from commercetools_connect.resources.managed import Lookup, find_object
from commercetools_connect.resources.reconcile import MAX_ATTEMPTS, Attempts, follow_deployment, not_reached
from commercetools_connect.resources.schema import find_differences
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import DEPLOY, UNDEPLOY, Lifecycle, WaitResult, WaitStatus
from commercetools_connect.waiters.wiring import WiringReader

DRAFT_LIMIT = 60.0
"""Seconds after which a Deployment that stays `Draft` counts as one without a run (API §19 #7)."""

REACHABLE: Final = frozenset({ApplicationType.SERVICE, ApplicationType.EVENT})
"""Types of applications that show a URL or a topic once they are live (API §22 #47)."""

REDEPLOY_AFTER: Final = "redeployAfter"

SENT: Final = (*CONFIGURED, "connectorTag", "redeployTrigger")
"""The inputs whose change asks for a run."""

ID_FORMS = (
    "Write <projectKey>/<uuid>, or <projectKey>/key=<key>; the project may be left out where the provider has "
    "one. <connection>: before it names a connection."
)


@dataclass
class DeploymentOperation:
    """One operation of a Deployment resource.

    `known` are the inputs of the operation, `before` what the state had. `requested`: this operation has asked for
    a run. `redeploy_after` is the id of a replaced deployment whose scripts run after those of this one. `wiring`
    has the outputs about what is expected; another expectation, or a change of what is sent, counts from 0 again.
    """

    session: Session
    context: OperationContext
    project_key: str
    known: PropertyMap
    before: PropertyMap = field(default_factory=dict)
    deadline: float | None = None
    requested: bool = field(default=False, init=False)
    redeploy_after: str = field(default="", init=False)
    wiring: dict[str, PropertyValue] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if self.known.get("skipScripts") is not True:  # otherwise there is nothing to run again
            self.redeploy_after = text_of(self.before, REDEPLOY_AFTER)
        if self.known.get("expect"):
            self.wiring = {WIRING_ATTEMPTS: 0, **pick(self.before, (WIRING, WIRING_ATTEMPTS))}
            asks = (*SENT, "expect")
            if find_differences(pick(self.before, asks), pick(self.known, asks)):
                self.wiring = {WIRING_ATTEMPTS: 0}
        if self.deadline is None:
            self.deadline = self.session.deadline(self.context)

    @property
    def wiring_connection(self) -> PropertyValue:
        """The connection of `expect`; `None` if the Deployment's own lists what is expected."""
        return connection_in(self.known.get("expect"))

    def wiring_reader(self) -> WiringReader:
        """Return who lists what the Deployment expects: the client of its `expect`, else its own.

        Raises `ConfigurationError` for a connection that is not configured.
        """
        return self.session.for_connection(self.wiring_connection).wiring

    async def read(self, ref: Ref) -> Deployment:
        """Return the Deployment. Raises `NotFoundError`."""
        return await self.session.client.get_deployment(self.project_key, ref)

    async def read_cached(self, deployment_id: str) -> Deployment:
        """Return the Deployment as it was seconds ago at most. Raises `NotFoundError`.

        For the first read of an operation, of which there may be hundreds at once: a request carries the version,
        and is refused if that has moved on.
        """
        return await self.session.reader.deployment(self.project_key, deployment_id)

    async def find(self, identity: str, key: PropertyValue = None, *, cached: bool = False) -> Lookup[Deployment]:
        """Return the Deployment by its id or `key=<key>`; it is gone only if its key does not lead to it.

        `key` is the one in the state `before`, if no other is given.
        """
        read_cached = self.read_cached if cached else None
        key = key or self.before.get("key")
        return await find_object(identity, key, self.read, read_cached)

    async def existing(self, deployment: Deployment) -> Deployment:
        """Return the Deployment as it is now. Raises `GoneError`."""
        found = (await self.find(deployment.id, deployment.key)).found
        if found is None:
            raise self.gone(name_of(deployment, self.project_key))
        return found

    def record_run(self, *, requested: bool = True) -> None:
        """Record a run of the Deployment, by default one of this operation: it may have changed the wiring."""
        self.requested = self.requested or requested
        self.wiring.pop(WIRING, None)
        if self.wiring.get(WIRING_ATTEMPTS) and self.known.get("skipScripts") is not True:
            self.wiring[WIRING_ATTEMPTS] = 2

    def attempts(self, what: str, limit: int | None = MAX_ATTEMPTS) -> Attempts:
        """Return the attempts to write to the Deployment."""
        return Attempts(self.session, self.context, what, self.deadline, limit)

    async def was_never_live(self, found: Deployment) -> bool:
        """Return whether no run of the Deployment has ever ended well.

        A revision is kept for each that did (API §4.9). Where revisions cannot be read, only an application that
        would show a URL or a topic can prove it.
        """
        live = found.status == DeploymentStatus.DEPLOYED
        if live or any(each.url or each.topic for each in found.applications):
            return False
        try:
            async for _ in self.session.client.list_revisions(self.project_key, ById(found.id)):
                return False
        except ApiError:
            return any(each.application_type in REACHABLE for each in found.connector.configurations)
        return True

    @staticmethod
    def gone(what: str) -> GoneError:
        """Return the error for a Deployment that should be changed and is not there."""
        return GoneError(
            f"{what} does not exist any more.", "Run `pulumi refresh`, then `pulumi up` to create it again."
        )

    async def follow(
        self, lifecycle: Lifecycle, start: Deployment, until: float | None = None, *, started: bool = False
    ) -> WaitResult[Deployment]:
        """Wait for a run, `until` then or as long as the operation may take."""
        limits = [each for each in (until, self.deadline) if each is not None]
        return await follow_deployment(
            self.session,
            lifecycle,
            self.project_key,
            start,
            self.context,
            min(limits, default=None),
            started=started,
        )

    async def follow_until_gone(self, deployment: Deployment) -> None:
        """Wait until a Deployment that is being undeployed is gone. Raises `NotReachedError` otherwise."""
        outcome = await self.follow(UNDEPLOY, deployment)
        if not outcome.success:
            raise self.not_reached(outcome)

    async def ensure_gone(self, last: Deployment, last_applied: PropertyMap | None) -> None:
        """Raise `InitFailedError` for a Deployment that is there after all: answers to its id may be stale."""
        if (found := (await self.find(last.id, last.key)).found) is not None:
            what = name_of(found, self.project_key)
            reason = f"{what}: Connect did not find it during the wait, but finds it now, by its id or by its key."
            raise self.init_failed(found, last_applied, f"{reason}\nRun `pulumi up` again to wait for it.")

    def not_reached(self, outcome: WaitResult[Deployment]) -> NotReachedError | GoneError:
        """Return the error for a wait that ended otherwise."""
        return not_reached(outcome, name_of(outcome.last, self.project_key))

    async def wait_until_idle(self, deployment: Deployment, last_applied: PropertyMap | None) -> Deployment:
        """Return the Deployment once nothing runs on it.

        Raises `GoneError` when it is being undeployed, `InitFailedError` when the wait does not end.
        A `Draft` without a run is returned as it is.
        """
        while True:
            if deployment.status == DeploymentStatus.UNDEPLOYING:
                await self.follow_until_gone(deployment)
                raise self.gone(name_of(deployment, self.project_key))
            if not DEPLOY.is_running(deployment.status):
                return deployment
            idle = deployment.status == DeploymentStatus.DRAFT
            until = self.session.clock.monotonic() + DRAFT_LIMIT if idle else None
            outcome = await self.follow(DEPLOY, deployment, until)
            if outcome.ending is WaitStatus.GONE:
                await self.ensure_gone(outcome.last, last_applied)
                raise self.gone(name_of(deployment, self.project_key))
            deployment = outcome.last
            if outcome.ending in (WaitStatus.SUCCESS, WaitStatus.FAILURE):
                continue
            is_over = self.deadline is not None and self.session.clock.monotonic() >= self.deadline
            if outcome.ending is WaitStatus.TIMED_OUT and idle and not is_over:
                if deployment.status == DeploymentStatus.DRAFT:
                    return deployment
                continue
            raise self.init_failed(deployment, last_applied, str(self.not_reached(outcome)))

    def state(
        self,
        deployment: Deployment,
        last_applied: PropertyMap | None,
        *,
        redeploy_awaited: bool = False,
        build: str | None = None,
    ) -> State:
        """Return the state of the Deployment when the API holds `last_applied`.

        - `last_applied`: `None` for what the API shows, and no secured value.
        - `redeploy_awaited`: a redeploy was accepted, and nothing shows it yet.
        - `build`: the last build of this resource; by default as this operation has found or made it.
        """
        if last_applied is None:
            declared = pick(self.known, INPUT_NAMES)
            last_applied = without_secured(observed_inputs(deployment, self.project_key, declared))
        inputs = pick(last_applied, INPUT_NAMES)
        shown = outputs(self.project_key, deployment)
        if build is None:
            # an update without a run keeps the one of before, unless a run that was killed has sent its changes
            sent = self.requested or find_differences(pick(self.before, SENT), pick(last_applied, SENT))
            build = deployment.build_id if sent else own_build(self.before, deployment)
        shown[OWN_BUILD] = build
        if redeploy_awaited:
            shown.update(awaited(deployment))
        if self.redeploy_after:
            shown[REDEPLOY_AFTER] = self.redeploy_after
        shown.update(self.wiring)
        state_id = f"{self.project_key}/{deployment.id}"
        return State(state_id, {**inputs, **self.session.stamp(shown)}, inputs)

    def init_failed(
        self,
        deployment: Deployment,
        last_applied: PropertyMap | None,
        reason: str,
        *,
        redeploy_awaited: bool = False,
    ) -> InitFailedError:
        """Return the ending for a Deployment that exists and is not what was asked."""
        return InitFailedError(self.state(deployment, last_applied, redeploy_awaited=redeploy_awaited), [reason])


def own_build(before: PropertyMap, deployment: Deployment) -> str:
    """Return the last build that the resource of the state `before` brought about, as a read of it shows.

    A run that was under way when the state was written was its own, so what it ended in is as well. A state of
    0.1.0 has no own build: the one that it shows counts.
    """
    if is_unfinished(before):
        return deployment.build_id
    return text_of(before, OWN_BUILD) or text_of(before, "buildId") or deployment.build_id


def is_unfinished(outputs: PropertyMap) -> bool:
    """Return whether the state was written while a run of the resource was under way, or before there was one."""
    status = text_of(outputs, "status")
    return not status or outputs.get(AWAITED) is not None or DEPLOY.is_running(status)


def redeployed_elsewhere(deployment: Deployment, before: PropertyMap) -> bool:
    """Return whether the Deployment shows another build than the last one of the resource of that state.

    Builds that the API does not tell, and a Deployment that is being undeployed, cannot be compared.
    """
    going = deployment.status in (DeploymentStatus.UNDEPLOYING, DeploymentStatus.UNDEPLOY_FAILED)
    own = own_build(before, deployment)
    return bool(own and deployment.build_id) and not going and own != deployment.build_id


def name_of(deployment: Deployment, project_key: str) -> str:
    """Name a Deployment in a message."""
    return f"Deployment {escape_untrusted(deployment.key or deployment.id)} in project {project_key}"


def split_id(state_id: str, default_project: str | None) -> tuple[str, str]:
    """Return project and id, or `key=<key>`, of an id as states have it or as an import may write it.

    Raises `InvalidInputError` for anything else.
    """
    project_key, slash, identity = state_id.rpartition("/")
    project_key = project_key if slash else default_project or ""
    if not project_key or identity in ("", BY_KEY):
        raise invalid_import_id("Deployment", state_id, ID_FORMS)
    return project_key, identity
