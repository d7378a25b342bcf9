"""What a Deployment was at its successful runs (API §4.9): experimental, for its form is not published in full.

Known from the release notes: there is one for each successful run, the newest first, with the connector's version
and the configuration of each application. The names of the members are taken from the objects that they describe.
"""

from __future__ import annotations

from commercetools_connect.api.models.base import RequestModel, ResponseModel
from commercetools_connect.api.models.connectors import Repository
from commercetools_connect.api.models.deployments import (
    DeployedGlobalConfiguration,
    DeployedRetryPolicy,
    DeployedValue,
    SecuredKeys,
)

__all__ = [
    "DeploymentRevision",
    "DeploymentRevisionApplication",
    "DeploymentRevisionConnector",
    "DeploymentRollback",
]


class DeploymentRevisionConnector(ResponseModel):
    """The connector that a revision ran."""

    id: str = ""
    key: str = ""
    version: int | None = None
    name: str = ""
    repository: Repository = Repository()


class DeploymentRevisionApplication(ResponseModel):
    """What one application was set to; there is no place for a secured value."""

    application_name: str
    standard_configuration: tuple[DeployedValue, ...] = ()
    secured_keys: SecuredKeys = ()
    schedule: str = ""
    retry_policy: DeployedRetryPolicy | None = None


class DeploymentRevision(ResponseModel):
    """One successful run; `revision` is what a rollback names."""

    revision: str
    created_at: str = ""
    connector: DeploymentRevisionConnector = DeploymentRevisionConnector()
    global_configuration: DeployedGlobalConfiguration = DeployedGlobalConfiguration()
    applications: tuple[DeploymentRevisionApplication, ...] = ()

    @property
    def id(self) -> str:
        """What tells two revisions of one Deployment apart."""
        return self.revision


class DeploymentRollback(RequestModel):
    """The body of a rollback: the Deployment's version (API §19 #31, an assumption)."""

    version: int
