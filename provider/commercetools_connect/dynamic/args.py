"""Types of the nested arguments. Programs may write plain dicts; these names are for editors and type checkers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal, TypeAlias, TypedDict

import pulumi

__all__ = [
    "ApplicationConfigurationArgs",
    "ConfigurationValue",
    "ConnectorArgs",
    "CreatorArgs",
    "Duration",
    "GateDeploymentArgs",
    "GlobalConfigurationArgs",
    "HttpCheckArgs",
    "ReleasedConnectorArgs",
    "RepositoryArgs",
    "RetryPolicyArgs",
    "RolloutDraftArgs",
    "RolloutTargetArgs",
    "RolloutWaveArgs",
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


class _RequiredHttpCheckArgs(TypedDict):
    application: pulumi.Input[str]
    """Application whose address is called. Required."""


class HttpCheckArgs(_RequiredHttpCheckArgs, total=False):
    """A call to an application of every deployment of a wave, and the answer that lets the gate open."""

    path: pulumi.Input[str]
    """Path below the application's address, such as `/health`. Default `/`."""
    method: pulumi.Input[str]
    """`GET` (default) or `HEAD`."""
    expected_status: pulumi.Input[Sequence[int]]
    """Statuses that are right. Default 200."""
    tries: pulumi.Input[int]
    """Calls before the check has failed. Default 5."""
    pause: Duration
    """Time between two tries. Default 5 seconds."""
    time_limit: Duration
    """How long one call may take. Default 10 seconds."""


class GateDeploymentArgs(TypedDict, total=False):
    """One deployment of a wave, as its resource returned it."""

    target: pulumi.Input[str]
    """Name of the target. Required."""
    project: pulumi.Input[str]
    """Project that the deployment is in. Required."""
    region: pulumi.Input[str]
    """Region that it runs in. Required."""
    status: pulumi.Input[str]
    """Its status. Required."""
    deployed_tag: pulumi.Input[str]
    """Git tag that runs. Required."""
    build_id: pulumi.Input[str | None]
    """Build that runs; a new one bakes and is checked again."""
    urls: pulumi.Input[Mapping[str, str]]
    """Address of each application that has one."""


class ReleasedConnectorArgs(TypedDict, total=False):
    """A connector that is published already, by exactly one of `id` and `key`."""

    id: pulumi.Input[str]
    """Id of the connector."""
    key: pulumi.Input[str]
    """Key of the connector."""


class _RequiredRolloutDraftArgs(TypedDict):
    name: pulumi.Input[str]
    """Name of the connector. Required."""
    repository_url: pulumi.Input[str]
    """HTTPS or SSH address of the Git repository, ending in `.git`. Required."""
    creator: pulumi.Input[CreatorArgs]
    """Who made the connector. Required."""


class RolloutDraftArgs(_RequiredRolloutDraftArgs, total=False):
    """A connector that the rollout publishes itself, once for each `host_region`."""

    key: pulumi.Input[str]
    """User-defined key of the draft. Derived if absent."""
    description: pulumi.Input[str]
    """What the connector does."""
    integration_types: pulumi.Input[Sequence[str]]
    """Kinds of integration, such as `tax` or `psp`."""
    supported_regions: pulumi.Input[Sequence[str]]
    """Regions the connector can be deployed to; all if absent."""
    private_projects: pulumi.Input[Sequence[str]]
    """Projects that may deploy the connector, each as `region:projectKey`; if absent, those of the targets."""
    documentation_url: pulumi.Input[str]
    """Where the connector is documented."""
    target: Literal["private", "marketplace"]
    """`private` (default) or `marketplace`."""


class _RequiredRolloutTargetArgs(TypedDict):
    name: str
    """Name of the target, unique in the rollout. Part of the deployment's name. Required."""
    region: pulumi.Input[str]
    """Region to deploy to, such as `europe-west1.gcp`. Required."""
    connection: str
    """Name of one of the `commercetools-connect:connections`. Required."""


class RolloutTargetArgs(_RequiredRolloutTargetArgs, total=False):
    """One place where the connector runs."""

    project_key: pulumi.Input[str]
    """Project to deploy to; that of the connection if absent."""
    host_region: str
    """Region that hosts the project; with `draft`, targets of the same one share a publication."""
    type: Literal["sandbox", "production"]
    """That of the rollout if absent."""
    key: pulumi.Input[str]
    """User-defined key of the deployment. Derived if absent."""
    wave: str
    """Wave that the target is in; the last one if absent."""
    configurations: Mapping[str, ApplicationConfigurationArgs]
    """Values laid over the shared ones, key by key."""
    global_configuration: GlobalConfigurationArgs
    """Values laid over the shared global ones, key by key."""
    enabled: bool
    """Whether there is a deployment; `False` removes it and keeps the target's place."""
    adopt: pulumi.Input[bool]
    """Take over an existing deployment of the same key."""
    aliases: Sequence[str]
    """Names that the target had before, so that renaming it changes nothing that runs."""


class _RequiredRolloutWaveArgs(TypedDict):
    name: str
    """Name of the wave. Required."""


class RolloutWaveArgs(_RequiredRolloutWaveArgs, total=False):
    """Targets that change at the same time, and the gate behind them."""

    bake_time: Duration
    """How long the wave runs before it is checked; that of the rollout if absent."""
    checks: Sequence[HttpCheckArgs]
    """Calls that let the next wave begin; those of the rollout if absent."""
