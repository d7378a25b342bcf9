"""Publishing a ConnectorStaged, and unlisting its Connector (API §5, §8.1)."""

from __future__ import annotations

from commercetools_connect.api import (
    ApiError,
    ById,
    Connector,
    ConnectorStaged,
    DraftAction,
    Unlist,
    none_if_missing,
)
from commercetools_connect.core.errors import GoneError, InitFailedError, InvalidInputError, ProviderError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import State
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import PropertyMap
from commercetools_connect.resources.connector_publication.model import (
    ConnectorPublicationInputs,
    Target,
    WaitFor,
    last_applied_inputs,
    outputs,
    published_tag,
)
from commercetools_connect.resources.connector_publication.plan import (
    Content,
    is_awaited,
    is_reached,
    kind,
    lifecycle_for,
    request_for,
)
from commercetools_connect.resources.connector_staged.operation import (
    CERTIFYING,
    ConnectorStagedReconciler,
    certification_comments,
    is_under_way,
    name_of,
)
from commercetools_connect.resources.inputs import text_of
from commercetools_connect.resources.reconcile import not_reached
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import CERTIFICATION, PREVIEW, PUBLISH, WaitResult, WaitStatus


async def find_connector(session: Session, connector_id: str) -> Connector | None:
    """Return the published Connector, `None` if there is none; it has its ConnectorStaged's id (API §2)."""
    return await none_if_missing(session.client.get_connector(ById(connector_id)))


class Publishing(ConnectorStagedReconciler[tuple[DraftAction, ...], State]):
    """One create or update of a publication.

    - `inputs` and `declared`: what the program writes, parsed and as a map.
    - `last`: what our last request was made for, if there was one.

    Its plans are the actions to send; without actions there is only something to wait for.
    """

    gone_remedy = (
        "Give connectorStagedId the id of a ConnectorStaged; if another client deleted it, run `pulumi refresh`."
    )

    def __init__(
        self,
        session: Session,
        context: OperationContext,
        inputs: ConnectorPublicationInputs,
        declared: PropertyMap,
        last: Content | None,
    ) -> None:
        super().__init__(session, context, inputs.connector_staged_id)
        self.inputs = inputs
        self.declared = declared
        self.last = last
        self.purpose = f"publish {{}} as {inputs.target.value}"
        self._lifecycle = lifecycle_for(inputs.target, inputs.wait_for)
        self._own = PREVIEW if inputs.target is Target.PREVIEW else PUBLISH
        self._connector: Connector | None = None

    async def wait_until_idle(self) -> None:
        """Wait until nothing runs; a run of our kind is taken for ours and joined."""
        if is_under_way(self._own, self.found):
            result = await self.follow_run(self._lifecycle, self.found)
            await self._judge_joined(result)
            self.found = result.last
        await super().wait_until_idle()

    async def decide(self) -> tuple[DraftAction, ...] | None:
        """Return the actions that start the run. Raises `InvalidInputError` for an object at another tag."""
        staged, inputs = self.found, self.inputs
        if staged.repository.tag != inputs.tag:
            raise InvalidInputError(
                f"{name_of(staged)} is at tag {escape_untrusted(staged.repository.tag)}, but tag {inputs.tag} "
                "should be published.",
                "Use the ConnectorStaged's own output for tag (staged.repository.tag), so that it changes first.",
            )
        self._connector = await self._find_connector(staged)
        if is_reached(inputs, staged, self._connector, self.last):
            return None
        return () if is_awaited(inputs, staged, self.last) else (request_for(inputs.target),)

    def result(self) -> State:
        """Return the state of a publication that is as declared."""
        return self._state(self.found, self._connector, self.declared)

    async def request(self, plan: tuple[DraftAction, ...]) -> ConnectorStaged:
        """Send the actions, if there are any."""
        if not plan:
            return self.found
        return await self.session.client.update_connector_staged(ById(self.staged_id), self.found.version, plan)

    def has_moved(self, before: ConnectorStaged) -> bool:
        """Return whether a run shows, or an outcome other than before; another version may come from anywhere."""
        return is_under_way(self._own, self.found) or self._outcome_of(self.found) != self._outcome_of(before)

    async def follow(self, before: ConnectorStaged, plan: tuple[DraftAction, ...]) -> State:
        """Return the state after a successful run. Raises `InitFailedError` after any other."""
        result = await self.follow_run(self._lifecycle, before if self.attempts.error else self.found, before)
        if not result.success:
            await self._raise_unreached(result)
        staged, connector = result.last, await self._find_connector(result.last)
        tag = published_tag(self.inputs.target, staged, connector)
        uncertified = self.inputs.target is Target.MARKETPLACE and self._lifecycle is not CERTIFICATION
        if uncertified or tag == self.inputs.tag:
            return self._state(staged, connector, self.declared)
        last_applied = last_applied_inputs(self.inputs.target, staged, connector, self.declared)
        reason = (
            f"{name_of(staged)}: the run succeeded, but {f'tag {tag}' if tag else 'no tag'} is available, not "
            f"{self.inputs.tag}; another client changed the ConnectorStaged during the run.\nRun `pulumi up` to "
            "publish again."
        )
        raise InitFailedError(self._state(staged, connector, last_applied), [reason])

    def unreached(self) -> ProviderError:
        """Return the error for attempts that are used up."""
        return self.attempts.failure(f"{name_of(self.found)} could not be published.")

    def _outcome_of(self, staged: ConnectorStaged) -> str:
        return staged.is_previewable if self._own is PREVIEW else staged.status

    async def _judge_joined(self, result: WaitResult[ConnectorStaged]) -> None:
        """Raise `InitFailedError` for our own run or one that goes on; a run of another client may be repeated."""
        desired = Content(self.inputs.tag, self.inputs.content_hash)
        if result.success:
            if self.inputs.target is Target.PREVIEW:
                self.last = Content(result.last.repository.tag, self.inputs.content_hash)
        elif result.ending is not WaitStatus.FAILURE or self.last == desired:
            await self._raise_unreached(result)

    async def _raise_unreached(self, result: WaitResult[ConnectorStaged]) -> None:
        """Raise `InitFailedError` with what the API holds after a run that did not reach its target."""
        staged = result.last
        error = not_reached(result, f"{name_of(staged)} at tag {self.inputs.tag}, {self.inputs.target.value}")
        if result.ending is WaitStatus.GONE:
            raise error
        try:
            connector = await self._find_connector(staged)
        except ApiError:
            connector = None  # the failed run is the error to report, not this read
        last_applied = last_applied_inputs(self.inputs.target, staged, connector, self.declared)
        if result.ending is WaitStatus.NEVER_STARTED:
            last_applied = {**last_applied, "tag": None, "contentHash": None}
        comments = certification_comments(staged) if self.inputs.wait_for is WaitFor.CERTIFICATION else []
        text = "\n".join([error.message, *comments, error.remedy])
        raise InitFailedError(self._state(staged, connector, last_applied), [text])

    def _state(self, staged: ConnectorStaged, connector: Connector | None, last_applied: PropertyMap) -> State:
        shown = self.session.stamp_owner(outputs(self.inputs.target, staged, connector, last_applied))
        return State(f"{staged.id}/{kind(self.inputs.target)}", shown, self.declared)

    async def _find_connector(self, staged: ConnectorStaged) -> Connector | None:
        return None if self.inputs.target is Target.PREVIEW else await find_connector(self.session, staged.id)


class Unlisting(ConnectorStagedReconciler[tuple[DraftAction, ...], bool]):
    """One deletion of a publication for the marketplace; `outputs` are those of the state."""

    purpose = "unlist {}"

    def __init__(self, session: Session, context: OperationContext, staged_id: str, outputs: PropertyMap) -> None:
        super().__init__(session, context, staged_id, text_of(outputs, "connectorKey"))
        self.outputs = outputs

    async def execute(self) -> bool:
        """Unlist what is listed; an object that is gone has taken its listing along."""
        async with self.lock():
            if (found := await self.find()) is not None:
                self.found = found
                try:
                    return await self.run()
                except GoneError:
                    await self.ensure_gone()
            await self.session.ensure_proven_gone("ConnectorPublication", self.context, self.outputs)
            return True

    async def wait_until_idle(self) -> None:
        """Wait only if there is something to unlist."""
        if self.found.in_marketplace:
            await super().wait_until_idle()

    async def decide(self) -> tuple[DraftAction, ...] | None:
        """Return the action while everyone finds the connector."""
        return (Unlist(),) if self.found.in_marketplace else None

    async def request(self, plan: tuple[DraftAction, ...]) -> ConnectorStaged:
        """Send the action. Raises `ProviderError` when Connect accepts it and lists the connector as before."""
        staged = await self.session.client.update_connector_staged(ById(self.staged_id), self.found.version, plan)
        if staged.in_marketplace:
            raise ProviderError(
                f"{name_of(staged)}: Connect accepted the request, but still lists it.",
                "Check it in the Merchant Center, and delete the publication again.",
            )
        return staged

    def result(self) -> bool:
        """Return `True`, and report what goes on."""
        if self.found.status in CERTIFYING:
            self.context.reporter.info("the certification goes on; Connect cannot take the request back")
        return True
