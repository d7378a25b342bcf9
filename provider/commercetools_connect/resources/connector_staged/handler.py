"""A ConnectorStaged: the editable definition of a connector.

Create finds an object of an interrupted run by its key; update converges in as few requests as possible; delete
removes the published Connector as well (API §8.3).
"""

from __future__ import annotations

from commercetools_connect.api import (
    ApiError,
    ById,
    ByKey,
    ConcurrentModificationError,
    NotFoundError,
)
from commercetools_connect.api import ConnectorStaged as Draft
from commercetools_connect.contract.errors import GoneError, ProviderError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import Checked, Diff, State
from commercetools_connect.contract.values import Tree, reveal
from commercetools_connect.resources.adoption import may_take_over
from commercetools_connect.resources.connector_staged.checks import repository_warnings
from commercetools_connect.resources.connector_staged.content import UNORDERED, content_hash
from commercetools_connect.resources.connector_staged.inputs import ConnectorStagedInputs
from commercetools_connect.resources.connector_staged.outputs import INPUT_NAMES, observed_inputs, outputs
from commercetools_connect.resources.connector_staged.plan import new_draft, plan_changes
from commercetools_connect.resources.differences import compare
from commercetools_connect.resources.inputs import find_mistakes, parse, pick
from commercetools_connect.resources.keys import with_key
from commercetools_connect.resources.runs import settle_draft
from commercetools_connect.resources.session import Session

__all__ = ["ConnectorStaged"]

MAX_ROUNDS = 6
"""How often an update reads and plans anew before it gives up: validation steps bump versions on their own."""


class ConnectorStaged:
    """The resource behind `ConnectorStaged`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def check(self, operation: Operation, olds: Tree, news: Tree) -> Checked:
        """Fill in the key and find mistakes."""
        inputs = with_key(operation, olds, news)
        return Checked(inputs, find_mistakes(ConnectorStagedInputs, inputs), repository_warnings(inputs))

    def foresee(self, inputs: Tree) -> Tree:
        """Return the content hash, so that a preview knows whether a publication changes."""
        return {"contentHash": content_hash(inputs)}

    async def diff(self, operation: Operation, state: State, news: Tree) -> Diff:
        """Replace only on another key; everything else has an action (API §7)."""
        held = pick(state.outputs, INPUT_NAMES)
        changes = compare(held, pick(news, INPUT_NAMES), unordered=UNORDERED)
        if news.get("supportedRegions") is None:
            # the API cannot empty the list (API §5); leaving it out keeps it
            changes.pop(("supportedRegions",), None)
            if held.get("supportedRegions") is not None:
                operation.reporter.info("supportedRegions cannot be emptied once set; the draft keeps its regions")
        return Diff(changes, frozenset({("key",)} & changes.keys()), delete_before_replace=False)

    async def create(self, operation: Operation, news: Tree) -> State:
        """Create the draft, or take over the one that an interrupted run left under its key."""
        inputs = parse(ConnectorStagedInputs, pick(news, INPUT_NAMES))
        found = await self._find(inputs.key)
        if found is not None:
            return await self._take_over(operation, found, inputs, news)
        try:
            draft = await self._session.client.create_draft(new_draft(inputs))
        except ApiError as error:
            if not error.uncertain:
                raise
            found = await self._find(inputs.key)
            if found is None:
                raise
            draft = found
        return State(draft.id, outputs(draft, pick(news, INPUT_NAMES)), news)

    async def read(self, operation: Operation, state: State) -> State | None:
        """Return the draft as it is, on the declared paths; `key=<key>` works as an id too."""
        key = state.id.removeprefix("key=")
        ref = ByKey(key) if key != state.id else ById(state.id)
        try:
            draft = await self._session.client.get_draft(ref)
        except NotFoundError:
            return None
        held = observed_inputs(draft, pick(state.outputs, INPUT_NAMES))
        return State(draft.id, outputs(draft, held), held)

    async def update(self, operation: Operation, state: State, news: Tree) -> State:
        """Bring the draft in line with the fewest actions, after a running publish or preview has ended."""
        inputs = parse(ConnectorStagedInputs, pick(news, INPUT_NAMES))
        draft = await self._converge(operation, state.id, inputs, pick(state.outputs, INPUT_NAMES))
        return State(draft.id, outputs(draft, self._kept(state, news)), news)

    async def delete(self, operation: Operation, state: State) -> None:
        """Delete the draft and with it the published Connector (API §8.3)."""
        deadline = self._session.deadline(operation)
        async with self._session.draft_locks[state.id]:
            draft = await self._get(state.id)
            if draft is None:
                return
            await settle_draft(self._session, draft, operation, deadline)
            try:
                await self._session.client.delete_draft(ById(state.id))
            except NotFoundError:
                return
            except ApiError as error:
                if not error.uncertain or await self._get(state.id) is not None:
                    raise

    async def _converge(
        self,
        operation: Operation,
        draft_id: str,
        inputs: ConnectorStagedInputs,
        before: Tree,
    ) -> Draft:
        """Read, plan and post until nothing is left to do.

        An uncertain answer and a version that moved are the same case: read again and plan anew. The answer to
        an accepted request is planned against once more, which verifies that the API took every value.
        """
        deadline = self._session.deadline(operation)
        last: ApiError | None = None
        async with self._session.draft_locks[draft_id]:
            draft = await self._get(draft_id)
            for _ in range(MAX_ROUNDS):
                if draft is None:
                    raise GoneError(
                        f"ConnectorStaged {inputs.key} ({draft_id}) does not exist any more.",
                        "Run `pulumi refresh`, then `pulumi up` to create it again.",
                    )
                draft = await settle_draft(self._session, draft, operation, deadline)
                actions = plan_changes(draft, inputs, before)
                if not actions:
                    return draft
                try:
                    draft = await self._session.client.update_draft(ById(draft_id), draft.version, actions)
                except ApiError as error:
                    if not (error.uncertain or isinstance(error, ConcurrentModificationError)):
                        raise
                    last = error
                    draft = await self._get(draft_id)
        if last is not None:
            raise last
        names = ", ".join(sorted({action.action for action in actions}))
        raise ProviderError(
            f"ConnectorStaged {inputs.key}: the API accepted the update but did not keep every value ({names}).",
            "If a text was removed from the program, the API may not allow to clear it: give it a value.",
        )

    async def _take_over(
        self, operation: Operation, found: Draft, inputs: ConnectorStagedInputs, news: Tree
    ) -> State:
        declared = pick(news, INPUT_NAMES)
        differences = compare(observed_inputs(found, declared), declared, unordered=UNORDERED)
        differences = {path: change for path, change in differences.items() if path != ("repository", "tag")}
        may_take_over(operation, f"ConnectorStaged {inputs.key} ({found.id})", inputs, differences)
        draft = await self._converge(operation, found.id, inputs, {})
        return State(draft.id, outputs(draft, declared), news)

    async def _find(self, key: str) -> Draft | None:
        try:
            return await self._session.client.get_draft(ByKey(key))
        except NotFoundError:
            return None

    async def _get(self, draft_id: str) -> Draft | None:
        try:
            return await self._session.client.get_draft(ById(draft_id))
        except NotFoundError:
            return None

    @staticmethod
    def _kept(state: State, news: Tree) -> Tree:
        """Return what the API holds after an update: what was sent, and regions that cannot be emptied."""
        held = dict(pick(news, INPUT_NAMES))
        regions = reveal(state.outputs.get("supportedRegions"))
        if held.get("supportedRegions") is None and regions is not None:
            held["supportedRegions"] = regions
        return held
