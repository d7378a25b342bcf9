"""Every state transition of a Deployment (API §8.2, §8.3), each in one place.

(none) ── deploy ──▶ Deployed          terminal ── bring_in_line ──▶ Deployed          any ── undeploy ──▶ (none)
"""

from __future__ import annotations

from commercetools_connect.api import (
    ApiError,
    ById,
    ByKey,
    ConcurrentModificationError,
    Deployment,
    DeploymentStatus,
    InvalidStatusTransitionError,
    NotFoundError,
    Ref,
)
from commercetools_connect.contract.errors import GoneError, Partial, ProviderError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import State
from commercetools_connect.contract.values import Plain, Tree
from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.deployment.metadata import read_metadata, require_tag
from commercetools_connect.resources.deployment.outputs import INPUT_NAMES, outputs
from commercetools_connect.resources.deployment.plan import new_deployment, plan_redeploy, redeploy_action
from commercetools_connect.resources.inputs import pick
from commercetools_connect.resources.runs import follow_deployment, not_reached
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import DEPLOY, UNDEPLOY, Ending, Verdict

__all__ = ["Transitions"]

MAX_ROUNDS = 6
"""How often a request is decided anew when the Deployment changed under our hands."""


class Transitions:
    """The transitions of Deployments, for one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def deploy(
        self, operation: Operation, inputs: DeploymentInputs, news: Tree, deadline: float | None
    ) -> State:
        """Create the Deployment and wait until it is live; nothing stands under its key yet."""
        metadata = await read_metadata(self._session, operation, inputs)
        require_tag(inputs, metadata)
        draft = new_deployment(inputs, metadata.applications if metadata else ())
        try:
            deployment = await self._session.client.create_deployment(inputs.project_key, draft)
        except ApiError as error:
            # right after a 404 for this key, whatever stands there now is what we asked for
            found = await self.find(inputs) if error.uncertain else None
            if found is None:
                raise
            deployment = found
        return await self._follow_to_live(operation, deployment, inputs, news, deadline)

    async def bring_in_line(
        self,
        operation: Operation,
        deployment: Deployment,
        inputs: DeploymentInputs,
        news: Tree,
        held: Tree | None,
        deadline: float | None,
    ) -> State:
        """Redeploy if anything differs, and wait until it is live; a run under way is waited for first.

        `held` is what was sent last, `None` when that is not known.
        """
        trouble: ApiError | None = None
        for _ in range(MAX_ROUNDS):
            deployment = await self._settle(operation, inputs, deployment, deadline)
            plan = plan_redeploy(deployment, inputs, news, held)
            if not plan:
                return self._live(deployment, inputs, news)
            metadata = None
            if plan.update_connector:
                metadata = await read_metadata(self._session, operation, inputs)
                require_tag(inputs, metadata)
            action = redeploy_action(deployment, inputs, plan, metadata.applications if metadata else ())
            try:
                deployment = await self._session.client.update_deployment(
                    inputs.project_key, ById(deployment.id), deployment.version, [action]
                )
            except (ConcurrentModificationError, InvalidStatusTransitionError) as error:
                trouble = error
            except ApiError as error:
                if not error.uncertain:
                    raise
                trouble = error
            else:
                return await self._follow_to_live(operation, deployment, inputs, news, deadline)
            deployment = await self.existing(inputs, deployment.id)
        raise trouble or ProviderError(f"Deployment {inputs.key} could not be redeployed.")

    async def undeploy(self, operation: Operation, project_key: str, deployment_id: str) -> None:
        """Delete the Deployment and wait until it is gone; one that is gone already is a success."""
        deadline = self._session.deadline(operation)
        trouble: ApiError | None = None
        for _ in range(MAX_ROUNDS):
            found = await self.get(project_key, deployment_id)
            if found is None:
                return
            if DEPLOY.verdict(found.status) is Verdict.PENDING:
                await self._let_finish(operation, project_key, found, deadline)
            if found.status == DeploymentStatus.UNDEPLOYING:
                await self.follow_until_gone(operation, project_key, found, deadline)
                return
            try:
                going = await self._session.client.delete_deployment(project_key, ById(deployment_id))
            except NotFoundError:
                return
            except ApiError as error:
                if not (error.uncertain or isinstance(error, InvalidStatusTransitionError)):
                    raise
                trouble = error
            else:
                await self.follow_until_gone(operation, project_key, going or found, deadline)
                return
        if trouble is not None:
            raise trouble

    async def follow_until_gone(
        self, operation: Operation, project_key: str, deployment: Deployment, deadline: float | None
    ) -> None:
        """Wait until a Deployment that is being undeployed is gone. Raises `NotReachedError` otherwise."""
        outcome = await follow_deployment(self._session, UNDEPLOY, project_key, deployment, operation, deadline)
        if not outcome.success:
            raise not_reached(outcome, _name(deployment, project_key))

    async def find(self, inputs: DeploymentInputs) -> Deployment | None:
        """Return the Deployment under the key of the inputs, if there is one."""
        return await self._read(inputs.project_key, ByKey(inputs.key))

    async def get(self, project_key: str, deployment_id: str) -> Deployment | None:
        """Return the Deployment of that id, if it exists."""
        return await self._read(project_key, ById(deployment_id))

    async def existing(self, inputs: DeploymentInputs, deployment_id: str) -> Deployment:
        """Return the Deployment of that id; `GoneError` when it does not exist any more."""
        deployment = await self.get(inputs.project_key, deployment_id)
        if deployment is None:
            raise _gone(inputs, deployment_id)
        return deployment

    async def read(self, project_key: str, identity: str, key: Plain) -> Deployment | None:
        """Return the Deployment by its id or `key=<key>`; gone only if neither id nor key names it any more."""
        if identity.startswith("key="):
            return await self._read(project_key, ByKey(identity.removeprefix("key=")))
        found = await self._read(project_key, ById(identity))
        if found is None and isinstance(key, str) and key:
            return await self._read(project_key, ByKey(key))
        return found

    async def _follow_to_live(
        self,
        operation: Operation,
        deployment: Deployment,
        inputs: DeploymentInputs,
        news: Tree,
        deadline: float | None,
    ) -> State:
        outcome = await follow_deployment(
            self._session, DEPLOY, inputs.project_key, deployment, operation, deadline
        )
        if outcome.success:
            return self._live(outcome.last, inputs, news)
        error = not_reached(outcome, _name(deployment, inputs.project_key))
        if outcome.ending is Ending.GONE:
            raise error
        raise Partial(self._state(outcome.last, inputs, news), [str(error)])

    def _live(self, deployment: Deployment, inputs: DeploymentInputs, news: Tree) -> State:
        """Return the state of a live Deployment; `Partial` when another tag than the one asked for runs."""
        state = self._state(deployment, inputs, news)
        running = deployment.connector.repository.tag
        if inputs.connector_tag is not None and running != inputs.connector_tag:
            held = {**state.outputs, "connectorTag": running}
            reason = (
                f"{_name(deployment, inputs.project_key)}: it is deployed, but tag {running} runs instead of "
                f"{inputs.connector_tag}.\nRun `pulumi up` again to redeploy it."
            )
            raise Partial(State(state.id, held, state.inputs), [reason])
        return state

    async def _settle(
        self, operation: Operation, inputs: DeploymentInputs, deployment: Deployment, deadline: float | None
    ) -> Deployment:
        """Return the Deployment once nothing runs on it. Raises `GoneError` when it is being undeployed."""
        if deployment.status == DeploymentStatus.UNDEPLOYING:
            await self.follow_until_gone(operation, inputs.project_key, deployment, deadline)
            raise _gone(inputs, deployment.id)
        if DEPLOY.verdict(deployment.status) not in (Verdict.PENDING, Verdict.UNKNOWN):
            return deployment
        outcome = await follow_deployment(
            self._session, DEPLOY, inputs.project_key, deployment, operation, deadline
        )
        if outcome.ending in (Ending.SUCCESS, Ending.FAILURE):
            return outcome.last
        raise not_reached(outcome, _name(deployment, inputs.project_key))

    async def _let_finish(
        self, operation: Operation, project_key: str, deployment: Deployment, deadline: float | None
    ) -> None:
        """Give a run under way a quarter of the time limit to end before the deletion (API §19 #8)."""
        now = self._session.clock.monotonic()
        until = now + (UNDEPLOY.time_limit if deadline is None else deadline - now) / 4
        await follow_deployment(self._session, DEPLOY, project_key, deployment, operation, until)

    async def _read(self, project_key: str, ref: Ref) -> Deployment | None:
        try:
            return await self._session.client.get_deployment(project_key, ref)
        except NotFoundError:
            return None

    def _state(self, deployment: Deployment, inputs: DeploymentInputs, news: Tree) -> State:
        held = pick(news, INPUT_NAMES)
        state_id = f"{inputs.project_key}/{deployment.id}"
        return State(state_id, outputs(inputs.project_key, deployment, held), news)


def _gone(inputs: DeploymentInputs, deployment_id: str) -> GoneError:
    return GoneError(
        f"Deployment {inputs.key} ({deployment_id}) in project {inputs.project_key} does not exist any more.",
        "Run `pulumi refresh`, then `pulumi up` to create it again.",
    )


def _name(deployment: Deployment, project_key: str) -> str:
    return f"Deployment {deployment.key or deployment.id} in project {project_key}"
