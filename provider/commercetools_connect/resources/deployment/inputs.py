"""What a program writes for a Deployment (API §4.6)."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Final

from pydantic import Field, JsonValue, StrictBool

from commercetools_connect.resources.fields import (
    ConfigurationValue,
    Count,
    Key,
    ObjectId,
    ProjectKey,
    Region,
    Text,
)
from commercetools_connect.resources.inputs import InputModel
from commercetools_connect.resources.secrecy import SECRET

__all__ = [
    "CONFIGURATION_KINDS",
    "CONFIGURED",
    "ApplicationInputs",
    "ConnectorInputs",
    "DeploymentInputs",
    "DeploymentType",
    "GlobalConfigurationInputs",
    "RetryPolicyInputs",
]

CONFIGURED: Final = ("configurations", "globalConfiguration")
"""The inputs that hold configuration values."""

CONFIGURATION_KINDS: Final = ("standardConfiguration", "securedConfiguration")
"""What each application, and the global configuration, holds of them."""


class DeploymentType(str, Enum):
    """What a deployment is for."""

    PREVIEW = "preview"
    SANDBOX = "sandbox"
    PRODUCTION = "production"


class ConnectorInputs(InputModel):
    """Which connector is deployed, by exactly one of id and key."""

    id: ObjectId | None = Field(default=None, description="Id of the connector.")
    key: Key | None = Field(default=None, description="Key of the connector.")
    staged: StrictBool = Field(
        default=False, description="Deploy the previewable draft instead of the published connector."
    )


class RetryPolicyInputs(InputModel):
    """How events are delivered again (API §4.6, §13.2)."""

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
        default_factory=dict, description="Secret values by key; never readable again."
    )


class ApplicationInputs(GlobalConfigurationInputs):
    """Values of one application's keys, and how it runs."""

    schedule: Text | None = Field(
        default=None, description="Cron expression of a job; overrides the one in connect.yaml."
    )
    retry_policy: RetryPolicyInputs | None = Field(
        default=None, description="Retry policy of an event application."
    )


class DeploymentInputs(InputModel):
    """A running installation of a connector in one project and region."""

    key: Key = Field(
        description="User-defined key, 2 to 256 characters. Derived from project, stack and name if absent."
    )
    project_key: ProjectKey = Field(description="Project to deploy to; the provider's own if absent.")
    region: Region = Field(description="Region to deploy to, such as europe-west1.gcp.")
    type: DeploymentType = Field(
        description="preview, sandbox or production. Default: sandbox, or preview when the connector is staged."
    )
    connector: ConnectorInputs = Field(description="Which connector is deployed.")
    connector_tag: Text | None = Field(
        default=None, description="Git tag that must run; normally the publishedTag of a ConnectorPublication."
    )
    configurations: dict[str, ApplicationInputs] = Field(
        default_factory=dict, description="Values by application name."
    )
    global_configuration: GlobalConfigurationInputs | None = Field(
        default=None, description="Values of the connector's global keys."
    )
    redeploy_trigger: JsonValue = Field(
        default=None, description="Any value; a change redeploys and sends the whole configuration again."
    )
    skip_scripts: StrictBool = Field(
        default=False, description="Do not run postDeploy and preUndeploy scripts on a redeploy."
    )
    fail_on_script_warning: StrictBool = Field(
        default=False, description="Treat a failed script as a failed deployment."
    )
    skip_plan_time_validation: StrictBool | None = Field(
        default=None,
        description="Do not check the configuration against the connector before it is deployed. Default: the "
        "provider's own skipPlanTimeValidation.",
    )
    adopt: StrictBool = Field(default=False, description="Take over an existing deployment of the same key.")
