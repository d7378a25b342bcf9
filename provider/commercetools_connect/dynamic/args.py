"""Types of the nested arguments. Programs may write plain dicts; these names are for editors and type checkers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TypeAlias, TypedDict

import pulumi

__all__ = [
    "ApplicationConfigurationArgs",
    "ConfigurationValue",
    "ConnectorArgs",
    "CreatorArgs",
    "Duration",
    "GlobalConfigurationArgs",
    "RepositoryArgs",
    "RetryPolicyArgs",
    "TimeoutsArgs",
]

ConfigurationValue: TypeAlias = "str | int | float | bool"
"""A configuration value; Connect stores text, so `True` becomes `"true"` and `3` becomes `"3"`."""

Duration: TypeAlias = "str | int | float | timedelta"
"""A time limit: seconds, or text such as `30m`, `1h30m`, `90s`."""


class _RequiredCreatorArgs(TypedDict):
    email: pulumi.Input[str]
    """E-mail address of the creator. Required."""


class CreatorArgs(_RequiredCreatorArgs, total=False):
    """Who made the connector."""

    name: pulumi.Input[str]
    """Name of the creator."""
    title: pulumi.Input[str]
    """Title of the creator."""
    company: pulumi.Input[str]
    """Company of the creator."""
    logo_url: pulumi.Input[str]
    """Address of the company's logo."""
    no_of_contributors: pulumi.Input[int]
    """Number of contributors, at least 1."""
    support_url: pulumi.Input[str]
    """Where users of the connector find help."""


class RepositoryArgs(TypedDict):
    """Where the connector's code is."""

    url: pulumi.Input[str]
    """HTTPS or SSH address of the Git repository, ending in `.git`. Required."""
    tag: pulumi.Input[str]
    """Git tag of the release. Required."""


class ConnectorArgs(TypedDict, total=False):
    """Which connector is deployed, by exactly one of `id` and `key`."""

    id: pulumi.Input[str]
    """Id of the connector."""
    key: pulumi.Input[str]
    """Key of the connector."""
    staged: pulumi.Input[bool]
    """Deploy the previewable draft instead of the published connector."""


class GlobalConfigurationArgs(TypedDict, total=False):
    """Values of the keys that all applications of the connector share."""

    standard_configuration: pulumi.Input[Mapping[str, pulumi.Input[ConfigurationValue]]]
    """Plain values by key."""
    secured_configuration: pulumi.Input[Mapping[str, pulumi.Input[ConfigurationValue]]]
    """Secret values by key; encrypted in the state, and never readable again from Connect."""


class _RequiredRetryPolicyArgs(TypedDict):
    strategy: pulumi.Input[str]
    """`immediate` or `exponential-backoff`. Required."""


class RetryPolicyArgs(_RequiredRetryPolicyArgs, total=False):
    """How events that the application did not take are delivered again."""

    min_backoff_seconds: pulumi.Input[int]
    """Shortest pause between two deliveries, in seconds, 1 to 600."""
    max_backoff_seconds: pulumi.Input[int]
    """Longest pause between two deliveries, in seconds, 1 to 600."""
    max_attempts: pulumi.Input[int]
    """Number of deliveries, 5 to 100."""


class ApplicationConfigurationArgs(GlobalConfigurationArgs, total=False):
    """Values of one application's keys, and how it runs."""

    schedule: pulumi.Input[str]
    """Cron expression of a job application; overrides the one in the connector's `connect.yaml`."""
    retry_policy: pulumi.Input[RetryPolicyArgs]
    """Retry policy of an event application."""


class TimeoutsArgs(TypedDict, total=False):
    """How long an operation may take as a whole. Without one, each wait has its own limit of 20 or 30 minutes."""

    create: Duration
    """Limit for a create."""
    update: Duration
    """Limit for an update."""
    delete: Duration
    """Limit for a delete."""
