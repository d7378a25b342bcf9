"""The client of the Connect HTTP API: one coroutine per endpoint (API §3)."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from types import TracebackType
from typing import TypeVar

import httpx

from commercetools_connect.api.actions import DeploymentAction, DraftAction
from commercetools_connect.api.calls import Call, Purpose, Update
from commercetools_connect.api.connection import Connection, checked_project_key
from commercetools_connect.api.history import History
from commercetools_connect.api.listing import Listing, RawPage, read_listing
from commercetools_connect.api.models.base import Json, RequestModel, ResponseModel
from commercetools_connect.api.models.connectors import Connector, ConnectorStaged
from commercetools_connect.api.models.deployments import Deployment
from commercetools_connect.api.models.drafts import ConnectorStagedDraft, DeploymentDraft
from commercetools_connect.api.paging import PAGE_SIZE, Page, every
from commercetools_connect.api.ref import ById, ByKey, Ref
from commercetools_connect.api.retries import PATIENT, SHARED_BUDGET, CallRetries, RetryBudget, RetryPolicy
from commercetools_connect.api.scopes import (
    READ_CONNECTORS,
    READ_DEPLOYMENTS,
    WRITE_CONNECTORS,
    WRITE_DEPLOYMENTS,
    access_remedy,
)
from commercetools_connect.api.session import Session
from commercetools_connect.api.transport import Transport
from commercetools_connect.contract.clock import Clock

__all__ = ["ConnectClient"]

T = TypeVar("T")
ModelT = TypeVar("ModelT", bound=ResponseModel)

_DRAFTS = "/connectors/drafts"
# Objects made while a list is read come last, and so push nothing from one page to another (API §2 Sorting).
_OLDEST_FIRST = ("sort", "createdAt asc")
# What is waited for was often made just now, and then stands on the first page.
_NEWEST_FIRST = ("sort", "createdAt desc")


class ConnectClient:
    """Calls Connect for one connection: one token, one pool of connections, one event loop.

    Every coroutine returns what the server answered, or raises

    - `ApiError` (`errors` draws the tree), after as many repetitions as are safe; its `uncertain` tells that a
      write may have had its effect;
    - `ConfigurationError` when the connection lacks what the call needs; nothing was sent then.

    Opens its connections when first needed; close it with `aclose` or `async with`.

    `transport` replaces the network, for tests. `jitter` returns a random number in [0, 1).
    """

    def __init__(
        self,
        connection: Connection,
        *,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
        budget: RetryBudget = SHARED_BUDGET,
        retry_policy: RetryPolicy = PATIENT,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._connection = connection
        self._history = History(clock)
        self._transport = Transport(connection, transport)
        self._session = Session(
            connection,
            transport=self._transport,
            retries=lambda: CallRetries(clock=clock, budget=budget, policy=retry_policy, jitter=jitter),
            clock=clock,
        )

    @property
    def connection(self) -> Connection:
        """What this client was made with."""
        return self._connection

    @property
    def history(self) -> History:
        """Which objects this client has written to, and the newest versions that it has seen."""
        return self._history

    async def __aenter__(self) -> ConnectClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    # --- published connectors -------------------------------------------------------------------------------

    async def get_connector(self, ref: Ref) -> Connector:
        """Return a published connector (API §3 rows 1, 2). Raises `NotFoundError` before its first publication."""
        return await self._session.perform(
            Call(
                "GET",
                f"/connectors/{ref.segment}",
                self._about_connectors("read", f"the Connector with {ref}", READ_CONNECTORS),
                Connector.model_validate,
            ),
        )

    # --- connector drafts -----------------------------------------------------------------------------------

    async def create_draft(self, draft: ConnectorStagedDraft) -> ConnectorStaged:
        """Create a connector draft (row 4). Raises `DuplicateFieldError` when the key is taken."""
        purpose = self._about_connectors("create", f"the ConnectorStaged {_new(draft.key)}", WRITE_CONNECTORS)
        call = Call("POST", _DRAFTS, purpose, ConnectorStaged.model_validate, body=draft)
        return self._noted(await self._session.perform(call))

    async def list_drafts(
        self,
        *,
        private: bool | None = None,
        integration_types: Sequence[str] = (),
    ) -> AsyncIterator[ConnectorStaged]:
        """Yield every connector draft that the credentials can see (row 5), a page of 500 per call."""
        purpose = self._about_connectors("list", "the ConnectorStaged objects", READ_CONNECTORS)
        query = [("integrationTypes", kind) for kind in integration_types]
        if private is not None:
            query.append(("isPrivate", "true" if private else "false"))

        async def fetch(offset: int) -> Page[ConnectorStaged]:
            read = Page[ConnectorStaged].model_validate
            return await self._session.perform(
                Call("GET", _DRAFTS, purpose, read, _page(offset, _OLDEST_FIRST, query))
            )

        async for draft in every(purpose.doing, fetch):
            yield draft

    async def read_drafts(
        self, wanted: Collection[str] | None = None, before: Listing[ConnectorStaged] | None = None
    ) -> Listing[ConnectorStaged]:
        """Return what the list of connector drafts shows (row 5), in pages of 500 until all `wanted` are there.

        Without `wanted`, all of it. What has not changed since `before` is not read again.
        """
        what = self._about_connectors("list", "the ConnectorStaged objects", READ_CONNECTORS)
        fetch = self._raw_pages(_DRAFTS, what, wanted)
        return await read_listing(what.doing, fetch, Listing(ConnectorStaged, before), wanted)

    async def get_draft(self, ref: Ref) -> ConnectorStaged:
        """Return a connector draft (row 6). Raises `NotFoundError`."""
        call = self._draft_call("GET", "read", ref, ConnectorStaged.model_validate)
        return self._noted(await self._session.perform(call))

    async def update_draft(self, ref: Ref, version: int, actions: Sequence[DraftAction]) -> ConnectorStaged:
        """Apply actions, at least one, in order, to a draft of that version (row 7).

        Raises `NotFoundError`, `ConcurrentModificationError`.
        """
        body = Update(version=version, actions=tuple(actions))
        return await self._change(
            ref, self._draft_call("POST", "update", ref, ConnectorStaged.model_validate, body)
        )

    async def delete_draft(self, ref: Ref) -> ConnectorStaged | None:
        """Delete a draft **and its published Connector** (row 8), and return what it was; `None` if not told.

        Raises `NotFoundError`.
        """
        return await self._change(ref, self._draft_call("DELETE", "delete", ref, _if_told(ConnectorStaged)))

    # --- deployments ----------------------------------------------------------------------------------------

    async def create_deployment(self, project_key: str, draft: DeploymentDraft) -> Deployment:
        """Ask for a Deployment (row 9); it starts a run that takes minutes. Raises `DuplicateFieldError`."""
        what = f"the Deployment {_new(draft.key)}"
        purpose = _about_deployments("create", what, WRITE_DEPLOYMENTS, project_key)
        call = Call("POST", _deployments(project_key), purpose, Deployment.model_validate, body=draft)
        return self._noted(await self._session.perform(call))

    async def list_deployments(
        self,
        project_key: str,
        *,
        deployment_type: str | None = None,
    ) -> AsyncIterator[Deployment]:
        """Yield every Deployment of a project (row 10), a page of 500 per call."""
        path = _deployments(project_key)
        purpose = _about_deployments("list", "the Deployments", READ_DEPLOYMENTS, project_key)
        query = [("deploymentType", deployment_type)] if deployment_type else []

        async def fetch(offset: int) -> Page[Deployment]:
            read = Page[Deployment].model_validate
            return await self._session.perform(
                Call("GET", path, purpose, read, _page(offset, _OLDEST_FIRST, query))
            )

        async for deployment in every(purpose.doing, fetch):
            yield deployment

    async def read_deployments(
        self,
        project_key: str,
        wanted: Collection[str] | None = None,
        before: Listing[Deployment] | None = None,
    ) -> Listing[Deployment]:
        """Return what the list of Deployments shows (row 10), in pages of 500 until all `wanted` are there.

        Without `wanted`, all of it. What has not changed since `before` is not read again.
        """
        what = _about_deployments("list", "the Deployments", READ_DEPLOYMENTS, project_key)
        fetch = self._raw_pages(_deployments(project_key), what, wanted)
        return await read_listing(what.doing, fetch, Listing(Deployment, before), wanted)

    async def get_deployment(self, project_key: str, ref: Ref) -> Deployment:
        """Return a Deployment (row 11). Raises `NotFoundError`, also when an undeployment has ended."""
        call = _deployment_call("GET", "read", project_key, ref, Deployment.model_validate)
        return self._noted(await self._session.perform(call))

    async def update_deployment(
        self,
        project_key: str,
        ref: Ref,
        version: int,
        actions: Sequence[DeploymentAction],
    ) -> Deployment:
        """Redeploy (row 12); it starts a run that takes minutes.

        Raises `NotFoundError`, `ConcurrentModificationError`, `InvalidStatusTransitionError`.
        """
        body = Update(version=version, actions=tuple(actions))
        return await self._change(
            ref, _deployment_call("POST", "update", project_key, ref, Deployment.model_validate, body)
        )

    async def delete_deployment(self, project_key: str, ref: Ref) -> Deployment | None:
        """Ask to undeploy and delete (row 13): a run of minutes that ends in a 404 (API §8.3).

        Returns the Deployment as it is now, `None` if not told. Raises `NotFoundError`,
        `InvalidStatusTransitionError`.
        """
        return await self._change(
            ref, _deployment_call("DELETE", "delete", project_key, ref, _if_told(Deployment))
        )

    # --- how calls are made ---------------------------------------------------------------------------------

    def _raw_pages(
        self, path: str, purpose: Purpose, wanted: Collection[str] | None
    ) -> Callable[[int], Awaitable[RawPage]]:
        order = _OLDEST_FIRST if wanted is None else _NEWEST_FIRST

        async def fetch(offset: int) -> RawPage:
            query = _page(offset, order, ())
            return await self._session.perform(Call("GET", path, purpose, RawPage.model_validate, query))

        return fetch

    async def _change(self, ref: Ref, call: Call[T]) -> T:
        """Perform a write to an existing object."""
        with self._history.writing(ref.id if isinstance(ref, ById) else ""):
            return self._noted(await self._session.perform(call))

    def _noted(self, answer: T) -> T:
        if isinstance(answer, ConnectorStaged | Deployment):
            self._history.saw(answer.id, answer.version)
        return answer

    def _about_connectors(self, verb: str, what: str, scopes: tuple[str, ...]) -> Purpose:
        remedy = access_remedy(scopes, self._connection.project_key)
        return Purpose(f"{verb} {what}", writes=scopes == WRITE_CONNECTORS, access_remedy=remedy)

    def _draft_call(
        self,
        method: str,
        verb: str,
        ref: ById | ByKey,
        read: Callable[[Json], T],
        body: RequestModel | None = None,
    ) -> Call[T]:
        scopes = READ_CONNECTORS if method == "GET" else WRITE_CONNECTORS
        purpose = self._about_connectors(verb, f"the ConnectorStaged with {ref}", scopes)
        return Call(method, f"{_DRAFTS}/{ref.segment}", purpose, read, body=body)


def _deployment_call(
    method: str,
    verb: str,
    project_key: str,
    ref: Ref,
    read: Callable[[Json], T],
    body: RequestModel | None = None,
) -> Call[T]:
    path = f"{_deployments(project_key)}/{ref.segment}"
    scopes = READ_DEPLOYMENTS if method == "GET" else WRITE_DEPLOYMENTS
    purpose = _about_deployments(verb, f"the Deployment with {ref}", scopes, project_key)
    return Call(method, path, purpose, read, body=body)


def _about_deployments(verb: str, what: str, scopes: tuple[str, ...], project_key: str) -> Purpose:
    return Purpose(
        f"{verb} {what} in project {project_key!r}",
        writes=scopes == WRITE_DEPLOYMENTS,
        access_remedy=access_remedy(scopes, project_key),
    )


def _deployments(project_key: str) -> str:
    return f"/{checked_project_key(project_key)}/deployments"


def _page(offset: int, order: tuple[str, str], query: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return (("limit", str(PAGE_SIZE)), ("offset", str(offset)), order, *query)


def _new(key: str | None) -> str:
    return f"with key {key!r}" if key else "without a key"


def _if_told(model: type[ModelT]) -> Callable[[Json], ModelT | None]:
    return lambda body: None if body is None else model.model_validate(body)
