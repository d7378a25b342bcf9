"""What can be read of a RolloutGate besides its inputs."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from commercetools_connect.resources.rollout_gate.inputs import RolloutGateInputs, SummaryRowInputs
from commercetools_connect.resources.state import Declaration, StateModel

__all__ = ["ROLLOUT_GATE", "RolloutGateState"]


class RolloutGateState(StateModel):
    """The outputs of a RolloutGate that are not inputs."""

    opened_at: str = Field(description="When the gate opened for what runs now, in ISO 8601.")
    summary: tuple[SummaryRowInputs, ...] = Field(
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
    type_names={"GateDeploymentInputs": "WaveDeployment"},
)
