"""Deleting a draft, and with it the published Connector (API §8.3): not while anyone would notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from commercetools_connect.api import (
    ApiError,
    ById,
    Deployment,
    DeploymentStatus,
    ForbiddenError,
    IsPreviewable,
    NotFoundError,
)
from commercetools_connect.api import ConnectorStaged as Draft
from commercetools_connect.contract.errors import GoneError, InvalidInputError, NotReachedError, ProviderError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.resources.refusals import CERTIFYING, explain, is_refusal
from commercetools_connect.resources.runs import follow_deployment, is_under_way, settle_draft
from commercetools_connect.resources.session import Session
from commercetools_connect.resources.turns import draft_turn
from commercetools_connect.waiters import PREVIEW, PUBLISH, UNDEPLOY

__all__ = ["Deletion"]

MAX_ROUNDS: Final = 4

PAUSE: Final = 2.0
"""Seconds before a DELETE is made again that had no effect."""

FORCE: Final = "to delete it all the same, set forceDestroy to true, run `pulumi up` first, and then delete."


@dataclass
class Deletion:
    """One deletion; `force`: the state says `forceDestroy`, which skips our refusal and nothing else."""

    session: Session
    operation: Operation
    force: bool

    async def run(self, draft_id: str) -> None:
        """Delete the draft; one that is gone already, or goes meanwhile, is a success."""
        deadline = self.session.deadline(self.operation)
        async with draft_turn(self.session, self.operation, draft_id, deadline):
            try:
                await self._delete(await self._settled(draft_id, deadline), deadline)
            except GoneError:
                return

    async def _delete(self, draft: Draft, deadline: float | None) -> None:
        await self._guard(draft, deadline)
        trouble: ApiError | None = None
        for _ in range(MAX_ROUNDS):
            try:
                await self.session.client.delete_draft(ById(draft.id))
            except NotFoundError:
                return
            except ApiError as error:
                trouble = error
            else:
                return
            if not (trouble.uncertain or is_refusal(trouble)):
                raise trouble
            now = await self._get(draft.id)
            if is_refusal(trouble) and not (is_under_way(PUBLISH, now) or is_under_way(PREVIEW, now)):
                raise _refused(trouble, now)
            await self.session.clock.sleep(PAUSE)
            draft = await self._settled(draft.id, deadline)
        if trouble is not None:
            raise trouble

    async def _guard(self, draft: Draft, deadline: float | None) -> None:
        """Raise `InvalidInputError` while someone uses the connector, unless forced."""
        standing = await self._deployments(draft, deadline)
        if self.force:
            return
        name = f"ConnectorStaged {draft.key or draft.id}"
        if standing:
            keys = ", ".join(sorted(each.key or each.id for each in standing))
            raise InvalidInputError(
                f"{name} is not deleted: Deployments of it exist in project {self.session.project_key}: {keys}.",
                f"Delete those Deployments first; {FORCE}",
            )
        if draft.already_listed and not draft.private:
            raise InvalidInputError(
                f"{name} is not deleted: it is listed in the marketplace, and everyone would lose the connector.",
                f"Delete its ConnectorPublication first, which unlists it; {FORCE}",
            )

    async def _deployments(self, draft: Draft, deadline: float | None) -> Sequence[Deployment]:
        """Return the visible Deployments that stay; those that are being undeployed are waited for."""
        reporter = self.operation.reporter
        project_key = self.session.project_key
        if not project_key:
            if _may_be_deployed(draft):
                reporter.warning(
                    "no projectKey is configured, so nobody has looked for Deployments of this connector"
                )
            return ()
        try:
            listed = self.session.client.list_deployments(project_key)
            found = [each async for each in listed if each.connector.id == draft.id]
        except ForbiddenError as error:
            reporter.warning(f"Deployments of this connector cannot be looked for: {error.message}")
            return ()
        going = [each for each in found if each.status == DeploymentStatus.UNDEPLOYING]
        stuck = [each for each in going if not await self._goes(project_key, each, deadline)]
        return [*(each for each in found if each not in going), *stuck]

    async def _goes(self, project_key: str, deployment: Deployment, deadline: float | None) -> bool:
        outcome = await follow_deployment(
            self.session, UNDEPLOY, project_key, deployment, self.operation, deadline
        )
        return outcome.success

    async def _settled(self, draft_id: str, deadline: float | None) -> Draft:
        """Return the draft when nothing runs on it: until then it cannot be deleted (API §19 #10)."""
        draft = await self._get(draft_id)
        try:
            return await settle_draft(self.session, draft, self.operation, deadline)
        except NotReachedError as error:
            raise ProviderError(f"{error.message}; it is not deleted.", error.remedy) from error

    async def _get(self, draft_id: str) -> Draft:
        try:
            return await self.session.client.get_draft(ById(draft_id))
        except NotFoundError:
            raise GoneError(f"ConnectorStaged {draft_id} is gone.") from None


def _may_be_deployed(draft: Draft) -> bool:
    return draft.already_listed or draft.is_previewable == IsPreviewable.TRUE


def _refused(error: ApiError, draft: Draft) -> ProviderError:
    explained = explain(error, draft, f"delete ConnectorStaged {draft.key or draft.id}")
    if draft.status in CERTIFYING:
        return explained
    return ProviderError(
        explained.message,
        "Most likely Deployments of it exist, perhaps in projects that these credentials do not see: delete those "
        "first. `forceDestroy` does not help here, as it is Connect that refuses.",
    )
