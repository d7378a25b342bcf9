"""`listConnectorStaged`: the connector drafts that the credentials can see."""

from __future__ import annotations

from typing import Final

from pydantic import Field, StrictBool

from commercetools_connect.functions.draft_details import ConnectorStagedDetails, draft_details
from commercetools_connect.functions.finding import IntegrationTypes, MaxResults, first
from commercetools_connect.functions.function import Function
from commercetools_connect.resources.inputs import InputModel
from commercetools_connect.resources.session import Session
from commercetools_connect.resources.state import StateModel

__all__ = ["LIST_CONNECTOR_STAGED"]


class ListConnectorStagedInputs(InputModel):
    """Which drafts; one must fit every filter."""

    private: StrictBool | None = Field(
        default=None, description="Only private drafts, or only public ones; both if absent."
    )
    integration_types: IntegrationTypes = Field(
        default=(), description="Such as tax or psp, any one of which fits."
    )
    max_results: MaxResults = Field(default=500, description="Most drafts to return.")


class ListConnectorStagedResult(StateModel):
    """The drafts that fit."""

    connectors_staged: tuple[ConnectorStagedDetails, ...] = Field(
        description="The drafts that fit, the oldest first; none is no error."
    )
    has_more: bool = Field(description="Whether more than maxResults fit.")


async def _find(session: Session, inputs: ListConnectorStagedInputs) -> ListConnectorStagedResult:
    found = session.client.list_drafts(private=inputs.private, integration_types=inputs.integration_types)
    drafts, more = await first(found, inputs.max_results)
    return ListConnectorStagedResult.model_validate(
        {"connectorsStaged": [draft_details(each) for each in drafts], "hasMore": more}
    )


LIST_CONNECTOR_STAGED: Final = Function(
    name="listConnectorStaged",
    description="List the connector drafts that the credentials can see. Reads as many pages as it takes.",
    inputs=ListConnectorStagedInputs,
    result=ListConnectorStagedResult,
    find=_find,
)
