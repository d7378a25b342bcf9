"""A ConnectorStaged: the editable definition of a connector.

Here is what the engine asks for. Creating is in `creation`, updating in `convergence`, deleting in `deletion`.
"""

from __future__ import annotations

from commercetools_connect.api import ConnectorStaged as Draft
from commercetools_connect.api import NotFoundError
from commercetools_connect.contract.errors import ConflictError, Partial
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import Checked, CheckFailure, Diff, State
from commercetools_connect.contract.values import Tree, reveal
from commercetools_connect.resources.adoption import may_take_over
from commercetools_connect.resources.connector_staged.checks import (
    canonical,
    repository_warnings,
    specification_problem,
)
from commercetools_connect.resources.connector_staged.content import UNORDERED, content_hash
from commercetools_connect.resources.connector_staged.convergence import Convergence, whole
from commercetools_connect.resources.connector_staged.creation import create_once, find
from commercetools_connect.resources.connector_staged.deletion import Deletion
from commercetools_connect.resources.connector_staged.inputs import ConnectorStagedInputs
from commercetools_connect.resources.connector_staged.outputs import INPUT_NAMES, OURS, observed_inputs, outputs
from commercetools_connect.resources.differences import compare
from commercetools_connect.resources.identity import BY_KEY, require_importable
from commercetools_connect.resources.inputs import find_mistakes, parse, pick
from commercetools_connect.resources.keys import with_key
from commercetools_connect.resources.session import Session

__all__ = ["ConnectorStaged"]

KIND = "ConnectorStaged"


class ConnectorStaged:
    """The resource behind `ConnectorStaged`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def check(self, operation: Operation, olds: Tree, news: Tree) -> Checked:
        """Fill in the key, write values as the API holds them, and find mistakes."""
        self._session.ledger.note_check(KIND, operation, olds)
        inputs = canonical(with_key(operation, olds, news))
        self._session.releases.declare_draft(inputs["key"], inputs)
        return Checked(inputs, find_mistakes(ConnectorStagedInputs, inputs), repository_warnings(inputs))

    def foresee(self, inputs: Tree, state: State | None) -> Tree:
        """Return the content hash, so that a preview knows whether a publication changes; the id stays."""
        lasting = pick(state.outputs, ("connectorStagedId",)) if state else {}
        return {**lasting, "contentHash": content_hash(inputs)}

    async def validate(self, operation: Operation, news: Tree) -> tuple[CheckFailure, ...]:
        """Find nothing: the server knows no more about the fields of a new draft than `check`."""
        return ()

    async def diff(self, operation: Operation, state: State, news: Tree) -> Diff:
        """Replace only on another key; everything else has an action (API §7)."""
        self._session.require_home(KIND, operation, state.outputs)
        self._session.releases.declare_draft(state.id, news)
        changes = compare(_comparable(state.outputs), _comparable(news), unordered=UNORDERED)
        if news.get("supportedRegions") is None and ("supportedRegions",) in changes:
            # the API cannot empty the list (API §5); leaving it out keeps it
            del changes[("supportedRegions",)]
            operation.reporter.info("supportedRegions cannot be emptied once set; the draft keeps its regions")
        found = Diff(changes, frozenset({("key",)} & changes.keys()), delete_before_replace=False)
        self._session.ledger.note_diff(KIND, operation, state.id, found)
        return found

    async def create(self, operation: Operation, news: Tree) -> State:
        """Create the draft, or take over the one that an interrupted run left under its key."""
        declared = pick(news, INPUT_NAMES)
        inputs = parse(ConnectorStagedInputs, declared)
        found = await find(self._session, inputs.key)
        if found is not None:
            return await self._take_over(operation, found, inputs, declared)
        draft = await create_once(self._session, inputs)
        self._session.ledger.claim(KIND, operation, draft.id)
        return whole(self._session, draft, declared)

    async def read(self, operation: Operation, state: State) -> State | None:
        """Return the draft as it is, on the declared paths; `key=<key>` works as an id too."""
        self._session.require_home(KIND, operation, state.outputs)
        require_importable(state, state.id, KIND, "Write the draft's uuid, or key=<key>.")
        draft = await self._look_up(state.id, reveal(state.outputs.get("key")))
        if draft is None:
            return None
        self._session.ledger.hold(KIND, operation, draft.id)
        held = observed_inputs(draft, pick(state.outputs, INPUT_NAMES))
        now = State(draft.id, self._session.stamp(outputs(draft, held)), held)
        problem = specification_problem(draft)
        if state.outputs and problem:
            raise Partial(now, [problem])
        return now

    async def update(self, operation: Operation, state: State, news: Tree) -> State:
        """Bring the draft in line with the fewest actions, after a running publish or preview has ended."""
        self._session.require_home(KIND, operation, state.outputs)
        self._session.ledger.keep(KIND, operation, state.id)
        declared, before = pick(news, INPUT_NAMES), pick(state.outputs, INPUT_NAMES)
        inputs = parse(ConnectorStagedInputs, declared)
        return await Convergence(self._session, operation, inputs, declared, before).run(state.id)

    async def delete(self, operation: Operation, state: State) -> None:
        """Delete the draft and with it the published Connector (API §8.3), unless someone uses it."""
        self._session.require_home(KIND, operation, state.outputs)
        if self._session.ledger.must_stay(state.id):
            operation.reporter.warning("not deleted: this run keeps the same draft")
            return
        force = reveal(state.outputs.get("forceDestroy")) is True
        await Deletion(self._session, operation, force).run(state.id)

    async def _take_over(
        self, operation: Operation, found: Draft, inputs: ConnectorStagedInputs, declared: Tree
    ) -> State:
        """Bring a draft that stands under our key in line, if it may become ours."""
        differences = compare(observed_inputs(found, declared), declared, unordered=UNORDERED)
        differences = {path: change for path, change in differences.items() if path != ("repository", "tag")}
        may_take_over(operation, f"ConnectorStaged {inputs.key} ({found.id})", inputs, differences)
        self._session.ledger.claim(KIND, operation, found.id)
        return await Convergence(self._session, operation, inputs, declared, {}).run(found.id)

    async def _look_up(self, identity: str, key: object) -> Draft | None:
        """Return the draft; `None` when neither its id nor its key names one any more."""
        if identity.startswith(BY_KEY):
            return await find(self._session, identity.removeprefix(BY_KEY))
        try:
            return await self._session.reader.draft(identity)
        except NotFoundError:
            pass
        another = await find(self._session, key) if isinstance(key, str) and key else None
        if another is not None and another.id != identity:
            raise ConflictError(
                f"ConnectorStaged {key} ({identity}) is gone, and its key belongs to another draft: {another.id}.",
                "Take the old one out of the state with `pulumi state delete`. Then choose another key, or import "
                "the new draft if this program shall manage it.",
            )
        return another


def _comparable(tree: Tree) -> Tree:
    """Return the inputs of a tree; what is ours and switched off is the same as absent."""
    inputs = pick(tree, INPUT_NAMES)
    return {name: value for name, value in inputs.items() if name not in OURS or reveal(value) is not False}
