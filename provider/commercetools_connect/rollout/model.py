"""Rollout: inputs and outputs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Final

from pydantic import Field, JsonValue, StrictBool

from commercetools_connect.resources.configuration import ConnectionReference
from commercetools_connect.resources.connector_staged.model import CreatorInputs
from commercetools_connect.resources.deployment.model import (
    ApplicationInputs,
    DeploymentType,
    GlobalConfigurationInputs,
)
from commercetools_connect.resources.deployment.wiring.expectation import ApplicationExpectation
from commercetools_connect.resources.inputs import (
    SECRET,
    Duration,
    InputModel,
    Key,
    ProjectIdentifier,
    ProjectKey,
    Region,
    Text,
)
from commercetools_connect.resources.rollout_gate.model import HttpCheckInputs, SummaryRowInputs
from commercetools_connect.resources.schema import ResourceSchema, StateModel


class ReleasedConnectorInputs(InputModel):
    """A connector that is already published. Set exactly one of id and key."""

    id: Text | None = Field(default=None, description="Id of the connector.")
    key: Key | None = Field(default=None, description="Key of the connector; the same on every host.")


class DraftTarget(str, Enum):
    """Where a rollout publishes its connector."""

    PRIVATE = "private"
    MARKETPLACE = "marketplace"


class DraftInputs(InputModel):
    """A connector that the rollout publishes, once on each host of its targets."""

    name: Text = Field(description="Name of the connector.")
    repository_url: Text = Field(description="HTTPS or SSH address of the Git repository, ending in .git.")
    creator: CreatorInputs = Field(description="Who made the connector.")
    key: Key | None = Field(
        default=None, description="User-defined key of the ConnectorStaged. Default: derived, one for each host."
    )
    description: str | None = Field(default=None, description="What the connector does.")
    integration_types: tuple[str, ...] | None = Field(
        default=None, description="Kinds of integration, such as tax or psp."
    )
    supported_regions: tuple[Region, ...] | None = Field(
        default=None, min_length=1, description="Regions that the connector can be deployed to. Default: all."
    )
    private_projects: tuple[ProjectIdentifier, ...] | None = Field(
        default=None,
        description="Projects that may deploy the connector, each as region:projectKey. Default: the projects of "
        "the host's targets.",
    )
    documentation_url: str | None = Field(default=None, description="Address of the connector's documentation.")
    owners: tuple[Text, ...] = Field(
        default=(),
        description="Names of the targets whose projects own the draft, at most one for each host. On the other "
        "hosts it is the first enabled target by name.",
    )
    target: DraftTarget = Field(
        default=DraftTarget.PRIVATE, description="private or marketplace. Default: private."
    )


class RolloutTargetInputs(InputModel):
    """One place where the connector runs: a project, and a region in it. Reached by a connection or by itself."""

    name: Text = Field(
        description="Name of the target, unique in the rollout. It is a part of the deployment's name."
    )
    region: Region = Field(description="Region to deploy to, such as europe-west1.gcp.")
    connection: ConnectionReference | None = Field(
        default=None,
        repr=False,
        description="Whose credentials deploy there: the name of one of the configured `connections`, or the "
        "members of a connection. Either this, or clientId and clientSecret here.",
    )
    host_region: Region | None = Field(default=None, description="Region that hosts the project.")
    project_key: ProjectKey | None = Field(
        default=None, description="Project to deploy to. Without it, the project of the connection."
    )
    connect_url: Text | None = Field(
        default=None, description="Address of the Connect API, instead of hostRegion: an emulator or a proxy."
    )
    auth_url: Text | None = Field(
        default=None, description="Address of the token host, where connectUrl is given."
    )
    client_id: Text | None = Field(
        default=None, description="Id of the API client that deploys there, where no connection is given."
    )
    client_secret: Annotated[Text | None, SECRET] = Field(
        default=None, repr=False, description="Secret of the API client, where no connection is given."
    )
    type: DeploymentType | None = Field(
        default=None, description="sandbox or production. Default: type of the rollout."
    )
    key: Key | None = Field(default=None, description="User-defined key of the deployment. Default: derived.")
    wave: Text | None = Field(default=None, description="Wave of the target. Default: the last wave.")
    configurations: dict[str, ApplicationInputs] = Field(
        default_factory=dict, description="Values of this target. They replace shared values key by key."
    )
    global_configuration: GlobalConfigurationInputs | None = Field(
        default=None, description="Global values of this target. They replace shared global values key by key."
    )
    expect: dict[str, ApplicationExpectation] = Field(
        default_factory=dict,
        description="What must point to each application; an application that it names replaces the shared one, "
        "its connection as well.",
    )
    enabled: StrictBool = Field(
        default=True,
        description="If false, the deployment is removed, and the target stays in its wave. Default: true.",
    )
    adopt: StrictBool = Field(
        default=False, description="If true, the create takes over an existing deployment with the same key."
    )
    aliases: tuple[Text, ...] = Field(
        default=(), description="Former names of the target. With them, a rename changes no deployment."
    )


class RolloutWaveInputs(InputModel):
    """Targets that change at the same time, and their gate."""

    name: Text = Field(description="Name of the wave.")
    bake_time: Duration | None = Field(
        default=None,
        description="How long each deployment must have run before the checks. Default: bakeTime of the rollout.",
    )
    checks: tuple[HttpCheckInputs, ...] | None = Field(
        default=None, description="Calls whose answers let the next wave begin. Default: checks of the rollout."
    )
    wired: StrictBool | None = Field(
        default=None,
        description="If true, the gate of the wave looks again, after bakeTime, whether what its targets expect "
        "is wired. Default: wired of the rollout.",
    )


class RolloutInputs(InputModel):
    """One connector version across projects and regions, each target with credentials of its own."""

    connector: ReleasedConnectorInputs | None = Field(
        default=None, description="The published connector. Set either this or draft."
    )
    draft: DraftInputs | None = Field(
        default=None,
        description="A connector that the rollout publishes on each host. Set either this or connector.",
    )
    connector_tag: Text = Field(description="Git tag that must run everywhere.")
    configurations: dict[str, ApplicationInputs] = Field(
        default_factory=dict, description="Values that all targets share, for each application, by its name."
    )
    global_configuration: GlobalConfigurationInputs | None = Field(
        default=None, description="Values of the connector's global keys that all targets share."
    )
    expect: dict[str, ApplicationExpectation] = Field(
        default_factory=dict,
        description="What must point to each application, by its name, before a deployment counts as live.",
    )
    type: DeploymentType = Field(
        default=DeploymentType.SANDBOX, description="sandbox or production, for targets without a type."
    )
    canary: tuple[Text, ...] = Field(
        default=(), description="Names of the targets that go first. They are a wave with the name canary."
    )
    waves: tuple[RolloutWaveInputs, ...] = Field(
        default=(), description="The waves in their order. Default: all targets except the canary are one wave."
    )
    bake_time: Duration = Field(
        default=0.0,
        description="How long each deployment of a wave must have run before the checks: seconds, "
        "or text such as 10m.",
    )
    checks: tuple[HttpCheckInputs, ...] = Field(
        default=(),
        description="Calls to the applications of a wave, and the answers that let the next wave begin.",
    )
    wired: StrictBool = Field(
        default=False,
        description="If true, the gate of each wave looks again, after bakeTime, whether what its targets expect "
        "is wired: with the connection of the target's expect, else with that of the target. A wave without a "
        "target that has expect is not looked at.",
    )
    redeploy_trigger: JsonValue = Field(
        default=None, description="Any value. If it changes, the provider redeploys every target, wave by wave."
    )
    skip_scripts: StrictBool = Field(
        default=False, description="If true, a redeploy does not run postDeploy and preUndeploy scripts."
    )
    fail_on_script_warning: StrictBool = Field(
        default=False, description="If true, a failed script fails the operation."
    )
    skip_plan_time_validation: StrictBool = Field(
        default=False, description="If true, a preview does not check the configuration."
    )
    accept_unproven_replacement: StrictBool = Field(
        default=False,
        description="If true, a replacement undeploys the old deployment without a proof that the new one can be "
        "created.",
    )
    targets: tuple[RolloutTargetInputs, ...] = Field(
        min_length=1, description="The projects and regions that run the connector."
    )


class RolloutResultState(StateModel):
    """The deployment of one target."""

    id: str = Field(description="Id of the deployment's resource: its project and its id in Connect.")
    urls: dict[str, str] = Field(description="Address of each application that has one, by name.")
    deployed_tag: str = Field(description="Git tag that runs.")
    status: str = Field(description="Status of the deployment as the API names it, such as Deployed.")
    wave: str = Field(description="Wave of the target.")


class RolloutState(StateModel):
    """The outputs of a Rollout."""

    targets: dict[str, RolloutResultState] = Field(description="The deployment of each target, by its name.")
    summary: tuple[SummaryRowInputs, ...] = Field(description="What each target runs, in the order of the waves.")


ROLLOUT: Final = ResourceSchema(
    description=(
        "Deploys one connector version across projects and regions, in waves. Each target is a "
        "Deployment with its own credentials. A wave begins when the gate of the previous wave is open: "
        "every deployment there runs the tag, has run for bakeTime, and passes the checks. If you add, "
        "remove, move or rename a target, no other target changes."
    ),
    inputs=RolloutInputs,
    state=RolloutState,
    type_names={"DraftInputs": "RolloutDraft", "DraftTarget": "RolloutDraftTarget"},
    connected=False,
)

COMPONENTS: Final[Mapping[str, ResourceSchema]] = {"Rollout": ROLLOUT}
"""Every component: resources that are made of other resources."""
