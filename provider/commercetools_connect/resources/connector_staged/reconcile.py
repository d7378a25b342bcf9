"""Updates and deletes of a ConnectorStaged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from commercetools_connect import api
from commercetools_connect.core.errors import (
    GoneError,
    InitFailedError,
    InvalidInputError,
    NotReachedError,
    ProviderError,
)
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import State
from commercetools_connect.core.values import PropertyMap, equivalent, unwrap_secrets
from commercetools_connect.resources.connector_staged.model import (
    INPUT_NAMES,
    OWN_CONTENT,
    ConnectorStagedInputs,
    content_hash,
    declared_by_either,
    observed_inputs,
    outputs,
    specification_problem,
    with_own_content,
)
from commercetools_connect.resources.connector_staged.operation import (
    CERTIFYING,
    ConnectorStagedReconciler,
    name_of,
)
from commercetools_connect.resources.connector_staged.plan import cleared, members, plan_changes
from commercetools_connect.resources.inputs import pick, text_of
from commercetools_connect.resources.ownership import refuse_delete
from commercetools_connect.resources.reconcile import follow_deployment
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import UNDEPLOY


class ConnectorStagedUpdate(ConnectorStagedReconciler[tuple[api.DraftAction, ...], State]):
    """One update of a ConnectorStaged to what the program declares.

    The answer to an accepted request is planned against once more, which verifies that the API took every value.
    """

    purpose = "update {}"

    def __init__(
        self,
        session: Session,
        context: OperationContext,
        staged_id: str,
        inputs: ConnectorStagedInputs,
        declared: PropertyMap,
        before: PropertyMap,
    ) -> None:
        """Take the declared inputs, parsed and as a map, and the outputs `before`, to know what to clear."""
        super().__init__(session, context, staged_id, inputs.key)
        self.inputs = inputs
        self.declared = declared
        self.outputs = before
        self.before = pick(before, INPUT_NAMES)
        self._accepted: list[api.DraftAction] = []

    async def execute(self) -> State:
        """Return the state of the object as declared.

        Raises `InitFailedError` when it was changed and is not as declared, another error when nothing changed.
        """
        async with self.lock():
            first = self.found = await self.read()
            try:
                state = await self.run()
            except ProviderError as error:
                if isinstance(error, GoneError) or not self._is_changed(first):
                    raise
                last_applied = self._observe(self.found)
                # the content of another client does not become this resource's own
                seen = {"contentHash": content_hash(self._observe(first)), **self.outputs}
                own = None if self._accepted else seen
                shown = with_own_content(outputs(self.found, last_applied), own)
                state = State(self.staged_id, self.session.stamp_owner(shown), self.declared)
                raise InitFailedError(state, [str(error)]) from error
        registry = self.session.registry
        if self.found.is_previewable != api.IsPreviewable.TRUE:
            registry.record_outdated(f"{self.staged_id}/preview")
        if self.found.has_changes and self._is_changed(first):
            registry.record_outdated(f"{self.staged_id}/publish")
        return state

    def _is_changed(self, first: api.ConnectorStaged) -> bool:
        """Return whether the object was changed since it was read first."""
        return bool(self._accepted) or not equivalent(self._observe(self.found), self._observe(first))

    async def wait_until_idle(self) -> None:
        """Wait only if there is something to request."""
        if self._plan():
            await super().wait_until_idle()

    async def decide(self) -> tuple[api.DraftAction, ...] | None:
        """Return the actions. Raises `ProviderError` for values that Connect accepted and did not keep."""
        actions = self._plan()
        if actions and all(action in self._accepted for action in actions):
            emptied = ", ".join(cleared(actions))
            raise ProviderError(
                f"{self.attempts.what}: Connect accepted the update, but kept other values of "
                f"{', '.join(members(actions))}.",
                f"Connect does not clear {emptied}: keep a value there in the program."
                if emptied
                else "Write the values that the ConnectorStaged has, or run `pulumi up` again.",
            )
        return actions or None

    def _plan(self) -> tuple[api.DraftAction, ...]:
        actions = plan_changes(self.found, self.inputs, self.before)
        if specification_problem(self.found) is None or any(
            isinstance(each, api.SetRepository) for each in actions
        ):
            return actions
        # No preview can be lost here, and Connect reads a tag again that was moved to a corrected commit.
        again = api.SetRepository(url=self.inputs.repository.url, tag=self.inputs.repository.tag)
        return actions if again in self._accepted else (*actions, again)

    async def request(self, plan: tuple[api.DraftAction, ...]) -> api.ConnectorStaged:
        """Send the actions."""
        staged = await self.session.client.update_connector_staged(
            api.ById(self.staged_id), self.found.version, plan
        )
        self._accepted += plan
        return staged

    def has_moved(self, before: api.ConnectorStaged) -> bool:
        """Return whether another version shows: the next attempt decides on it at once."""
        return self.found.version != before.version

    def rejection(self, error: api.ApiError, plan: tuple[api.DraftAction, ...]) -> ProviderError | None:
        """Return the error for a refused request; Connect may not allow to clear a value."""
        explained = super().rejection(error, plan)
        if explained and (names := ", ".join(cleared(plan))):
            explained.remedy += (
                f"\nThe program does not give {names} any more, and Connect may not allow to clear that: keep a "
                "value there."
            )
        return explained

    def result(self) -> State:
        """Return the state of an object that is as declared."""
        return declared_state(self.session, self.found, self.declared)

    def unreached(self) -> ProviderError:
        """Return the error for attempts that are used up."""
        if not self.is_busy():
            return super().unreached()
        return ProviderError(
            f"{self.attempts.what} could not be updated: a publish or preview of it begins whenever one ends.",
            "Run `pulumi up` again when no other client publishes it.",
        )

    def _observe(self, staged: api.ConnectorStaged) -> PropertyMap:
        return observed_inputs(staged, declared_by_either(self.before, self.declared))


def declared_state(session: Session, staged: api.ConnectorStaged, declared: PropertyMap) -> State:
    """Return the state of an object that is as declared. Raises `InitFailedError` if it can never be published."""
    shown = session.stamp_owner(with_own_content(outputs(staged, declared)))
    state = State(staged.id, shown, pick(declared, INPUT_NAMES))
    if problem := specification_problem(staged):
        raise InitFailedError(state, [problem])
    return state


FORCE: Final = "to delete it anyway, set forceDestroy to true, run `pulumi up` first, and then delete."


class ConnectorStagedDeletion(ConnectorStagedReconciler[tuple[()], bool]):
    """One deletion; `outputs` are those of the state.

    `forceDestroy` in them skips the refusal while other objects use the connector, and nothing else.
    """

    purpose = "delete {}"

    def __init__(self, session: Session, context: OperationContext, staged_id: str, outputs: PropertyMap) -> None:
        super().__init__(session, context, staged_id, text_of(outputs, "key"))
        self.outputs = outputs

    async def execute(self) -> bool:
        """Delete the object; one that is gone already, or is deleted by another client, is a success."""
        registry = self.session.registry
        with registry.deleting(self.staged_id):
            if await self._execute(yielding=lambda: registry.is_deleted_twice(self.staged_id)):
                return True
            # the other delete, which waits for the lock, may be of the entry that knows the content
            return await self._execute(yielding=lambda: False)

    async def _execute(self, *, yielding: Callable[[], bool]) -> bool:
        """Delete the object; return `False`, with nothing done, if it is disputed and `yielding`."""
        async with self.lock():
            if (found := await self.find()) is not None:
                self.found = found
                if self._is_disputed() and yielding():
                    return False
                try:
                    return await self.run()
                except GoneError:
                    await self.ensure_gone()
            await self.session.ensure_proven_gone("ConnectorStaged", self.context, self.outputs)
            return True

    async def wait_until_idle(self) -> None:
        """Wait until nothing runs on the object: until then it cannot be deleted (API §19 #10)."""
        try:
            await super().wait_until_idle()
        except NotReachedError as error:
            raise ProviderError(f"{error.message}; it is not deleted.", error.remedy) from error

    async def decide(self) -> tuple[()]:
        """Return an empty plan. Raises what speaks against the deletion."""
        self._ensure_undisputed()
        if self.attempts.number == 1:
            await self._ensure_unused()
        return ()

    async def request(self, plan: tuple[()]) -> api.ConnectorStaged:
        """Delete the object. Raises `ProviderError` for a "not found" that is not true."""
        try:
            await self.session.client.delete_connector_staged(api.ById(self.staged_id))
        except api.NotFoundError:
            await self.ensure_gone()
        return self.found

    async def follow(self, before: api.ConnectorStaged, plan: tuple[()]) -> bool:
        """Return `True`: Connect deletes at once."""
        return True

    def result(self) -> bool:
        """Return `True`."""
        return True

    def rejection(self, error: api.ApiError, plan: tuple[()]) -> ProviderError | None:
        """Return the error for a refused deletion."""
        explained = super().rejection(error, plan)
        if explained and self.found.status not in CERTIFYING:
            explained.remedy = (
                "Most likely Deployments of it exist, perhaps in projects that these credentials do not see: "
                "delete those first. `forceDestroy` does not help here, as it is Connect that refuses."
            )
        return explained

    def _is_disputed(self) -> bool:
        """Return whether another client has changed the object since this resource wrote it."""
        own = text_of(self.outputs, OWN_CONTENT) or text_of(self.outputs, "contentHash")
        now = content_hash(observed_inputs(self.found, pick(self.outputs, INPUT_NAMES)))
        key = self.found.key or text_of(self.outputs, "key")
        return bool(own) and own != now and not self.session.adopt.matches("connectors", key)

    def _ensure_undisputed(self) -> None:
        """Raise `ConflictError` for an object that another client has changed since this resource wrote it."""
        if not self._is_disputed():
            return
        key = self.found.key or text_of(self.outputs, "key")
        raise refuse_delete(
            f"ConnectorStaged {key or self.staged_id}",
            "another client, or a run of this stack that was killed, has changed it since this resource wrote it",
            self.session.registry.refuse(f"connectors/{key}"),
        )

    async def _ensure_unused(self) -> None:
        """Raise `InvalidInputError` while other objects use the connector, unless forced."""
        deployments = await self._deployments()
        if unwrap_secrets(self.outputs.get("forceDestroy")) is True:
            return
        name = name_of(self.found)
        if deployments:
            keys = ", ".join(sorted(each.key or each.id for each in deployments))
            raise InvalidInputError(
                f"{name} is not deleted: Deployments of it exist in project {self.session.project_key}: {keys}.",
                f"Delete those Deployments first; {FORCE}",
            )
        if self.found.in_marketplace:
            raise InvalidInputError(
                f"{name} is not deleted: it is listed in the marketplace, and everyone would lose the connector.",
                f"Delete its ConnectorPublication first, which unlists it; {FORCE}",
            )

    async def _deployments(self) -> Sequence[api.Deployment]:
        """Return the visible Deployments that stay; those that are being undeployed are waited for."""
        warning, project_key = self.context.reporter.warning, self.session.project_key
        if not project_key:
            if self.found.already_listed or self.found.is_previewable == api.IsPreviewable.TRUE:
                warning(
                    "no projectKey is configured, so Deployments of this connector were not looked for; set "
                    "projectKey to have the delete refused while some exist"
                )
            return ()
        try:
            listed = self.session.client.list_deployments(project_key)
            found = [each async for each in listed if each.connector.id == self.staged_id]
        except api.ForbiddenError as error:
            warning(f"Deployments of this connector cannot be looked for: {error}")
            return ()
        return [
            each
            for each in found
            if each.status != api.DeploymentStatus.UNDEPLOYING or not await self._is_undeployed(project_key, each)
        ]

    async def _is_undeployed(self, project_key: str, deployment: api.Deployment) -> bool:
        session, deadline = self.session, self.attempts.deadline
        result = await follow_deployment(session, UNDEPLOY, project_key, deployment, self.context, deadline)
        return result.success
