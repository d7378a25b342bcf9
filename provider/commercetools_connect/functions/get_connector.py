"""`getConnector`: a published connector, by id or key."""

from __future__ import annotations

from typing import Final

from commercetools_connect.functions.connector_details import ConnectorDetails, connector_details
from commercetools_connect.functions.finding import Reference, expected, place
from commercetools_connect.functions.function import Function
from commercetools_connect.resources.session import Session

__all__ = ["GET_CONNECTOR"]


async def _find(session: Session, inputs: Reference) -> ConnectorDetails:
    connector = await expected(
        f"published Connector with {inputs.ref}",
        place(session),
        "Check id or key and the region; searchConnectors shows what there is, getConnectorStaged finds a draft "
        "that was never published. A private connector is seen only by the projects that it is shared with.",
        lambda: session.client.get_connector(inputs.ref),
    )
    return connector_details(connector)


GET_CONNECTOR: Final = Function(
    name="getConnector",
    description="Look up a published connector by id or key; an error if there is none.",
    inputs=Reference,
    result=ConnectorDetails,
    find=_find,
)
