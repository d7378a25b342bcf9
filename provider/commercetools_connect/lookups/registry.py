"""Registry of the look-up functions. A new one is one line here; no frontend changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from commercetools_connect.lookups.connectors import (
    get_connector,
    get_connector_staged,
    list_connectors_staged,
    search_connectors,
)
from commercetools_connect.lookups.deployments import get_deployment, get_deployment_revisions, list_deployments
from commercetools_connect.lookups.function import Function
from commercetools_connect.lookups.template import get_configuration_template
from commercetools_connect.lookups.wiring import get_wiring

FUNCTIONS: Final[Mapping[str, Function[Any, Any]]] = {
    function.name: function
    for function in (
        get_connector,
        search_connectors,
        get_connector_staged,
        list_connectors_staged,
        get_deployment,
        list_deployments,
        get_configuration_template,
        get_deployment_revisions,
        get_wiring,
    )
}
"""Name → function."""
