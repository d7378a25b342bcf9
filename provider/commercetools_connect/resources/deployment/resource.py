"""Deployment resource: a connector that runs in one project and region."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from commercetools_connect.api import ApiError, Deployment, DeploymentStatus
from commercetools_connect.core.errors import (
    ConfigurationError,
    ConflictError,
    InitFailedError,
    InvalidInputError,
    NotReachedError,
)
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import Change, Checked, CheckFailure, Diff, State
from commercetools_connect.core.text import format_path
from commercetools_connect.core.values import PropertyMap, PropertyValue, has_unknown
from commercetools_connect.resources.deployment.configuration_values import (
    canonical_configurations,
    mask_failures,
    without_templates,
)
from commercetools_connect.resources.deployment.connector_version import Unavailable
from commercetools_connect.resources.deployment.diff import (
    diff_inputs,
    mismatches,
    missed_tag,
    new_applications,
    preview_outputs,
    replace_for_new_applications,
    unfinished,
)
from commercetools_connect.resources.deployment.model import DeploymentInputs
from commercetools_connect.resources.deployment.operation import (
    ID_FORMS,
    REDEPLOY_AFTER,
    DeploymentOperation,
    name_of,
    own_build,
    redeployed_elsewhere,
    split_id,
)
from commercetools_connect.resources.deployment.outputs import INPUT_NAMES, observed_inputs
from commercetools_connect.resources.deployment.plan import Desired, is_awaited
from commercetools_connect.resources.deployment.preview import DeploymentValidator
from commercetools_connect.resources.deployment.reconcile import (
    AFTER_REPLACEMENT,
    follow_create,
    reconcile,
    request_create,
    undeploy,
)
from commercetools_connect.resources.deployment.replacement import NOT_PROVEN_YET, prove, replacement_error
from commercetools_connect.resources.deployment.validation import NO_PROJECT, connector_failures, default_type
from commercetools_connect.resources.deployment.wiring.check import (
    NOT_WIRED,
    ensure_readable,
    ensure_wired,
    is_redeploy_due,
    report_registrations,
)
from commercetools_connect.resources.deployment.wiring.expectation import expectation_of
from commercetools_connect.resources.deployment.wiring.messages import invalid_expectations
from commercetools_connect.resources.inputs import parse, pick, text_of, validate_inputs
from commercetools_connect.resources.managed import ANSWER_LOST, ManagedResource, find_by_key
from commercetools_connect.resources.ownership import ExistingObject, Ownership
from commercetools_connect.resources.reconcile import deployment_lock
from commercetools_connect.resources.run_registry import CheckRecord
from commercetools_connect.resources.schema import find_differences

SCRIPTS_RAN_LAST: Final = (
    "run `pulumi up` once more: the scripts of the old deployment ran last and may have undone what those of the "
    "new one set up; the next `up` redeploys the new one once"
)

KEPT: Final = (
    "The old deployment was kept (`retainOnDelete`) and has the key. Give this resource a key of its own, or "
    "revert the change."
)

VALUES_SENT: Final = (
    "was redeployed by another client since this stack deployed it; this update has sent the values of this "
    "program"
)

VALUES_KEPT: Final = (
    "was redeployed by another client since this stack deployed it, and this update has sent nothing: secured "
    "values may be those of the other client. Another redeployTrigger sends the whole configuration again"
)

IF_IT_STAYS: Final = (
    "If it shall stay after all, run `pulumi refresh` before the next `pulumi up`: the state has it as it was."
)


class DeploymentResource(ManagedResource):
    """The resource behind `Deployment`."""

    kind = "Deployment"
    noun = "deployment"
    id_forms = ID_FORMS

    def key_name(self, properties: PropertyMap) -> str:
        """Return the name of the key in the run registry."""
        project_key, key = text_of(properties, "projectKey"), text_of(properties, "key")
        url = self._session.client.connection.connect_url
        return f"{self.kind} {url} {project_key}/{key}" if project_key and key else ""

    def check(self, context: OperationContext, olds: PropertyMap, news: PropertyMap) -> Checked:
        """Fill in key, project and type, write values as strings, and validate."""
        inputs = canonical_configurations(news)
        inputs["key"] = self._session.keys.key_of(context, olds, inputs.get("key"))
        if inputs.get("projectKey") is None and self._session.project_key:
            inputs["projectKey"] = self._session.project_key
        if inputs.get("type") is None:
            inputs["type"] = default_type(inputs.get("connector"))
        failures = [
            *validate_inputs(DeploymentInputs, inputs),
            *connector_failures(inputs),
            *mask_failures(inputs),
            *invalid_expectations(inputs.get("expect")),
        ]
        if inputs.get("projectKey") is None:
            failures = [each for each in failures if each.path != ("projectKey",)]
            failures.append(CheckFailure(("projectKey",), NO_PROJECT))
        failures += self.check_key(context, olds, inputs)
        return Checked(inputs, tuple(failures))

    def preview_outputs(self, inputs: PropertyMap, state: State | None) -> PropertyMap:
        """Return the tag that will run, and what a redeploy in place keeps; all else is the server's."""
        return preview_outputs(inputs, state.outputs if state else None)

    async def validate(self, context: OperationContext, news: PropertyMap) -> tuple[CheckFailure, ...]:
        """Check the program against the connector version that will run."""
        return await DeploymentValidator(self._session, context, pick(news, INPUT_NAMES)).validate_create()

    async def validate_update(
        self, context: OperationContext, state: State, news: PropertyMap
    ) -> tuple[CheckFailure, ...]:
        """Check what an update in place changes against the connector version that will run."""
        desired = pick(news, INPUT_NAMES)
        validator = DeploymentValidator(self._session, context, desired, state)
        return await validator.validate_update(diff_inputs(state.outputs, desired))

    async def diff(self, context: OperationContext, state: State, news: PropertyMap) -> Diff:
        """Replace for another place or connector; everything else is redeployed in place and keeps its URLs."""
        self.ensure_same_host(context, state)
        desired = pick(news, INPUT_NAMES)
        found = diff_inputs(state.outputs, desired)
        validator = DeploymentValidator(self._session, context, desired, state)
        if added := new_applications(state.outputs, validator.configuration.applications):
            running = await validator.running()
            if isinstance(running, Unavailable):
                self._session.warn_once(context, f"the running deployment cannot be read: {running.error}")
            else:
                found = replace_for_new_applications(running, added, found)
        if found.delete_before_replace and found.replaces:
            await self._prove_at_diff(context, state, desired)
        if await self._redeploy_is_due(context, state.outputs):
            found = replace(found, changes={**found.changes, (REDEPLOY_AFTER,): Change.UPDATE})
        self.record_diff(context, state, desired, found)
        for path in sorted(found.replaces):
            if path[0] == "configurations":
                context.reporter.info(f"{format_path(path)} was never deployed and cannot be added in place")
        if found.replaces:
            context.reporter.info("a replacement gets new application URLs")
            await report_registrations(self._operation_of(context, state))
        for path in found.changes:
            if "securedConfiguration" in path:
                # some displays of the engine show nothing where only a secret changes
                context.reporter.info(f"{format_path(path)} changes")
        return found

    def _operation_of(self, context: OperationContext, state: State) -> DeploymentOperation:
        """Return an operation on the Deployment of the state, which changes no input."""
        project_key, _ = split_id(state.id, self._session.project_key)
        known = pick(state.outputs, INPUT_NAMES)
        return DeploymentOperation(self._session, context, project_key, known, before=state.outputs)

    async def _prove_at_diff(self, context: OperationContext, state: State, desired: PropertyMap) -> None:
        """Raise `InvalidInputError` for a delete-first replacement whose create would fail.

        A diff without a check is a refresh's, which proves nothing.
        """
        if self._session.registry.check_record(self.kind, context) is None:
            return
        if self._session.offline_preview:
            self._session.warn_once(context, NOT_PROVEN_YET.format(reasons="offlinePreview is set"))
            return
        proof = await prove(self._session, desired, state.id, text_of(state.outputs, "type"))
        if error := replacement_error(f"Deployment {context.name}", proof):
            if not await self._is_gone(context, state.id, state.outputs.get("key")):
                raise error
            # a run that was killed in its create has deleted the old one, and the engine deletes it no more
            proof.pending += [*proof.failures, *proof.doubts]
        if proof.pending:
            context.reporter.warning(NOT_PROVEN_YET.format(reasons="; ".join(proof.pending)))

    async def _is_gone(self, context: OperationContext, state_id: str, key: PropertyValue = None) -> bool:
        """Return whether neither the id nor the key leads to the deployment; not if that cannot be read."""
        project_key, deployment_id = split_id(state_id, self._session.project_key)
        operation = DeploymentOperation(self._session, context, project_key, {})
        try:
            return (await operation.find(deployment_id, key)).found is None
        except (ApiError, ConfigurationError):
            return False

    def _record_of_delete(self, context: OperationContext, state: State) -> CheckRecord | None:
        key = self.key_name(state.outputs)
        return self._session.registry.record_of_delete(self.kind, context, state.id, key)

    async def _prove_at_delete(self, context: OperationContext, state: State) -> None:
        """Raise `InvalidInputError` before a delete that comes before its create, without a complete proof."""
        record = self._record_of_delete(context, state)
        if record is None or record.replacement is None or record.created:
            return
        desired = pick(record.replacement, INPUT_NAMES)
        proof = await prove(self._session, desired, state.id, text_of(state.outputs, "type"), deleting=True)
        if error := replacement_error(f"Deployment {context.name}", proof):
            raise error

    async def create(self, context: OperationContext, news: PropertyMap) -> State:
        """Deploy and wait until it is live; an object of an interrupted run is found again by its key."""
        with self.contesting_key(context, news):
            return await self._create(context, news)

    async def _create(self, context: OperationContext, news: PropertyMap) -> State:
        desired = Desired.parse(pick(news, INPUT_NAMES))
        inputs = desired.inputs
        record = self._session.registry.record_create(self.kind, context)
        operation = DeploymentOperation(self._session, context, inputs.project_key, desired.properties)
        await ensure_readable(operation, inputs.expect)
        found = await find_by_key(inputs.key, operation.read)
        if found is not None and found.status == DeploymentStatus.UNDEPLOYING:
            await operation.follow_until_gone(found)
            found = None
        if found is None:
            # the scripts of a deployment of the same project that is deleted after this create run last
            same_project = record.replaced_id.startswith(f"{inputs.project_key}/")
            if same_project and not (record.deleted or inputs.skip_scripts):
                operation.redeploy_after = record.replaced_id
            record.redeploy_noted = bool(operation.redeploy_after)
            created, certain = await request_create(operation, desired)
            if certain or self.key_is_ours(context, inputs.key, desired.properties, record):
                live = await follow_create(operation, desired, created)
                return await ensure_wired(operation, inputs.expect, live)
            found = created
            context.reporter.warning(ANSWER_LOST.format(what=name_of(found, inputs.project_key)))
        object_id = f"{inputs.project_key}/{found.id}"
        ownership = await self._find_owner(operation, inputs, found, record)

        async def continue_with() -> State:
            _ensure_adoptable(found, inputs, record)
            self.report_take_over(context, f"Deployment {inputs.key} ({found.id})", ownership)
            async with deployment_lock(self._session, context, object_id, operation.deadline):
                return await ensure_wired(
                    operation, inputs.expect, await reconcile(operation, desired, found, None)
                )

        return await self.take_over(context, object_id, continue_with, adopt=inputs.adopt)

    async def preview_create(self, context: OperationContext, news: PropertyMap) -> None:
        """Say what a create will do with the Deployment that has its key; raise what the create would raise.

        The object that the create replaces does not count: it is gone by then.
        """
        declared = pick(news, INPUT_NAMES)
        if has_unknown(declared):
            return
        inputs = parse(DeploymentInputs, declared)
        record = self._session.registry.check_record(self.kind, context)
        projects = await self._session.client.projects()
        if projects is not None and inputs.project_key not in projects:
            return  # validation says so
        found = await self._session.reader.deployment_by_key(inputs.project_key, inputs.key)
        if found is None or found.status == DeploymentStatus.UNDEPLOYING:
            return
        if record is not None and record.replaced_id == f"{inputs.project_key}/{found.id}":
            return
        operation = DeploymentOperation(self._session, context, inputs.project_key, declared)
        ownership = await self._find_owner(operation, inputs, found, record)
        _ensure_adoptable(found, inputs, record)
        self.report_take_over(context, f"Deployment {inputs.key} ({found.id})", ownership)

    async def _find_owner(
        self,
        operation: DeploymentOperation,
        inputs: DeploymentInputs,
        found: Deployment,
        record: CheckRecord | None,
    ) -> Ownership:
        """Return whose the Deployment is that a create found under its key. Raises as `find_owner` does."""

        async def describe() -> ExistingObject:
            # a template that an interrupted create left in place of a URL is not a difference
            declared = without_templates(operation.known)
            differences = find_differences(observed_inputs(found, inputs.project_key, declared), declared)
            differences.pop(("connectorTag",), None)
            ours = self.key_is_ours(operation.context, inputs.key, operation.known, record)
            adopt = inputs.adopt or self._session.adopt.matches(inputs.project_key, inputs.key)
            return ExistingObject(
                resource=operation.context.name,
                what=f"Deployment {inputs.key} ({found.id}) in project {inputs.project_key}",
                entry=f"{inputs.project_key}/{inputs.key}",
                differences=tuple(differences),
                key_is_ours=ours,
                key_from_names=inputs.key == operation.context.default_key,
                never_live=not (ours or adopt or differences) and await operation.was_never_live(found),
                may_be_equal=True,
                failed=found.status == DeploymentStatus.FAILED,
                adopt=adopt,
                adoptable=not mismatches(found, inputs),
            )

        object_id = f"{inputs.project_key}/{found.id}"
        return await self.find_owner(operation.context, object_id, operation.known, describe)

    async def read(self, context: OperationContext, state: State) -> State | None:
        """Return what runs, on the declared paths.

        For an import the project may be left out of the id, and `key=<key>` may replace the uuid.
        """
        self.ensure_same_host(context, state)
        project_key, identity = split_id(state.id, self._session.project_key)
        self.ensure_importable(state, identity)
        operation = self._operation_of(context, state)
        found = await self._find(operation, identity)
        if found is None:
            await self._session.ensure_proven_gone(self.kind, context, state.outputs)
            return None
        observed = observed_inputs(found, project_key, operation.known)
        if tag := missed_tag(found, state.outputs):
            observed["connectorTag"] = tag  # so that a diff knows that it was asked for in vain
        now = operation.state(
            found,
            observed,
            redeploy_awaited=is_awaited(found, state.outputs),
            build=own_build(state.outputs, found),
        )
        if redeployed_elsewhere(found, state.outputs):
            context.reporter.warning(
                f"{name_of(found, project_key)} was redeployed by another client, or by a run of this stack that "
                "was killed, since this stack deployed it. A delete of it is refused until an `up` redeploys it; "
                "another redeployTrigger does that, and sends the whole configuration again"
            )
        if reason := unfinished(found, state.outputs):
            what = f"{name_of(found, project_key)}: {reason}"
            raise InitFailedError(now, [f"{what}\nRun `pulumi up` to bring it in line."])
        expect = expectation_of(state.outputs)
        return await ensure_wired(operation, expect, now, refresh=True)

    async def update(self, context: OperationContext, state: State, news: PropertyMap) -> State:
        """Redeploy in place where that is needed, and wait until it is live."""
        self.begin_update(context, state)
        desired = Desired.parse(pick(news, INPUT_NAMES))
        inputs = desired.inputs
        deployment_id = state.id.rpartition("/")[2]
        operation = DeploymentOperation(
            self._session, context, inputs.project_key, desired.properties, before=state.outputs
        )
        await ensure_readable(operation, inputs.expect)
        async with deployment_lock(self._session, context, state.id, operation.deadline):
            found = (await operation.find(deployment_id, cached=True)).found
            if found is None:
                raise operation.gone(f"Deployment {inputs.key} ({deployment_id}) in project {inputs.project_key}")
            due = []
            if not inputs.skip_scripts and await self._redeploy_is_due(context, state.outputs):
                due.append(AFTER_REPLACEMENT)
            elif await is_redeploy_due(operation, inputs.expect, found.status, found.build_id):
                due.append(NOT_WIRED)
            others = redeployed_elsewhere(found, state.outputs)
            try:
                updated = await reconcile(operation, desired, found, state.outputs, due=due)
            finally:
                if others and operation.requested:
                    context.reporter.warning(f"{name_of(found, inputs.project_key)} {VALUES_SENT}")
            if others and not operation.requested and redeployed_elsewhere(found, updated.outputs):
                context.reporter.warning(f"{name_of(found, inputs.project_key)} {VALUES_KEPT}")
            return await ensure_wired(operation, inputs.expect, updated)

    async def delete(self, context: OperationContext, state: State) -> None:
        """Undeploy and wait until it is gone.

        What this run keeps stays. Raises `ConflictError` for what a refused create of this run contests, and for
        a Deployment that another client has redeployed since this resource did.
        """
        if self.keeps_object(context, state):
            return
        with self._session.registry.deleting(state.id):
            await self._prove_at_delete(context, state)
            await self._undeploy(context, state)
        if record := self._record_of_delete(context, state):
            record.deleted = not record.created
            if record.redeploy_noted:
                context.reporter.warning(SCRIPTS_RAN_LAST)

    async def _undeploy(self, context: OperationContext, state: State) -> None:
        registry = self._session.registry
        _, deployment_id = split_id(state.id, self._session.project_key)
        operation = self._operation_of(context, state)
        try:
            async with deployment_lock(self._session, context, state.id, operation.deadline):
                if await undeploy(operation, deployment_id, yields=lambda: registry.is_deleted_twice(state.id)):
                    return
            # the other delete, which waits for the lock, may be of the entry that knows the build
            async with deployment_lock(self._session, context, state.id, operation.deadline):
                await undeploy(operation, deployment_id)
        except (NotReachedError, ApiError) as error:
            # a delete that fails leaves the state as it was, and an `up` without changes makes no request
            error.remedy = f"{error.remedy}\n{IF_IT_STAYS}"
            raise

    async def _redeploy_is_due(self, context: OperationContext, outputs: PropertyMap) -> bool:
        """Return whether the deployment that this one replaces is gone, so that its scripts ran after ours.

        While that cannot be read, nothing is due yet: the next run reads it again.
        """
        replaced = text_of(outputs, REDEPLOY_AFTER)
        return bool(replaced) and not self._session.offline_preview and await self._is_gone(context, replaced)

    async def _find(self, operation: DeploymentOperation, identity: str) -> Deployment | None:
        """Return the Deployment by its id or `key=<key>`; gone only if neither id nor key names one any more.

        Raises `ConflictError` when another one has the key: the Deployment was deleted and created again.
        """
        lookup = await operation.find(identity, cached=True)
        if (other := lookup.successor) is not None:
            project_key, key = operation.project_key, text_of(operation.before, "key")
            raise ConflictError(
                f"{name_of(other, project_key)}: {identity} is gone, and {other.id} was created under its key.",
                "Remove the resource from the state (`pulumi state delete`). If another stack made the new "
                "one, give the resource a key of its own; if this program shall manage it, run with "
                f"CTP_ADOPT='{project_key}/{key}'.",
            )
        return lookup.found


def _ensure_adoptable(found: Deployment, inputs: DeploymentInputs, record: CheckRecord | None) -> None:
    """Raise `InvalidInputError` when the object under our key cannot become what is asked for."""
    if wrong := mismatches(found, inputs):
        kept = record is not None and record.replaced_id == f"{inputs.project_key}/{found.id}"
        raise InvalidInputError(
            f"Deployment {inputs.key} ({found.id}) exists and cannot be taken over: {', '.join(wrong)}.",
            KEPT if kept else "Choose another key, or delete that Deployment first.",
        )
