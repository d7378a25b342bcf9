"""Checks of `commercetools-connect doctor`, connection by connection, and their rows.

Every call only reads, and is limited in time; what fails is a row, and what depends on it is skipped.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from enum import Enum
from functools import partial
from typing import Final, TypeVar
from urllib.parse import urlsplit

from commercetools_connect.api import (
    ConnectClient,
    DeploymentStatus,
    ObjectSummary,
    RetryBudget,
    RetryPolicy,
)
from commercetools_connect.api.auth import Token
from commercetools_connect.api.endpoints import (
    READ_CONNECTORS,
    READ_DEPLOYMENTS,
    WRITE_CONNECTORS,
    WRITE_DEPLOYMENTS,
)
from commercetools_connect.api.hosts import DOCTOR
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.api.wiring import EVERY_KIND, MANAGE_PROJECT, WiringKind, missing_scopes
from commercetools_connect.cli.common import gather_limited
from commercetools_connect.cli.doctor_targets import CheckTarget, Needs
from commercetools_connect.cli.stack import Leftover, Origin, Stack, find_leftovers
from commercetools_connect.core.clock import SystemClock
from commercetools_connect.core.errors import ProviderError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.urns import PACKAGE
from commercetools_connect.resources.keys import key_prefix


class CheckResult(str, Enum):
    """How a check ended. Only a problem changes the exit code."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class CheckRow:
    """One check of one connection, of one project or of none; `remedy` is the next step.

    `key` and `id` name an object that was found.
    """

    connection: str
    check: str
    result: CheckResult
    finding: str
    remedy: str = ""
    project: str = ""
    key: str = ""
    id: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it under the names that programs read; without key and id where no object was found."""
        members: dict[str, str] = {**asdict(self), "result": self.result.value}
        return {name: value for name, value in members.items() if value or name not in ("key", "id")}


def problem_row(connection: str, check: str, error: ProviderError, *, project: str = "") -> CheckRow:
    """Return the row for an error."""
    return CheckRow(connection, check, CheckResult.PROBLEM, error.message, remedy_of(error), project)


def remedy_of(error: ProviderError) -> str:
    """Return the remedy of an error without the advice to run this command."""
    return error.remedy.replace(DOCTOR, "").strip()


NOTHING: Final[frozenset[WiringKind]] = frozenset()
API_CLIENTS: Final = ("manage_api_clients",)
NEW_CLIENT: Final = "The scopes of an API client cannot be changed: create a new API client with {}."
PREVIEWS_ONLY: Final = " If these credentials are only for previews, add --preview."


def scope_rows(
    connection: str, scopes: frozenset[str] | None, needs: Needs, projects: Sequence[str]
) -> Iterator[CheckRow]:
    """Yield a row for each kind of resource and project; `scopes` is `None` where the token host names none.

    ConnectorStaged belong to no project in the API: a scope of any project counts for them.
    """
    if scopes is None:
        yield CheckRow(
            connection, "scopes", CheckResult.NOTE, "the token host does not name the scopes of the token"
        )
        return
    row = partial(CheckRow, connection)
    names = WRITE_CONNECTORS if needs.writes else READ_CONNECTORS
    read_connectors = _granted(scopes, READ_CONNECTORS)
    missing = NEW_CLIENT.format(f"{names[0]}:{projects[0] if projects else '<projectKey>'}")
    kinds = "ConnectorStaged and ConnectorPublication"
    verdict = _judge(_granted(scopes, names), read_connectors, kinds, missing, needed=needs.drafts)
    yield row("scopes for drafts", *verdict)
    if not projects:
        yield row("scopes for deployments", CheckResult.NOTE, "not checked: no project is configured")
    names = WRITE_DEPLOYMENTS if needs.writes else READ_DEPLOYMENTS
    for project in projects:
        read = _granted(scopes, READ_DEPLOYMENTS, project)
        missing = NEW_CLIENT.format(f"{names[0]}:{project}")
        granted = _granted(scopes, names, project)
        verdict = _judge(granted, read, "Deployment", missing, needed=needs.deployments)
        yield row("scopes for deployments", *verdict, project)
        deploys = bool(read) and needs.deployments
        if deploys and not read_connectors:
            finding = "none: previews cannot check the configurations of Deployments"
            remedy = NEW_CLIENT.format(f"{READ_CONNECTORS[0]}:{project}")
            yield row("scopes for connectors", CheckResult.NOTE, finding, remedy, project)
        if deploys and needs.writes and needs.api_clients is not False:
            yield row("scopes for API clients", *_judge_api_clients(scopes, needs, project), project)
        if needs.writes and needs.wiring != NOTHING and (deploys or needs.wiring):
            yield row("scopes for expect", *_judge_wiring(scopes, needs, project), project)


def _judge(granted: str, read: str, kinds: str, remedy: str, *, needed: bool) -> tuple[CheckResult, str, str]:
    """Return result, finding and next step for the scope that is granted, and one that is enough to read."""
    result = CheckResult.PROBLEM if needed else CheckResult.NOTE
    if granted:
        return CheckResult.OK, granted, ""
    if read:
        finding = f"only {read}: previews work, `pulumi up` cannot write {kinds}"
        return result, finding, remedy + PREVIEWS_ONLY
    return result, f"none for {kinds}", remedy


def _judge_api_clients(scopes: frozenset[str], needs: Needs, project: str) -> tuple[CheckResult, str, str]:
    wanted = f"{API_CLIENTS[0]}:{project}"
    if _granted(scopes, API_CLIENTS, project):
        return CheckResult.OK, wanted, ""
    if not needs.api_clients:
        return CheckResult.NOTE, f"no {wanted}; only connectors that get an API client of their own need it", ""
    finding = f"no {wanted}, which a connector of this stack needs to get its own API client"
    return CheckResult.PROBLEM, finding, f"manage_project does not include it. {NEW_CLIENT.format(wanted)}"


def _judge_wiring(scopes: frozenset[str], needs: Needs, project: str) -> tuple[CheckResult, str, str]:
    kinds = EVERY_KIND if needs.wiring is None else needs.wiring
    missing = missing_scopes(scopes, project, kinds)
    if not missing:
        granted = _granted(scopes, (MANAGE_PROJECT,), project)
        return (
            CheckResult.OK,
            granted or ", ".join(f"{each.scope}:{project}" for each in WiringKind if each in kinds),
            "",
        )
    finding = f"no {' and no '.join(missing)}"
    if needs.wiring is None:
        return CheckResult.NOTE, f"{finding}; only Deployments with `expect` need it", ""
    return CheckResult.PROBLEM, f"{finding}, which `expect` needs", NEW_CLIENT.format(" and ".join(missing))


def _granted(scopes: frozenset[str], names: Sequence[str], project: str = "") -> str:
    """Return a scope with one of the names, of the project or of any; `""` if there is none."""
    for name in names:
        for scope in sorted(scopes):
            found, _, of = scope.partition(":")
            if found == name and of and project in ("", of):
                return escape_untrusted(scope, 120)
    return ""


T = TypeVar("T")

LIST_TIME_LIMIT: Final = 120.0
"""Seconds for a whole list, of up to 20 pages."""

RETRIES: Final = RetryPolicy(attempts=2, longest_retry_after=5.0, total=10.0)
"""One repetition: a single failure of a gateway is no finding, and an outage should show soon."""

READ_CONNECTORS_STAGED: Final = "read drafts"
READ_PROJECT: Final = "read deployments"

OTHER_BACKEND: Final = (
    "A stack with the same project and stack names in another backend has the same keys: make sure that the "
    "object is not of that one."
)


async def check_targets(
    targets: Sequence[CheckTarget], stack: Stack | None, time_limit: float, secrets: SecretRegistry
) -> list[CheckRow]:
    """Return the rows of all connections, in their order; an object is in the first one that shows it.

    `stack` is the one whose state is compared. `time_limit` is in seconds, for each call. `secrets` gets the
    credentials and tokens of all connections.
    """

    async def check(target: CheckTarget) -> list[CheckRow]:
        if target.error is not None:
            return [problem_row(target.name, "settings", target.error)]
        client = ConnectClient(
            target.connection, clock=SystemClock(), budget=RetryBudget(), retry_policy=RETRIES, secrets=secrets
        )
        async with client:
            return await _ConnectionChecks(target, client, stack, time_limit).rows()

    rows: list[CheckRow] = []
    shown: set[tuple[str, str]] = set()
    for row in (row for found in await gather_limited(check, targets) for row in found):
        if row.id and (row.check, row.id) in shown:
            continue  # several connections may see the same ConnectorStaged
        shown.add((row.check, row.id))
        rows.append(row)
    return rows


async def _awaited(read: Awaitable[T]) -> T:
    return await read


@dataclass(frozen=True)
class _ConnectionChecks:
    """The checks of one connection."""

    target: CheckTarget
    client: ConnectClient
    stack: Stack | None
    time_limit: float

    async def rows(self) -> list[CheckRow]:
        checkup = self.client.connection_check
        host, (token, token_row) = await asyncio.gather(
            self._read("host", checkup.reach, self.target.connection.connect_url), self._token()
        )
        rows = [host, token_row]
        if token is None or host.result is CheckResult.PROBLEM:
            why = "there is no token" if token is None else "the host does not answer"
            return [*rows, self._new("scopes and reads", CheckResult.SKIPPED, f"not checked: {why}")]
        rows += scope_rows(self.target.name, token.scopes, self.target.needs, self.target.projects)
        needs = self.target.needs
        reads = [
            self._read(READ_CONNECTORS_STAGED, checkup.read_connectors_staged, needed=needs.drafts),
            self._read("read connectors", checkup.read_connectors, needed=needs.deployments),
        ]
        for project in self.target.projects:
            call = partial(checkup.read_deployments, project)
            reads.append(self._read(READ_PROJECT, call, needed=needs.deployments, project=project))
            reads += self._wiring_reads(project, token)
        read = await gather_limited(_awaited, reads)
        rows += read
        for row in read:  # a list that could not be read has its row already
            if self.stack is not None and row.result is CheckResult.OK and row.check == READ_CONNECTORS_STAGED:
                rows += await self._compared(self.stack, "ConnectorStaged", "", checkup.list_connectors_staged())
            if self.stack is not None and row.result is CheckResult.OK and row.check == READ_PROJECT:
                listed = checkup.list_deployments(row.project)
                rows += await self._compared(self.stack, "Deployment", row.project, listed)
        return rows

    def _wiring_reads(self, project: str, token: Token) -> Iterator[Coroutine[None, None, CheckRow]]:
        """Yield a read of each list that `expect` needs; a missing scope has its row already."""
        needs, wiring = self.target.needs, self.client.wiring()
        kinds = needs.wiring or NOTHING if needs.writes else NOTHING
        if token.scopes is not None and missing_scopes(token.scopes, project, kinds):
            return
        lists = {WiringKind.EXTENSION: wiring.extensions, WiringKind.SUBSCRIPTION: wiring.subscriptions}
        for kind in WiringKind:
            if kind in kinds:
                call, url = partial(lists[kind], project), self.target.connection.http_api_url
                yield self._read(f"read {kind.value}s", call, project=project, url=url)

    async def _token(self) -> tuple[Token | None, CheckRow]:
        try:
            token = await self._in_time(self.client.connection_check.token(), self.target.connection.auth_url)
        except ProviderError as error:
            row = problem_row(self.target.name, "token", error)
            used = f"Used were {self.target.sources}. " if self.target.sources else ""
            return None, replace(row, remedy=f"{used}{row.remedy}")
        scopes = "" if token.scopes is None else f", scopes: {len(token.scopes)}"
        life = f"for {token.lifetime / 3600:.3g} h" if token.lifetime else "for an unknown time"
        host = urlsplit(self.target.connection.auth_url).netloc
        return token, self._new("token", CheckResult.OK, f"obtained from {host} {life}{scopes}")

    async def _read(
        self,
        check: str,
        call: Callable[[], Awaitable[object]],
        said: str = "",
        *,
        needed: bool = True,
        project: str = "",
        url: str = "",
    ) -> CheckRow:
        """Return the row for a call; one that fails and that nothing needs is a note."""
        try:
            await self._in_time(call(), url or self.target.connection.connect_url)
        except ProviderError as error:
            row = problem_row(self.target.name, check, error, project=project)
            return row if needed else self._new(check, CheckResult.NOTE, row.finding, project)
        return self._new(check, CheckResult.OK, said, project)

    async def _in_time(self, call: Awaitable[T], url: str) -> T:
        try:
            return await asyncio.wait_for(call, self.time_limit)
        except asyncio.TimeoutError:
            raise ProviderError(
                f"There was no answer from {urlsplit(url).netloc} within {self.time_limit:g} s.",
                "Check the network and proxies; --timeout gives more time.",
            ) from None

    async def _compared(
        self, stack: Stack, kind: str, project: str, listed: AsyncIterator[ObjectSummary]
    ) -> list[CheckRow]:
        check = f"{kind} objects not in the state"

        async def read() -> list[ObjectSummary]:
            return [summary async for summary in listed]

        try:
            found = find_leftovers(stack, await asyncio.wait_for(read(), LIST_TIME_LIMIT))
        except ProviderError as error:
            return [problem_row(self.target.name, check, error, project=project)]
        except asyncio.TimeoutError:
            slow = ProviderError(
                f"The list of all {kind} objects was not complete within {LIST_TIME_LIMIT:g} s.",
                "Run the command again when Connect answers faster; --timeout does not apply to whole lists.",
            )
            return [problem_row(self.target.name, check, slow, project=project)]
        rows = [self._leftover(check, stack, kind, project, each) for each in found if not each.stack]
        for name, count in sorted(Counter(each.stack for each in found if each.stack).items()):
            finding = f"{count} with keys like those of stack {name}; look at them with --stack {name}"
            rows.append(self._new(check, CheckResult.NOTE, finding, project))
        prefix = key_prefix(stack.project, stack.name)
        return rows or [self._new(check, CheckResult.OK, f"none with a key that begins with {prefix}", project)]

    def _leftover(self, check: str, stack: Stack, kind: str, project: str, found: Leftover) -> CheckRow:
        key, status = escape_untrusted(found.summary.key, 256), escape_untrusted(found.summary.status, 40)
        is_going = status == DeploymentStatus.UNDEPLOYING
        return CheckRow(
            self.target.name,
            check,
            CheckResult.NOTE if is_going else CheckResult.PROBLEM,
            f"{key}, {status or 'of an unknown status'}: {found.origin.value}",
            "" if is_going else _remedy(stack, kind, f"{project}/" if project else "", found),
            project,
            key,
            escape_untrusted(found.summary.id, 60),
        )

    def _new(self, check: str, result: CheckResult, finding: str, project: str = "") -> CheckRow:
        return CheckRow(self.target.name, check, result, finding, project=project)


def _remedy(stack: Stack, kind: str, place: str, found: Leftover) -> str:
    resource = escape_untrusted(found.resource, 120)
    address = f"{place}{escape_untrusted(found.summary.id, 60)}"
    ways = f"`pulumi import {PACKAGE}:index:{kind} NAME {address}` adds it to the stack"
    if found.origin is Origin.PERHAPS:
        return f"Find out who uses it before you change anything. If it belongs to this stack, {ways}."
    if any(each.kind == kind and each.name == found.resource and each.id for each in stack.objects):
        return (
            f"The state has another object for {resource}. Find out which of the two is used before you remove "
            f"one. {OTHER_BACKEND}"
        )
    return (
        f"If the program still declares {resource}, `pulumi up` goes on with it. Otherwise find out who uses it; "
        f"{ways}. {OTHER_BACKEND}"
    )
