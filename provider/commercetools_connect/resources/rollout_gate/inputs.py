"""What stands in a RolloutGate: a wave's deployments as they came out, and what must be true of them."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue

from commercetools_connect.resources.fields import Count, Duration, Text
from commercetools_connect.resources.inputs import InputModel

__all__ = ["GateDeploymentInputs", "HttpCheckInputs", "HttpMethod", "RolloutGateInputs", "SummaryRowInputs"]


def _path(value: str) -> str:
    if not value.startswith("/") or value.startswith("//"):
        raise ValueError("must start with one slash, such as /health: it is appended to the application's address")
    return value


def _status(value: int) -> int:
    if not 100 <= value <= 599:  # noqa: PLR2004 - what HTTP has
        raise ValueError("must be an HTTP status, 100 to 599")
    return value


class HttpMethod(str, Enum):
    """Methods that change nothing."""

    GET = "GET"
    HEAD = "HEAD"


class HttpCheckInputs(InputModel):
    """A call to an application of every deployment of the wave, and the answer that lets the gate open."""

    application: Text = Field(description="Application whose address is called.")
    path: Annotated[str, AfterValidator(_path)] = Field(
        default="/", description="Path below the application's address, such as /health."
    )
    method: HttpMethod = Field(default=HttpMethod.GET, description="GET or HEAD. Default: GET.")
    expected_status: tuple[Annotated[Count, AfterValidator(_status)], ...] = Field(
        default=(200,), min_length=1, description="Statuses that are right. Default: 200."
    )
    tries: Count = Field(default=5, ge=1, le=100, description="Calls before the check has failed. Default: 5.")
    pause: Duration = Field(
        default=5.0, description="Time between two tries: seconds, or text such as 10s. Default: 5 seconds."
    )
    time_limit: Duration = Field(
        default=10.0,
        gt=0,
        description="How long one call may take: seconds, or text such as 10s. Default: 10 seconds.",
    )


class GateDeploymentInputs(InputModel):
    """One deployment of the wave, as its resource returned it."""

    target: Text = Field(description="Name of the target.")
    project: Text = Field(description="Project that the deployment is in.")
    region: Text = Field(description="Region that it runs in.")
    status: Text = Field(description="Its status in the API's words.")
    deployed_tag: str = Field(description="Git tag that runs.")
    build_id: str | None = Field(
        default=None, description="Build that runs; a new one bakes and is checked again."
    )
    urls: dict[str, str] = Field(default_factory=dict, description="Address of each application that has one.")


class SummaryRowInputs(InputModel):
    """Who runs what: a row of the table that a gate passes on to the next."""

    target: str = Field(description="Name of the target.")
    project: str = Field(description="Project that the deployment is in.")
    region: str = Field(description="Region that it runs in.")
    wave: str = Field(description="Wave that the target was in.")
    from_tag: str = Field(description="Git tag that ran before; empty for a first deployment.")
    to_tag: str = Field(description="Git tag that runs.")
    status: str = Field(description="Status of the deployment in the API's words.")
    changed_at: str = Field(description="When the gate saw that tag first, in ISO 8601.")


class RolloutGateInputs(InputModel):
    """The door between two waves of a rollout."""

    wave: Text = Field(description="Name of the wave, for messages.")
    connector_tag: Text = Field(description="Git tag that every deployment of the wave must run.")
    deployments: tuple[GateDeploymentInputs, ...] = Field(
        min_length=1, description="The wave's deployments; their order means nothing."
    )
    triggers: JsonValue = Field(default=None, description="Any value; a change bakes and checks again.")
    bake_time: Duration = Field(
        default=0.0,
        description="How long the wave runs before it is checked: seconds, or text such as 10m. Default: 0.",
    )
    checks: tuple[HttpCheckInputs, ...] = Field(
        default=(), description="Calls to the deployments' applications that must be answered rightly."
    )
    previous: tuple[SummaryRowInputs, ...] = Field(
        default=(), description="The summary of the gate before, to be continued."
    )
