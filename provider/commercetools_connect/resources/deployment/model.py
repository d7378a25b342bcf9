"""Deployment: inputs and outputs (API §4.6, §4.7)."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Final

from pydantic import Field, JsonValue, StrictBool

from commercetools_connect.resources.deployment.wiring.expectation import ApplicationExpectation
from commercetools_connect.resources.inputs import (
    SECRET,
    ConfigurationValue,
    Count,
    InputModel,
    Key,
    ObjectId,
    ProjectKey,
    Region,
    Text,
)
from commercetools_connect.resources.schema import ReportEntryState, ResourceSchema, StateModel

CONFIGURED: Final = ("configurations", "globalConfiguration")
"""The inputs that hold configuration values."""

CONFIGURATION_KINDS: Final = ("standardConfiguration", "securedConfiguration")
"""What each application, and the global configuration, holds of them."""


class DeploymentType(str, Enum):
    """Purpose of a deployment."""

    PREVIEW = "preview"
    SANDBOX = "sandbox"
    PRODUCTION = "production"


class ConnectorInputs(InputModel):
    """The connector to deploy. Set exactly one of id and key."""

    id: ObjectId | None = Field(default=None, description="Id of the connector.")
    key: Key | None = Field(default=None, description="Key of the connector.")
    staged: StrictBool = Field(
        default=False, description="If true, deploy the ConnectorStaged instead of the published connector."
    )


class RetryPolicyInputs(InputModel):
    """How Connect delivers events again (API §4.6, §13.2)."""

    strategy: Text = Field(description="immediate or exponential-backoff.")
    min_backoff_seconds: Count | None = Field(default=None, description="Shortest pause in seconds, 1 to 600.")
    max_backoff_seconds: Count | None = Field(default=None, description="Longest pause in seconds, 1 to 600.")
    max_attempts: Count | None = Field(default=None, description="Number of attempts, 5 to 100.")


class GlobalConfigurationInputs(InputModel):
    """Values of the connector's global keys."""

    standard_configuration: dict[str, ConfigurationValue] = Field(
        default_factory=dict, description="Plain values by key."
    )
    secured_configuration: Annotated[dict[str, ConfigurationValue], SECRET] = Field(
        default_factory=dict, description="Secret values by key. Connect never shows them."
    )


class ApplicationInputs(GlobalConfigurationInputs):
    """Values of an application, and how it runs."""

    schedule: Text | None = Field(
        default=None, description="Cron expression of a job. It overrides the schedule in connect.yaml."
    )
    retry_policy: RetryPolicyInputs | None = Field(
        default=None, description="Retry policy of an event application."
    )


class DeploymentInputs(InputModel):
    """A running installation of a connector in one project and region."""

    key: Key = Field(
        description="User-defined key, 2 to 256 characters. Default: derived from project, stack, name and the "
        "provider's id in the state, so that no other stack has the same key."
    )
    project_key: ProjectKey = Field(description="Project to deploy to. Default: the project of the provider.")
    region: Region = Field(description="Region to deploy to, such as europe-west1.gcp.")
    type: DeploymentType = Field(
        description="preview, sandbox or production. Default: preview if connector.staged is true, "
        "otherwise sandbox."
    )
    connector: ConnectorInputs = Field(description="The connector to deploy.")
    connector_tag: Text | None = Field(
        default=None,
        description=(
            "Git tag that must run. If the program publishes the connector, use the publishedTag of the "
            "ConnectorPublication."
        ),
    )
    configurations: dict[str, ApplicationInputs] = Field(
        default_factory=dict, description="Values for each application, by its name."
    )
    global_configuration: GlobalConfigurationInputs | None = Field(
        default=None, description="Values of the connector's global keys."
    )
    redeploy_trigger: JsonValue = Field(
        default=None,
        description="Any value. If it changes, the provider redeploys and sends the whole configuration again.",
    )
    expect: dict[str, ApplicationExpectation] = Field(
        default_factory=dict,
        description="What must point to each application, by its name, before the deployment counts as live: "
        "Extensions that call it, Subscriptions that deliver to its topic. Reading them needs manage_extensions "
        "and manage_subscriptions of the project, or manage_project: of the API client that deploys, or of that "
        "of connection.",
    )
    skip_scripts: StrictBool = Field(
        default=False, description="If true, a redeploy does not run postDeploy and preUndeploy scripts."
    )
    fail_on_script_warning: StrictBool = Field(
        default=False, description="If true, a failed script fails the operation."
    )
    skip_plan_time_validation: StrictBool | None = Field(
        default=None,
        description="If true, the provider does not check the configuration against the connector before it "
        "deploys. Default: skipPlanTimeValidation of the provider.",
    )
    adopt: StrictBool = Field(
        default=False,
        description="If true, the create takes over an existing deployment with the same key. It has no effect "
        "after the create: remove it then.",
    )
    accept_unproven_replacement: StrictBool = Field(
        default=False,
        description="If true, a replacement undeploys the old deployment without a proof that the new one can be "
        "created. The first deployment of type production in a project needs this, for example.",
    )


class DeployedApplicationState(StateModel):
    """One running application."""

    name: str = Field(description="Name of the application.")
    type: str = Field(description="Type such as service, job or event. Empty if the API does not return it.")
    url: str | None = Field(default=None, description="Address of the application, if it has one.")
    topic: str | None = Field(default=None, description="Topic that an event application listens to.")
    schedule: str | None = Field(default=None, description="Cron expression of a job.")


class RegisteredExtensionState(StateModel):
    """An Extension that calls an application."""

    key: str = Field(description="Key of the Extension; empty where it has none.")
    url: str = Field(description="Address that it calls, without query.")


class RegisteredSubscriptionState(StateModel):
    """A Subscription that delivers to the topic of an application."""

    key: str = Field(description="Key of the Subscription; empty where it has none.")
    topic: str = Field(description="Topic that it delivers to.")
    status: str = Field(
        description="Such as Healthy. It tells whether the topic takes messages, not whether anyone listens."
    )


class DeploymentWiringState(StateModel):
    """What points to one application; a kind that is not expected is absent."""

    extensions: tuple[RegisteredExtensionState, ...] | None = Field(
        default=None, description="Extensions that call it."
    )
    subscriptions: tuple[RegisteredSubscriptionState, ...] | None = Field(
        default=None, description="Subscriptions that feed it."
    )


class RunningDeploymentState(StateModel):
    """What the API shows of a Deployment, and the build that is our own."""

    deployment_id: str = Field(
        description="Id of the deployment in Connect. The id of the resource also has the project."
    )
    status: str = Field(description="Status of the deployment as the API names it, such as Deployed.")
    applications: tuple[DeployedApplicationState, ...] = Field(description="The running applications.")
    urls: dict[str, str] = Field(
        description="Address of each application that has one, by its name. A redeploy does not change it."
    )
    connector_id: str = Field(description="Id of the connector that runs.")
    connector_key: str | None = Field(default=None, description="Key of the connector that runs.")
    connector_version: int = Field(description="Version of the connector that runs.")
    deployed_tag: str = Field(description="Git tag that runs.")
    build_id: str | None = Field(default=None, description="Id of the build that runs, for support requests.")
    own_build_id: str | None = Field(
        default=None,
        description="Id of the last build of this resource. If another build runs, another client has "
        "redeployed the deployment, and the provider refuses a delete.",
    )
    report: tuple[ReportEntryState, ...] = Field(description="Entries of the last deployment report.")
    api_client_name: str | None = Field(
        default=None, description="Name of the API client that Connect created for the deployment."
    )
    secured_keys: dict[str, tuple[str, ...]] = Field(
        description=(
            "Names of the secured keys that are set, by application; `$global` has those of all "
            "applications. Without values."
        )
    )


class DeploymentState(RunningDeploymentState):
    """The outputs of a Deployment that are not inputs."""

    wiring: dict[str, DeploymentWiringState] | None = Field(
        default=None, description="What points to each application that expect names, as it was looked at last."
    )
    wiring_attempts: int | None = Field(
        default=None,
        description="How many runs, 2 at most, have not wired what is expected; 0 when it is wired. After the "
        "first one the next update redeploys once.",
    )


DEPLOYMENT: Final = ResourceSchema(
    description=(
        "An installation of a connector in one project and region. The operation ends when the "
        "deployment is live. Changes redeploy in place, so the URLs stay. Import by `<project "
        "key>/<deployment id>` or `<project key>/key=<key>`. A named connection goes before it, as "
        "`<connection>:`."
    ),
    inputs=DeploymentInputs,
    state=DeploymentState,
    filled_in=frozenset({"key", "projectKey", "type"}),
    replaced_by=frozenset({"key", "projectKey", "region", "type", "connector"}),
    type_names={"ApplicationInputs": "ApplicationConfiguration", "ConnectorInputs": "ConnectorReference"},
)
