"""Following runs at the server on behalf of a resource, and saying how they ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from commercetools_connect.api import ConnectorStaged, Deployment, ReportEntry
from commercetools_connect.contract.errors import (
    GoneError,
    NotReachedError,
    RunFailedError,
    WaitCancelledError,
    WaitTimedOutError,
    quote_foreign,
)
from commercetools_connect.contract.operation import Operation
from commercetools_connect.resources.session import Session
from commercetools_connect.resources.shapes import report_lines
from commercetools_connect.waiters import PREVIEW, PUBLISH, Ending, Lifecycle, Outcome, Progress, Verdict, Wait

__all__ = [
    "explain_report",
    "follow_deployment",
    "follow_draft",
    "is_under_way",
    "not_reached",
    "settle_draft",
]

T = TypeVar("T")

GOES_ON: Final = "It goes on at commercetools: run `pulumi up` again to wait for it"

REMEDIES: Final = {
    Ending.FAILURE: "Correct the cause and run `pulumi up` again; it goes on from here.",
    Ending.GONE: "Run `pulumi refresh`, then `pulumi up` to create it again.",
    Ending.NEVER_STARTED: "Run `pulumi up` again to request it once more.",
    Ending.TIMED_OUT: f"{GOES_ON}, and raise the time limit if it needs longer.",
    Ending.CANCELLED: f"{GOES_ON}.",
    Ending.UNREADABLE: f"{GOES_ON} once commercetools can be reached.",
}

ERRORS: Final[Mapping[Ending, type[NotReachedError | GoneError]]] = {
    Ending.TIMED_OUT: WaitTimedOutError,
    Ending.CANCELLED: WaitCancelledError,
    Ending.GONE: GoneError,
}


async def follow_draft(
    session: Session,
    lifecycle: Lifecycle,
    draft: ConnectorStaged,
    operation: Operation,
    deadline: float | None,
) -> Outcome[ConnectorStaged]:
    """Wait for a publish or preview of a draft, as `draft` shows it right after the request."""

    def progress(seen: ConnectorStaged) -> Progress:
        value = seen.is_previewable if lifecycle is PREVIEW else seen.status
        report = seen.previewable_report if lifecycle is PREVIEW else seen.publishing_report
        return Progress(value, seen.version, report=report_lines(report.entries))

    wait = Wait(lifecycle, progress, draft, session.watcher.draft(draft.id), operation, session.clock, deadline)
    return await wait.outcome()


async def follow_deployment(
    session: Session,
    lifecycle: Lifecycle,
    project_key: str,
    deployment: Deployment,
    operation: Operation,
    deadline: float | None,
    *,
    started: bool = False,
    clean: Callable[[Deployment], Deployment] = lambda seen: seen,
) -> Outcome[Deployment]:
    """Wait for a deploy or undeploy, as `deployment` shows it right after the request.

    `started`: it is known to be a run of ours that `deployment` shows. `clean` takes out of what is seen what
    nobody may see.
    """

    def progress(seen: Deployment) -> Progress:
        return Progress(seen.status, seen.version, seen.build_id, report_lines(clean(seen).report))

    observations = session.watcher.deployment(project_key, deployment.id)
    wait = Wait(lifecycle, progress, deployment, observations, operation, session.clock, deadline, started)
    outcome = await wait.outcome()
    return replace(outcome, last=clean(outcome.last))


def is_under_way(lifecycle: Lifecycle, draft: ConnectorStaged) -> bool:
    """Tell whether a run of that lifecycle goes on; a status that nobody knows may well be one (API §0.2)."""
    value = draft.is_previewable if lifecycle is PREVIEW else draft.status
    return lifecycle.verdict(value) in (Verdict.PENDING, Verdict.UNKNOWN)


async def settle_draft(
    session: Session, draft: ConnectorStaged, operation: Operation, deadline: float | None
) -> ConnectorStaged:
    """Return the draft once neither a publish nor a preview of it runs, however those end.

    While one runs, updates are refused or would cancel it (API §19 #11, #12). Certification is not waited for:
    people take days for it. Raises `GoneError` when the draft is deleted meanwhile, `NotReachedError` when the
    wait does not come to an end.
    """
    for lifecycle in (PUBLISH, PREVIEW):
        if is_under_way(lifecycle, draft):
            draft = await _await_end(session, lifecycle, draft, operation, deadline)
    return draft


async def _await_end(
    session: Session,
    lifecycle: Lifecycle,
    draft: ConnectorStaged,
    operation: Operation,
    deadline: float | None,
) -> ConnectorStaged:
    outcome = await follow_draft(session, lifecycle, draft, operation, deadline)
    if outcome.ending in (Ending.SUCCESS, Ending.FAILURE):
        return outcome.last
    raise not_reached(outcome, f"ConnectorStaged {draft.key or draft.id}")


def not_reached(outcome: Outcome[T], what: str) -> NotReachedError | GoneError:
    """Return the error for an outcome that is no success; `what` names the object."""
    kind = ERRORS.get(outcome.ending, RunFailedError)
    return kind(f"{what}: {outcome.reason}", REMEDIES[outcome.ending])


def explain_report(entries: Iterable[ReportEntry]) -> list[str]:
    """Return what a report says beyond mere information, a line each, safe to print."""
    lines = report_lines(entries)
    return [f"  {quote_foreign(f'{line.level}: {line}')}" for line in lines if line.level != "Information"]
