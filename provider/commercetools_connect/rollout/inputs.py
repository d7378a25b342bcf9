"""What a program writes for a Rollout."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from pydantic import Field, JsonValue, StrictBool

from commercetools_connect.resources.connector_staged.inputs import CreatorInputs
from commercetools_connect.resources.deployment.inputs import (
    ApplicationInputs,
    DeploymentType,
    GlobalConfigurationInputs,
)
from commercetools_connect.resources.fields import Duration, Key, ProjectIdentifier, ProjectKey, Region, Text
from commercetools_connect.resources.inputs import InputModel
from commercetools_connect.resources.rollout_gate.inputs import HttpCheckInputs
from commercetools_connect.resources.secrecy import SECRET

__all__ = [
    "ConnectedRolloutInputs",
    "ConnectedTargetInputs",
    "DraftInputs",
    "DraftTarget",
    "ReleasedConnectorInputs",
    "RolloutInputs",
    "RolloutTargetInputs",
    "RolloutWaveInputs",
]


class ReleasedConnectorInputs(InputModel):
    """A connector that is published already, by exactly one of id and key."""

    id: Text | None = Field(default=None, description="Id of the connector.")
    key: Key | None = Field(default=None, description="Key of the connector; the same on every host.")


class DraftTarget(str, Enum):
    """Where the draft of a rollout is published."""

    PRIVATE = "private"
    MARKETPLACE = "marketplace"


class DraftInputs(InputModel):
    """A connector that the rollout publishes itself, once on each host that has a target."""

    name: Text = Field(description="Name of the connector.")
    repository_url: Text = Field(description="HTTPS or SSH address of the Git repository, ending in .git.")
    creator: CreatorInputs = Field(description="Who made the connector.")
    key: Key | None = Field(
        default=None, description="User-defined key of the draft. Derived on each host if absent."
    )
    description: str | None = Field(default=None, description="What the connector does.")
    integration_types: tuple[str, ...] | None = Field(
        default=None, description="Kinds of integration, such as tax or psp."
    )
    supported_regions: tuple[Region, ...] | None = Field(
        default=None, min_length=1, description="Regions the connector can be deployed to; all if absent."
    )
    private_projects: tuple[ProjectIdentifier, ...] | None = Field(
        default=None,
        description="Projects that may deploy the connector, each as region:projectKey. If absent, those of the "
        "host's targets.",
    )
    documentation_url: str | None = Field(default=None, description="Where the connector is documented.")
    target: DraftTarget = Field(
        default=DraftTarget.PRIVATE, description="private or marketplace. Default: private."
    )


class PlaceInputs(InputModel):
    """One place where the connector runs: a project, and a region in it."""

    name: Text = Field(description="Name of the target, unique in the rollout. Part of the deployment's name.")
    region: Region = Field(description="Region to deploy to, such as europe-west1.gcp.")
    host_region: Region | None = Field(default=None, description="Region that hosts the project.")
    type: DeploymentType | None = Field(
        default=None, description="sandbox or production; that of the rollout if absent."
    )
    key: Key | None = Field(default=None, description="User-defined key of the deployment. Derived if absent.")
    wave: Text | None = Field(default=None, description="Wave that the target is in; the last one if absent.")
    configurations: dict[str, ApplicationInputs] = Field(
        default_factory=dict, description="Values laid over the shared ones, key by key."
    )
    global_configuration: GlobalConfigurationInputs | None = Field(
        default=None, description="Values laid over the shared global ones, key by key."
    )
    enabled: StrictBool = Field(
        default=True, description="Whether there is a deployment; false removes it and keeps the target's place."
    )
    adopt: StrictBool = Field(default=False, description="Take over an existing deployment of the same key.")
    aliases: tuple[Text, ...] = Field(
        default=(), description="Names that the target had before, so that renaming it changes nothing that runs."
    )


class RolloutTargetInputs(PlaceInputs):
    """A place with its own addresses and credentials: each is a provider of its own."""

    project_key: ProjectKey = Field(description="Project to deploy to.")
    connect_url: Text | None = Field(
        default=None, description="Address of the Connect API, instead of hostRegion: an emulator or a proxy."
    )
    auth_url: Text | None = Field(
        default=None, description="Address of the token host, where connectUrl is given."
    )
    client_id: Text = Field(description="Id of the API client that deploys there.")
    client_secret: Annotated[Text, SECRET] = Field(repr=False, description="Secret of the API client.")


class ConnectedTargetInputs(PlaceInputs):
    """A place that is reached through a connection of the configuration."""

    connection: Text = Field(description="Name of the configured connection that deploys there.")
    project_key: ProjectKey | None = Field(
        default=None, description="Project to deploy to; that of the connection if absent."
    )


class RolloutWaveInputs(InputModel):
    """Targets that change at the same time, and the gate behind them."""

    name: Text = Field(description="Name of the wave.")
    bake_time: Duration | None = Field(
        default=None, description="How long the wave runs before it is checked; that of the rollout if absent."
    )
    checks: tuple[HttpCheckInputs, ...] | None = Field(
        default=None, description="Calls that let the next wave begin; those of the rollout if absent."
    )


class SharedRolloutInputs(InputModel):
    """One connector version across projects and regions: everything but the targets."""

    connector: ReleasedConnectorInputs | None = Field(
        default=None, description="The published connector. Either this or draft."
    )
    draft: DraftInputs | None = Field(
        default=None, description="A connector that the rollout publishes on each host. Either this or connector."
    )
    connector_tag: Text = Field(description="Git tag that must run everywhere.")
    configurations: dict[str, ApplicationInputs] = Field(
        default_factory=dict, description="Values by application name, shared by all targets."
    )
    global_configuration: GlobalConfigurationInputs | None = Field(
        default=None, description="Values of the connector's global keys, shared by all targets."
    )
    type: DeploymentType = Field(
        default=DeploymentType.SANDBOX, description="sandbox or production, where a target says nothing else."
    )
    canary: tuple[Text, ...] = Field(
        default=(), description="Names of targets that go first, as a wave of their own called canary."
    )
    waves: tuple[RolloutWaveInputs, ...] = Field(
        default=(), description="The waves in their order. If absent, all targets but the canary are one wave."
    )
    bake_time: Duration = Field(
        default=0.0, description="How long each wave runs before it is checked: seconds, or text such as 10m."
    )
    checks: tuple[HttpCheckInputs, ...] = Field(
        default=(), description="Calls to the applications of a wave that let the next one begin."
    )
    redeploy_trigger: JsonValue = Field(
        default=None, description="Any value; a change redeploys everywhere, wave by wave."
    )
    skip_scripts: StrictBool = Field(
        default=False, description="Do not run postDeploy and preUndeploy scripts on a redeploy."
    )
    fail_on_script_warning: StrictBool = Field(
        default=False, description="Treat a failed script as a failed deployment."
    )
    skip_plan_time_validation: StrictBool = Field(
        default=False, description="Do not check the configuration at preview."
    )


class RolloutInputs(SharedRolloutInputs):
    """One connector version across projects and regions, each target with credentials of its own."""

    targets: tuple[RolloutTargetInputs, ...] = Field(min_length=1, description="Where the connector runs.")


class ConnectedRolloutInputs(SharedRolloutInputs):
    """One connector version across projects and regions, each target through a configured connection."""

    targets: tuple[ConnectedTargetInputs, ...] = Field(min_length=1, description="Where the connector runs.")
