"""Every function that there is. A new one is one line here; no door changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from commercetools_connect.functions.function import Function
from commercetools_connect.functions.get_configuration_template import GET_CONFIGURATION_TEMPLATE
from commercetools_connect.functions.get_connector import GET_CONNECTOR
from commercetools_connect.functions.get_connector_staged import GET_CONNECTOR_STAGED
from commercetools_connect.functions.get_deployment import GET_DEPLOYMENT
from commercetools_connect.functions.get_deployment_revisions import GET_DEPLOYMENT_REVISIONS
from commercetools_connect.functions.list_connector_staged import LIST_CONNECTOR_STAGED
from commercetools_connect.functions.list_deployments import LIST_DEPLOYMENTS
from commercetools_connect.functions.search_connectors import SEARCH_CONNECTORS

__all__ = ["FUNCTIONS"]

FUNCTIONS: Final[Mapping[str, Function[Any, Any]]] = {
    function.name: function
    for function in (
        GET_CONNECTOR,
        SEARCH_CONNECTORS,
        GET_CONNECTOR_STAGED,
        LIST_CONNECTOR_STAGED,
        GET_DEPLOYMENT,
        LIST_DEPLOYMENTS,
        GET_CONFIGURATION_TEMPLATE,
        GET_DEPLOYMENT_REVISIONS,
    )
}
"""Name → function."""
