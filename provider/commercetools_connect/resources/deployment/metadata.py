"""What is known of one version of a connector: its tag, its applications and the keys that they ask for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from commercetools_connect.api import (
    Connector,
    ConnectorConfigurationApplication,
    ConnectorGlobalConfiguration,
    ConnectorStaged,
    Deployment,
    DeploymentConnector,
    IsPreviewable,
)
from commercetools_connect.contract.errors import quote_foreign
from commercetools_connect.contract.paths import Path, format_path
from commercetools_connect.resources.deployment.outputs import GLOBAL

__all__ = ["ConfigurationKey", "Definitions", "Metadata", "definitions_of"]

Definitions: TypeAlias = "ConnectorConfigurationApplication | ConnectorGlobalConfiguration"


@dataclass(frozen=True)
class ConfigurationKey:
    """One key of one application; `application` is `GLOBAL` for global keys."""

    application: str
    key: str
    secured: bool

    @property
    def path(self) -> Path:
        """Where a program writes its value."""
        holder: Path = ("configurations", self.application)
        kind = "securedConfiguration" if self.secured else "standardConfiguration"
        return (*(("globalConfiguration",) if self.application == GLOBAL else holder), kind, self.key)

    def __str__(self) -> str:
        return format_path(self.path)


@dataclass(frozen=True)
class Metadata:
    """A version of a connector; `tag` is `""` when there is none to deploy.

    `private`: only for the projects of its list, which is known of drafts alone. Without `configurations`
    nothing is known of its applications: connectors of old, and a connect.yaml that could not be read (API §4.2).
    """

    name: str
    tag: str
    configurations: tuple[ConnectorConfigurationApplication, ...]
    global_configuration: ConnectorGlobalConfiguration
    supported_regions: tuple[str, ...] = ()
    private: bool = False
    private_projects: tuple[str, ...] = ()
    id: str = ""
    key: str = ""

    @property
    def names(self) -> frozenset[str]:
        """The connector's id and key."""
        return frozenset({self.id, self.key} - {""})

    @classmethod
    def of_connector(cls, connector: Connector) -> Metadata:
        """Return what is published."""
        return cls(
            f"Connector {quote_foreign(connector.key or connector.id)}",
            connector.repository.tag,
            connector.configurations,
            connector.global_configuration,
            connector.supported_regions,
            connector.private,
            id=connector.id,
            key=connector.key,
        )

    @classmethod
    def of_draft(cls, draft: ConnectorStaged) -> Metadata:
        """Return what is previewable."""
        return cls(
            f"ConnectorStaged {quote_foreign(draft.key or draft.id)}",
            draft.repository.tag if draft.is_previewable == IsPreviewable.TRUE else "",
            draft.configurations,
            draft.global_configuration,
            draft.supported_regions,
            draft.private,
            draft.private_projects,
            draft.id,
            draft.key,
        )

    @classmethod
    def of_deployment(cls, deployment: Deployment) -> Metadata:
        """Return what runs."""
        connector = deployment.connector
        return cls(
            "the connector that runs",
            connector.repository.tag,
            connector.configurations,
            connector.global_configuration,
            connector.supported_regions,
            id=connector.id,
            key=connector.key,
        )


def definitions_of(connector: DeploymentConnector | Metadata) -> Mapping[str, Definitions]:
    """Return application → its configuration keys, the global ones under `GLOBAL`."""
    applications: dict[str, Definitions] = {each.application_name: each for each in connector.configurations}
    return {**applications, GLOBAL: connector.global_configuration}
