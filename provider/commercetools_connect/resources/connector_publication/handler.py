"""A ConnectorPublication: "this draft is available at this tag".

Create and update are one idempotent step under the draft's lock: wait out what runs, look whether it is reached,
else request and wait. There is nothing to delete at the server (API §5 knows no counterpart of publishing).
"""

from __future__ import annotations

from commercetools_connect.api import ApiError, ById, ConcurrentModificationError, Connector, NotFoundError
from commercetools_connect.api import ConnectorStaged as Draft
from commercetools_connect.contract.errors import GoneError, InvalidInputError, Partial, ProviderError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import Checked, CheckFailure, Diff, State
from commercetools_connect.contract.values import Tree, reveal
from commercetools_connect.resources.connector_publication.inputs import ConnectorPublicationInputs, Target
from commercetools_connect.resources.connector_publication.outputs import INPUT_NAMES, outputs, published_tag
from commercetools_connect.resources.connector_publication.targets import (
    Content,
    is_reached,
    kind,
    lifecycle_of,
    request_for,
)
from commercetools_connect.resources.differences import compare
from commercetools_connect.resources.inputs import find_mistakes, parse, pick
from commercetools_connect.resources.runs import follow_draft, not_reached, settle_draft
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import Outcome, Verdict

__all__ = ["ConnectorPublication"]

MAX_ROUNDS = 6
"""How often a request is decided anew: validation steps bump the draft's version on their own (API §10)."""


class ConnectorPublication:
    """The resource behind `ConnectorPublication`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def check(self, operation: Operation, olds: Tree, news: Tree) -> Checked:
        """Find mistakes; the way back from the marketplace is one."""
        failures = find_mistakes(ConnectorPublicationInputs, news)
        if reveal(olds.get("target")) == Target.MARKETPLACE.value and reveal(news.get("target")) == "private":
            reason = (
                "a marketplace publication cannot become private again; delete it (it is unlisted then) or keep it"
            )
            failures = (*failures, CheckFailure(("target",), reason))
        return Checked(news, failures)

    def foresee(self, inputs: Tree) -> Tree:
        """Return the Connector's id, which is its draft's (API §2), and the tag, which a success guarantees."""
        foreseen = {"connectorId": inputs.get("connectorStagedId")}
        if reveal(inputs.get("target")) in (Target.PREVIEW.value, Target.PRIVATE.value):
            foreseen["publishedTag"] = inputs.get("tag")
        return foreseen

    async def diff(self, operation: Operation, state: State, news: Tree) -> Diff:
        """Replace for another draft and between preview and the others; all else is published in place."""
        changes = compare(pick(state.outputs, INPUT_NAMES), pick(news, INPUT_NAMES))
        replaces = {("connectorStagedId",)} & changes.keys()
        before, after = reveal(state.outputs.get("target")), reveal(news.get("target"))
        if ("target",) in changes and Target.PREVIEW.value in (before, after):
            replaces.add(("target",))
        return Diff(changes, frozenset(replaces))

    async def create(self, operation: Operation, news: Tree) -> State:
        """Publish unless it is published already, and wait until it is."""
        return await self._publish(operation, news, None)

    async def update(self, operation: Operation, state: State, news: Tree) -> State:
        """Publish again where the tag, the content or the target asks for it."""
        held = {name: reveal(state.outputs.get(name)) for name in ("tag", "contentHash")}
        tag, content = (value if isinstance(value, str) else None for value in held.values())
        return await self._publish(operation, news, Content(tag, content))

    async def read(self, operation: Operation, state: State) -> State | None:
        """Return what is available; a draft whose content moved on shows as another tag or a missing hash."""
        draft_id, _, what = state.id.partition("/")
        draft = await self._draft(draft_id)
        if draft is None:
            return None
        connector = await self._connector(draft_id) if what == "publish" else None
        held = dict(pick(state.outputs, INPUT_NAMES))
        held.setdefault("connectorStagedId", draft_id)
        target = Target(str(reveal(held.setdefault("target", self._assumed_target(what, connector)))))
        held["tag"] = published_tag(target, draft, connector) or None
        if target is not Target.PREVIEW and draft.has_changes:
            held.pop("contentHash", None)
        return State(state.id, outputs(target, draft, connector, held), held)

    async def delete(self, operation: Operation, state: State) -> None:
        """Say what stays: the API has no counterpart of publishing."""
        what = "preview" if state.id.endswith("/preview") else "published Connector"
        operation.reporter.info(f"the {what} stays until its draft is deleted; Connect cannot take it back")

    async def _publish(self, operation: Operation, news: Tree, last: Content | None) -> State:
        inputs = parse(ConnectorPublicationInputs, pick(news, INPUT_NAMES))
        deadline = self._session.deadline(operation)
        async with self._session.draft_locks[inputs.connector_staged_id]:
            draft, requested = await self._request(operation, inputs, last, deadline)
            if requested:
                outcome = await follow_draft(self._session, lifecycle_of(inputs), draft, operation, deadline)
                if not outcome.success:
                    raise await self._partial(inputs, news, outcome)
                draft = outcome.last
            connector = await self._connector(draft.id) if inputs.target is not Target.PREVIEW else None
        state = self._state(inputs, draft, connector, pick(news, INPUT_NAMES))
        tag = published_tag(inputs.target, draft, connector)
        if inputs.target is not Target.MARKETPLACE and tag != inputs.tag:
            raise Partial(
                state,
                [
                    f"{_name(draft)}: the run succeeded, but tag {tag or '(none)'} is there, not {inputs.tag}."
                    "\nRun `pulumi up` again to request it once more."
                ],
            )
        return state

    async def _request(
        self,
        operation: Operation,
        inputs: ConnectorPublicationInputs,
        last: Content | None,
        deadline: float | None,
    ) -> tuple[Draft, bool]:
        """Return the draft, and whether a run of ours is under way on it."""
        trouble: ApiError | None = None
        for _ in range(MAX_ROUNDS):
            draft = await self._existing(inputs)
            if trouble is not None and trouble.uncertain and self._runs(inputs, draft):
                return draft, True
            draft = await settle_draft(self._session, draft, operation, deadline)
            _require_tag(draft, inputs)
            connector = await self._connector(draft.id) if inputs.target is not Target.PREVIEW else None
            if is_reached(inputs, draft, connector, last):
                return draft, False
            try:
                action = request_for(inputs.target)
                return await self._session.client.update_draft(ById(draft.id), draft.version, [action]), True
            except ApiError as error:
                if not (error.uncertain or isinstance(error, ConcurrentModificationError)):
                    raise
                trouble = error
        if trouble is None:  # every round without trouble returns
            raise ProviderError(f"ConnectorStaged {inputs.connector_staged_id} could not be published.")
        raise trouble

    async def _partial(self, inputs: ConnectorPublicationInputs, news: Tree, outcome: Outcome[Draft]) -> Partial:
        """Return what to keep after a run that did not reach its target: the next `up` must try again."""
        draft = outcome.last
        error = not_reached(outcome, f"{_name(draft)} at tag {inputs.tag}, {inputs.target.value}")
        held = {**pick(news, INPUT_NAMES), "tag": None, "contentHash": None}
        try:
            connector = await self._connector(draft.id) if inputs.target is not Target.PREVIEW else None
        except ApiError:
            connector = None  # the failed run is what the user must hear of, not this look at what runs meanwhile
        return Partial(self._state(inputs, draft, connector, held), [str(error)])

    def _state(
        self, inputs: ConnectorPublicationInputs, draft: Draft, connector: Connector | None, held: Tree
    ) -> State:
        state_id = f"{draft.id}/{kind(inputs.target)}"
        return State(state_id, outputs(inputs.target, draft, connector, held), held)

    @staticmethod
    def _runs(inputs: ConnectorPublicationInputs, draft: Draft) -> bool:
        value = draft.is_previewable if inputs.target is Target.PREVIEW else draft.status
        return lifecycle_of(inputs).verdict(value) is Verdict.PENDING

    @staticmethod
    def _assumed_target(what: str, connector: Connector | None) -> str:
        if what == "preview":
            return Target.PREVIEW.value
        return str((Target.MARKETPLACE if connector and connector.certified else Target.PRIVATE).value)

    async def _existing(self, inputs: ConnectorPublicationInputs) -> Draft:
        draft = await self._draft(inputs.connector_staged_id)
        if draft is None:
            raise GoneError(
                f"ConnectorStaged {inputs.connector_staged_id} does not exist.",
                "Give connectorStagedId the id of a ConnectorStaged; if that was deleted, run `pulumi refresh`.",
            )
        return draft

    async def _draft(self, draft_id: str) -> Draft | None:
        try:
            return await self._session.client.get_draft(ById(draft_id))
        except NotFoundError:
            return None

    async def _connector(self, connector_id: str) -> Connector | None:
        """Return the published Connector; it has its draft's id (API §2)."""
        try:
            return await self._session.client.get_connector(ById(connector_id))
        except NotFoundError:
            return None


def _require_tag(draft: Draft, inputs: ConnectorPublicationInputs) -> None:
    if draft.repository.tag != inputs.tag:
        raise InvalidInputError(
            f"{_name(draft)} is at tag {draft.repository.tag}, but tag {inputs.tag} should be published.",
            "Use the draft's own output for tag (staged.repository.tag), so that the draft moves first.",
        )


def _name(draft: Draft) -> str:
    return f"ConnectorStaged {draft.key or draft.id}"
