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
    DeploymentDraft,
    DeploymentStatus,
    DuplicateFieldError,
    InvalidStatusTransitionError,
    NotFoundError,
    Redeploy,
    Ref,
)
from commercetools_connect.contract.errors import ConflictError, GoneError, Partial, ProviderError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import State
from commercetools_connect.contract.values import Plain, Tree
from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.deployment.metadata import read_metadata, require_tag
from commercetools_connect.resources.deployment.outputs import INPUT_NAMES, outputs, urls_of
from commercetools_connect.resources.deployment.plan import (
    RedeployPlan,
    new_deployment,
    plan_redeploy,
    redeploy_action,
    script_warnings,
)
from commercetools_connect.resources.deployment.removed import removed_keys
from commercetools_connect.resources.deployment.urls import has_templates, resolve_inputs, without_templates
from commercetools_connect.resources.inputs import pick
from commercetools_connect.resources.runs import follow_deployment, not_reached
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import DEPLOY, UNDEPLOY, Ending, Verdict

__all__ = ["Transitions"]

DRAFT_LIMIT = 60.0
"""Seconds after which a Deployment that stays `Draft` is taken for one that nobody works on (API §19 #7)."""

MAX_ROUNDS = 6
"""How often a request is decided anew when the Deployment changed under our hands."""


class Transitions:
    """The transitions of Deployments, for one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def deploy(
        self, operation: Operation, inputs: DeploymentInputs, news: Tree, deadline: float | None
    ) -> State:
        """Create the Deployment and wait until it is live; nothing stands under its key yet.

        Values that contain the application's own URL are sent once it is known, by a redeploy.
        """
        metadata = await read_metadata(self._session, operation, inputs)
        require_tag(inputs, metadata)
        draft = new_deployment(inputs, metadata.configurations if metadata else ())
        deployment = await self._post(operation, inputs, draft)
        self._session.ledger.claim("Deployment", operation, f"{inputs.project_key}/{deployment.id}")
        sent = without_templates(news)
        live = await self._follow_to_live(operation, deployment, inputs, sent, deadline)
        if not has_templates(inputs):
            return self._live(live, inputs, news)
        return await self.bring_in_line(operation, live, inputs, news, sent, deadline)

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
        self._say_what_stays(operation, held, news)
        trouble: ApiError | None = None
        for _ in range(MAX_ROUNDS):
            deployment = await self._settle(operation, inputs, deployment, deadline)
            wanted = resolve_inputs(inputs, urls_of(deployment))
            plan = plan_redeploy(deployment, wanted, held)
            if not plan:
                return self._live(deployment, inputs, news)
            action = await self._redeploy_action(operation, deployment, wanted, plan, held)
            try:
                running = await self._session.client.update_deployment(
                    inputs.project_key, ById(deployment.id), deployment.version, [action]
                )
            except ApiError as error:
                moved = isinstance(error, ConcurrentModificationError | InvalidStatusTransitionError)
                if not (moved or error.uncertain):
                    raise
                trouble = error
                deployment = await self.existing(inputs, deployment.id)
            else:
                live = await self._follow_to_live(operation, running, inputs, news, deadline)
                return self._live(live, inputs, news)
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
        """Return the Deployment by its id or `key=<key>`; gone only if neither id nor key names one any more.

        Raises `ConflictError` when another one stands under the key: somebody has deleted and created it again.
        """
        if identity.startswith("key="):
            return await self._read(project_key, ByKey(identity.removeprefix("key=")))
        found = await self._read(project_key, ById(identity))
        if found is None and isinstance(key, str) and key:
            other = await self._read(project_key, ByKey(key))
            if other is not None:
                raise ConflictError(
                    f"{_name(other, project_key)}: {identity} is gone, and somebody has created {other.id} under its "
                    "key.",
                    "Delete that one, or remove the resource from the state (`pulumi state delete`) and let the next "
                    "`pulumi up` take it over.",
                )
        return found

    async def _post(self, operation: Operation, inputs: DeploymentInputs, draft: DeploymentDraft) -> Deployment:
        """Create the Deployment, exactly once.

        After an uncertain answer its key is looked up before anything else. Right after a 404 for the key,
        whatever stands there then is what we asked for, also when a repeated request finds the key taken.
        """
        uncertain: ApiError | None = None
        for _ in range(MAX_ROUNDS):
            try:
                return await self._session.client.create_deployment(inputs.project_key, draft)
            except ApiError as error:
                ours = error.uncertain or (uncertain and isinstance(error, DuplicateFieldError))
                if not ours:
                    raise
                uncertain = error
            if (found := await self.find(inputs)) is not None:
                return found
            operation.reporter.status(
                f"the answer to the request was lost, and nothing was created: {uncertain.message}"
            )
        raise uncertain or ProviderError(f"Deployment {inputs.key} could not be created.")

    async def _redeploy_action(
        self,
        operation: Operation,
        deployment: Deployment,
        wanted: DeploymentInputs,
        plan: RedeployPlan,
        held: Tree | None,
    ) -> Redeploy:
        metadata = None
        if plan.update_connector:
            metadata = await read_metadata(self._session, operation, wanted)
            require_tag(wanted, metadata)
        return redeploy_action(deployment, wanted, plan, held, metadata)

    @staticmethod
    def _say_what_stays(operation: Operation, held: Tree | None, news: Tree) -> None:
        """Warn of secured keys that the program no longer names: the API keeps them (API §12.4)."""
        for each in removed_keys(held, news) if held is not None else ():
            if each.secured:
                operation.reporter.warning(
                    f'{each} stays set in Connect; to blank it, keep the key and give it ""'
                )

    async def _follow_to_live(
        self,
        operation: Operation,
        deployment: Deployment,
        inputs: DeploymentInputs,
        sent: Tree,
        deadline: float | None,
    ) -> Deployment:
        """Return the Deployment once its run has ended well; `Partial` with what was `sent` otherwise."""
        outcome = await follow_deployment(
            self._session, DEPLOY, inputs.project_key, deployment, operation, deadline
        )
        if outcome.success:
            return outcome.last
        error = not_reached(outcome, _name(deployment, inputs.project_key))
        if outcome.ending is Ending.GONE:
            raise error
        raise Partial(self._state(outcome.last, inputs, sent), [str(error)])

    def _live(self, deployment: Deployment, inputs: DeploymentInputs, news: Tree) -> State:
        """Return the state of a live Deployment; `Partial` when it is not what was asked for all the same."""
        state = self._state(deployment, inputs, news)
        running = deployment.connector.repository.tag
        reasons = []
        if inputs.connector_tag is not None and running != inputs.connector_tag:
            reasons.append(f"tag {running} runs instead of {inputs.connector_tag}")
        if inputs.fail_on_script_warning:
            reasons.extend(script_warnings(deployment))
        if reasons:
            what = f"{_name(deployment, inputs.project_key)}: it is deployed, but {'; '.join(reasons)}."
            raise Partial(state, [f"{what}\nRun `pulumi up` again to redeploy it."])
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
        idle = deployment.status == DeploymentStatus.DRAFT
        until = self._session.clock.monotonic() + DRAFT_LIMIT if idle else deadline
        outcome = await follow_deployment(self._session, DEPLOY, inputs.project_key, deployment, operation, until)
        if outcome.ending in (Ending.SUCCESS, Ending.FAILURE):
            return outcome.last
        if outcome.ending is Ending.TIMED_OUT and outcome.last.status == DeploymentStatus.DRAFT:
            return outcome.last
        if outcome.ending is Ending.TIMED_OUT and idle:
            return await self._settle(operation, inputs, outcome.last, deadline)
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

    def _state(self, deployment: Deployment, inputs: DeploymentInputs, sent: Tree) -> State:
        held = pick(sent, INPUT_NAMES)
        state_id = f"{inputs.project_key}/{deployment.id}"
        return State(state_id, self._session.stamp(outputs(inputs.project_key, deployment, held)), held)


def _gone(inputs: DeploymentInputs, deployment_id: str) -> GoneError:
    return GoneError(
        f"Deployment {inputs.key} ({deployment_id}) in project {inputs.project_key} does not exist any more.",
        "Run `pulumi refresh`, then `pulumi up` to create it again.",
    )


def _name(deployment: Deployment, project_key: str) -> str:
    return f"Deployment {deployment.key or deployment.id} in project {project_key}"
