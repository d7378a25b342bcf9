"""commercetools Connect in Python programs, as dynamic resources: no plugin to install.

    from commercetools_connect.dynamic import ConnectorPublication, ConnectorStaged, Deployment

The classes are all that a program needs. Importing them is cheap; what talks to Connect runs in Pulumi's provider
process and is imported there.
"""

from __future__ import annotations

from commercetools_connect.dynamic.args import (
    ApplicationConfigurationArgs,
    ConfigurationValue,
    ConnectorArgs,
    CreatorArgs,
    Duration,
    GlobalConfigurationArgs,
    RepositoryArgs,
    RetryPolicyArgs,
    TimeoutsArgs,
)
from commercetools_connect.dynamic.connector_publication import ConnectorPublication
from commercetools_connect.dynamic.connector_staged import ConnectorStaged
from commercetools_connect.dynamic.deployment import Deployment

__all__ = [
    "ApplicationConfigurationArgs",
    "ConfigurationValue",
    "ConnectorArgs",
    "ConnectorPublication",
    "ConnectorStaged",
    "CreatorArgs",
    "Deployment",
    "Duration",
    "GlobalConfigurationArgs",
    "RepositoryArgs",
    "RetryPolicyArgs",
    "TimeoutsArgs",
]
