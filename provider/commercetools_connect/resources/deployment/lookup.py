"""Reading the connector that a Deployment will run: patiently before a request, briefly and once for a preview."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from commercetools_connect.api import ApiError, ById, ByKey, ForbiddenError, NotFoundError, Ref
from commercetools_connect.contract.errors import ConfigurationError, InvalidInputError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.deployment.metadata import Metadata
from commercetools_connect.resources.session import Session
from commercetools_connect.resources.shared_reads import ReadKey

__all__ = [
    "Unreadable",
    "briefly",
    "read_metadata",
    "require_tag",
    "version_to_deploy",
]

T = TypeVar("T")

BRIEF_LIMIT: Final = 4.0
"""Seconds that a look for a preview may take; the contract's own limit is a little longer."""


@dataclass(frozen=True)
class Unreadable:
    """Why something could not be looked at, in words."""

    reason: str


async def version_to_deploy(session: Session, ref: Ref, *, staged: bool) -> Metadata | Unreadable:
    """Return what is published, or previewable, for a preview: read once for all deployments of the connector."""
    key = _key(ref, staged=staged)

    async def read() -> Metadata | Unreadable:
        try:
            return await _read(session, ref, staged=staged)
        except NotFoundError:
            return Unreadable(f"there is no {_kind(staged=staged)} with {ref} yet")

    found = await session.reads.get(key, lambda: briefly(read))
    if isinstance(found, Metadata):
        _remember(session, found, staged=staged)
    return found


async def briefly(read: Callable[[], Awaitable[T]]) -> T | Unreadable:
    """Return what `read` returns, or why it did not within `BRIEF_LIMIT` seconds."""
    try:
        return await asyncio.wait_for(read(), BRIEF_LIMIT)
    except asyncio.TimeoutError:
        return Unreadable(f"there was no answer within {BRIEF_LIMIT:g} seconds")
    except (ApiError, ConfigurationError) as error:
        return Unreadable(error.message)


async def read_metadata(session: Session, operation: Operation, inputs: DeploymentInputs) -> Metadata | None:
    """Return what is published, or for a staged connector what is previewable (API §3 rows 1, 2, 6).

    What a preview has read is good enough if it is the tag that is asked for. `None` when it may not be read: the
    server decides then, and a warning says so.
    """
    reference = inputs.connector
    ref = ById(reference.id) if reference.id else ByKey(reference.key or "")
    known = session.reads.known(_key(ref, staged=reference.staged))
    if isinstance(known, Metadata) and known.tag and inputs.connector_tag in (None, known.tag):
        return known
    try:
        found = await _read(session, ref, staged=reference.staged)
    except NotFoundError as error:
        raise InvalidInputError(
            f"Deployment {inputs.key}: there is no {_kind(staged=reference.staged)} with {ref}.",
            "Publish it first; connectorTag set to the publishedTag of a ConnectorPublication waits for it.",
        ) from error
    except ForbiddenError as error:
        operation.reporter.warning(
            f"the connector's applications cannot be read, so none are added: {error.message}"
        )
        return None
    _remember(session, found, staged=reference.staged)
    return found


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


async def _read(session: Session, ref: Ref, *, staged: bool) -> Metadata:
    if staged:
        return Metadata.of_draft(await session.client.get_draft(ref))
    return Metadata.of_connector(await session.client.get_connector(ref))


def _kind(*, staged: bool) -> str:
    return "ConnectorStaged" if staged else "published Connector"


def _remember(session: Session, found: Metadata, *, staged: bool) -> None:
    """Note what was read under the connector's id and its key: programs name it by either."""
    refs: list[Ref] = [ById(found.id)]
    if found.key:
        refs.append(ByKey(found.key))
    for ref in refs:
        session.reads.remember(_key(ref, staged=staged), found)


def _key(ref: Ref, *, staged: bool) -> ReadKey:
    return ("draft" if staged else "connector", type(ref).__name__, ref.key if isinstance(ref, ByKey) else ref.id)
