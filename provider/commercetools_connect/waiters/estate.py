"""The kinds of objects that can be waited for, and how each is read: alone by its id, or many from one list."""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic, Protocol

from commercetools_connect.api import (
    ById,
    ConnectClient,
    ConnectorStaged,
    ConnectorStatus,
    Deployment,
    DeploymentStatus,
    IsPreviewable,
    Listing,
)
from commercetools_connect.api.paging import ItemT

__all__ = ["Deployments", "Drafts", "Estate"]


class Estate(Protocol, Generic[ItemT]):
    """All objects of one kind that one list shows."""

    async def get(self, object_id: str) -> ItemT:
        """Return one object by its id. Raises `NotFoundError`."""
        ...

    async def list(
        self, wanted: Collection[str] | None = None, before: Listing[ItemT] | None = None
    ) -> Listing[ItemT]:
        """Return what the list shows, read until all that is wanted has been seen."""
        ...

    def is_explained(self, item: ItemT) -> bool:
        """Tell whether an entry of the list says all that a person must know: a failure comes with its report."""
        ...


class Deployments:
    """The Deployments of one project (API §3 rows 10, 11)."""

    def __init__(self, client: ConnectClient, project_key: str) -> None:
        self._client = client
        self._project_key = project_key

    async def get(self, object_id: str) -> Deployment:
        """Return one by its id."""
        return await self._client.get_deployment(self._project_key, ById(object_id))

    async def list(
        self, wanted: Collection[str] | None = None, before: Listing[Deployment] | None = None
    ) -> Listing[Deployment]:
        """Return the project's list."""
        return await self._client.read_deployments(self._project_key, wanted, before)

    def is_explained(self, item: Deployment) -> bool:
        """Tell whether a failed one has its report."""
        failed = item.status in (DeploymentStatus.FAILED, DeploymentStatus.UNDEPLOY_FAILED)
        return bool(item.report) or not failed


class Drafts:
    """The connector drafts that the credentials can see (API §3 rows 5, 6)."""

    def __init__(self, client: ConnectClient) -> None:
        self._client = client

    async def get(self, object_id: str) -> ConnectorStaged:
        """Return one by its id."""
        return await self._client.get_draft(ById(object_id))

    async def list(
        self, wanted: Collection[str] | None = None, before: Listing[ConnectorStaged] | None = None
    ) -> Listing[ConnectorStaged]:
        """Return the whole list."""
        return await self._client.read_drafts(wanted, before)

    def is_explained(self, item: ConnectorStaged) -> bool:
        """Tell whether a failed publish or preview has its report."""
        published = bool(item.publishing_report.entries) or item.status != ConnectorStatus.FAILED
        previewed = bool(item.previewable_report.entries) or item.is_previewable != IsPreviewable.FALSE
        return published and previewed
