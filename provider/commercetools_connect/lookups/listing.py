"""Lists of the objects that exist, by the ids that imports take, as `pulumi do <type> list` shows them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Generic, TypeVar, cast

from pydantic import AfterValidator, BeforeValidator, Field

from commercetools_connect.api import (
    ById,
    ConnectClient,
    ConnectorStaged,
    DeploymentStatus,
    IsPreviewable,
    checked_project_key,
    none_if_missing,
)
from commercetools_connect.core.errors import ProviderError
from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.values import PropertyMap, PropertyValue, unwrap_secrets
from commercetools_connect.resources.configuration import CONNECTION, errors_about_connection
from commercetools_connect.resources.connections import Connections, connection_failures
from commercetools_connect.resources.connector_staged.operation import CERTIFYING
from commercetools_connect.resources.deployment.model import DeploymentType
from commercetools_connect.resources.inputs import InputModel, ProjectKey, Text, parse, validate_inputs
from commercetools_connect.resources.redacting import redact_error
from commercetools_connect.resources.session import Session

InputsT = TypeVar("InputsT", bound=InputModel)

CONCURRENT_READS: Final = 8
"""Look-ups at once; Connect has no list that tells which drafts are published."""


@dataclass(frozen=True)
class ListedObject:
    """One object: its id, as states have it and imports take it, and its key (its id where it has none)."""

    id: str
    name: str


@dataclass(frozen=True)
class Listing(Generic[InputsT]):
    """The list of one kind of object. `find` reads each page of the API when it is needed, and changes nothing."""

    inputs: type[InputsT]
    find: Callable[[Session, InputsT], AsyncIterator[ListedObject]]

    def failures(self, query: PropertyMap) -> tuple[CheckFailure, ...]:
        """Return every mistake in the known part of the query. Pure."""
        failures = validate_inputs(self.inputs, query)
        if any(each.path == (CONNECTION,) for each in failures):
            return failures  # its text is no JSON
        return *failures, *connection_failures(connection_of(query))

    async def objects(self, connections: Connections, query: PropertyMap) -> AsyncIterator[ListedObject]:
        """Yield the objects that fit, the oldest first; by the ids that imports with this connection take.

        `query` has no `failures`. Raises `InvalidInputError`, `ConfigurationError`, `ApiError`; none of them shows
        a secret.
        """
        connection = connection_of(query)
        session = connections.provider(connection).session
        prefix = f"{connection}:" if isinstance(connection, str) else ""
        session.secrets.learn(query)
        try:
            with errors_about_connection(connection, ""):
                async for each in self.find(session, parse(self.inputs, query)):
                    yield replace(each, id=f"{prefix}{each.id}")
        except ProviderError as error:
            redact_error(error, session.secrets)
            raise


def _split(value: object) -> object:
    return [each.strip() for each in value.split(",") if each.strip()] if isinstance(value, str) else value


IntegrationTypes = Annotated[tuple[Text, ...], BeforeValidator(_split, json_schema_input_type=str)]
"""A string in the schema: `pulumi do` makes no flag of a list."""


def _reference(value: object) -> object:
    """Return the name of a connection, or its members, which a flag has as JSON text."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError("must be the name of a connection, or a JSON object with its members") from None
    return value


def connection_of(query: PropertyMap) -> PropertyValue:
    """Return whose objects are listed: a name, members, or `None`.

    Raises `ValueError` for a text that begins like JSON and is none.
    """
    return cast("PropertyValue", _reference(unwrap_secrets(query.get(CONNECTION))))


class ListQuery(InputModel):
    """What the lists of all kinds take."""

    connection: Annotated[object, BeforeValidator(_reference, json_schema_input_type=str)] = Field(
        default=None,
        repr=False,
        description="Whose credentials are used: the name of one of the configured `connections`, with which the "
        "ids begin then, or the members of a connection as a JSON object. The provider's own configuration if "
        "absent.",
    )


class ListDraftsQuery(ListQuery):
    """Which drafts; one must fit every filter."""

    integration_types: IntegrationTypes = Field(
        default=(), description="Such as tax,psp, any one of which fits. Without it, all."
    )
    private: bool | None = Field(default=None, description="Only private ones, or only others. Without it, both.")


def _deployment_type(value: str) -> str:
    if value not in DEPLOYMENT_TYPES:
        raise ValueError(f"must be one of {', '.join(DEPLOYMENT_TYPES)}")
    return value


DEPLOYMENT_TYPES: Final = tuple(each.value for each in DeploymentType)


class ListDeploymentsQuery(ListQuery):
    """Which deployments; one must fit every filter."""

    project_key: ProjectKey | None = Field(
        default=None, description="Project of the deployments. Default: the project of the connection."
    )
    # a string: `pulumi do` makes no flag of an open enumeration either
    type: Annotated[str, AfterValidator(_deployment_type)] | None = Field(
        default=None, description="preview, sandbox or production. Default: all."
    )
    integration_types: IntegrationTypes = Field(
        default=(), description="Such as tax,psp, any one of which fits. Without it, all."
    )


def _drafts(session: Session, query: ListDraftsQuery) -> AsyncIterator[ConnectorStaged]:
    return session.client.list_connectors_staged(private=query.private, integration_types=query.integration_types)


async def _list_drafts(session: Session, query: ListDraftsQuery) -> AsyncIterator[ListedObject]:
    async for draft in _drafts(session, query):
        yield ListedObject(draft.id, draft.key or draft.id)


async def _list_publications(session: Session, query: ListDraftsQuery) -> AsyncIterator[ListedObject]:
    """Yield what each draft is available as; a draft that is not available has no publication."""
    batch: list[ConnectorStaged] = []
    async for draft in _drafts(session, query):
        batch.append(draft)
        if len(batch) == CONCURRENT_READS:
            for each in await _publications(session, batch):
                yield each
            batch = []
    for each in await _publications(session, batch):
        yield each


async def _publications(session: Session, drafts: list[ConnectorStaged]) -> list[ListedObject]:
    found = await asyncio.gather(*(_publication_target(session, draft) for draft in drafts))
    return [
        ListedObject(f"{draft.id}/{target}", draft.key or draft.id)
        for draft, target in zip(drafts, found, strict=True)
        if target
    ]


async def _publication_target(session: Session, draft: ConnectorStaged) -> str:
    published = draft.status in CERTIFYING or await is_published(session.client, draft)
    return publication_target(draft, published=published)


async def is_published(client: ConnectClient, draft: ConnectorStaged) -> bool:
    """Return whether there is a published Connector: it has the id of its draft (API §2)."""
    return await none_if_missing(client.get_connector(ById(draft.id))) is not None


def publication_target(draft: ConnectorStaged, *, published: bool) -> str:
    """Return the last part of the publication's id, `""` if the draft is not available."""
    if published or draft.status in CERTIFYING:
        return "publish"
    return "preview" if draft.is_previewable == IsPreviewable.TRUE else ""


async def _list_deployments(session: Session, query: ListDeploymentsQuery) -> AsyncIterator[ListedObject]:
    """Yield the deployments of one project, without those that are being undeployed: they will be gone."""
    project = checked_project_key(query.project_key or session.project_key or "")
    deployments = session.client.list_deployments(
        project,
        deployment_type=query.type,
        integration_types=query.integration_types,
    )
    async for each in deployments:
        if each.status != DeploymentStatus.UNDEPLOYING:
            yield ListedObject(f"{project}/{each.id}", each.key or each.id)


LISTINGS: Final[Mapping[str, Listing[Any]]] = {
    "ConnectorStaged": Listing(ListDraftsQuery, _list_drafts),
    "ConnectorPublication": Listing(ListDraftsQuery, _list_publications),
    "Deployment": Listing(ListDeploymentsQuery, _list_deployments),
}
"""The kinds of objects that can be listed. A RolloutGate exists in states only."""
