"""RolloutGate: inputs and outputs."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Final

from pydantic import AfterValidator, Field, JsonValue, StrictBool

from commercetools_connect.resources.configuration import ConnectionReference
from commercetools_connect.resources.deployment.wiring.expectation import ApplicationExpectation
from commercetools_connect.resources.inputs import Count, Duration, InputModel, Text
from commercetools_connect.resources.schema import ResourceSchema, StateModel


def _path(value: str) -> str:
    if not value.startswith("/") or value.startswith("//"):
        raise ValueError("must start with one slash, such as /health: it is appended to the application's address")
    return value


def _status(value: int) -> int:
    if not 100 <= value <= 599:  # noqa: PLR2004 - what HTTP has
        raise ValueError("must be an HTTP status, 100 to 599")
    return value


class HttpMethod(str, Enum):
    """HTTP methods that change nothing."""

    GET = "GET"
    HEAD = "HEAD"


class HttpCheckInputs(InputModel):
    """A call to an application of every deployment of the wave, and the answer that opens the gate."""

    application: Text = Field(description="Application whose address is called.")
    path: Annotated[str, AfterValidator(_path)] = Field(
        default="/", description="Path below the application's address, such as /health."
    )
    method: HttpMethod = Field(default=HttpMethod.GET, description="GET or HEAD. Default: GET.")
    expected_status: tuple[Annotated[Count, AfterValidator(_status)], ...] = Field(
        default=(200,), min_length=1, description="Expected status codes. Default: 200."
    )
    tries: Count = Field(
        default=5, ge=1, le=100, description="Number of calls before the check fails. Default: 5."
    )
    pause: Duration = Field(
        default=5.0, description="Time between two calls: seconds, or text such as 10s. Default: 5 seconds."
    )
    time_limit: Duration = Field(
        default=10.0,
        gt=0,
        description="How long one call may take: seconds, or text such as 10s. Default: 10 seconds.",
    )


class GateApplicationInputs(InputModel):
    """One application, as the output `applications` of a deployment has it."""

    name: str = Field(description="Name of the application.")
    type: str = Field(default="", description="Such as service, job or event.")
    url: str | None = Field(default=None, description="Address of the application, where it has one.")
    topic: str | None = Field(default=None, description="Topic that an event application listens to.")
    schedule: str | None = Field(default=None, description="Cron expression of a job.")


class GateDeploymentInputs(InputModel):
    """A deployment of the wave, as its resource returned it."""

    target: Text = Field(description="Name of the target.")
    project: Text = Field(description="Project that the deployment is in.")
    region: Text = Field(description="Region that it runs in.")
    status: Text = Field(description="Status as the API names it.")
    deployed_tag: str = Field(description="Git tag that runs.")
    build_id: str | None = Field(
        default=None,
        description="Id of the build that runs. For a new build, the gate waits for bakeTime and checks again.",
    )
    urls: dict[str, str] = Field(default_factory=dict, description="Address of each application that has one.")
    applications: tuple[GateApplicationInputs, ...] = Field(
        default=(), description="Its applications; needed where wired is true."
    )
    expect: dict[str, ApplicationExpectation] = Field(
        default_factory=dict, description="What it expects to be wired; needed where wired is true."
    )
    connection: ConnectionReference | None = Field(
        default=None,
        repr=False,
        description="Whose credentials look where wired is true and expect has no connection: the name of one of "
        "the configured `connections`, or the members of a connection; that of the deployment. Without it, the "
        "provider's own configuration.",
    )


class SummaryRowInputs(InputModel):
    """What one target runs: a row of the table that a gate passes to the next gate."""

    target: str = Field(description="Name of the target.")
    project: str = Field(description="Project that the deployment is in.")
    region: str = Field(description="Region that it runs in.")
    wave: str = Field(description="Wave that the target was in.")
    from_tag: str = Field(description="Git tag that ran before; empty for a first deployment.")
    to_tag: str = Field(description="Git tag that runs.")
    status: str = Field(description="Status of the deployment as the API names it.")
    changed_at: str = Field(description="When the gate first saw that build of the tag, in ISO 8601.")


class RolloutGateInputs(InputModel):
    """The gate between two waves of a rollout."""

    wave: Text = Field(description="Name of the wave, for messages.")
    connector_tag: Text = Field(description="Git tag that every deployment of the wave must run.")
    deployments: tuple[GateDeploymentInputs, ...] = Field(
        min_length=1, description="Deployments of the wave. Their order has no effect."
    )
    triggers: JsonValue = Field(
        default=None, description="Any value. If it changes, the gate waits for bakeTime and checks again."
    )
    bake_time: Duration = Field(
        default=0.0,
        description="How long each deployment must have run before the checks: seconds, or text "
        "such as 10m. Default: 0.",
    )
    checks: tuple[HttpCheckInputs, ...] = Field(
        default=(),
        description="Calls to the applications of the deployments, and the answers that open the gate.",
    )
    wired: StrictBool = Field(
        default=False,
        description="Look again, after the bake time, whether what the deployments expect is wired. Needs a "
        "deployment with expect, and credentials that may list Extensions and Subscriptions of its project.",
    )
    previous: tuple[SummaryRowInputs, ...] = Field(
        default=(), description="The summary of the previous gate. The summary of this gate continues it."
    )


class RolloutGateState(StateModel):
    """The outputs of a RolloutGate that are not inputs."""

    opened_at: str = Field(description="When the gate opened for the builds that run now, in ISO 8601.")
    summary: tuple[SummaryRowInputs, ...] = Field(
        description="What each target runs: the rows of earlier waves, then those of this wave."
    )


ROLLOUT_GATE: Final = ResourceSchema(
    description=(
        "The gate between two waves of a rollout. It opens when every deployment of the wave runs connectorTag, "
        "has run for bakeTime, and passes the checks. Resources that depend on the gate wait for it, and do not "
        "change if it does not open. A gate is not an object of Connect, so it cannot be imported. It makes "
        "no call to Connect unless wired is true."
    ),
    inputs=RolloutGateInputs,
    state=RolloutGateState,
    type_names={"GateDeploymentInputs": "WaveDeployment"},
    connected=False,
)
