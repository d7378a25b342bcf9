"""RolloutGate resource: a wave runs the declared tag, and its checks pass.

It is not an object of Connect; its inputs are outputs of Deployments. After a failure the state stays as it was,
so that the next `pulumi up` tries again.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Final

from commercetools_connect.core.errors import InvalidInputError, RunFailedError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import Checked, Diff, State
from commercetools_connect.core.values import PropertyMap
from commercetools_connect.resources.inputs import member_names, parse, pick, validate_inputs
from commercetools_connect.resources.managed import ManagedResource
from commercetools_connect.resources.rollout_gate.gate import (
    GateProof,
    closed_reasons,
    find_pending,
    format_table,
    in_order,
    nothing_expected,
    summarise,
    without_result,
)
from commercetools_connect.resources.rollout_gate.model import RolloutGateInputs
from commercetools_connect.resources.schema import find_differences

INPUT_NAMES: Final = member_names(RolloutGateInputs)


class RolloutGateResource(ManagedResource):
    """The resource behind `RolloutGate`."""

    kind = "RolloutGate"

    def check(self, context: OperationContext, olds: PropertyMap, news: PropertyMap) -> Checked:
        """Validate, and sort the deployments."""
        failures = without_result(news)
        reported = {failure.path for failure in failures}  # those lack everything
        others = (each for each in validate_inputs(RolloutGateInputs, news) if each.path[:2] not in reported)
        return Checked(in_order(news), (*failures, *others, *nothing_expected(news)))

    def preview_outputs(self, inputs: PropertyMap, state: State | None) -> PropertyMap:
        """Return nothing: what an opening shows is only known then."""
        return {}

    async def diff(self, context: OperationContext, state: State, news: PropertyMap) -> Diff:
        """Open again after any change."""
        return Diff(find_differences(pick(state.outputs, INPUT_NAMES), pick(in_order(news), INPUT_NAMES)))

    async def create(self, context: OperationContext, news: PropertyMap) -> State:
        """Return when the gate is open."""
        return State(str(context.default_key), await self._open(context, {}, news), pick(news, INPUT_NAMES))

    async def read(self, context: OperationContext, state: State) -> State | None:
        """Return the state as it is: a gate exists only there."""
        if not state.outputs:
            raise InvalidInputError(
                "A RolloutGate cannot be imported: it is not an object of Connect.",
                "Declare it; creating it changes nothing that runs.",
            )
        return state

    async def update(self, context: OperationContext, state: State, news: PropertyMap) -> State:
        """Return when the gate is open for what runs now."""
        return State(state.id, await self._open(context, state.outputs, news), pick(news, INPUT_NAMES))

    async def delete(self, context: OperationContext, state: State) -> None:
        """Do nothing: a gate exists only in the state."""

    async def _open(self, context: OperationContext, last_applied: PropertyMap, news: PropertyMap) -> PropertyMap:
        declared = pick(in_order(news), INPUT_NAMES)
        inputs = parse(RolloutGateInputs, declared)
        reason = closed_reasons(inputs)
        if reason:
            raise RunFailedError(
                f"wave {inputs.wave} does not run {inputs.connector_tag} as a whole: {reason}",
                "Later waves have not been touched. Repair the wave and run `pulumi up` again.",
            )
        pending = find_pending(last_applied, declared)
        if pending.targets:
            deadline, clock = self._session.deadline(context), self._session.clock
            await GateProof(inputs, pending, context, clock, deadline, self._session.for_connection).run()
        now = datetime.fromtimestamp(self._session.clock.wall(), timezone.utc).isoformat(timespec="seconds")
        rows = summarise(inputs, last_applied, now)
        # one message: the engine shows the first line of the last one beside the resource
        context.reporter.info("\n".join([f"wave {inputs.wave} runs {inputs.connector_tag}", *format_table(rows)]))
        opened_at = now if pending.bakes else last_applied.get("openedAt")
        return {**declared, "openedAt": opened_at, "summary": rows}
