"""Every state transition of a Deployment (API §8.2, §8.3), each in one place.

(none) ── deploy ──▶ Deployed          terminal ── bring_in_line ──▶ Deployed          any ── undeploy ──▶ (none)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from commercetools_connect.api import (
    ApiError,
    ById,
    ConcurrentModificationError,
    Deployment,
    DeploymentConnector,
    DeploymentDraft,
    DeploymentStatus,
    DuplicateFieldError,
    InvalidStatusTransitionError,
    NotFoundError,
    Redeploy,
)
from commercetools_connect.contract.errors import InvalidInputError, ProviderError
from commercetools_connect.contract.results import State
from commercetools_connect.contract.values import Tree
from commercetools_connect.resources.deployment.examination import require_no_mistakes
from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.deployment.lookup import read_metadata, require_tag
from commercetools_connect.resources.deployment.metadata import Metadata
from commercetools_connect.resources.deployment.mistakes import no_such_application
from commercetools_connect.resources.deployment.outputs import INPUT_NAMES, sight_of, urls_of
from commercetools_connect.resources.deployment.plan import (
    RedeployPlan,
    is_awaited,
    is_there_unproven,
    listed_applications,
    new_deployment,
    plan_redeploy,
    redeploy_action,
    require_listed,
    running_tag,
    script_warnings,
)
from commercetools_connect.resources.deployment.removed import removed_keys, removed_settings
from commercetools_connect.resources.deployment.urls import (
    resolve_inputs,
    resolve_known,
    waiting_applications,
    without_templates,
)
from commercetools_connect.resources.deployment.work import Work, name_of
from commercetools_connect.resources.inputs import pick
from commercetools_connect.resources.meanwhile import Meanwhile
from commercetools_connect.resources.rounds import MAX_ROUNDS
from commercetools_connect.resources.secrecy import restore_secrets
from commercetools_connect.waiters import DEPLOY, UNDEPLOY, Ending, Verdict

__all__ = ["Wish", "bring_in_line", "deploy", "undeploy"]

NEVER_BEGAN = RedeployPlan(("what was asked for last never began",))


@dataclass(frozen=True)
class Wish:
    """What the program asks for: as typed inputs, and as the tree that the state keeps."""

    inputs: DeploymentInputs
    news: Tree


async def deploy(work: Work, wish: Wish) -> State:
    """Create the Deployment and wait until it is live; nothing stands under its key yet.

    Values that contain the application's own URL are sent once it is known, by a redeploy.
    """
    metadata = await read_metadata(work.session, work.operation, wish.inputs)
    require_tag(wish.inputs, metadata)
    if metadata is not None:
        require_no_mistakes(work.session, wish.news, metadata, None, None)
        if metadata.configurations:
            require_listed(wish.inputs, [each.application_name for each in metadata.configurations], metadata)
        _require_applications(waiting_applications(wish.inputs, {}), metadata)
    draft = new_deployment(wish.inputs, metadata.configurations if metadata else ())
    deployment = await _post(work, wish.inputs, draft)
    work.session.ledger.claim("Deployment", work.operation, f"{work.project_key}/{deployment.id}")
    sent = _held_without_urls(wish, {})
    # It was not there before our request: whatever it shows is our run.
    live = await _follow_to_live(work, deployment, sent, started=True)
    if not waiting_applications(wish.inputs, {}):
        return _live(work, live, wish)
    try:
        return await bring_in_line(work, wish, live, sent)
    except ProviderError as error:
        raise work.partial(live, sent, str(error)) from None


async def bring_in_line(work: Work, wish: Wish, deployment: Deployment, held: Tree | None) -> State:
    """Redeploy if anything differs, and wait until it is live; a run under way is waited for first.

    `held` is what was sent last, as the outputs have it; `None` when that is not known.
    """
    _say_what_stays(work, held, wish.news)
    return await _Alignment(work, wish, deployment, held).run()


@dataclass
class _Alignment:
    """The way of one Deployment to what is asked for: look, decide, request, wait, look again."""

    work: Work
    wish: Wish
    deployment: Deployment
    held: Tree | None
    trouble: ApiError | None = None
    meanwhile: Meanwhile = field(init=False)

    def __post_init__(self) -> None:
        self.meanwhile = Meanwhile(name_of(self.deployment, self.work.project_key))

    async def run(self) -> State:
        """Return the state of the live Deployment."""
        for attempt in range(MAX_ROUNDS):
            plan = await self._decide()
            if not plan:
                resolve_inputs(self.wish.inputs, urls_of(self.deployment))
                return _live(self.work, self.deployment, self.wish)
            action = await _redeploy_action(self.work, self.wish, self.deployment, plan, self.held)
            before = self.deployment
            if await self._request(action, attempt):
                if self.trouble is None:
                    self.held = _held_without_urls(self.wish, urls_of(before))
                began = self.deployment.build_id != before.build_id
                self.deployment = await _follow_to_live(self.work, self.deployment, self.held, started=began)
                if self.trouble is None and not waiting_applications(self.wish.inputs, urls_of(before)):
                    return _live(self.work, self.deployment, self.wish)
        if self.trouble is not None:
            raise self.meanwhile.explain(self.trouble)
        raise ProviderError(
            f"{name_of(self.deployment, self.work.project_key)} could not be brought in line.",
            "Run `pulumi up` again.",
        )

    async def _decide(self) -> RedeployPlan:
        """Return why the Deployment, on which nothing runs, must be redeployed.

        What is there already counts only once a run has shown itself that can have brought it (API §19 #44).
        """
        self.deployment = await self.work.settle(self.deployment, self.held)
        wanted = resolve_known(self.wish.inputs, urls_of(self.deployment), lambda *_: False)
        plan = plan_redeploy(self.deployment, wanted, self.held)
        held = self.held
        if plan or held is None:
            return plan
        if not (is_awaited(self.deployment, held) or is_there_unproven(self.deployment, wanted, held)):
            return plan
        outcome = await self.work.follow(DEPLOY, self.deployment)
        self.deployment = outcome.last
        if outcome.ending is Ending.NEVER_STARTED:
            return NEVER_BEGAN
        if outcome.ending not in (Ending.SUCCESS, Ending.FAILURE):
            raise self.work.partial(outcome.last, held, str(self.work.not_reached(outcome)), unproven=True)
        self.held = pick(held, INPUT_NAMES)
        return await self._decide()

    async def _request(self, action: Redeploy, attempt: int) -> bool:
        """Ask for the redeploy, and tell whether its run is the next one to follow.

        After an uncertain answer a Deployment that has moved on was moved by us or by someone else: of two
        requests for one version the API takes one (API §10). What it shows then is compared once more, and a
        secured value, which does not show, does not count as sent.
        """
        before = self.deployment
        try:
            self.deployment = self.work.clean(
                await self.work.session.client.update_deployment(
                    self.work.project_key, ById(before.id), before.version, [action]
                )
            )
        except ConcurrentModificationError as error:
            self.trouble = error
        except ApiError as error:
            if not (error.uncertain or isinstance(error, InvalidStatusTransitionError)):
                raise
            self.trouble = error
            if error.uncertain:
                self.deployment = await self.work.existing(before)
                if _has_moved(before, self.deployment):
                    return True
            await self.work.pause(attempt, error)
        else:
            self.trouble = None
            return True
        self.deployment = await self.work.existing(before)
        if isinstance(self.trouble, ConcurrentModificationError):
            project = self.work.project_key
            seen = self.meanwhile.note(sight_of(before, project), sight_of(self.deployment, project))
            self.work.operation.reporter.info(seen)
        return False


async def undeploy(work: Work, deployment_id: str) -> None:
    """Delete the Deployment and wait until it is gone; one that is gone already is a success.

    A run under way gets a quarter of the time to end; then the deletion is asked for all the same (API §19 #8).
    """
    if work.deadline is None:
        work.deadline = work.session.clock.monotonic() + UNDEPLOY.time_limit
    waited = False
    attempt = 0
    found = await work.glance(deployment_id)
    while found is not None:
        if not waited and DEPLOY.verdict(found.status) is Verdict.PENDING:
            waited = True
            await _let_finish(work, found, work.deadline)
            found = await work.find(ById(deployment_id))
            continue
        if found.status == DeploymentStatus.UNDEPLOYING:
            return await work.follow_until_gone(found)
        try:
            going = await work.session.client.delete_deployment(work.project_key, ById(deployment_id))
        except NotFoundError:
            return None
        except ApiError as error:
            if not (error.uncertain or isinstance(error, InvalidStatusTransitionError)):
                raise
            await work.pause(attempt, error)
            attempt += 1
            found = await work.find(ById(deployment_id))
        else:
            return await work.follow_until_gone(work.clean(going) if going else found)
    return None


async def _let_finish(work: Work, deployment: Deployment, deadline: float) -> None:
    now = work.session.clock.monotonic()
    outcome = await work.follow(DEPLOY, deployment, now + (deadline - now) / 4)
    if outcome.ending in (Ending.CANCELLED, Ending.UNREADABLE):
        raise work.not_reached(outcome)


async def _post(work: Work, inputs: DeploymentInputs, draft: DeploymentDraft) -> Deployment:
    """Create the Deployment, exactly once.

    After an uncertain answer its key is looked up before anything else. Right after a 404 for the key, whatever
    stands there then is what we asked for, also when a repeated request finds the key taken.
    """
    uncertain: ApiError | None = None
    for attempt in range(MAX_ROUNDS):
        try:
            return work.clean(await work.session.client.create_deployment(inputs.project_key, draft))
        except ApiError as error:
            if not (error.uncertain or (uncertain and isinstance(error, DuplicateFieldError))):
                raise
            uncertain = error
        if (found := await _find_ours(work, inputs.key, uncertain)) is not None:
            return found
        work.operation.reporter.status(
            f"the answer to the request was lost, and nothing was created: {uncertain.message}"
        )
        await work.pause(attempt, uncertain)
        if (found := await _find_ours(work, inputs.key, uncertain)) is not None:
            return found
    raise uncertain or ProviderError(f"Deployment {inputs.key} could not be created.")


async def _find_ours(work: Work, key: str, uncertain: ApiError) -> Deployment | None:
    try:
        return await work.by_key(key)
    except ApiError:
        raise uncertain from None  # it says that something may exist; a failed look says less


async def _redeploy_action(
    work: Work, wish: Wish, deployment: Deployment, plan: RedeployPlan, held: Tree | None
) -> Redeploy:
    """Return the request, or raise `InvalidInputError` for what it could not do."""
    inputs, metadata = wish.inputs, None
    if plan.update_connector:
        metadata = await read_metadata(work.session, work.operation, inputs)
        require_tag(inputs, metadata)
    version = Metadata.of_deployment(deployment) if not plan.update_connector else metadata
    if version is not None:
        require_no_mistakes(work.session, wish.news, version, deployment, held)
    names = listed_applications(deployment, plan, metadata)
    if names is not None:
        require_listed(inputs, names, metadata or deployment.connector)
        _require_applications(waiting_applications(inputs, urls_of(deployment)), metadata or deployment.connector)
    return redeploy_action(deployment, _with_placeholders(inputs, deployment), plan, held, metadata)


def _with_placeholders(inputs: DeploymentInputs, deployment: Deployment) -> DeploymentInputs:
    """Return the inputs as they can be sent now.

    A value that waits for a URL goes as it is where the API has none yet, as on a create; a value that is there is
    never overwritten by a placeholder.
    """
    there = {
        each.application_name: {*each.secured_keys, *(entry.key for entry in each.standard_configuration)}
        for each in deployment.applications
    }
    shared = deployment.global_configuration
    there[""] = {*shared.secured_keys, *(entry.key for entry in shared.standard_configuration)}
    return resolve_known(
        inputs, urls_of(deployment), lambda application, key: key not in there.get(application, set())
    )


def _require_applications(names: list[str], connector: DeploymentConnector | Metadata) -> None:
    """Raise `InvalidInputError` for a `{{url:…}}` of an application that the connector does not have."""
    known = [each.application_name for each in connector.configurations]
    for name in names:
        if name not in known:
            raise InvalidInputError(f"{{{{url:{name}}}}}: {no_such_application(name, known)}.")


def _has_moved(before: Deployment, now: Deployment) -> bool:
    pending = DEPLOY.verdict(now.status) is Verdict.PENDING
    return pending or (now.version, now.build_id) != (before.version, before.build_id)


def _held_without_urls(wish: Wish, urls: Mapping[str, str]) -> Tree:
    """Return what a request sends, as the state keeps it: without the values that wait for a URL."""
    sent = without_templates(wish.news, urls)
    return {name: restore_secrets(value, wish.news.get(name)) for name, value in sent.items()}


def _say_what_stays(work: Work, held: Tree | None, news: Tree) -> None:
    """Warn of what the program no longer names and the API keeps (API §12.4)."""
    if held is None:
        return
    warning = work.operation.reporter.warning
    for each in removed_keys(held, news):
        if each.secured:
            warning(f'{each} stays set in Connect; to blank it, keep the key and give it ""')
    for path in removed_settings(held, news):
        warning(f"{path} stays as it is in Connect; to change it, write the one that you want")


async def _follow_to_live(work: Work, deployment: Deployment, sent: Tree | None, *, started: bool) -> Deployment:
    """Return the Deployment once its run has ended well; `Partial` with what was `sent` for certain otherwise."""
    outcome = await work.follow(DEPLOY, deployment, started=started)
    if outcome.success:
        return outcome.last
    error = work.not_reached(outcome)
    if outcome.ending is Ending.GONE:
        raise error
    last = outcome.last
    still = (last.version, last.build_id) == (deployment.version, deployment.build_id)
    unproven = not started and still and DEPLOY.verdict(last.status) is not Verdict.PENDING
    raise work.partial(last, sent, str(error), unproven=unproven)


def _live(work: Work, deployment: Deployment, wish: Wish) -> State:
    """Return the state of a live Deployment; `Partial` when it is not what was asked for all the same."""
    inputs = wish.inputs
    reasons = []
    if inputs.connector_tag is not None and deployment.connector.repository.tag != inputs.connector_tag:
        reasons.append(f"tag {running_tag(deployment)} runs instead of {inputs.connector_tag}")
    if inputs.fail_on_script_warning:
        reasons.extend(script_warnings(deployment))
    if not reasons:
        return work.state(deployment, wish.news)
    what = f"{name_of(deployment, work.project_key)}: it is deployed, but {'; '.join(reasons)}."
    raise work.partial(deployment, wish.news, f"{what}\nRun `pulumi up` again to redeploy it.")
