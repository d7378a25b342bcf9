"""Client of the Connect HTTP API: one method for each endpoint (API §3)."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import TypeVar
from urllib.parse import urlsplit

from commercetools_connect.api.connection_check import ConnectionCheck
from commercetools_connect.api.endpoints import (
    CONNECTORS_STAGED,
    READ_CONNECTORS,
    READ_DEPLOYMENTS,
    SEARCH,
    WRITE_CONNECTORS,
    WRITE_DEPLOYMENTS,
    Action,
    ById,
    ByKey,
    Endpoint,
    Ref,
    connectors_action,
    deployment_path,
    deployments_action,
    deployments_path,
    projects_in,
)
from commercetools_connect.api.errors import ApiError, NetworkError
from commercetools_connect.api.hosts import Connection
from commercetools_connect.api.http import AsyncTransport
from commercetools_connect.api.models.base import Json, RequestModel, ResponseModel
from commercetools_connect.api.models.objects import (
    Connector,
    ConnectorStaged,
    Deployment,
    DeploymentLog,
    DeploymentLogPage,
    DeploymentRevision,
)
from commercetools_connect.api.models.requests import (
    ConnectorStagedDraft,
    DeploymentDraft,
    DeploymentRollback,
    DraftAction,
    Redeploy,
    Update,
)
from commercetools_connect.api.paging import (
    NEWEST_FIRST,
    OLDEST_FIRST,
    PAGE_SIZE,
    ItemT,
    ListSnapshot,
    Page,
    RawItem,
    paginate,
    paginate_logs,
)
from commercetools_connect.api.retry import DEFAULT_RETRY_POLICY, SHARED_BUDGET, Retrier, RetryBudget, RetryPolicy
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.api.session import ApiSession, Network, VersionTracker
from commercetools_connect.api.wiring import WiringClient
from commercetools_connect.core.clock import Clock

T = TypeVar("T")
ModelT = TypeVar("ModelT", bound=ResponseModel)


class ConnectClient:
    """Calls Connect for one connection: one token, one pool of HTTP connections for each host, one event loop.

    Every coroutine returns what the server returned, or raises

    - `ApiError` (`errors` shows the tree), after as many retries as are safe; its `uncertain` says that a write
      may have had its effect;
    - `ConfigurationError` when the connection lacks what the call needs; nothing was sent then.

    Opens its HTTP connections when first needed; close it with `aclose` or `async with`.

    `network`: HTTP connections and tokens that are shared with other clients.
    `secrets`: what reports and errors never show; the client adds its own credentials and what it sends.
    `transport` replaces the network, for tests. `jitter` returns a random number in [0, 1).
    """

    def __init__(
        self,
        connection: Connection,
        *,
        clock: Clock,
        transport: AsyncTransport | None = None,
        budget: RetryBudget = SHARED_BUDGET,
        retry_policy: RetryPolicy = DEFAULT_RETRY_POLICY,
        jitter: Callable[[], float] = random.random,
        secrets: SecretRegistry | None = None,
        network: Network | None = None,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._versions = VersionTracker(clock)
        self.network = network or Network(transport)
        self._transport = self.network.transport(connection)
        self._retrier = Retrier(clock, budget, retry_policy, jitter)
        secrets = SecretRegistry() if secrets is None else secrets
        self._session = ApiSession(
            connection,
            transport=self._transport,
            tokens=self.network.tokens(connection, self._retrier, secrets),
            limiter=partial(self.network.limiter, clock=clock),
            retrier=self._retrier,
            secrets=secrets,
        )

    @property
    def is_limited(self) -> bool:
        """Whether the host limits the rate of calls, so that they wait for their turns."""
        return self.network.limiter(self._connection.connect_url, self._clock).is_limiting

    @property
    def connection(self) -> Connection:
        """The connection of this client."""
        return self._connection

    def no_answer(self, seconds: float, remedy: str) -> ApiError:
        """Return the error for a caller that has waited so long: why the calls are repeated, if they are."""
        if self._retrier.pending_error is not None:
            return self._retrier.pending_error
        host = urlsplit(self._connection.connect_url).netloc or "the server"
        return NetworkError(f"There was no answer from {host} within {seconds:g} s.", remedy)

    @property
    def connection_check(self) -> ConnectionCheck:
        """Small reads that show what the connection reaches."""
        return ConnectionCheck(self._session, self._connection.project_key)

    def wiring(self) -> WiringClient:
        """Return the client of Extensions and Subscriptions, at the connection's `http_api_url`."""
        return WiringClient(self._session, self._connection.http_api_url)

    @property
    def versions(self) -> VersionTracker:
        """The writes of this client, and the newest versions that it has seen."""
        return self._versions

    async def __aenter__(self) -> ConnectClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the HTTP connections."""
        await self._transport.aclose()

    async def projects(self) -> frozenset[str] | None:
        """Return the projects that the scopes of the token name, `None` where the token host names no scopes.

        Raises `ApiError` of the token host, and `ConfigurationError` without credentials.
        """
        return projects_in(await self.scopes())

    async def scopes(self) -> frozenset[str] | None:
        """Return the scopes of the token, each with its project; `None` where the token host names none.

        Raises `ApiError` of the token host, and `ConfigurationError` without credentials.
        """
        return (await self._session.token()).scopes

    # --- published connectors -------------------------------------------------------------------------------

    async def get_connector(self, ref: Ref) -> Connector:
        """Return a published connector (API §3 rows 1, 2). Raises `NotFoundError` before its first publication."""
        action = self._connectors_action("read", f"the Connector with {ref}", READ_CONNECTORS)
        endpoint = Endpoint("GET", f"/connectors/{ref.segment}", action, Connector.model_validate)
        return await self._session.perform(endpoint)

    def search_connectors(
        self,
        *,
        text: str | None = None,
        private: bool | None = None,
        creator_company: str | None = None,
        ids: Sequence[str] = (),
        keys: Sequence[str] = (),
        integration_types: Sequence[str] = (),
        sort: Sequence[str] = (),
        page_size: int = PAGE_SIZE,
    ) -> AsyncIterator[Connector]:
        """Yield the published connectors that fit every filter (row 3); a page is read when it is needed.

        `text` is searched in names and descriptions. `private`: only connectors that are assigned to the project
        of the credentials, or all; what leaving it out means is not documented (API §3.1). `sort` takes
        `createdAt asc` and the like (API §2), the oldest first if absent.
        """
        action = self._connectors_action("search", "for published Connectors", READ_CONNECTORS)
        query = _query({"text": text, "private": private, "creator.company": creator_company})
        query += _query({"id": ids, "key": keys, "integrationTypes": integration_types})
        order = _query({"sort": sort}) or [OLDEST_FIRST]
        return self._session.list(SEARCH, action, Page[Connector].model_validate, query, order, page_size)

    # --- ConnectorStaged ------------------------------------------------------------------------------------

    async def create_connector_staged(self, draft: ConnectorStagedDraft) -> ConnectorStaged:
        """Create a ConnectorStaged (row 4). Raises `DuplicateFieldError` when the key is taken."""
        action = self._connectors_action("create", f"the ConnectorStaged {_new(draft.key)}", WRITE_CONNECTORS)
        parse = ConnectorStaged.model_validate
        return await self._perform(Endpoint("POST", CONNECTORS_STAGED, action, parse, body=draft))

    def list_connectors_staged(
        self, *, private: bool | None = None, integration_types: Sequence[str] = ()
    ) -> AsyncIterator[ConnectorStaged]:
        """Yield every ConnectorStaged that the credentials can see (row 5), a page of 500 per call."""
        query = _query({"integrationTypes": integration_types, "isPrivate": private})
        parse = Page[ConnectorStaged].model_validate
        return self._session.list(CONNECTORS_STAGED, self._list_connectors_staged_action(), parse, query)

    async def snapshot_connectors_staged(
        self, wanted: Collection[str] | None = None, previous: ListSnapshot[ConnectorStaged] | None = None
    ) -> ListSnapshot[ConnectorStaged]:
        """Return what the list of ConnectorStaged objects shows (row 5), in pages of 500 until `wanted` are read.

        Without `wanted`, all of it. What has not changed since `previous` is not parsed again.
        """
        action = self._list_connectors_staged_action()
        return await self._snapshot(CONNECTORS_STAGED, action, ListSnapshot(ConnectorStaged, previous), wanted)

    async def get_connector_staged(self, ref: Ref) -> ConnectorStaged:
        """Return a ConnectorStaged (row 6). Raises `NotFoundError`."""
        return await self._perform(self._staged_endpoint("GET", "read", ref, ConnectorStaged.model_validate))

    async def update_connector_staged(
        self, ref: Ref, version: int, actions: Sequence[DraftAction]
    ) -> ConnectorStaged:
        """Apply actions, at least one, in order, to a ConnectorStaged of that version (row 7).

        Raises `NotFoundError`, `ConcurrentModificationError`.
        """
        body = Update(version=version, actions=tuple(actions))
        endpoint = self._staged_endpoint("POST", "update", ref, ConnectorStaged.model_validate, body)
        return await self._write(ref, endpoint)

    async def delete_connector_staged(self, ref: Ref) -> ConnectorStaged | None:
        """Delete a ConnectorStaged **and its published Connector** (row 8).

        Returns what it was, `None` if the response is empty. Raises `NotFoundError`.
        """
        return await self._write(ref, self._staged_endpoint("DELETE", "delete", ref, _optional(ConnectorStaged)))

    # --- deployments ----------------------------------------------------------------------------------------

    async def create_deployment(self, project_key: str, draft: DeploymentDraft) -> Deployment:
        """Create a Deployment (row 9), which starts a run of minutes. Raises `DuplicateFieldError`."""
        action = deployments_action("create", f"the Deployment {_new(draft.key)}", WRITE_DEPLOYMENTS, project_key)
        parse = Deployment.model_validate
        return await self._perform(Endpoint("POST", deployments_path(project_key), action, parse, body=draft))

    def list_deployments(
        self, project_key: str, *, deployment_type: str | None = None, integration_types: Sequence[str] = ()
    ) -> AsyncIterator[Deployment]:
        """Yield every Deployment of a project (row 10), a page of 500 per call."""
        action = deployments_action("list", "the Deployments", READ_DEPLOYMENTS, project_key)
        query = _query({"deploymentType": deployment_type or None, "integrationTypes": integration_types})
        parse = Page[Deployment].model_validate
        return self._session.list(deployments_path(project_key), action, parse, query)

    async def snapshot_deployments(
        self,
        project_key: str,
        wanted: Collection[str] | None = None,
        previous: ListSnapshot[Deployment] | None = None,
    ) -> ListSnapshot[Deployment]:
        """Return what the list of Deployments shows (row 10), in pages of 500 until `wanted` are read.

        Without `wanted`, all of it. What has not changed since `previous` is not parsed again.
        """
        action = deployments_action("list", "the Deployments", READ_DEPLOYMENTS, project_key)
        snapshot = ListSnapshot(Deployment, previous)
        return await self._snapshot(deployments_path(project_key), action, snapshot, wanted)

    async def get_deployment(self, project_key: str, ref: Ref) -> Deployment:
        """Return a Deployment (row 11). Raises `NotFoundError`, also when an undeployment has ended."""
        return await self._perform(
            _deployment_endpoint("GET", "read", project_key, ref, Deployment.model_validate)
        )

    async def update_deployment(
        self, project_key: str, ref: Ref, version: int, actions: Sequence[Redeploy]
    ) -> Deployment:
        """Redeploy (row 12), which starts a run of minutes.

        Raises `NotFoundError`, `ConcurrentModificationError`, `InvalidStatusTransitionError`.
        """
        body = Update(version=version, actions=tuple(actions))
        endpoint = _deployment_endpoint("POST", "update", project_key, ref, Deployment.model_validate, body)
        return await self._write(ref, endpoint)

    async def delete_deployment(self, project_key: str, ref: Ref) -> Deployment | None:
        """Undeploy and delete (row 13): a run of minutes that ends in a 404 (API §8.3).

        Returns the Deployment as it is now, `None` if the response is empty. Raises `NotFoundError`,
        `InvalidStatusTransitionError`.
        """
        endpoint = _deployment_endpoint("DELETE", "delete", project_key, ref, _optional(Deployment))
        return await self._write(ref, endpoint)

    async def rollback_deployment(self, project_key: str, ref: Ref, revision: str, version: int) -> Deployment:
        """Restore a revision as a new run of minutes (row 17). Experimental: path and body are assumed.

        Raises `NotFoundError`, `ConcurrentModificationError`; `RefusedError` for a revision that cannot be
        restored (API §19 #31).
        """
        what = f"the Deployment with {ref} to revision {revision}"
        action = deployments_action("roll back", what, WRITE_DEPLOYMENTS, project_key)
        path = f"{deployment_path(project_key, ref)}/revisions/{ById(revision).segment}/rollback"
        body = DeploymentRollback(version=version)
        return await self._write(ref, Endpoint("POST", path, action, Deployment.model_validate, body=body))

    def read_logs(
        self,
        project_key: str,
        ref: Ref,
        *,
        application_name: str | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
    ) -> AsyncIterator[DeploymentLog]:
        """Yield the lines of a Deployment's log (row 14), a page per call; commercetools ends it after 2027-01-31.

        Dates are ISO 8601, the start at most 30 days back. On AWS `application_name` is required (API §3.1).
        Raises `NotFoundError`, and `RefusedError` for an unknown application.
        """
        given = {"applicationName": application_name, "startDate": start_date, "endDate": end_date}
        query = _query({name: value or None for name, value in given.items()})
        path = f"{deployment_path(project_key, ref)}/logs"
        what = f"the logs of the Deployment with {ref}"
        action = deployments_action("read", what, READ_DEPLOYMENTS, project_key)

        async def fetch(token: str) -> DeploymentLogPage:
            page = tuple(query + _query({"pageToken": token or None}))
            return await self._session.perform(
                Endpoint("GET", path, action, DeploymentLogPage.model_validate, page)
            )

        return paginate_logs(action.doing, fetch)

    def list_revisions(self, project_key: str, ref: Ref) -> AsyncIterator[DeploymentRevision]:
        """Yield the revisions of a Deployment (row 15), the newest first. Experimental (API §4.9, §19 #32)."""
        what = f"the revisions of the Deployment with {ref}"
        path = f"{deployment_path(project_key, ref)}/revisions"
        action = deployments_action("list", what, READ_DEPLOYMENTS, project_key)

        async def fetch(offset: int) -> Page[DeploymentRevision]:
            # whether there are pages is not documented: the first call asks for none
            page = (("limit", str(PAGE_SIZE)), ("offset", str(offset))) if offset else ()
            return await self._session.perform(Endpoint("GET", path, action, _page_or_list, page))

        return paginate(action.doing, fetch)

    # --- how calls are made ---------------------------------------------------------------------------------

    async def _snapshot(
        self, path: str, action: Action, snapshot: ListSnapshot[ItemT], wanted: Collection[str] | None
    ) -> ListSnapshot[ItemT]:
        order = (OLDEST_FIRST if wanted is None else NEWEST_FIRST,)
        entries = self._session.list(path, action, Page[RawItem].model_validate, order=order)
        return await snapshot.fill(entries, wanted)

    async def _write(self, ref: Ref, endpoint: Endpoint[T]) -> T:
        """Perform a write to an existing object."""
        with self._versions.writing(ref.id if isinstance(ref, ById) else ""):
            return await self._perform(endpoint)

    async def _perform(self, endpoint: Endpoint[T]) -> T:
        """Perform a call for one object and record the version that it returns."""
        item = await self._session.perform(endpoint)
        if isinstance(item, ConnectorStaged | Deployment):
            self._versions.record(item.id, item.version)
        return item

    def _connectors_action(self, verb: str, what: str, scopes: tuple[str, ...]) -> Action:
        return connectors_action(verb, what, scopes, self._connection.project_key)

    def _list_connectors_staged_action(self) -> Action:
        return self._connectors_action("list", "the ConnectorStaged objects", READ_CONNECTORS)

    def _staged_endpoint(
        self,
        method: str,
        verb: str,
        ref: ById | ByKey,
        parse: Callable[[Json], T],
        body: RequestModel | None = None,
    ) -> Endpoint[T]:
        scopes = READ_CONNECTORS if method == "GET" else WRITE_CONNECTORS
        action = self._connectors_action(verb, f"the ConnectorStaged with {ref}", scopes)
        return Endpoint(method, f"{CONNECTORS_STAGED}/{ref.segment}", action, parse, body=body)


def _deployment_endpoint(
    method: str,
    verb: str,
    project_key: str,
    ref: Ref,
    parse: Callable[[Json], T],
    body: RequestModel | None = None,
) -> Endpoint[T]:
    scopes = READ_DEPLOYMENTS if method == "GET" else WRITE_DEPLOYMENTS
    action = deployments_action(verb, f"the Deployment with {ref}", scopes, project_key)
    return Endpoint(method, deployment_path(project_key, ref), action, parse, body=body)


def _query(given: Mapping[str, str | bool | Sequence[str] | None]) -> list[tuple[str, str]]:
    """Return the query of what is given: booleans in lower case, a sequence as one pair for each of its values."""
    query: list[tuple[str, str]] = []
    for name, value in given.items():
        if isinstance(value, str | bool):
            query.append((name, str(value).lower() if isinstance(value, bool) else value))
        else:
            query += [(name, each) for each in value or ()]
    return query


def _new(key: str | None) -> str:
    return f"with key {key!r}" if key else "without a key"


def _optional(model: type[ModelT]) -> Callable[[Json], ModelT | None]:
    return lambda body: None if body is None else model.model_validate(body)


def _page_or_list(body: Json) -> Page[DeploymentRevision]:
    """Parse a page; the documentation speaks of a list, and a list without a page around it is complete."""
    whole: Json = {"results": body, "total": len(body)} if isinstance(body, list) else body
    return Page[DeploymentRevision].model_validate(whole)
