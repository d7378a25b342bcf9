"""`getConnectorStaged`: a connector draft, by id or key."""

from __future__ import annotations

from typing import Final

from commercetools_connect.functions.draft_details import ConnectorStagedDetails, draft_details
from commercetools_connect.functions.finding import Reference, expected, place
from commercetools_connect.functions.function import Function
from commercetools_connect.resources.session import Session

__all__ = ["GET_CONNECTOR_STAGED"]


async def _find(session: Session, inputs: Reference) -> ConnectorStagedDetails:
    draft = await expected(
        f"ConnectorStaged with {inputs.ref}",
        place(session),
        "Check id or key and the region; listConnectorStaged shows what there is. The API client must be one of "
        "the project that the draft belongs to.",
        lambda: session.client.get_draft(inputs.ref),
    )
    return draft_details(draft)


GET_CONNECTOR_STAGED: Final = Function(
    name="getConnectorStaged",
    description="Look up a connector draft by id or key; an error if there is none.",
    inputs=Reference,
    result=ConnectorStagedDetails,
    find=_find,
)
