"""Every state transition of a Deployment (API §8.2, §8.3), each in one place.

(none) ── deploy ──▶ Deployed          terminal ── bring_in_line ──▶ Deployed          any ── undeploy ──▶ (none)
"""

from __future__ import annotations

from dataclasses import dataclass

from commercetools_connect.api import (
    ApiError,
    ById,
    ConcurrentModificationError,
    Deployment,
    DeploymentDraft,
    DeploymentStatus,
    DuplicateFieldError,
    InvalidStatusTransitionError,
    NotFoundError,
    Redeploy,
)
from commercetools_connect.contract.errors import InvalidInputError, Partial, ProviderError
from commercetools_connect.contract.results import State
from commercetools_connect.contract.values import Plain, Tree
from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.deployment.metadata import Metadata, read_metadata, require_tag
from commercetools_connect.resources.deployment.outputs import GLOBAL, urls_of
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
    unknown_application,
)
from commercetools_connect.resources.deployment.removed import removed_keys, removed_settings
from commercetools_connect.resources.deployment.sealing import restore_secrets
from commercetools_connect.resources.deployment.urls import (
    resolve_inputs,
    resolve_known,
    waiting_applications,
    without_templates,
)
from commercetools_connect.resources.deployment.work import Work, name_of
from commercetools_connect.waiters import DEPLOY, UNDEPLOY, Ending, Verdict

__all__ = ["bring_in_line", "deploy", "undeploy"]

MAX_ROUNDS = 6
"""How often a request is decided anew when its answer was lost, or the Deployment changed under our hands."""

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

    `held` is what was sent last, as the outputs have it; `None` when that is not known. After an uncertain answer
    a Deployment that has moved on from the version of our request was moved by it: of two requests for one version
    the API takes one (API §10).
    """
    _say_what_stays(work, held, wish.news)
    trouble: ProviderError | None = None
    for attempt in range(MAX_ROUNDS):
        deployment = await work.settle(deployment, held)
        urls = urls_of(deployment)
        plan = plan_redeploy(deployment, resolve_known(wish.inputs, urls, lambda *_: False), held)
        if not plan and held is not None and _needs_proof(deployment, wish, held):
            deployment, plan = await _await_proof(work, deployment, held)
            if not plan:
                held = {**held, "buildId": None, "awaited": None}
                continue
        if not plan:
            resolve_inputs(wish.inputs, urls)
            return _live(work, deployment, wish)
        action = await _redeploy_action(work, wish.inputs, deployment, plan, held)
        try:
            start = await _post_redeploy(work, deployment, action)
        except (ConcurrentModificationError, InvalidStatusTransitionError) as error:
            trouble = error
            if isinstance(error, InvalidStatusTransitionError):
                await work.pause(attempt, error)
            deployment = await work.existing(deployment)
            continue
        except ApiError as error:
            if not error.uncertain:
                raise
            trouble = error
            start = await work.existing(deployment)
            if start.version == deployment.version:
                await work.pause(attempt, error)
                deployment = await work.existing(deployment)
                continue
        sent = _held_without_urls(wish, urls)
        deployment = await _follow_to_live(work, start, sent, started=start.build_id != deployment.build_id)
        held = sent
        if trouble is None and not waiting_applications(wish.inputs, urls):
            return _live(work, deployment, wish)
    raise trouble or ProviderError(f"{name_of(deployment, work.project_key)} could not be brought in line.")
