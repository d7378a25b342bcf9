"""Transitions of a Deployment (API §8.2, §8.3): deploy, reconcile and undeploy.

(none) ── deploy ──▶ Deployed          terminal ── reconcile ──▶ Deployed          any ── undeploy ──▶ (none)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from commercetools_connect import api
from commercetools_connect.core.errors import GoneError, ProviderError
from commercetools_connect.core.preview import invalid_inputs
from commercetools_connect.core.results import State
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import PropertyMap
from commercetools_connect.resources.deployment.configuration_values import NO_URLS, ConfigurationValues
from commercetools_connect.resources.deployment.connector_version import (
    ConnectorVersion,
    definitions_of,
    ensure_tag,
    version_for_request,
)
from commercetools_connect.resources.deployment.operation import (
    DeploymentOperation,
    name_of,
    own_build,
    redeployed_elsewhere,
)
from commercetools_connect.resources.deployment.outputs import INPUT_NAMES, snapshot_of, urls_of
from commercetools_connect.resources.deployment.plan import (
    Desired,
    RedeployPlan,
    ensure_listed,
    is_awaited,
    is_live_without_new_build,
    keys_after,
    listed_applications,
    new_deployment,
    plan_redeploy,
    redeploy_action,
    running_tag,
    script_warnings,
)
from commercetools_connect.resources.deployment.preview import REMEDY, is_validated
from commercetools_connect.resources.deployment.validation import validate
from commercetools_connect.resources.inputs import pick, text_of
from commercetools_connect.resources.managed import find_by_key, not_deleted_error
from commercetools_connect.resources.ownership import refuse_delete
from commercetools_connect.resources.reconcile import Reconciler, Snapshot, create_once
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import DEPLOY, UNDEPLOY, WaitStatus

AFTER_REPLACEMENT = "scripts of the deployment that this one replaces ran last"

NEVER_BEGAN = RedeployPlan(("what was asked for last never began",))


def ensure_valid(
    session: Session,
    desired: Desired,
    version: ConnectorVersion,
    running: api.Deployment | None,
    last_applied: PropertyMap | None,
) -> None:
    """Raise `InvalidInputError` with every failure of a request that is about to be made; the same as a preview's.

    `version` is what the request will run, `running` what it changes (`None`: it creates), and `last_applied` what
    the state has of that.
    """
    if not is_validated(session, desired.inputs.skip_plan_time_validation):
        return
    declared = session.publications.draft(version.names) if running is None else None
    keys = None if running is None else keys_after(running, version)
    if failures := validate(version, desired.properties, keys, last_applied, declared, desired.configuration):
        raise invalid_inputs(failures, REMEDY)


async def request_create(operation: DeploymentOperation, desired: Desired) -> tuple[api.Deployment, bool]:
    """Create the Deployment, whose key is free; return it as `create_once` does."""
    version = await version_for_request(operation.session, operation.context, desired.inputs)
    ensure_tag(desired.inputs, version)
    if version is not None:
        ensure_valid(operation.session, desired, version, None, None)
        listed = [each.application_name for each in version.configurations] or desired.inputs.configurations
        ensure_listed(desired, listed, version)
    draft = new_deployment(desired, version.configurations if version else ())
    inputs, client = desired.inputs, operation.session.client
    return await create_once(
        operation.attempts(f"Deployment {inputs.key}"),
        lambda: client.create_deployment(inputs.project_key, draft),
        lambda: find_by_key(inputs.key, operation.read),
    )


async def follow_create(operation: DeploymentOperation, desired: Desired, deployment: api.Deployment) -> State:
    """Wait until the Deployment that `request_create` made is live.

    Values that contain the application's own URL are sent once it is known, by a redeploy.
    """
    operation.record_run()
    operation.session.registry.claim("Deployment", operation.context, f"{operation.project_key}/{deployment.id}")
    sent = desired.configuration.without_templates(NO_URLS).write_to(desired.properties)
    # it did not exist before this request, so the run that it shows is this one
    live = await _follow_to_live(operation, deployment, sent, started=True)
    if not desired.configuration.waiting_for(NO_URLS):
        return _live(operation, live, desired)
    return await reconcile(operation, desired, live, sent)


async def reconcile(
    operation: DeploymentOperation,
    desired: Desired,
    deployment: api.Deployment,
    last_applied: PropertyMap | None,
    *,
    due: Sequence[str] = (),
) -> State:
    """Redeploy if anything differs, and wait until it is live; a run under way is waited for first.

    `last_applied` is what was sent last, as the outputs have it; `None` when that is not known. `due`: the reasons
    to redeploy once although nothing differs. After an accepted request every error but
    `GoneError` is an `InitFailedError`: the state then knows what was sent.
    """
    update = _Update(operation, desired, deployment, last_applied, due)
    try:
        state = await update.run()
    except ProviderError as error:
        if isinstance(error, GoneError) or not operation.requested:
            raise
        raise operation.init_failed(update.found, update.last_applied, str(error)) from error
    before = ConfigurationValues.of(last_applied or {})
    for text in warnings_of_kept_values(
        before, desired.configuration, ConnectorVersion.of_deployment(update.found)
    ):
        operation.context.reporter.warning(text)
    return state


def warnings_of_kept_values(
    before: ConfigurationValues, after: ConfigurationValues, version: ConnectorVersion
) -> Iterator[str]:
    """Yield what the API keeps although the program no longer names it (API §12.4), and how to change it.

    `version` is what runs now: a key that it does not declare takes no value, and a required one no empty value.
    """
    definitions = definitions_of(version)
    for key in before.removed(after):
        if not key.secured:
            continue
        definition = definitions.get(key.application)
        own = {each.key: each for each in definition.secured_configuration} if definition else {}
        if version.configurations and key.key not in own:
            yield f"{key} stays set in Connect; the connector that runs does not declare it"
        elif key.key in own and own[key.key].required:
            yield f"{key} stays set in Connect; it is required, so change it by another value, not by an empty one"
        else:
            yield f'{key} stays set in Connect; to blank it, keep the key and give it ""'
    for path in before.removed_options(after):
        yield f"{path} stays as it is in Connect; to change it, write the one that you want"


class _Update(Reconciler[api.Deployment, api.Redeploy, State]):
    """One update in place of a Deployment to what the program declares."""

    def __init__(
        self,
        operation: DeploymentOperation,
        desired: Desired,
        deployment: api.Deployment,
        last_applied: PropertyMap | None,
        due: Sequence[str],
    ) -> None:
        self.operation = operation
        self.desired = desired
        self.found = deployment
        self.last_applied = last_applied
        self.due = due
        self.attempts = operation.attempts(name_of(deployment, operation.project_key))

    async def read(self) -> api.Deployment:
        return await self.operation.existing(self.found)

    async def wait_until_idle(self) -> None:
        self.found = await self.operation.wait_until_idle(self.found, self.last_applied)

    async def decide(self) -> api.Redeploy | None:
        """Return the redeploy that the Deployment needs, on which nothing runs.

        What is there already counts only once a run has shown itself that can have brought it (API §19 #44).
        """
        plan = plan_redeploy(self.found, self.desired, self.last_applied)
        if self.due and not self.operation.requested:
            plan = RedeployPlan((*plan.reasons, *self.due), plan.update_connector)
        if not plan and self.last_applied is not None:
            expected = is_awaited(self.found, self.last_applied)
            if expected or is_live_without_new_build(self.found, self.desired, self.last_applied):
                outcome = await self.operation.follow(DEPLOY, self.found)
                self.found = outcome.last
                if outcome.ending in (WaitStatus.SUCCESS, WaitStatus.FAILURE):
                    self.last_applied = pick(self.last_applied, INPUT_NAMES)
                    await self.wait_until_idle()
                    return await self.decide()
                if outcome.ending is not WaitStatus.NEVER_STARTED:
                    reason = str(self.operation.not_reached(outcome))
                    raise self.operation.init_failed(self.found, self.last_applied, reason, redeploy_awaited=True)
                plan = NEVER_BEGAN
        if not plan:
            return None
        return await self._redeploy(plan)

    async def _redeploy(self, plan: RedeployPlan) -> api.Redeploy:
        """Return the request. Raises `InvalidInputError` for what it could not do."""
        desired, found, version = self.desired, self.found, None
        if plan.update_connector:
            version = await version_for_request(self.operation.session, self.operation.context, desired.inputs)
            ensure_tag(desired.inputs, version)
        runs = version if plan.update_connector else ConnectorVersion.of_deployment(found)
        if runs is not None:
            ensure_valid(self.operation.session, desired, runs, found, self.last_applied)
        names = listed_applications(found, plan, version)
        if names is not None:
            ensure_listed(desired, names, version or found.connector, urls_of(found))
        return redeploy_action(found, desired, plan, self.last_applied, version)

    def result(self) -> State:
        """Return the state of the live Deployment. Raises `InvalidInputError` for an application without a URL."""
        self.desired.ensure_urls(urls_of(self.found))
        return _live(self.operation, self.found, self.desired)

    async def request(self, plan: api.Redeploy) -> api.Deployment:
        client, found = self.operation.session.client, self.found
        return await client.update_deployment(
            self.operation.project_key, api.ById(found.id), found.version, [plan]
        )

    async def follow(self, before: api.Deployment, plan: api.Redeploy) -> State | None:
        """Wait for the run; values that waited for a URL, and an uncertain request, need another attempt.

        After an uncertain answer a Deployment that has moved on was moved by this request or by another client: of
        two requests for one version the API accepts one (API §10). What it shows then is compared once more, and a
        secured value, which the API does not show, does not count as sent.
        """
        self.operation.record_run()
        if AFTER_REPLACEMENT in self.due:
            self.operation.redeploy_after = ""
        certain = self.attempts.error is None
        if certain:
            sent = self.desired.configuration.without_templates(urls_of(before))
            self.last_applied = sent.write_to(self.desired.properties)
        began = self.found.build_id != before.build_id
        self.found = await _follow_to_live(self.operation, self.found, self.last_applied, started=began)
        done = certain and not self.desired.configuration.waiting_for(urls_of(before))
        return _live(self.operation, self.found, self.desired) if done else None

    def is_worth_another_attempt(self, error: api.ApiError) -> bool:
        return _is_worth_another_attempt(error)

    def has_moved(self, before: api.Deployment) -> bool:
        """Return whether the Deployment has moved on since an uncertain request."""
        return self.is_busy() or (self.found.version, self.found.build_id) != (before.version, before.build_id)

    def is_busy(self) -> bool:
        return DEPLOY.is_running(self.found.status)

    def snapshot(self, found: api.Deployment) -> Snapshot:
        return snapshot_of(found, self.operation.project_key)


def _is_worth_another_attempt(error: api.ApiError) -> bool:
    return error.uncertain or isinstance(
        error, (api.ConcurrentModificationError, api.InvalidStatusTransitionError)
    )


async def undeploy(
    operation: DeploymentOperation, deployment_id: str, *, yields: Callable[[], bool] = lambda: False
) -> bool:
    """Delete the Deployment and wait until it is gone; one that is gone already is a success.

    A run under way gets a quarter of the time to end; then the deletion is requested anyway (API §19 #8). Returns
    `False`, with nothing done, where another client has redeployed it and `yields` says that another delete may
    know of that; `True` otherwise.
    """
    if operation.deadline is None:
        operation.deadline = operation.session.clock.monotonic() + UNDEPLOY.time_limit
    found = (await operation.find(deployment_id, cached=True)).found
    untold = found is not None and not found.build_id and bool(own_build(operation.before, found))
    if found is not None and (untold or redeployed_elsewhere(found, operation.before)):
        # a list may be older than the state, and may leave the build out
        found = (await operation.find(deployment_id)).found
        if found is not None and redeployed_elsewhere(found, operation.before) and yields():
            return False
    if found is None:
        await operation.session.ensure_proven_gone("Deployment", operation.context, operation.before)
    await _delete(operation, found, operation.deadline)
    return True


async def _delete(operation: DeploymentOperation, found: api.Deployment | None, deadline: float) -> None:
    waited = False
    for _ in (attempts := operation.attempts("Deployment", limit=None)):
        if found is None:
            return
        ensure_undisputed(operation, found)
        ref, key = api.ById(found.id), found.key
        if not waited and DEPLOY.is_running(found.status):
            waited = True
            await _let_finish(operation, found, deadline)
            found = (await operation.find(ref.id, key)).found
            continue
        try:
            if found.status != api.DeploymentStatus.UNDEPLOYING:
                found = await operation.session.client.delete_deployment(operation.project_key, ref) or found
        except api.NotFoundError:
            found = (await operation.find(ref.id, key)).found
            if found is not None and found.status != api.DeploymentStatus.UNDEPLOYING:
                raise not_deleted_error(name_of(found, operation.project_key), ref.id) from None
        except api.ApiError as error:
            if not _is_worth_another_attempt(error):
                raise
            await attempts.pause(error)
            found = (await operation.find(ref.id, key)).found
        else:
            await operation.follow_until_gone(found)
            return


def ensure_undisputed(operation: DeploymentOperation, found: api.Deployment) -> None:
    """Raise `ConflictError` for a Deployment that another client has redeployed since this resource did."""
    if not redeployed_elsewhere(found, operation.before):
        return
    session, entry = operation.session, f"{operation.project_key}/{found.key or text_of(operation.before, 'key')}"
    if session.adopt.matches(operation.project_key, entry.partition("/")[2]):
        operation.context.reporter.warning(
            f"{name_of(found, operation.project_key)} is deleted although another client redeployed it"
        )
        return
    change = (
        "it was redeployed by another client, or by a run of this stack that was killed, since this resource "
        f"deployed it: build {escape_untrusted(found.build_id)} runs instead of "
        f"{escape_untrusted(own_build(operation.before, found))}"
    )
    raise refuse_delete(name_of(found, operation.project_key), change, session.registry.refuse(entry))


async def _let_finish(operation: DeploymentOperation, deployment: api.Deployment, deadline: float) -> None:
    now = operation.session.clock.monotonic()
    outcome = await operation.follow(DEPLOY, deployment, now + (deadline - now) / 4)
    if outcome.ending in (WaitStatus.CANCELLED, WaitStatus.UNREADABLE):
        raise operation.not_reached(outcome)


async def _follow_to_live(
    operation: DeploymentOperation, deployment: api.Deployment, sent: PropertyMap | None, *, started: bool
) -> api.Deployment:
    """Return the Deployment once its run has ended well.

    Raises `InitFailedError`, with what was `sent` for certain, when it ends otherwise.
    """
    outcome = await operation.follow(DEPLOY, deployment, started=started)
    if outcome.success:
        return outcome.last
    error = operation.not_reached(outcome)
    if outcome.ending is WaitStatus.GONE:
        await operation.ensure_gone(outcome.last, sent)
        raise error
    last = outcome.last
    still = (last.version, last.build_id) == (deployment.version, deployment.build_id)
    redeploy_awaited = not started and still and not DEPLOY.is_running(last.status)
    raise operation.init_failed(last, sent, str(error), redeploy_awaited=redeploy_awaited)


def _live(operation: DeploymentOperation, deployment: api.Deployment, desired: Desired) -> State:
    """Return the state of a live Deployment. Raises `InitFailedError` when it is not what was asked."""
    inputs = desired.inputs
    reasons = []
    if inputs.connector_tag is not None and deployment.connector.repository.tag != inputs.connector_tag:
        reasons.append(f"tag {running_tag(deployment)} runs instead of {inputs.connector_tag}")
    if inputs.fail_on_script_warning:
        reasons.extend(script_warnings(deployment))
    if not reasons:
        return operation.state(deployment, desired.properties)
    what = f"{name_of(deployment, operation.project_key)}: it is deployed, but {'; '.join(reasons)}."
    raise operation.init_failed(deployment, desired.properties, f"{what}\nRun `pulumi up` again to redeploy it.")
