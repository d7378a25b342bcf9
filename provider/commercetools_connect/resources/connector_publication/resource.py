"""ConnectorPublication resource: a ConnectorStaged available at a tag.

Create and update are one idempotent step. Only the marketplace has something to delete.
"""

from __future__ import annotations

from commercetools_connect.api import Connector, ConnectorStaged
from commercetools_connect.core.errors import GoneError, InitFailedError, ProviderError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import Change, Checked, CheckFailure, Diff, State
from commercetools_connect.core.text import Path
from commercetools_connect.core.values import PropertyMap, unwrap_secrets
from commercetools_connect.resources.connector_publication.model import (
    INPUT_NAMES,
    ConnectorPublicationInputs,
    Target,
    WaitFor,
    last_applied_inputs,
    outputs,
)
from commercetools_connect.resources.connector_publication.plan import (
    Content,
    kind,
    lifecycle_for,
    shortfall,
)
from commercetools_connect.resources.connector_publication.reconcile import Publishing, Unlisting, find_connector
from commercetools_connect.resources.connector_staged.operation import CERTIFYING, certification_comments, name_of
from commercetools_connect.resources.inputs import parse, pick, text_of, validate_inputs
from commercetools_connect.resources.keys import invalid_import_id
from commercetools_connect.resources.managed import ManagedResource, find_object
from commercetools_connect.resources.planned_publications import PublicationProgress
from commercetools_connect.resources.reconcile import explain_report
from commercetools_connect.resources.schema import find_differences

NOT_REVERSIBLE = (
    "a marketplace publication cannot become private again; delete it (it is unlisted then) or keep it"
)


class ConnectorPublicationResource(ManagedResource):
    """The resource behind `ConnectorPublication`."""

    kind = "ConnectorPublication"
    id_forms = (
        "Write the ConnectorStaged's uuid or key=<key>, then /preview, or /publish for private and marketplace."
    )

    def check(self, context: OperationContext, olds: PropertyMap, news: PropertyMap) -> Checked:
        """Validate; a marketplace publication cannot become private again."""
        self._session.registry.record_check(self.kind, context, "" if olds else None, None, news)
        failures = validate_inputs(ConnectorPublicationInputs, news)
        self._session.publications.declare(
            context, news, PublicationProgress.DONE if olds else PublicationProgress.PLANNED
        )
        targets = text_of(olds, "target"), text_of(news, "target")
        if targets == (Target.MARKETPLACE.value, Target.PRIVATE.value):
            failures = (*failures, CheckFailure(("target",), NOT_REVERSIBLE))
        return Checked(news, failures)

    def preview_outputs(self, inputs: PropertyMap, state: State | None) -> PropertyMap:
        """Return the Connector's id, which is the ConnectorStaged's (API §2), its key, and the tag.

        The key cannot change; a success guarantees the tag.
        """
        lasting = pick(state.outputs, ("connectorKey",)) if state else {}
        known = {**lasting, "connectorId": inputs.get("connectorStagedId")}
        if text_of(inputs, "target") in (Target.PREVIEW.value, Target.PRIVATE.value):
            known["publishedTag"] = inputs.get("tag")
        return known

    async def diff(self, context: OperationContext, state: State, news: PropertyMap) -> Diff:
        """Replace for another ConnectorStaged and between preview and the others; otherwise publish in place."""
        self.ensure_same_host(context, state)
        changes: dict[Path, Change] = find_differences(_comparable(state.outputs), _comparable(news))
        if _is_unfinished(state.outputs):
            changes[("status",)] = Change.UPDATE
        replaces = {("connectorStagedId",)} & changes.keys()
        targets = text_of(state.outputs, "target"), text_of(news, "target")
        if ("target",) in changes and Target.PREVIEW.value in targets:
            replaces.add(("target",))
        follows = targets[1] == Target.PREVIEW.value or news.get("contentHash") is not None
        if follows and self._session.registry.is_outdated(state.id):
            changes[("status",)] = Change.UPDATE
        if changes:
            self._session.publications.declare(context, news, PublicationProgress.PLANNED)
        return self.record_diff(context, state, news, Diff(changes, frozenset(replaces)))

    async def create(self, context: OperationContext, news: PropertyMap) -> State:
        """Publish unless it is published already, and wait until it is."""
        inputs = parse(ConnectorPublicationInputs, pick(news, INPUT_NAMES))
        self._session.registry.claim(self.kind, context, f"{inputs.connector_staged_id}/{kind(inputs.target)}")
        return await self._publish(context, news, None)

    async def update(self, context: OperationContext, state: State, news: PropertyMap) -> State:
        """Publish again where the tag, the content or the target asks for it."""
        self.begin_update(context, state)
        tag, content = (text_of(state.outputs, name) or None for name in ("tag", "contentHash"))
        try:
            return await self._publish(context, news, Content(tag, content))
        except ProviderError as error:
            if isinstance(error, GoneError) or not self._session.registry.is_outdated(state.id):
                raise
            # with equal inputs, only a state that is not as asked brings the next `up` back here
            raise InitFailedError(State(state.id, state.outputs, pick(news, INPUT_NAMES)), [str(error)]) from error

    async def read(self, context: OperationContext, state: State) -> State | None:
        """Return what is available; later changes of the content show as another tag or a missing hash."""
        session = self._session
        self.ensure_same_host(context, state)
        identity, _, what = state.id.rpartition("/")
        if not identity or what not in {kind(target) for target in Target}:
            raise invalid_import_id(self.kind, state.id, self.id_forms)
        self.ensure_importable(state, identity)
        read, key = session.client.get_connector_staged, state.outputs.get("connectorKey")
        staged = (await find_object(identity, key, read, session.reader.connector_staged)).found
        if staged is None:
            await session.ensure_proven_gone(self.kind, context, state.outputs)
            return None
        connector = await find_connector(session, staged.id) if what == "publish" else None
        asked = {"connectorStagedId": staged.id, **pick(state.outputs, INPUT_NAMES)}
        target = Target(text_of(asked, "target") or _assumed_target(what, staged, connector).value)
        asked.setdefault("target", target.value)
        tag = text_of(asked, "tag") or None
        last_applied = dict(pick(last_applied_inputs(target, staged, connector, asked), INPUT_NAMES))
        version = unwrap_secrets(state.outputs.get("connectorVersion"))
        known = version if isinstance(version, int | float) else 0
        if last_applied.get("tag") == tag and connector is not None and 0 < known != connector.version:
            # another client published since, so it is unknown which content is published
            last_applied.pop("contentHash", None)
        shown = session.stamp_owner(outputs(target, staged, connector, last_applied))
        now = State(f"{staged.id}/{what}", shown, last_applied)
        reason = shortfall(target, _wait_for(asked), tag, staged, connector)
        if state.outputs and reason:
            raise InitFailedError(now, [_unreached_reason(target, staged, reason)])
        return now

    async def delete(self, context: OperationContext, state: State) -> None:
        """Unlist from the marketplace; anything else stays, as the API cannot take a publication back."""
        self.ensure_same_host(context, state)
        if self._session.registry.is_protected(state.id):
            context.reporter.warning("nothing was taken back: this run declares the same publication again")
            return
        if text_of(state.outputs, "target") == Target.MARKETPLACE.value:
            await Unlisting(self._session, context, state.id.partition("/")[0], state.outputs).execute()
            return
        staged_id = state.id.partition("/")[0]
        if not self._session.registry.other_keeper(self.kind, context, staged_id):
            return  # the program declares no such ConnectorStaged: this run deletes it as well, or never had it
        what = "preview" if state.id.endswith("/preview") else "published Connector"
        context.reporter.info(
            f"the {what} stays until its ConnectorStaged is deleted; Connect cannot take it back"
        )

    async def _publish(self, context: OperationContext, news: PropertyMap, last: Content | None) -> State:
        declared = pick(news, INPUT_NAMES)
        inputs = parse(ConnectorPublicationInputs, declared)
        self._session.publications.declare(context, news, PublicationProgress.UNDER_WAY)
        try:
            state = await Publishing(self._session, context, inputs, declared, last).execute()
        finally:
            # also after an error, what was read of the connector before may have changed
            self._session.reads.forget()
        self._session.publications.declare(context, news, PublicationProgress.DONE)
        return state


def _assumed_target(what: str, staged: ConnectorStaged, connector: Connector | None) -> Target:
    """Return the most likely target of a publication that is imported."""
    if what == "preview":
        return Target.PREVIEW
    for_everyone = staged.status in CERTIFYING or (connector is not None and connector.certified)
    return Target.MARKETPLACE if for_everyone else Target.PRIVATE


def _wait_for(properties: PropertyMap) -> WaitFor:
    return WaitFor(text_of(properties, "waitFor") or WaitFor.VALIDATION.value)


def _comparable(properties: PropertyMap) -> PropertyMap:
    """Return the inputs; a default is the same as absent."""
    inputs = pick(properties, INPUT_NAMES)
    return {name: value for name, value in inputs.items() if unwrap_secrets(value) != WaitFor.VALIDATION.value}


def _is_unfinished(outputs: PropertyMap) -> bool:
    """Return whether a run that the declared inputs need was under way when the state was written."""
    named = text_of(outputs, "target")
    if named not in list(Target):
        return True  # a state that no version of this provider wrote: an update writes it again
    target = Target(named)
    runs = lifecycle_for(target, _wait_for(outputs)).is_running(text_of(outputs, "status"))
    available = target is Target.PRIVATE and text_of(outputs, "publishedTag") == text_of(outputs, "tag")
    return runs and not available


def _unreached_reason(target: Target, staged: ConnectorStaged, reason: str) -> str:
    report = staged.previewable_report if target is Target.PREVIEW else staged.publishing_report
    comments = certification_comments(staged) if target is Target.MARKETPLACE else []
    first = f"{name_of(staged)}, {target.value}: {reason}"
    return "\n".join([first, *explain_report(report.entries), *comments, "Run `pulumi up` to go on."])
