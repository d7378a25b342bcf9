"""ConnectorStaged resource: the editable definition of a connector."""

from __future__ import annotations

from typing import Final

from commercetools_connect.api import ConnectorStaged
from commercetools_connect.core.errors import ConflictError, GoneError, InitFailedError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import Checked, Diff, State
from commercetools_connect.core.values import PropertyMap, has_unknown, unwrap_secrets
from commercetools_connect.resources.connector_staged.model import (
    INPUT_NAMES,
    OWN_INPUTS,
    PUBLISHED,
    UNORDERED,
    ConnectorStagedInputs,
    canonical_inputs,
    content_hash,
    observed_inputs,
    outputs,
    repository_warnings,
    specification_problem,
    with_own_content,
)
from commercetools_connect.resources.connector_staged.plan import new_draft
from commercetools_connect.resources.connector_staged.reconcile import (
    ConnectorStagedDeletion,
    ConnectorStagedUpdate,
    declared_state,
)
from commercetools_connect.resources.inputs import parse, pick, validate_inputs
from commercetools_connect.resources.managed import ANSWER_LOST, ManagedResource, find_by_key, find_object
from commercetools_connect.resources.ownership import ExistingObject
from commercetools_connect.resources.reconcile import Attempts, create_once
from commercetools_connect.resources.run_registry import CheckRecord
from commercetools_connect.resources.schema import find_differences

FIRST_VERSION: Final = 1
"""The version of an object with which nothing has been done since its create (API §2)."""


class ConnectorStagedResource(ManagedResource):
    """The resource behind `ConnectorStaged`."""

    kind = "ConnectorStaged"
    noun = "ConnectorStaged"
    id_forms = "Write the ConnectorStaged's uuid, or key=<key>."

    def key_name(self, properties: PropertyMap) -> str:
        """Return the name of the key in the run registry."""
        key = unwrap_secrets(properties.get("key"))
        return f"{self.kind} {self._session.client.connection.connect_url} {key}" if isinstance(key, str) else ""

    def check(self, context: OperationContext, olds: PropertyMap, news: PropertyMap) -> Checked:
        """Fill in the key, write values as the API holds them, and validate."""
        inputs = canonical_inputs({**news, "key": self._session.keys.key_of(context, olds, news.get("key"))})
        self._session.publications.declare_draft(inputs["key"], inputs)
        failures = [*validate_inputs(ConnectorStagedInputs, inputs), *self.check_key(context, olds, inputs)]
        return Checked(inputs, tuple(failures), repository_warnings(inputs))

    def preview_outputs(self, inputs: PropertyMap, state: State | None) -> PropertyMap:
        """Return the content hash, so that a preview knows whether a publication changes; the id stays."""
        lasting = pick(state.outputs, ("connectorStagedId",)) if state else {}
        return {**lasting, "contentHash": content_hash(inputs)}

    async def diff(self, context: OperationContext, state: State, news: PropertyMap) -> Diff:
        """Replace only on another key; everything else has an action (API §7)."""
        self.ensure_same_host(context, state)
        self._session.publications.declare_draft(state.id, news)
        changes = find_differences(_comparable(state.outputs), _comparable(news), unordered=UNORDERED)
        if news.get("supportedRegions") is None and ("supportedRegions",) in changes:
            # the API cannot empty the list (API §5); leaving it out keeps it
            del changes[("supportedRegions",)]
            context.reporter.info(
                "supportedRegions cannot be emptied once set; the ConnectorStaged keeps its regions"
            )
        found = Diff(changes, frozenset({("key",)} & changes.keys()), delete_before_replace=False)
        registry = self._session.registry
        if registry.check_record(self.kind, context):
            # the diff of the publication follows, and shows an update although its own inputs may be the same
            if any(path[0] == "repository" for path in changes):
                registry.record_outdated(f"{state.id}/preview")
            if any(path[0] in PUBLISHED for path in changes):
                registry.record_outdated(f"{state.id}/publish")
        return self.record_diff(context, state, news, found)

    async def create(self, context: OperationContext, news: PropertyMap) -> State:
        """Create the object, or take over the one that an interrupted run left under its key."""
        with self.contesting_key(context, news):
            return await self._create(context, news)

    async def _create(self, context: OperationContext, news: PropertyMap) -> State:
        session, client = self._session, self._session.client
        declared = pick(news, INPUT_NAMES)
        inputs = parse(ConnectorStagedInputs, declared)
        record = session.registry.record_create(self.kind, context)
        found = await find_by_key(inputs.key, client.get_connector_staged)
        if found is None:
            staged, certain = await create_once(
                Attempts(session, context, f"ConnectorStaged {inputs.key}", session.deadline(context)),
                lambda: client.create_connector_staged(new_draft(inputs)),
                lambda: find_by_key(inputs.key, client.get_connector_staged),
            )
            if certain or self.key_is_ours(context, inputs.key, declared, record):
                session.registry.claim(self.kind, context, staged.id)
                return declared_state(session, staged, declared)
            found = staged
            context.reporter.warning(ANSWER_LOST.format(what=f"ConnectorStaged {inputs.key}"))
        await self._report_owner(context, found, inputs, declared, record)
        update = ConnectorStagedUpdate(session, context, found.id, inputs, declared, {})
        return await self.take_over(context, found.id, update.execute, adopt=inputs.adopt)

    async def preview_create(self, context: OperationContext, news: PropertyMap) -> None:
        """Report what a create will do with the object that has its key; raise what the create would raise.

        The object that the create replaces does not count: it is gone by then.
        """
        declared = pick(news, INPUT_NAMES)
        if has_unknown(declared.get("key")):
            return
        found = await self._session.reader.connector_staged_by_key(str(unwrap_secrets(declared.get("key"))))
        record = self._session.registry.check_record(self.kind, context)
        if found is None or (record is not None and record.replaced_id == found.id):
            return
        if not has_unknown(declared):
            inputs = parse(ConnectorStagedInputs, declared)
            await self._report_owner(context, found, inputs, declared, record)

    async def read(self, context: OperationContext, state: State) -> State | None:
        """Return the object as it is, on the declared paths; `key=<key>` works as an id too."""
        self.ensure_same_host(context, state)
        self.ensure_importable(state, state.id)
        staged = await self._find(state)
        if staged is None:
            await self._session.ensure_proven_gone(self.kind, context, state.outputs)
            return None
        last_applied = observed_inputs(staged, pick(state.outputs, INPUT_NAMES))
        shown = with_own_content(outputs(staged, last_applied), state.outputs)
        now = State(staged.id, self._session.stamp_owner(shown), last_applied)
        problem = specification_problem(staged)
        if state.outputs and problem:
            raise InitFailedError(now, [problem])
        return now

    async def _find(self, state: State) -> ConnectorStaged | None:
        """Return the object; `None` if neither its id nor its key leads to it.

        Raises `ConflictError` when another object has its key.
        """
        key, session = state.outputs.get("key"), self._session
        read = session.client.get_connector_staged
        lookup = await find_object(state.id, key, read, session.reader.connector_staged)
        if lookup.successor is not None:
            raise ConflictError(
                f"ConnectorStaged {lookup.successor.key} ({state.id}) is gone, and another one has its key: "
                f"{lookup.successor.id}.",
                "Take the old one out of the state with `pulumi state delete`. Then choose another key, or import "
                "the new one if this program shall manage it.",
            )
        return lookup.found

    async def update(self, context: OperationContext, state: State, news: PropertyMap) -> State:
        """Apply the declared inputs with the fewest actions, after a running publish or preview has ended."""
        self.begin_update(context, state)
        declared = pick(news, INPUT_NAMES)
        inputs = parse(ConnectorStagedInputs, declared)
        try:
            update = ConnectorStagedUpdate(self._session, context, state.id, inputs, declared, state.outputs)
            return await update.execute()
        except GoneError:
            await self._session.ensure_proven_gone(self.kind, context, state.outputs)
            raise

    async def delete(self, context: OperationContext, state: State) -> None:
        """Delete the object and with it the published Connector (API §8.3), unless other objects use it."""
        if not self.keeps_object(context, state):
            await ConnectorStagedDeletion(self._session, context, state.id, state.outputs).execute()

    async def _report_owner(
        self,
        context: OperationContext,
        found: ConnectorStaged,
        inputs: ConnectorStagedInputs,
        declared: PropertyMap,
        record: CheckRecord | None,
    ) -> None:
        """Report that the create continues with the object that has its key. Raises as `find_owner` does."""
        what = f"ConnectorStaged {inputs.key} ({found.id})"

        async def describe() -> ExistingObject:
            differences = find_differences(observed_inputs(found, declared), declared, unordered=UNORDERED)
            return ExistingObject(
                resource=context.name,
                what=what,
                entry=f"connectors/{inputs.key}",
                differences=tuple(differences),
                key_is_ours=self.key_is_ours(context, inputs.key, declared, record),
                key_from_names=inputs.key == context.default_key,
                never_live=found.version == FIRST_VERSION,
                adopt=inputs.adopt or self._session.adopt.matches("connectors", inputs.key),
            )

        ownership = await self.find_owner(context, found.id, declared, describe)
        self.report_take_over(context, what, ownership)


def _comparable(properties: PropertyMap) -> PropertyMap:
    """Return the inputs; one that is never sent and switched off is the same as absent."""
    inputs = pick(properties, INPUT_NAMES)
    return {
        name: value
        for name, value in inputs.items()
        if name not in OWN_INPUTS or unwrap_secrets(value) is not False
    }
