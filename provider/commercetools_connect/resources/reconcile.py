"""Reconciliation: locks, the retry policy of writes, the loop of every change, and waits for a Deployment."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, Generic, TypeVar

from commercetools_connect import api
from commercetools_connect.core.concurrency import KeyedLocks, cancellable_sleep
from commercetools_connect.core.errors import (
    GoneError,
    NotReachedError,
    ProviderError,
    RunFailedError,
    WaitCancelledError,
    WaitTimedOutError,
)
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.text import format_path
from commercetools_connect.core.values import PropertyMap
from commercetools_connect.resources.schema import find_differences, report_lines
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import (
    Lifecycle,
    Observation,
    Waiter,
    WaitResult,
    WaitStatus,
    reported_problems,
)

T = TypeVar("T")
P = TypeVar("P")
R = TypeVar("R")

CONTINUES: Final = "It goes on at commercetools: run `pulumi up` again to wait for it"

REMEDIES: Final = {
    WaitStatus.FAILURE: "Correct the cause and run `pulumi up` again; it goes on from here.",
    WaitStatus.GONE: "Run `pulumi refresh`, then `pulumi up` to create it again.",
    WaitStatus.NEVER_STARTED: "Run `pulumi up` again to request it once more.",
    WaitStatus.TIMED_OUT: f"{CONTINUES}, and raise the time limit if it needs longer.",
    WaitStatus.CANCELLED: f"{CONTINUES}.",
    WaitStatus.UNREADABLE: f"{CONTINUES} once commercetools can be reached.",
}

ERRORS: Final[Mapping[WaitStatus, type[NotReachedError | GoneError]]] = {
    WaitStatus.TIMED_OUT: WaitTimedOutError,
    WaitStatus.CANCELLED: WaitCancelledError,
    WaitStatus.GONE: GoneError,
}


async def follow_deployment(
    session: Session,
    lifecycle: Lifecycle,
    project_key: str,
    deployment: api.Deployment,
    context: OperationContext,
    deadline: float | None,
    *,
    started: bool = False,
) -> WaitResult[api.Deployment]:
    """Wait for a deploy or undeploy, as `deployment` shows it right after the request.

    `started`: it is known to be a run of ours that `deployment` shows.
    """

    def progress(seen: api.Deployment) -> Observation:
        return Observation(seen.status, seen.version, seen.build_id, report_lines(seen.report))

    observations = session.watcher.deployment(project_key, deployment.id)
    wait = Waiter(lifecycle, progress, deployment, observations, context, session.clock, deadline, started)
    return await wait.outcome()


def not_reached(result: WaitResult[T], what: str) -> NotReachedError | GoneError:
    """Return the error for an unsuccessful result; `what` names the object."""
    kind = ERRORS.get(result.ending, RunFailedError)
    return kind(f"{what}: {result.reason}", REMEDIES[result.ending])


def explain_report(entries: Iterable[api.ReportEntry]) -> list[str]:
    """Return what a report says beyond mere information, a line each, safe to print."""
    return reported_problems(report_lines(entries))


MAX_ATTEMPTS: Final = 6
"""How many attempts a change has: validation steps bump versions on their own (API §10)."""

LOCKS: Final[KeyedLocks[tuple[str, str]]] = KeyedLocks()
"""Locks by address of Connect and object, for the whole process: several sessions may lead to the same object."""

RUN_AGAIN: Final = "Run `pulumi up` again."


@asynccontextmanager
async def object_lock(
    session: Session, context: OperationContext, what: str, deadline: float | None
) -> AsyncIterator[None]:
    """Hold an object, `<kind> <id>`, against every other operation of this process.

    Raises `NotReachedError` when the lock comes too late: a stop was asked for, or the time limit is over.
    """
    lock = LOCKS.get((session.client.connection.connect_url, what))
    if lock.locked():
        context.reporter.status(f"waiting for another operation on the same {what.partition(' ')[0]}")
    async with lock:
        nothing = f"{context.name}: nothing was requested of {what}"
        if context.cancellation.requested:
            raise WaitCancelledError(
                f"{nothing}, as a stop was requested while it waited for another operation.", RUN_AGAIN
            )
        if deadline is not None and session.clock.monotonic() > deadline:
            raise WaitTimedOutError(
                f"{nothing}, as the time limit ended while it waited for another operation.", RUN_AGAIN
            )
        yield


def deployment_lock(
    session: Session, context: OperationContext, state_id: str, deadline: float | None
) -> AbstractAsyncContextManager[None]:
    """Hold the Deployment, `<project key>/<id>`, as `object_lock` does."""
    return object_lock(session, context, f"Deployment {state_id}", deadline)


@dataclass(frozen=True)
class Snapshot:
    """An object as it was once read: its version, and what of it may be named in a message. Nothing secured."""

    version: int
    shown: PropertyMap


@dataclass
class ConflictLog:
    """Concurrent changes during one operation on `what`. The API does not say who made them."""

    what: str
    _seen: list[str] = field(default_factory=list)

    def note(self, before: Snapshot, now: Snapshot) -> str:
        """Record that an update was refused for its version; return the message, without values."""
        paths = ", ".join(sorted(format_path(path) for path in find_differences(before.shown, now.shown)))
        change = f"version {before.version} → {now.version} ({paths or 'nothing that shows'})"
        if now.version == before.version:
            change = f"version {before.version} was refused, and is still the one that is read"
        self._seen.append(change)
        return f"{self.what} was changed by another client, or by a run that ended: {change}"

    def explain(self, error: api.ApiError) -> ProviderError:
        """Return the error for an operation whose every update was refused for its version."""
        if not self._seen:
            return error
        return ProviderError(
            f"{error.message}\n{self.what} was changed by another client each time: {'; '.join(self._seen)}.",
            "Find out who else manages it (another stack, the Merchant Center, a pipeline), let only one do so, "
            "and run `pulumi up` again.",
        )


NOT_ABOUT_THE_OBJECT: Final = (api.AuthenticationFailedError, api.ForbiddenError, api.RateLimitedError)


def is_rejection(error: api.ApiError) -> bool:
    """Return whether Connect understood the request and refused it, also with an unknown code (API §19 #1)."""
    if isinstance(error, NOT_ABOUT_THE_OBJECT):
        return False
    client_error = HTTPStatus.BAD_REQUEST <= (error.status or 0) < HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, api.RefusedError) or (bool(error.codes) and client_error)


def is_worth_reading_again(error: api.ApiError) -> bool:
    """Return whether reading the object again can show what the call did, or why it was refused."""
    return error.uncertain or is_rejection(error)


FIRST_PAUSE, LONGEST_PAUSE = 5.0, 60.0
"""Seconds before a request that was lost or refused is made again; each pause is twice the one before."""


@dataclass
class Attempts:
    """Attempts of one operation to write to one object: the retry policy of every uncertain or refused write.

    `api.retry` repeats a call that certainly had no effect. A write that may have had one, or that was refused
    because of a run or another version, comes here: the operation reads the object again, pauses, and decides
    again. Iterate over the attempts, and raise `failure(...)` when they are used up.

    - `what`: names the object in messages.
    - `deadline`: on the clock's `monotonic`; no pause goes beyond it.
    - `limit`: how many attempts there are; `None` gives as many as fit before the deadline.
    - `error`: of the last request, `None` if the server accepted it.
    """

    session: Session
    context: OperationContext
    what: str
    deadline: float | None
    limit: int | None = MAX_ATTEMPTS
    error: api.ApiError | None = field(init=False, default=None)
    conflicts: ConflictLog = field(init=False)
    number: int = field(init=False, default=0)
    _pauses: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.conflicts = ConflictLog(self.what)

    def __iter__(self) -> Iterator[int]:
        while self.limit is None or self.number < self.limit:
            self.number += 1
            yield self.number

    @property
    def is_over(self) -> bool:
        """Whether the operation's time limit has ended."""
        return self.deadline is not None and self.session.clock.monotonic() >= self.deadline

    async def pause(self, error: ProviderError) -> None:
        """Wait 5 s, 10 s, 20 s … before the next attempt; return at once after the last one.

        Raises `error` when the time limit is over, `WaitCancelledError` when a stop was asked for.
        """
        if self.number == self.limit:
            return
        if self.is_over:
            raise error
        clock, cancellation = self.session.clock, self.context.cancellation
        seconds = min(FIRST_PAUSE * 2.0**self._pauses, LONGEST_PAUSE)
        if self.deadline is not None:
            seconds = min(seconds, self.deadline - clock.monotonic())
        self._pauses += 1
        if not await cancellable_sleep(clock, seconds, cancellation):
            raise WaitCancelledError(f"the operation was cancelled: {error.message}", error.remedy)
        if self.is_over:
            raise error

    def failure(self, message: str, remedy: str = "Run `pulumi up` again.") -> ProviderError:
        """Return the error for attempts that are used up; the text is for those of which no request failed."""
        return self.conflicts.explain(self.error) if self.error else ProviderError(message, remedy)


async def create_once(
    attempts: Attempts, post: Callable[[], Awaitable[T]], find_by_key: Callable[[], Awaitable[T | None]]
) -> tuple[T, bool]:
    """Return the object that `post` creates, exactly once, and whether Connect's answer says that it did.

    Nothing exists under its key yet. After an uncertain answer the key is read before and after the pause, also
    when a repeated request finds the key taken. An object that is there then is the one that was requested, or
    another client's. Raises the error of the last request.
    """

    async def find(error: api.ApiError) -> T | None:
        try:
            return await find_by_key()
        except api.ApiError:
            raise error from None  # it says that something may exist; a failed read says less

    for _ in attempts:
        try:
            return await post(), True
        except api.ApiError as error:
            if not (error.uncertain or (attempts.error and isinstance(error, api.DuplicateFieldError))):
                raise
            attempts.error = error
        if (found := await find(attempts.error)) is not None:
            return found, False
        attempts.context.reporter.status(
            f"the answer to the request was lost, and nothing was created: {attempts.error.message}"
        )
        with suppress(api.ApiError):  # at the time limit this error; what shows until then counts
            await attempts.pause(attempts.error)
        if (found := await find(attempts.error)) is not None:
            return found, False
        if attempts.is_over:
            raise attempts.error
    raise attempts.failure(f"{attempts.what} could not be created.")


class Reconciler(ABC, Generic[T, P, R]):
    """Loop of every change of an existing object: wait until idle, decide, request, look again, wait, verify.

    `found` is the object as it was read last; `T` its type, `P` that of a plan, `R` that of the result. A subclass
    says what the steps mean for its kind of object; the loop says in which order they come, and after which error
    a request is made again. The caller holds the object's lock (`object_lock`) and sets `found` first.

    After an error that `is_worth_another_attempt`, the object is read again. Then, in this order: a request that
    had its effect (`has_moved`) is followed; another version or a run (`is_busy`) starts the next attempt at once;
    a `rejection` is raised; anything else starts the next attempt after a pause.
    """

    attempts: Attempts
    found: T

    async def run(self) -> R:
        """Return the result of the first attempt that needs nothing more. Raises what ends the attempts."""
        for _ in self.attempts:
            await self.wait_until_idle()
            plan = await self.decide()
            if plan is None:
                return self.result()
            before = self.found
            if await self._request(plan) and (result := await self.follow(before, plan)) is not None:
                return result
        raise self.unreached()

    @abstractmethod
    async def read(self) -> T:
        """Return the object as it is now. Raises `GoneError`."""

    @abstractmethod
    async def wait_until_idle(self) -> None:
        """Set `found` to the object once nothing runs on it that a request would disturb."""

    @abstractmethod
    async def decide(self) -> P | None:
        """Return what to request of `found`, `None` if it is as desired."""

    @abstractmethod
    def result(self) -> R:
        """Return the result for `found`, which is as desired."""

    @abstractmethod
    async def request(self, plan: P) -> T:
        """Send the request, and return the object of the answer."""

    async def follow(self, before: T, plan: P) -> R | None:
        """Wait for the run that the request started, and verify `found`; `None` starts another attempt.

        `before` is the object for which it was requested. `attempts.error` is set after an uncertain answer.
        """
        return None

    def is_worth_another_attempt(self, error: api.ApiError) -> bool:
        """Return whether to read the object after `error`; otherwise it is raised at once."""
        return is_worth_reading_again(error)

    def has_moved(self, before: T) -> bool:
        """Return whether `found` shows that an uncertain request had its effect, so that `follow` comes next."""
        return False

    def is_busy(self) -> bool:
        """Return whether `found` shows a run, which the next attempt waits for: then there is no pause."""
        return False

    def rejection(self, error: api.ApiError, plan: P) -> ProviderError | None:
        """Return the error to raise for a request that was refused for another reason than version or run."""
        return None

    @abstractmethod
    def snapshot(self, found: T) -> Snapshot:
        """Return what a message may compare of the object."""

    def unreached(self) -> ProviderError:
        """Return the error for attempts that are used up."""
        return self.attempts.failure(f"{self.attempts.what} could not be changed as declared.")

    async def _request(self, plan: P) -> bool:
        """Send the request, and return whether it had its effect; otherwise `found` is read again."""
        before, self.attempts.error = self.found, None
        try:
            self.found = await self.request(plan)
        except api.ApiError as error:
            self.attempts.error = error
            await self._look_again(error, before, plan)
            return error.uncertain and self.has_moved(before)
        return True

    async def _look_again(self, error: api.ApiError, before: T, plan: P) -> None:
        if not self.is_worth_another_attempt(error):
            raise error
        self.found = await self.read()
        old, new = self.snapshot(before), self.snapshot(self.found)
        if isinstance(error, api.ConcurrentModificationError):
            self.attempts.context.reporter.info(self.attempts.conflicts.note(old, new))
            if new.version != old.version:
                return
        elif error.uncertain and self.has_moved(before):
            return
        if self.is_busy():
            return
        if not isinstance(error, api.ConcurrentModificationError) and (failure := self.rejection(error, plan)):
            raise failure from error
        await self.attempts.pause(error)
        self.found = await self.read()
