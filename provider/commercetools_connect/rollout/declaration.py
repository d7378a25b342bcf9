"""What a Rollout is to those who write it in any language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import Field

from commercetools_connect.resources.rollout_gate.inputs import SummaryRowInputs
from commercetools_connect.resources.state import Declaration, StateModel
from commercetools_connect.rollout.inputs import RolloutInputs

__all__ = ["COMPONENTS", "RolloutState"]


class RolloutResultState(StateModel):
    """What became of one target."""

    id: str = Field(description="Id of the deployment's resource: its project, and its id in Connect.")
    urls: dict[str, str] = Field(description="Address of each application that has one, by name.")
    deployed_tag: str = Field(description="Git tag that really runs.")
    status: str = Field(description="Status of the deployment in the API's words, such as Deployed.")
    wave: str = Field(description="Wave that the target is in.")


class RolloutState(StateModel):
    """The outputs of a Rollout."""

    targets: dict[str, RolloutResultState] = Field(description="What became of each target, by its name.")
    summary: tuple[SummaryRowInputs, ...] = Field(description="Who runs what, wave after wave.")


ROLLOUT: Final = Declaration(
    description=(
        "One connector version across projects and regions, in waves. Each target is an ordinary Deployment with "
        "a provider of its own; a wave begins when the gate behind the wave before is open: every deployment "
        "there runs the tag, has run for a while, and answers rightly. Adding, removing, moving or renaming a "
        "target touches that target only."
    ),
    inputs=RolloutInputs,
    state=RolloutState,
    type_names={"DraftInputs": "RolloutDraft", "DraftTarget": "RolloutDraftTarget"},
)

COMPONENTS: Final[Mapping[str, Declaration]] = {"Rollout": ROLLOUT}
"""Every component: resources that are made of other resources."""
