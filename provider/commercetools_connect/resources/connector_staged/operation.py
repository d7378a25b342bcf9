"""Operations on one ConnectorStaged: its lock, its runs, and the reconcile loop of every request to it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Final, Generic, TypeVar

from commercetools_connect import api
from commercetools_connect.core.errors import GoneError, ProviderError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.resources.connector_staged.model import snapshot_of
from commercetools_connect.resources.managed import find_object, not_deleted_error
from commercetools_connect.resources.reconcile import (
    Attempts,
    Reconciler,
    Snapshot,
    is_rejection,
    not_reached,
    object_lock,
)
from commercetools_connect.resources.schema import report_lines
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import (
    PREVIEW,
    PUBLISH,
    Lifecycle,
    Observation,
    Waiter,
    WaitResult,
    WaitStatus,
)

P = TypeVar("P")
R = TypeVar("R")

CERTIFYING: Final = frozenset({api.ConnectorStatus.READY_FOR_CERTIFICATION, api.ConnectorStatus.IN_CERTIFICATION})
"""The states in which people decide (API §8.1)."""


def name_of(staged: api.ConnectorStaged) -> str:
    """Return what messages call a ConnectorStaged."""
    return f"ConnectorStaged {staged.key or staged.id}"


def is_under_way(lifecycle: Lifecycle, staged: api.ConnectorStaged) -> bool:
    """Return whether a run of that lifecycle goes on."""
    value = staged.is_previewable if lifecycle is PREVIEW else staged.status
    return lifecycle.is_running(value)


def certification_comments(staged: api.ConnectorStaged) -> list[str]:
    """Return the comments in the certification, a line each, safe to print."""
    comments = staged.certification_info.comments
    return [escape_untrusted(f"  {each.datetime} {each.user_id}: {each.comment}") for each in comments]


def explain_rejection(error: api.ApiError, staged: api.ConnectorStaged, purpose: str) -> ProviderError:
    """Return the error for a refused request; `purpose` completes "Connect refused to …".

    During a certification that is most likely the cause: people at commercetools decide.
    """
    if staged.status not in CERTIFYING:
        return ProviderError(f"Connect refused to {purpose}: {error.message}", error.remedy)
    return ProviderError(
        f"Connect refused to {purpose}, which is {staged.status}: {error.message}",
        "People at commercetools decide about a certification, in days to weeks. Follow it in the Merchant "
        "Center, and run `pulumi up` again when it is decided, or ask them to end it.",
    )


class ConnectorStagedReconciler(Reconciler[api.ConnectorStaged, P, R], Generic[P, R]):
    """Reconcile loop of the requests to one ConnectorStaged.

    While a publish or preview runs, updates are refused or would cancel it (API §19 #11, #12). Certification is
    not waited for: people take days for it.
    """

    purpose = "change {}"
    """What the requests do, in an imperative; `{}` is the name of the object."""

    gone_remedy = "Run `pulumi refresh`, then `pulumi up` to create it again."

    def __init__(self, session: Session, context: OperationContext, staged_id: str, key: str = "") -> None:
        """Take the object's id and, if it is known, its `key`, which names it in messages."""
        self.session = session
        self.context = context
        self.staged_id = staged_id
        self.key = key
        what = f"ConnectorStaged {key or staged_id}"
        self.attempts = Attempts(session, context, what, session.deadline(context))

    def lock(self) -> AbstractAsyncContextManager[None]:
        """Hold the object against every other operation of this process."""
        return object_lock(self.session, self.context, f"ConnectorStaged {self.staged_id}", self.attempts.deadline)

    async def execute(self) -> R:
        """Lock and read the object, run the loop, and return its result. Raises `GoneError`."""
        async with self.lock():
            self.found = await self.read()
            return await self.run()

    async def find(self) -> api.ConnectorStaged | None:
        """Return the object as it is now; `None` only if neither its id nor its key leads to it."""
        read = self.session.client.get_connector_staged
        return (await find_object(self.staged_id, self.key, read)).found

    async def read(self) -> api.ConnectorStaged:
        """Return the object as it is now. Raises `GoneError`."""
        if (found := await self.find()) is None:
            raise GoneError(f"{self.attempts.what} does not exist.", self.gone_remedy)
        return found

    async def ensure_gone(self) -> None:
        """Raise `ProviderError` for an object that is there after all: one "not found" may be stale."""
        if await self.find() is not None:
            raise not_deleted_error(self.attempts.what, self.staged_id)

    async def follow_run(
        self, lifecycle: Lifecycle, start: api.ConnectorStaged, before: api.ConnectorStaged | None = None
    ) -> WaitResult[api.ConnectorStaged]:
        """Wait for a publish or preview; `start` is the object right after the request, or before a lost one.

        `before`: the object before the request, with the report of the run before.
        """

        def progress(staged: api.ConnectorStaged) -> Observation:
            preview = lifecycle is PREVIEW
            report = staged.previewable_report if preview else staged.publishing_report
            value = staged.is_previewable if preview else staged.status
            return Observation(value, staged.version, report=report_lines(report.entries))

        observations = self.session.watcher.connector_staged(start.id)
        clock, deadline = self.session.clock, self.attempts.deadline
        waiter = Waiter(lifecycle, progress, start, observations, self.context, clock, deadline)
        waiter.skip_information(progress(before or start).report)
        return await waiter.outcome()

    async def wait_until_idle(self) -> None:
        """Set `found` to the object once neither a publish nor a preview of it runs, however those end.

        Raises `GoneError` when the object is deleted during the wait, `NotReachedError` when that does not end.
        """
        for lifecycle in (PUBLISH, PREVIEW):
            if is_under_way(lifecycle, self.found):
                result = await self.follow_run(lifecycle, self.found)
                if result.ending not in (WaitStatus.SUCCESS, WaitStatus.FAILURE):
                    raise not_reached(result, name_of(self.found))
                self.found = result.last

    def is_busy(self) -> bool:
        """Return whether a publish or preview runs."""
        return is_under_way(PUBLISH, self.found) or is_under_way(PREVIEW, self.found)

    def rejection(self, error: api.ApiError, plan: P) -> ProviderError | None:
        """Return the error for a request that Connect refused."""
        if not is_rejection(error) or isinstance(error, api.ConcurrentModificationError):
            return None
        return explain_rejection(error, self.found, self.purpose.format(name_of(self.found)))

    def snapshot(self, found: api.ConnectorStaged) -> Snapshot:
        """Return what a message may compare of the object."""
        return snapshot_of(found)
