"""Taking a connector out of the marketplace: all that a publication has to delete (API §5)."""

from __future__ import annotations

from dataclasses import dataclass

from commercetools_connect.api import ApiError, ById, ConcurrentModificationError, Unlist
from commercetools_connect.api import ConnectorStaged as Draft
from commercetools_connect.contract.errors import GoneError, ProviderError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.resources.connector_publication.publishing import find_draft
from commercetools_connect.resources.refusals import CERTIFYING, explain, is_refusal, may_be_answered_by_looking
from commercetools_connect.resources.rounds import MAX_ROUNDS, PAUSE
from commercetools_connect.resources.runs import is_under_way, settle_draft
from commercetools_connect.resources.session import Session
from commercetools_connect.resources.turns import draft_turn
from commercetools_connect.waiters import PREVIEW, PUBLISH

__all__ = ["Unlisting"]


@dataclass
class Unlisting:
    """One deletion of a publication for the marketplace."""

    session: Session
    operation: Operation

    async def run(self, draft_id: str) -> None:
        """Unlist what is listed; a draft that is gone has taken its listing along."""
        deadline = self.session.deadline(self.operation)
        async with draft_turn(self.session, self.operation, draft_id, deadline):
            try:
                await self._unlist(draft_id, deadline)
            except GoneError:
                return

    async def _unlist(self, draft_id: str, deadline: float | None) -> None:
        trouble: ApiError | None = None
        for _ in range(MAX_ROUNDS):
            draft = await self._existing(draft_id)
            if not is_listed(draft):
                self._say_what_stays(draft)
                return
            draft = await settle_draft(self.session, draft, self.operation, deadline)
            try:
                draft = await self.session.client.update_draft(ById(draft.id), draft.version, [Unlist()])
            except ApiError as error:
                await self._look_after(error, draft_id)
                trouble = error
            else:
                _require_unlisted(draft)
                self._say_what_stays(draft)
                return
        if trouble is not None:
            raise trouble

    async def _look_after(self, error: ApiError, draft_id: str) -> None:
        """Return when it makes sense to look again; raise when the error is the last word."""
        if not may_be_answered_by_looking(error):
            raise error
        now = await self._existing(draft_id)
        busy = is_under_way(PUBLISH, now) or is_under_way(PREVIEW, now)
        if is_refusal(error) and not (busy or isinstance(error, ConcurrentModificationError)):
            raise explain(error, now, f"unlist ConnectorStaged {now.key or now.id}") from error
        await self.session.clock.sleep(PAUSE)

    def _say_what_stays(self, draft: Draft) -> None:
        if draft.status in CERTIFYING:
            self.operation.reporter.info("the certification goes on; Connect cannot take the request back")

    async def _existing(self, draft_id: str) -> Draft:
        draft = await find_draft(self.session, draft_id)
        if draft is None:
            raise GoneError(f"ConnectorStaged {draft_id} does not exist.")
        return draft


def is_listed(draft: Draft) -> bool:
    """Tell whether everyone finds the connector: a private one is not in the marketplace (API §4.2)."""
    return draft.already_listed and not draft.private


def _require_unlisted(draft: Draft) -> None:
    if is_listed(draft):
        raise ProviderError(
            f"ConnectorStaged {draft.key or draft.id}: Connect accepted the request, but still lists it.",
            "Look at it in the Merchant Center, and delete the publication again.",
        )
