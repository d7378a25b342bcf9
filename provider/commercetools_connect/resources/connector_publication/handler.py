"""A ConnectorPublication: "this draft is available at this tag".

Here is what the engine asks for. Create and update are one idempotent step, in `publishing`; what each target asks
for is in `targets`. Only the marketplace has something to delete, in `unlisting`.
"""

from __future__ import annotations

from collections.abc import Awaitable

from commercetools_connect.api import ByKey, Connector, NotFoundError
from commercetools_connect.api import ConnectorStaged as Draft
from commercetools_connect.contract.errors import Partial
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.paths import Path
from commercetools_connect.contract.results import Change, Checked, CheckFailure, Diff, State
from commercetools_connect.contract.values import Tree, reveal
from commercetools_connect.resources.connector_publication.inputs import (
    ConnectorPublicationInputs,
    Target,
    WaitFor,
)
from commercetools_connect.resources.connector_publication.outputs import INPUT_NAMES, held_by_api, outputs
from commercetools_connect.resources.connector_publication.publishing import Publishing, find_connector
from commercetools_connect.resources.connector_publication.targets import (
    Content,
    kind,
    lifecycle_for,
    shortfall,
)
from commercetools_connect.resources.connector_publication.unlisting import Unlisting
from commercetools_connect.resources.differences import compare
from commercetools_connect.resources.identity import BY_KEY, no_id_of, require_importable
from commercetools_connect.resources.inputs import find_mistakes, parse, pick
from commercetools_connect.resources.refusals import CERTIFYING, comments
from commercetools_connect.resources.releases import Progress
from commercetools_connect.resources.runs import explain_report
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import Verdict

__all__ = ["ConnectorPublication"]

KIND = "ConnectorPublication"

ID_FORMS = "Write the draft's uuid or key=<key>, then /preview, or /publish for private and marketplace."

NO_WAY_BACK = "a marketplace publication cannot become private again; delete it (it is unlisted then) or keep it"


class ConnectorPublication:
    """The resource behind `ConnectorPublication`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def check(self, operation: Operation, olds: Tree, news: Tree) -> Checked:
        """Find mistakes; the way back from the marketplace is one."""
        self._session.ledger.note_check(KIND, operation, olds)
        failures = find_mistakes(ConnectorPublicationInputs, news)
        self._session.releases.declare(operation, news, Progress.DONE if olds else Progress.FORESEEN)
        before, after = reveal(olds.get("target")), reveal(news.get("target"))
        if (before, after) == (Target.MARKETPLACE.value, Target.PRIVATE.value):
            failures = (*failures, CheckFailure(("target",), NO_WAY_BACK))
        return Checked(news, failures)

    def foresee(self, inputs: Tree, state: State | None) -> Tree:
        """Return the Connector's id, which is its draft's (API §2), and the tag, which a success guarantees.

        The key stays: a draft's cannot change.
        """
        lasting = pick(state.outputs, ("connectorKey",)) if state else {}
        foreseen = {**lasting, "connectorId": inputs.get("connectorStagedId")}
        if reveal(inputs.get("target")) in (Target.PREVIEW.value, Target.PRIVATE.value):
            foreseen["publishedTag"] = inputs.get("tag")
        return foreseen

    async def validate(self, operation: Operation, news: Tree) -> tuple[CheckFailure, ...]:
        """Find nothing: the draft, its tag and its content may all be changed first, in this same run."""
        return ()

    async def diff(self, operation: Operation, state: State, news: Tree) -> Diff:
        """Replace for another draft and between preview and the others; all else is published in place."""
        self._session.require_home(KIND, operation, state.outputs)
        changes: dict[Path, Change] = compare(_comparable(state.outputs), _comparable(news))
        if _is_unfinished(state.outputs):
            changes[("status",)] = Change.UPDATE
        replaces = {("connectorStagedId",)} & changes.keys()
        before, after = reveal(state.outputs.get("target")), reveal(news.get("target"))
        if ("target",) in changes and Target.PREVIEW.value in (before, after):
            replaces.add(("target",))
        if changes:
            self._session.releases.declare(operation, news, Progress.FORESEEN)
        found = Diff(changes, frozenset(replaces))
        self._session.ledger.note_diff(KIND, operation, state.id, found)
        return found

    async def create(self, operation: Operation, news: Tree) -> State:
        """Publish unless it is published already, and wait until it is."""
        inputs = parse(ConnectorPublicationInputs, pick(news, INPUT_NAMES))
        self._session.ledger.claim(KIND, operation, f"{inputs.connector_staged_id}/{kind(inputs.target)}")
        return await self._publish(operation, news, None)

    async def update(self, operation: Operation, state: State, news: Tree) -> State:
        """Publish again where the tag, the content or the target asks for it."""
        self._session.require_home(KIND, operation, state.outputs)
        self._session.ledger.keep(KIND, operation, state.id)
        held = (reveal(state.outputs.get(name)) for name in ("tag", "contentHash"))
        tag, content = (value if isinstance(value, str) else None for value in held)
        return await self._publish(operation, news, Content(tag, content))

    async def read(self, operation: Operation, state: State) -> State | None:
        """Return what is available; a draft whose content moved on shows as another tag or a missing hash."""
        self._session.require_home(KIND, operation, state.outputs)
        identity, what = _parts(state.id)
        require_importable(state, identity, KIND, ID_FORMS)
        draft = await self._draft(identity, reveal(state.outputs.get("connectorKey")))
        if draft is None:
            return None
        connector = await find_connector(self._session, draft.id) if what == "publish" else None
        asked = dict(pick(state.outputs, INPUT_NAMES))
        asked.setdefault("connectorStagedId", draft.id)
        target = Target(str(reveal(asked.setdefault("target", _assumed_target(what, draft, connector).value))))
        held = pick(held_by_api(target, draft, connector, asked), INPUT_NAMES)
        unmoved = held.get("contentHash") is not None and held.get("tag") == reveal(asked.get("tag"))
        if unmoved and _was_published_by_others(connector, state.outputs):
            held = {**held, "contentHash": None}
        now = State(f"{draft.id}/{what}", self._session.stamp(outputs(target, draft, connector, held)), held)
        self._session.ledger.hold(KIND, operation, now.id)
        tag = reveal(asked.get("tag"))
        reason = shortfall(target, _wait_for(asked), tag if isinstance(tag, str) else None, draft, connector)
        if state.outputs and reason:
            raise Partial(now, [_not_as_asked(target, draft, reason)])
        return now

    async def delete(self, operation: Operation, state: State) -> None:
        """Unlist from the marketplace; of the rest say what stays, as the API has no counterpart of publishing."""
        self._session.require_home(KIND, operation, state.outputs)
        if self._session.ledger.must_stay(state.id):
            operation.reporter.warning("nothing was taken back: this run declares the same publication again")
            return
        if reveal(state.outputs.get("target")) == Target.MARKETPLACE.value:
            await Unlisting(self._session, operation).run(state.id.partition("/")[0])
            return
        what = "preview" if state.id.endswith("/preview") else "published Connector"
        operation.reporter.info(f"the {what} stays until its draft is deleted; Connect cannot take it back")

    async def _publish(self, operation: Operation, news: Tree, last: Content | None) -> State:
        declared = pick(news, INPUT_NAMES)
        inputs = parse(ConnectorPublicationInputs, declared)
        self._session.releases.declare(operation, news, Progress.UNDER_WAY)
        try:
            state = await Publishing(self._session, operation, inputs, declared, last).run()
        finally:
            # whatever it ended in, what was read of the connector before may not be true any more
            self._session.reads.forget()
        self._session.releases.declare(operation, news, Progress.DONE)
        return state

    async def _draft(self, identity: str, key: object) -> Draft | None:
        """Return the draft; gone when its id names none any more, and its key not the same one."""
        if identity.startswith(BY_KEY):
            return await self._find(self._session.client.get_draft(ByKey(identity.removeprefix(BY_KEY))))
        found = await self._find(self._session.reader.draft(identity))
        if found is None and isinstance(key, str) and key:
            another = await self._find(self._session.client.get_draft(ByKey(key)))
            return another if another is not None and another.id == identity else None
        return found

    @staticmethod
    async def _find(reading: Awaitable[Draft]) -> Draft | None:
        try:
            return await reading
        except NotFoundError:
            return None


def _parts(state_id: str) -> tuple[str, str]:
    """Split an id into its draft and what of it is published."""
    identity, _, what = state_id.rpartition("/")
    if not identity or what not in {kind(target) for target in Target}:
        raise no_id_of(KIND, state_id, ID_FORMS)
    return identity, what


def _assumed_target(what: str, draft: Draft, connector: Connector | None) -> Target:
    """Return what a publication that is imported seems to be for."""
    if what == "preview":
        return Target.PREVIEW
    for_everyone = draft.status in CERTIFYING or (connector is not None and connector.certified)
    return Target.MARKETPLACE if for_everyone else Target.PRIVATE


def _was_published_by_others(connector: Connector | None, before: Tree) -> bool:
    """Tell whether what is published is not what we left there; then nobody knows of which content it is.

    A draft that somebody changed and published has no changes, and none of ours until an update puts it back.
    """
    version = reveal(before.get("connectorVersion"))
    return connector is not None and isinstance(version, (int, float)) and 0 < version != connector.version


def _wait_for(tree: Tree) -> WaitFor:
    return WaitFor(str(reveal(tree.get("waitFor")) or WaitFor.VALIDATION.value))


def _comparable(tree: Tree) -> Tree:
    """Return the inputs of a tree; a default is the same as absent."""
    inputs = pick(tree, INPUT_NAMES)
    return {name: value for name, value in inputs.items() if reveal(value) != WaitFor.VALIDATION.value}


def _is_unfinished(held: Tree) -> bool:
    """Tell whether a run was under way when the state was written, and is needed for what was asked."""
    named = reveal(held.get("target"))
    if named not in list(Target):
        return True  # a state that no version of ours wrote: an update writes it anew
    target = Target(str(named))
    verdict = lifecycle_for(target, _wait_for(held)).verdict(str(reveal(held.get("status"))))
    available = target is Target.PRIVATE and reveal(held.get("publishedTag")) == reveal(held.get("tag"))
    return verdict in (Verdict.PENDING, Verdict.UNKNOWN) and not available


def _not_as_asked(target: Target, draft: Draft, reason: str) -> str:
    report = draft.previewable_report if target is Target.PREVIEW else draft.publishing_report
    lines = explain_report(report.entries)
    said = comments(draft) if target is Target.MARKETPLACE else []
    first = f"ConnectorStaged {draft.key or draft.id}, {target.value}: {reason}"
    return "\n".join([first, *lines, *said, "Run `pulumi up` to go on."])
