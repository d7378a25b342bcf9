"""Every row about drafts in docs/resources.md is true."""

from __future__ import annotations

import pytest

from commercetools_connect.core.errors import InitFailedError
from commercetools_connect.core.results import State
from tests.resources.connectors import ADDITIONAL, draft_in
from tests.resources.rows import check_row
from tests.resources.table_connectors import STAGED, Case
from tests.support.world import REPOSITORY, World

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.mark.parametrize("case", STAGED, ids=lambda case: f"{case.row.operation}: {case.row.state}")
def test_a_draft_does_what_its_row_says(world: World, case: Case) -> None:
    inputs = world.staged_inputs()
    if case.row.operation == "update":
        inputs = world.staged_inputs(name="Salutation")
    if case.row.state.endswith("under the explicit key"):
        inputs = world.staged_inputs(key="greeter")
    if case.row.state.startswith("another client's"):
        inputs = world.staged_inputs(key="greeter", name="Mine")
    staged = _arrange(world, case.row.state)
    check_row(world, case, staged, inputs, staged.id if staged else "none")


def _arrange(world: World, state: str) -> State | None:
    if state == "absent":
        return None
    if state == "without a usable connect.yaml":
        return _without_specification(world)
    if state == "deployed":
        staged, _ = world.published()
        world.create("Deployment", world.deployment_inputs(staged.id), name="api")
        return staged
    if state.endswith("under the explicit key"):
        return draft_in(world, "Published" if state.startswith("published") else "Draft", key="greeter")
    unchanged = state.startswith("gone") or state in ("of a killed run", "changed by another client")
    staged = draft_in(world, "Draft" if unchanged else state)
    if state.startswith("gone"):
        world.emulator.admin.delete("drafts", staged.id)
    if state.endswith("taken by another"):
        world.create("ConnectorStaged", world.staged_inputs(name="Mine now"))
    if state == "changed by another client":
        world.emulator.admin.patch("drafts", staged.id, {"name": "Theirs"})
    return staged


def _without_specification(world: World) -> State:
    world.emulator.admin.repositories(ADDITIONAL)
    inputs = world.staged_inputs(repository={"url": REPOSITORY, "tag": "v9.0.0"})
    with pytest.raises(InitFailedError) as caught:
        world.create("ConnectorStaged", inputs)
    return caught.value.state
