"""Calls of `commercetools-connect doctor`: small reads that show what a connection reaches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from commercetools_connect.api.auth import Token
from commercetools_connect.api.endpoints import (
    CONNECTORS_STAGED,
    READ_CONNECTORS,
    READ_DEPLOYMENTS,
    SEARCH,
    Action,
    Endpoint,
    connectors_action,
    deployments_action,
    deployments_path,
)
from commercetools_connect.api.paging import ObjectSummary, Page, RawItem
from commercetools_connect.api.session import ApiSession

_SMALLEST_PAGE: Final = (("limit", "1"),)


class ConnectionCheck:
    """Checks of one connection.

    Every coroutine raises `ApiError`, and `ConfigurationError` before a call that cannot be made.
    """

    def __init__(self, session: ApiSession, project_key: str) -> None:
        """Use a session; `project_key` is the one that remedies for a 403 of a connector call name."""
        self._session = session
        self._project_key = project_key
        self._list_action = connectors_action("list", "the ConnectorStaged objects", READ_CONNECTORS, project_key)

    async def reach(self) -> None:
        """Return when the Connect host responds. Sends no credentials, so the response is a refusal."""
        action = Action("reach the Connect API")
        parse = Page[RawItem].model_validate
        await self._session.reach(Endpoint("GET", CONNECTORS_STAGED, action, parse, _SMALLEST_PAGE))

    async def token(self) -> Token:
        """Return a token, with its scopes."""
        return await self._session.token()

    async def read_connectors_staged(self) -> None:
        """Read one entry of the list of ConnectorStaged objects (API §3 row 5)."""
        await self._read(CONNECTORS_STAGED, self._list_action)

    async def read_connectors(self) -> None:
        """Read one entry of the search for published connectors (row 3)."""
        action = connectors_action("search", "for published Connectors", READ_CONNECTORS, self._project_key)
        await self._read(SEARCH, action)

    async def read_deployments(self, project_key: str) -> None:
        """Read one entry of the list of a project's Deployments (row 10)."""
        await self._read(deployments_path(project_key), _list_deployments(project_key))

    def list_connectors_staged(self) -> AsyncIterator[ObjectSummary]:
        """Yield every ConnectorStaged that the credentials can see, a page of 500 per call."""
        parse = Page[ObjectSummary].model_validate
        return self._session.list(CONNECTORS_STAGED, self._list_action, parse)

    def list_deployments(self, project_key: str) -> AsyncIterator[ObjectSummary]:
        """Yield every Deployment of a project, a page of 500 per call."""
        parse = Page[ObjectSummary].model_validate
        return self._session.list(deployments_path(project_key), _list_deployments(project_key), parse)

    async def _read(self, path: str, action: Action) -> None:
        await self._session.perform(Endpoint("GET", path, action, Page[RawItem].model_validate, _SMALLEST_PAGE))


def _list_deployments(project_key: str) -> Action:
    return deployments_action("list", "the Deployments", READ_DEPLOYMENTS, project_key)
