"""Publishing a draft: wait out what runs, look whether it is reached, else request it and wait."""

from __future__ import annotations

from dataclasses import dataclass, field

from commercetools_connect.api import (
    ApiError,
    ById,
    ConcurrentModificationError,
    Connector,
    NotFoundError,
)
from commercetools_connect.api import ConnectorStaged as Draft
from commercetools_connect.contract.errors import GoneError, InvalidInputError, Partial, ProviderError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import State
from commercetools_connect.contract.values import Tree
from commercetools_connect.resources.connector_publication.inputs import (
    ConnectorPublicationInputs,
    Target,
    WaitFor,
)
from commercetools_connect.resources.connector_publication.outputs import held_by_api, outputs, published_tag
from commercetools_connect.resources.connector_publication.targets import (
    Content,
    is_awaited,
    is_reached,
    kind,
    lifecycle_of,
    request_for,
)
from commercetools_connect.resources.refusals import comments, explain, is_refusal, may_be_answered_by_looking
from commercetools_connect.resources.rounds import MAX_ROUNDS, PAUSE
from commercetools_connect.resources.runs import follow_draft, is_under_way, not_reached, settle_draft
from commercetools_connect.resources.session import Session
from commercetools_connect.resources.turns import draft_turn
from commercetools_connect.waiters import CERTIFICATION, PREVIEW, PUBLISH, Ending, Lifecycle, Outcome

__all__ = ["Publishing", "find_connector", "find_draft"]


async def find_draft(session: Session, draft_id: str) -> Draft | None:
    """Return the draft, if it exists."""
    try:
        return await session.client.get_draft(ById(draft_id))
    except NotFoundError:
        return None


async def find_connector(session: Session, connector_id: str) -> Connector | None:
    """Return the published Connector, if there is one; it has its draft's id (API §2)."""
    try:
        return await session.client.get_connector(ById(connector_id))
    except NotFoundError:
        return None


@dataclass
class Publishing:
    """One create or update of a publication.

    - `inputs` and `declared`: what the program writes, typed and as a tree.
    - `last`: what our last request was made for, if there was one.
    """

    session: Session
    operation: Operation
    inputs: ConnectorPublicationInputs
    declared: Tree
    last: Content | None
    _deadline: float | None = field(init=False)

    async def run(self) -> State:
        """Return the state of the reached publication. Raises `Partial` when a run did not reach it."""
        self._deadline = self.session.deadline(self.operation)
        draft_id = self.inputs.connector_staged_id
        async with draft_turn(self.session, self.operation, draft_id, self._deadline):
            return await self._publish()

    async def _publish(self) -> State:
        trouble: ApiError | None = None
        for _ in range(MAX_ROUNDS):
            draft = await self._settled(await self._existing())
            _require_tag(draft, self.inputs)
            connector = await self._connector(draft)
            if is_reached(self.inputs, draft, connector, self.last):
                return self._state(draft, connector, self.declared)
            if is_awaited(self.inputs, draft, self.last):
                return await self._follow(draft)
            start: Draft | None
            try:
                start = await self._request(draft)
            except ApiError as error:
                start = await self._look_after(error, draft)
                trouble = error
            if start is not None:
                return await self._follow(start)
        raise trouble or ProviderError(
            f"ConnectorStaged {self.inputs.connector_staged_id} could not be published."
        )

    async def _request(self, draft: Draft) -> Draft:
        action = request_for(self.inputs.target)
        return await self.session.client.update_draft(ById(draft.id), draft.version, [action])

    async def _look_after(self, error: ApiError, draft: Draft) -> Draft | None:
        """Return the draft to follow the run from if the request had its effect, `None` to decide anew."""
        if not may_be_answered_by_looking(error):
            raise error
        now = await self._existing()
        if is_refusal(error):
            busy = is_under_way(PUBLISH, now) or is_under_way(PREVIEW, now)
            if not (busy or isinstance(error, ConcurrentModificationError)):
                raise explain(error, now, f"publish {_name(now)} as {self.inputs.target.value}") from error
            return None
        if is_under_way(self._own, now) or self._outcome_of(now) != self._outcome_of(draft):
            return draft
        # Our request had no effect, or its run has ended as the one before: a version that grew may be anybody's.
        await self.session.clock.sleep(PAUSE)
        return None

    async def _settled(self, draft: Draft) -> Draft:
        """Return the draft once nothing runs on it; a run of our kind is taken for ours and joined."""
        lifecycle = lifecycle_of(self.inputs)
        if is_under_way(self._own, draft):
            outcome = await follow_draft(self.session, lifecycle, draft, self.operation, self._deadline)
            await self._judge_joined(outcome)
            draft = outcome.last
        return await settle_draft(self.session, draft, self.operation, self._deadline)

    @property
    def _own(self) -> Lifecycle:
        """The lifecycle of the runs that this publication starts."""
        return PREVIEW if self.inputs.target is Target.PREVIEW else PUBLISH

    def _outcome_of(self, draft: Draft) -> str:
        return draft.is_previewable if self._own is PREVIEW else draft.status

    async def _judge_joined(self, outcome: Outcome[Draft]) -> None:
        """Raise `Partial` for a run that we asked for, or that goes on; one of somebody else may be repeated."""
        wanted = Content(self.inputs.tag, self.inputs.content_hash)
        if outcome.success:
            if self.inputs.target is Target.PREVIEW:
                self.last = Content(outcome.last.repository.tag, self.inputs.content_hash)
        elif outcome.ending is not Ending.FAILURE or self.last == wanted:
            await self._raise_unreached(outcome)

    async def _follow(self, start: Draft) -> State:
        lifecycle = lifecycle_of(self.inputs)
        outcome = await follow_draft(self.session, lifecycle, start, self.operation, self._deadline)
        if not outcome.success:
            await self._raise_unreached(outcome)
        connector = await self._connector(outcome.last)
        self._require_result(outcome.last, connector, certified=lifecycle is CERTIFICATION)
        return self._state(outcome.last, connector, self.declared)

    def _require_result(self, draft: Draft, connector: Connector | None, *, certified: bool) -> None:
        """Raise `Partial` when a successful run made something else available than what was asked."""
        if self.inputs.target is Target.MARKETPLACE and not certified:
            return
        tag = published_tag(self.inputs.target, draft, connector)
        if tag == self.inputs.tag:
            return
        held = held_by_api(self.inputs.target, draft, connector, self.declared)
        reason = (
            f"{_name(draft)}: the run succeeded, but {f'tag {tag}' if tag else 'no tag'} is available, not "
            f"{self.inputs.tag}; someone else changed the draft meanwhile.\nRun `pulumi up` to bring it in line."
        )
        raise Partial(self._state(draft, connector, held), [reason])

    async def _raise_unreached(self, outcome: Outcome[Draft]) -> None:
        """Raise `Partial` with what the API holds after a run that did not reach its target."""
        draft = outcome.last
        error = not_reached(outcome, f"{_name(draft)} at tag {self.inputs.tag}, {self.inputs.target.value}")
        if outcome.ending is Ending.GONE:
            raise error
        try:
            connector = await self._connector(draft)
        except ApiError:
            connector = None  # the run is what the user must hear of, not this look at what is there meanwhile
        held = held_by_api(self.inputs.target, draft, connector, self.declared)
        if outcome.ending is Ending.NEVER_STARTED:
            held = {**held, "tag": None, "contentHash": None}
        said = comments(draft) if self.inputs.wait_for is WaitFor.CERTIFICATION else []
        text = "\n".join([error.message, *said, error.remedy])
        raise Partial(self._state(draft, connector, held), [text])

    def _state(self, draft: Draft, connector: Connector | None, held: Tree) -> State:
        state_id = f"{draft.id}/{kind(self.inputs.target)}"
        shown = self.session.stamp(outputs(self.inputs.target, draft, connector, held))
        return State(state_id, shown, self.declared)

    async def _existing(self) -> Draft:
        draft = await find_draft(self.session, self.inputs.connector_staged_id)
        if draft is None:
            raise GoneError(
                f"ConnectorStaged {self.inputs.connector_staged_id} does not exist.",
                "Give connectorStagedId the id of a ConnectorStaged; if that was deleted, run `pulumi refresh`.",
            )
        return draft

    async def _connector(self, draft: Draft) -> Connector | None:
        """Return what is published; a preview publishes nothing."""
        return None if self.inputs.target is Target.PREVIEW else await find_connector(self.session, draft.id)


def _require_tag(draft: Draft, inputs: ConnectorPublicationInputs) -> None:
    if draft.repository.tag != inputs.tag:
        raise InvalidInputError(
            f"{_name(draft)} is at tag {draft.repository.tag}, but tag {inputs.tag} should be published.",
            "Use the draft's own output for tag (staged.repository.tag), so that the draft moves first.",
        )


def _name(draft: Draft) -> str:
    return f"ConnectorStaged {draft.key or draft.id}"
