"""Bringing a draft in line: read, plan, post, until nothing is left to do.

An uncertain answer, a version that moved and a run that began meanwhile are one case: read again and decide anew.
The answer to an accepted request is planned against once more, which verifies that the API took every value.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from commercetools_connect.api import (
    ApiError,
    ById,
    ConcurrentModificationError,
    DraftAction,
    NotFoundError,
    SetRepository,
)
from commercetools_connect.api import ConnectorStaged as Draft
from commercetools_connect.contract.errors import GoneError, Partial, ProviderError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import State
from commercetools_connect.contract.values import Tree, same
from commercetools_connect.resources.connector_staged.checks import specification_problem
from commercetools_connect.resources.connector_staged.inputs import ConnectorStagedInputs
from commercetools_connect.resources.connector_staged.outputs import (
    INPUT_NAMES,
    declared_by_either,
    observed_inputs,
    outputs,
    sight_of,
)
from commercetools_connect.resources.connector_staged.plan import cleared, members, plan_changes
from commercetools_connect.resources.inputs import pick
from commercetools_connect.resources.meanwhile import Meanwhile
from commercetools_connect.resources.refusals import explain, is_refusal, may_be_answered_by_looking
from commercetools_connect.resources.rounds import MAX_ROUNDS, PAUSE
from commercetools_connect.resources.runs import is_under_way, settle_draft
from commercetools_connect.resources.session import Session
from commercetools_connect.resources.turns import draft_turn
from commercetools_connect.waiters import PREVIEW, PUBLISH

__all__ = ["Convergence", "whole"]


@dataclass
class Convergence:
    """One update of a draft to what the program declares.

    - `inputs` and `declared`: what the program writes, typed and as a tree.
    - `before`: the inputs that the API holds from the last run, to know what must be cleared.
    """

    session: Session
    operation: Operation
    inputs: ConnectorStagedInputs
    declared: Tree
    before: Tree
    _accepted: list[DraftAction] = field(init=False, default_factory=list)
    _changed: Draft | None = field(init=False, default=None)
    _meanwhile: Meanwhile = field(init=False)

    def __post_init__(self) -> None:
        self._meanwhile = Meanwhile(f"ConnectorStaged {self.inputs.key}")

    async def run(self, draft_id: str) -> State:
        """Return the state of the draft as declared.

        Raises `Partial` when it was changed and is not as declared, another error when nothing was changed.
        """
        deadline = self.session.deadline(self.operation)
        async with draft_turn(self.session, self.operation, draft_id, deadline):
            try:
                draft = await self._bring_in_line(await self._get(draft_id), deadline)
            except ProviderError as error:
                if self._changed is None or isinstance(error, GoneError):
                    raise
                raise Partial(self._observed_state(self._changed), [str(error)]) from error
        return whole(self.session, draft, self.declared)

    async def _bring_in_line(self, draft: Draft, deadline: float | None) -> Draft:
        trouble: ApiError | None = None
        for _ in range(MAX_ROUNDS):
            actions = self._plan(draft)
            if not actions:
                return draft
            if all(action in self._accepted for action in actions):
                raise self._not_kept(actions)
            if is_under_way(PUBLISH, draft) or is_under_way(PREVIEW, draft):
                draft = await settle_draft(self.session, draft, self.operation, deadline)
                continue
            try:
                draft = await self.session.client.update_draft(ById(draft.id), draft.version, actions)
            except ApiError as error:
                draft = await self._look_after(error, draft, actions)
                trouble = error
            else:
                self._accepted += actions
                self._changed = draft
        if trouble is not None:
            raise self._meanwhile.explain(trouble)
        raise ProviderError(
            f"ConnectorStaged {self.inputs.key} could not be updated: a publish or preview of it begins whenever "
            "one ends.",
            "Run `pulumi up` again when nobody else publishes it.",
        )

    def _plan(self, draft: Draft) -> tuple[DraftAction, ...]:
        actions = plan_changes(draft, self.inputs, self.before)
        if specification_problem(draft) is None or any(isinstance(each, SetRepository) for each in actions):
            return actions
        # Nothing previewable can be lost here, and a tag that was moved to a corrected commit is read anew.
        again = SetRepository(url=self.inputs.repository.url, tag=self.inputs.repository.tag)
        return actions if again in self._accepted else (*actions, again)

    async def _look_after(self, error: ApiError, draft: Draft, actions: tuple[DraftAction, ...]) -> Draft:
        """Return the draft to decide anew on; raise when the error is the last word."""
        if isinstance(error, NotFoundError):
            raise self._gone(draft.id) from error
        if not may_be_answered_by_looking(error):
            raise error
        now = await self._get(draft.id)
        if not same(self._observe(now), self._observe(draft)):
            self._changed = now
        if isinstance(error, ConcurrentModificationError):
            self.operation.reporter.info(self._meanwhile.note(sight_of(draft), sight_of(now)))
        if is_under_way(PUBLISH, now) or is_under_way(PREVIEW, now):
            return now
        if is_refusal(error) and not isinstance(error, ConcurrentModificationError):
            raise self._refused(error, now, actions)
        await self.session.clock.sleep(PAUSE)
        return now

    def _refused(self, error: ApiError, draft: Draft, actions: tuple[DraftAction, ...]) -> ProviderError:
        names = ", ".join(cleared(actions))
        explained = explain(error, draft, f"update ConnectorStaged {self.inputs.key}")
        if not names:
            return explained
        return ProviderError(
            explained.message,
            f"{explained.remedy}\nThe program does not give {names} any more, and Connect may not allow to clear "
            "that: keep a value there.",
        )

    def _not_kept(self, actions: tuple[DraftAction, ...]) -> ProviderError:
        names = ", ".join(members(actions))
        remedy = "Write the values that the draft has, or run `pulumi up` again."
        if emptied := ", ".join(cleared(actions)):
            remedy = f"Connect does not clear {emptied}: keep a value there in the program."
        return ProviderError(
            f"ConnectorStaged {self.inputs.key}: Connect accepted the update, but kept other values of {names}.",
            remedy,
        )

    def _gone(self, draft_id: str) -> GoneError:
        return GoneError(
            f"ConnectorStaged {self.inputs.key} ({draft_id}) is gone: someone else deleted it.",
            "Run `pulumi refresh`, then `pulumi up` to create it again.",
        )

    def _observe(self, draft: Draft) -> Tree:
        return observed_inputs(draft, declared_by_either(self.before, self.declared))

    def _observed_state(self, draft: Draft) -> State:
        held = self._observe(draft)
        return State(draft.id, self.session.stamp(outputs(draft, held)), self.declared)

    async def _get(self, draft_id: str) -> Draft:
        try:
            return await self.session.client.get_draft(ById(draft_id))
        except NotFoundError:
            raise self._gone(draft_id) from None


def whole(session: Session, draft: Draft, declared: Tree) -> State:
    """Return the state of a draft that holds what is declared. Raises `Partial` when it can never be published."""
    state = State(draft.id, session.stamp(outputs(draft, declared)), pick(declared, INPUT_NAMES))
    if problem := specification_problem(draft):
        raise Partial(state, [problem])
    return state
