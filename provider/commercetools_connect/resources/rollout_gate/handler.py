"""A RolloutGate: "this wave runs what it should, and is well".

It is no object of Connect: what it knows of the deployments their resources have told it. An opening that fails
leaves the state as it was, so the next `pulumi up` tries again.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Final

from commercetools_connect.contract.errors import InvalidInputError, RunFailedError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import Checked, CheckFailure, Diff, State
from commercetools_connect.contract.values import Tree
from commercetools_connect.resources.differences import compare
from commercetools_connect.resources.inputs import find_mistakes, member_names, parse, pick
from commercetools_connect.resources.rollout_gate.inputs import RolloutGateInputs
from commercetools_connect.resources.rollout_gate.opening import (
    format_table,
    in_order,
    summarise,
    what_to_prove,
    why_shut,
    without_result,
)
from commercetools_connect.resources.rollout_gate.proof import Proof
from commercetools_connect.resources.session import Session

__all__ = ["RolloutGate"]

INPUT_NAMES: Final = member_names(RolloutGateInputs)
OUTPUT_NAMES: Final = ("openedAt", "summary")


class RolloutGate:
    """The resource behind `RolloutGate`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def check(self, operation: Operation, olds: Tree, news: Tree) -> Checked:
        """Find mistakes, and put the deployments into an order of their own."""
        return Checked(in_order(news), (*without_result(news), *_mistakes_elsewhere(news)))

    def foresee(self, inputs: Tree, state: State | None) -> Tree:
        """Return nothing: what an opening shows is only known then."""
        return {}

    async def validate(self, operation: Operation, news: Tree) -> tuple[CheckFailure, ...]:
        """Find nothing: there is no server to ask."""
        return ()

    async def diff(self, operation: Operation, state: State, news: Tree) -> Diff:
        """Open again for whatever changed."""
        return Diff(compare(pick(state.outputs, INPUT_NAMES), pick(in_order(news), INPUT_NAMES)))

    async def create(self, operation: Operation, news: Tree) -> State:
        """Return when the gate is open."""
        return State(operation.derived_key, await self._open(operation, {}, news), pick(news, INPUT_NAMES))

    async def read(self, operation: Operation, state: State) -> State | None:
        """Return the state as it is: there is nothing else that knows of the gate."""
        if not state.outputs:
            raise InvalidInputError(
                "A RolloutGate cannot be imported: it is no object of Connect.",
                "Declare it; creating it changes nothing that runs.",
            )
        return state

    async def update(self, operation: Operation, state: State, news: Tree) -> State:
        """Return when the gate is open for what runs now."""
        return State(state.id, await self._open(operation, state.outputs, news), pick(news, INPUT_NAMES))

    async def delete(self, operation: Operation, state: State) -> None:
        """Forget the gate; nothing that runs changes."""

    async def _open(self, operation: Operation, held: Tree, news: Tree) -> Tree:
        declared = pick(in_order(news), INPUT_NAMES)
        inputs = parse(RolloutGateInputs, declared)
        reason = why_shut(inputs)
        if reason:
            raise RunFailedError(
                f"wave {inputs.wave} does not run {inputs.connector_tag} as a whole: {reason}",
                "Later waves have not been touched. Repair the wave and run `pulumi up` again.",
            )
        unproven = what_to_prove(held, declared)
        if unproven.targets:
            deadline = self._session.deadline(operation)
            await Proof(inputs, unproven, operation, self._session.clock, deadline).run()
        now = datetime.fromtimestamp(self._session.clock.wall(), timezone.utc).isoformat(timespec="seconds")
        rows = summarise(inputs, held, now)
        operation.reporter.info(f"wave {inputs.wave} runs {inputs.connector_tag}")
        for line in format_table(rows):
            operation.reporter.info(line)
        opened_at = now if unproven.bakes else held.get("openedAt")
        return {**declared, "openedAt": opened_at, "summary": rows}


def _mistakes_elsewhere(news: Tree) -> tuple[CheckFailure, ...]:
    """Return the mistakes in all but the deployments that have no result: those lack everything."""
    told = {failure.path for failure in without_result(news)}
    return tuple(each for each in find_mistakes(RolloutGateInputs, news) if each.path[:2] not in told)
