"""The endpoints that only look: the search for connectors, and what Deployments wrote and were (API §3)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from commercetools_connect.api.calls import Call
from commercetools_connect.api.connection import Connection
from commercetools_connect.api.models.base import Json
from commercetools_connect.api.models.connectors import Connector
from commercetools_connect.api.models.logs import DeploymentLog, DeploymentLogPage
from commercetools_connect.api.models.revisions import DeploymentRevision
from commercetools_connect.api.paging import OLDEST_FIRST, PAGE_SIZE, Page, every, every_line, flag_word
from commercetools_connect.api.purposes import about_connectors, about_deployments, deployment_path
from commercetools_connect.api.ref import ById, Ref
from commercetools_connect.api.scopes import READ_CONNECTORS, READ_DEPLOYMENTS
from commercetools_connect.api.session import Session

__all__ = ["Lookups"]


class Lookups:
    """The part of a client that only looks, in lists and in the past."""

    def __init__(self, connection: Connection, session: Session) -> None:
        self._connection = connection
        self._session = session

    async def search_connectors(
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

        `text` is looked for in names and descriptions. `private`: only those that are assigned to the project of
        the credentials, or all that can be had; what leaving it out means is not documented (API §3.1). `sort`
        takes `createdAt asc` and the like (API §2), the oldest first if absent.
        """
        purpose = about_connectors(
            "search", "for published Connectors", READ_CONNECTORS, self._connection.project_key
        )
        single = (("text", text), ("private", flag_word(private)), ("creator.company", creator_company))
        lists = (("id", ids), ("key", keys), ("integrationTypes", integration_types))
        query = [(name, value) for name, value in single if value is not None]
        query += [(name, value) for name, values in lists for value in values]
        order = [("sort", value) for value in sort] or [OLDEST_FIRST]

        async def fetch(offset: int) -> Page[Connector]:
            read = Page[Connector].model_validate
            page = (("limit", str(page_size)), ("offset", str(offset)), *order, *query)
            return await self._session.perform(Call("GET", "/connectors/search", purpose, read, page))

        async for connector in every(purpose.doing, fetch):
            yield connector

    async def read_logs(
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
        given = (("applicationName", application_name), ("startDate", start_date), ("endDate", end_date))
        query = tuple((name, value) for name, value in given if value)
        path = f"{deployment_path(project_key, ref)}/logs"
        purpose = about_deployments(
            "read", f"the logs of the Deployment with {ref}", READ_DEPLOYMENTS, project_key
        )

        async def fetch(token: str) -> DeploymentLogPage:
            page = (*query, ("pageToken", token)) if token else query
            return await self._session.perform(Call("GET", path, purpose, DeploymentLogPage.model_validate, page))

        async for line in every_line(purpose.doing, fetch):
            yield line

    async def list_revisions(self, project_key: str, ref: Ref) -> AsyncIterator[DeploymentRevision]:
        """Yield the revisions of a Deployment (row 15), the newest first. Experimental (API §4.9, §19 #32)."""
        what = f"the revisions of the Deployment with {ref}"
        path = f"{deployment_path(project_key, ref)}/revisions"
        purpose = about_deployments("list", what, READ_DEPLOYMENTS, project_key)

        async def fetch(offset: int) -> Page[DeploymentRevision]:
            # whether there are pages at all is not published: the first call asks for none
            page = (("limit", str(PAGE_SIZE)), ("offset", str(offset))) if offset else ()
            return await self._session.perform(Call("GET", path, purpose, _page_or_list, page))

        async for revision in every(purpose.doing, fetch):
            yield revision

    async def get_revision(self, project_key: str, ref: Ref, revision: str) -> DeploymentRevision:
        """Return one revision of a Deployment (row 16). Raises `NotFoundError`. Experimental (API §4.9)."""
        what = f"revision {revision} of the Deployment with {ref}"
        purpose = about_deployments("read", what, READ_DEPLOYMENTS, project_key)
        path = f"{deployment_path(project_key, ref)}/revisions/{ById(revision).segment}"
        return await self._session.perform(Call("GET", path, purpose, DeploymentRevision.model_validate))


def _page_or_list(body: Json) -> Page[DeploymentRevision]:
    """Read a page; the documentation speaks of a list, and one without a page around it is complete."""
    whole: Json = {"results": body, "total": len(body)} if isinstance(body, list) else body
    return Page[DeploymentRevision].model_validate(whole)
