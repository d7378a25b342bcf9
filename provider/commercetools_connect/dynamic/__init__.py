"""commercetools Connect in Python programs, as dynamic resources: no plugin to install.

    from commercetools_connect.dynamic import ConnectorPublication, ConnectorStaged, Deployment

The classes declare, and functions such as `get_connector` look things up. Importing them is cheap; what talks to
Connect is imported in Pulumi's provider process, and in the program when it calls a function.
"""

from __future__ import annotations

from commercetools_connect.frontends.dynamic._generated_args import (
    ApplicationConfigurationArgs,
    ConnectionArgs,
    ConnectorArgs,
    CreatorArgs,
    GateDeploymentArgs,
    GlobalConfigurationArgs,
    HttpCheckArgs,
    ReleasedConnectorArgs,
    RepositoryArgs,
    RetryPolicyArgs,
    RolloutDraftArgs,
    RolloutTargetArgs,
    RolloutWaveArgs,
)
from commercetools_connect.frontends.dynamic._generated_functions import (
    get_configuration_template,
    get_configuration_template_output,
    get_connector,
    get_connector_output,
    get_connector_staged,
    get_connector_staged_output,
    get_deployment,
    get_deployment_output,
    get_deployment_revisions,
    get_deployment_revisions_output,
    get_wiring,
    get_wiring_output,
    list_connector_staged,
    list_connector_staged_output,
    list_deployments,
    list_deployments_output,
    search_connectors,
    search_connectors_output,
)
from commercetools_connect.frontends.dynamic._generated_resources import (
    ConnectorPublication,
    ConnectorStaged,
    Deployment,
    RolloutGate,
)
from commercetools_connect.frontends.dynamic._generated_rollout import Rollout
from commercetools_connect.frontends.dynamic.args import ConfigurationValue, Duration, TimeoutsArgs
from commercetools_connect.frontends.dynamic.invoke import ConnectLookupError

__all__ = [
    "ApplicationConfigurationArgs",
    "ConfigurationValue",
    "ConnectLookupError",
    "ConnectionArgs",
    "ConnectorArgs",
    "ConnectorPublication",
    "ConnectorStaged",
    "CreatorArgs",
    "Deployment",
    "Duration",
    "GateDeploymentArgs",
    "GlobalConfigurationArgs",
    "HttpCheckArgs",
    "ReleasedConnectorArgs",
    "RepositoryArgs",
    "RetryPolicyArgs",
    "Rollout",
    "RolloutDraftArgs",
    "RolloutGate",
    "RolloutTargetArgs",
    "RolloutWaveArgs",
    "TimeoutsArgs",
    "get_configuration_template",
    "get_configuration_template_output",
    "get_connector",
    "get_connector_output",
    "get_connector_staged",
    "get_connector_staged_output",
    "get_deployment",
    "get_deployment_output",
    "get_deployment_revisions",
    "get_deployment_revisions_output",
    "get_wiring",
    "get_wiring_output",
    "list_connector_staged",
    "list_connector_staged_output",
    "list_deployments",
    "list_deployments_output",
    "search_connectors",
    "search_connectors_output",
]
