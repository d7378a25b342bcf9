"""`searchConnectors`: the published connectors that fit, the marketplace's among them (API §3.1)."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StrictBool

from commercetools_connect.functions.connector_details import ConnectorDetails, connector_details
from commercetools_connect.functions.finding import Id, IntegrationTypes, MaxResults, first
from commercetools_connect.functions.function import Function
from commercetools_connect.resources.fields import Count, Key, Text
from commercetools_connect.resources.inputs import InputModel
from commercetools_connect.resources.session import Session
from commercetools_connect.resources.state import StateModel

__all__ = ["SEARCH_CONNECTORS"]

SORT: Final = re.compile(r"[A-Za-z][\w.]* (asc|desc)")


def _sort(value: str) -> str:
    if not SORT.fullmatch(value):
        raise ValueError("must be a member and asc or desc, such as `createdAt desc`")
    return value


class SearchConnectorsInputs(InputModel):
    """What to look for; a connector must fit every filter."""

    text: Text | None = Field(default=None, description="Text in the name or the description.")
    private: StrictBool = Field(
        default=False,
        description="Only connectors that are assigned to your project; default: all you can deploy.",
    )
    creator_company: Text | None = Field(default=None, description="Company of the creator.")
    id: tuple[Id, ...] = Field(default=(), description="Ids, any one of which fits.")
    key: tuple[Key, ...] = Field(default=(), description="Keys, any one of which fits.")
    integration_types: IntegrationTypes = Field(
        default=(), description="Such as tax or psp, any one of which fits."
    )
    sort: tuple[Annotated[str, AfterValidator(_sort)], ...] = Field(
        default=(), description="Order, such as `createdAt desc`; the oldest first if absent."
    )
    limit: Annotated[Count, Field(ge=1, le=500)] = Field(
        default=500, description="Connectors per call of the API, 1 to 500. Only its speed depends on it."
    )
    max_results: MaxResults = Field(default=500, description="Most connectors to return.")


class SearchConnectorsResult(StateModel):
    """The connectors that fit."""

    connectors: tuple[ConnectorDetails, ...] = Field(description="The connectors that fit; none is no error.")
    has_more: bool = Field(description="Whether more than maxResults fit.")


async def _find(session: Session, inputs: SearchConnectorsInputs) -> SearchConnectorsResult:
    found = session.client.search_connectors(
        text=inputs.text,
        private=inputs.private,
        creator_company=inputs.creator_company,
        ids=inputs.id,
        keys=inputs.key,
        integration_types=inputs.integration_types,
        sort=inputs.sort,
        page_size=inputs.limit,
    )
    connectors, more = await first(found, inputs.max_results)
    return SearchConnectorsResult.model_validate(
        {"connectors": [connector_details(each) for each in connectors], "hasMore": more}
    )


SEARCH_CONNECTORS: Final = Function(
    name="searchConnectors",
    description=(
        "Search the published connectors that can be deployed, those of the marketplace among them. Reads as many "
        "pages as it takes."
    ),
    inputs=SearchConnectorsInputs,
    result=SearchConnectorsResult,
    find=_find,
)
