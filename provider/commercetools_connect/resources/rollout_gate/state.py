"""What can be read of a RolloutGate besides its inputs."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from commercetools_connect.resources.rollout_gate.inputs import RolloutGateInputs
from commercetools_connect.resources.state import Declaration, StateModel

__all__ = ["ROLLOUT_GATE", "RolloutGateState"]


class SummaryRowState(StateModel):
    """Who runs what: one row of the table."""

    target: str = Field(description="Name of the target.")
    project: str = Field(description="Project that the deployment is in.")
    region: str = Field(description="Region that it runs in.")
    wave: str = Field(description="Wave that the target was in.")
    from_tag: str = Field(description="Git tag that ran before; empty for a first deployment.")
    to_tag: str = Field(description="Git tag that runs.")
    status: str = Field(description="Status of the deployment in the API's words.")
    changed_at: str = Field(description="When the gate saw that tag first, in ISO 8601.")


class RolloutGateState(StateModel):
    """The outputs of a RolloutGate that are not inputs."""

    opened_at: str = Field(description="When the gate opened for what runs now, in ISO 8601.")
    summary: tuple[SummaryRowState, ...] = Field(
        description="Who runs what: the rows of earlier waves, then those of this one."
    )


ROLLOUT_GATE: Final = Declaration(
    description=(
        "The door between two waves of a rollout. It opens when every deployment of the wave runs the wanted tag, "
        "has run for a while, and answers rightly; whatever depends on it waits, and stays as it is if the gate "
        "does not open. It is no object of Connect and makes no call there; it cannot be imported."
    ),
    inputs=RolloutGateInputs,
    state=RolloutGateState,
)
