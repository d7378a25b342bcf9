"""What is known of the connector that a Deployment will run: its tag and its applications."""

from __future__ import annotations

from dataclasses import dataclass

from commercetools_connect.api import (
    ById,
    ByKey,
    ConnectorConfigurationApplication,
    ConnectorGlobalConfiguration,
    ForbiddenError,
    IsPreviewable,
    NotFoundError,
)
from commercetools_connect.contract.errors import InvalidInputError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.session import Session

__all__ = ["Metadata", "read_metadata", "require_tag"]


@dataclass(frozen=True)
class Metadata:
    """The connector as the server would deploy it now; `tag` is `""` when there is nothing to deploy."""

    name: str
    tag: str
    configurations: tuple[ConnectorConfigurationApplication, ...]
    global_configuration: ConnectorGlobalConfiguration


async def read_metadata(session: Session, operation: Operation, inputs: DeploymentInputs) -> Metadata | None:
    """Return what is published, or for a staged connector what is previewable (API §3 rows 1, 2, 6).

    `None` when it may not be read: the server decides then, and a warning says so.
    """
    reference = inputs.connector
    ref = ById(reference.id) if reference.id else ByKey(reference.key or "")
    try:
        if reference.staged:
            draft = await session.client.get_draft(ref)
            previewable = draft.is_previewable == IsPreviewable.TRUE
            tag = draft.repository.tag if previewable else ""
            return Metadata(f"ConnectorStaged {ref}", tag, draft.configurations, draft.global_configuration)
        connector = await session.client.get_connector(ref)
    except NotFoundError as error:
        kind = "ConnectorStaged" if reference.staged else "published Connector"
        raise InvalidInputError(
            f"Deployment {inputs.key}: there is no {kind} with {ref}.",
            "Publish it first; connectorTag set to the publishedTag of a ConnectorPublication waits for it.",
        ) from error
    except ForbiddenError as error:
        operation.reporter.warning(
            f"the connector's applications cannot be read, so none are added: {error.message}"
        )
        return None
    return Metadata(
        f"Connector {ref}", connector.repository.tag, connector.configurations, connector.global_configuration
    )


def require_tag(inputs: DeploymentInputs, metadata: Metadata | None) -> None:
    """Raise `InvalidInputError` unless deploying now would run the tag that is asked for."""
    if inputs.connector_tag is None or metadata is None or metadata.tag == inputs.connector_tag:
        return
    available = f"tag {metadata.tag}" if metadata.tag else "no tag"
    state = "previewable" if inputs.connector.staged else "published"
    raise InvalidInputError(
        f"Deployment {inputs.key}: connectorTag is {inputs.connector_tag}, but {available} of {metadata.name} is "
        f"{state}.",
        "Set connectorTag to the publishedTag of a ConnectorPublication, so that the tag is published before.",
    )
