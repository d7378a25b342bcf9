"""Every row about publications in docs/resources.md is true."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from commercetools_connect.core.errors import InitFailedError
from commercetools_connect.core.results import State
from tests.resources.connectors import certified, draft_in, preview_elsewhere, publish_elsewhere
from tests.resources.rows import check_row
from tests.resources.table_connectors import PUBLICATION, Case
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("unhurried")

MADE_BY_THE_ROW = ("never published", "none", "Processing", "pending")


@pytest.mark.parametrize("case", PUBLICATION, ids=lambda case: f"{case.row.operation}: {case.row.state}")
def test_a_publication_does_what_its_row_says(world: World, case: Case) -> None:
    target, _, state = case.row.state.partition(": ")
    staged, publication = _arrange(world, target, state, case.row.operation)
    changes = {"contentHash": "of-other-content"} if case.row.operation == "update" else {}
    inputs = world.publication_inputs(staged, target=target, **changes)
    check_row(world, case, publication, inputs, staged.id)


def _arrange(world: World, target: str, state: str, operation: str) -> tuple[State, State | None]:
    if state == "listed":
        return certified(world)
    staged = draft_in(world, "Draft")
    inputs = world.publication_inputs(staged, target=target)
    if state == "Processing":
        publish_elsewhere(world, staged.id)
    if state == "pending":
        preview_elsewhere(world, staged.id)
    if state == "the run fails":
        lifecycle: Literal["preview", "publish"] = "preview" if target == "preview" else "publish"
        world.emulator.admin.outcome(lifecycle, "derived-greeter", "failure")
        return staged, _failed(world, inputs) if operation == "refresh" else None
    if state in MADE_BY_THE_ROW:
        return staged, None
    publication = world.create("ConnectorPublication", inputs)
    if state == "gone":
        world.emulator.admin.delete("drafts", staged.id)
    if state == "rejected":
        world.emulator.admin.certify(staged.id, "reject", "No documentation")
    if state == "published, draft changed":
        world.emulator.admin.patch("drafts", staged.id, {"description": "Greets"})
    return staged, publication


def _failed(world: World, inputs: dict[str, Any]) -> State:
    with pytest.raises(InitFailedError) as caught:
        world.create("ConnectorPublication", inputs)
    return caught.value.state
