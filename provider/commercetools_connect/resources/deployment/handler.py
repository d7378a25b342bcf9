"""A Deployment: a running installation of a connector in one project and region.

The transitions are in `transitions`; here is what the engine asks for.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Final

from commercetools_connect.api import ApiError, DeploymentStatus
from commercetools_connect.api import Deployment as Running
from commercetools_connect.contract.errors import ConflictError, NotReachedError, Partial
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.paths import format_path
from commercetools_connect.contract.results import Checked, CheckFailure, Diff, State
from commercetools_connect.contract.validation import refusal
from commercetools_connect.contract.values import Plain, Tree, reveal
from commercetools_connect.resources.adoption import may_take_over
from commercetools_connect.resources.deployment.changes import (
    find_changes,
    foreseen_outputs,
    inspect,
    missed_tag,
    needs_inspection,
    require_takeable,
    unfinished,
)
from commercetools_connect.resources.deployment.checks import (
    canonical_configurations,
    connector_failures,
    default_type,
    mask_failures,
)
from commercetools_connect.resources.deployment.examination import REMEDY, Examination
from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.deployment.lookup import Unreadable
from commercetools_connect.resources.deployment.outputs import INPUT_NAMES, observed_inputs
from commercetools_connect.resources.deployment.plan import is_awaited
from commercetools_connect.resources.deployment.sealing import seal
from commercetools_connect.resources.deployment.transitions import Wish, bring_in_line, deploy, undeploy
from commercetools_connect.resources.deployment.urls import without_templates
from commercetools_connect.resources.deployment.work import ID_FORMS, Work, name_of, split_id
from commercetools_connect.resources.differences import compare
from commercetools_connect.resources.identity import BY_KEY, require_importable
from commercetools_connect.resources.inputs import find_mistakes, parse, pick
from commercetools_connect.resources.keys import with_key
from commercetools_connect.resources.session import Session
from commercetools_connect.resources.turns import deployment_turn

__all__ = ["Deployment"]

KIND = "Deployment"

IF_IT_STAYS: Final = (
    "If it shall stay after all, run `pulumi refresh` before the next `pulumi up`: the state has it as it was."
)


class Deployment:
    """The resource behind `Deployment`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def check(self, operation: Operation, olds: Tree, news: Tree) -> Checked:
        """Fill in key, project and type, write values as strings, and find mistakes."""
        self._session.ledger.note_check(KIND, operation, olds)
        inputs = canonical_configurations(with_key(operation, olds, news))
        if inputs.get("projectKey") is None and self._session.project_key:
            inputs["projectKey"] = self._session.project_key
        if inputs.get("type") is None:
            inputs["type"] = default_type(inputs.get("connector"))
        failures = [*find_mistakes(DeploymentInputs, inputs), *connector_failures(inputs), *mask_failures(inputs)]
        if inputs.get("projectKey") is None:
            hint = "set it here, or for all deployments commercetools-connect:projectKey (CTP_PROJECT_KEY)"
            failures = [each for each in failures if each.path != ("projectKey",)]
            failures.append(CheckFailure(("projectKey",), f"is required; {hint}"))
        return Checked(seal(inputs), tuple(failures))

    def foresee(self, inputs: Tree, state: State | None) -> Tree:
        """Return the tag that will run, and what a redeploy in place keeps; all else is the server's."""
        return foreseen_outputs(inputs, state.outputs if state else None)

    async def validate(self, operation: Operation, news: Tree) -> tuple[CheckFailure, ...]:
        """Check the program against the connector version that will run."""
        return await Examination(self._session, operation, pick(news, INPUT_NAMES)).of_create()

    async def diff(self, operation: Operation, state: State, news: Tree) -> Diff:
        """Replace for another place or connector; everything else is redeployed in place and keeps its URLs."""
        self._session.require_home(KIND, operation, state.outputs)
        wanted = pick(news, INPUT_NAMES)
        found = find_changes(state.outputs, wanted)
        examination = Examination(self._session, operation, wanted, state)
        if needs_inspection(state.outputs, wanted):
            found = await self._inspect(examination, state, found)
        if failures := await examination.of_change(found):
            raise refusal(failures, REMEDY)
        self._session.ledger.note_diff(KIND, operation, state.id, found)
        for path in sorted(found.replaces):
            if path[0] == "configurations":
                operation.reporter.info(f"{format_path(path)} was never deployed and cannot be added in place")
        if found.replaces:
            first = "the old deployment is undeployed first, and " if found.delete_before_replace else ""
            operation.reporter.info(f"{first}a replacement gets new application URLs")
        for path in found.changes:
            if "securedConfiguration" in path:
                # some displays of the engine show nothing where only a secret changes
                operation.reporter.info(f"{format_path(path)} changes")
        return found

    async def create(self, operation: Operation, news: Tree) -> State:
        """Deploy and wait until it is live; an object of an interrupted run is found again by its key."""
        inputs = parse(DeploymentInputs, pick(news, INPUT_NAMES))
        work = Work(self._session, operation, inputs.project_key, pick(news, INPUT_NAMES))
        found = await work.by_key(inputs.key)
        if found is not None and found.status == DeploymentStatus.UNDEPLOYING:
            await work.follow_until_gone(found)
            found = None
        if found is None:
            return await deploy(work, Wish(inputs, work.known))
        return await self._take_over(work, found, Wish(inputs, work.known))

    async def _take_over(self, work: Work, found: Running, wish: Wish) -> State:
        """Bring an object that stands under our key in line, if it may become ours."""
        inputs, ledger = wish.inputs, self._session.ledger
        object_id = f"{inputs.project_key}/{found.id}"
        ledger.require_free(KIND, work.operation, object_id)
        require_takeable(found, inputs)
        # What an interrupted create left in place of a URL is no difference.
        declared = without_templates(wish.news)
        differences = compare(observed_inputs(found, inputs.project_key, declared), declared)
        differences = {path: change for path, change in differences.items() if path != ("connectorTag",)}
        may_take_over(work.operation, f"Deployment {inputs.key} ({found.id})", inputs, differences)
        ledger.hold(KIND, work.operation, object_id)
        try:
            async with self._turn(work, object_id):
                state = await bring_in_line(work, wish, found, None)
        except Partial:
            ledger.claim(KIND, work.operation, object_id)
            raise
        ledger.claim(KIND, work.operation, object_id)
        return state

    async def read(self, operation: Operation, state: State) -> State | None:
        """Return what runs, on the declared paths.

        For an import the project may be left out of the id, and `key=<key>` stand for the uuid.
        """
        self._session.require_home(KIND, operation, state.outputs)
        project_key, identity = split_id(state.id, self._session.project_key)
        require_importable(state, identity, KIND, ID_FORMS)
        work = Work(self._session, operation, project_key, pick(state.outputs, INPUT_NAMES))
        found = await self._identify(work, identity, reveal(state.outputs.get("key")))
        if found is None:
            return None
        held = observed_inputs(found, project_key, work.known)
        if tag := missed_tag(found, state.outputs):
            held["connectorTag"] = tag  # so that a diff knows that it was asked for in vain
        now = work.state(found, held, unproven=is_awaited(found, state.outputs))
        self._session.ledger.hold(KIND, operation, now.id)
        if reason := unfinished(found, state.outputs):
            what = f"{name_of(found, project_key)}: {reason}"
            raise Partial(now, [f"{what}\nRun `pulumi up` to bring it in line."])
        return now

    async def update(self, operation: Operation, state: State, news: Tree) -> State:
        """Redeploy in place where that is needed, and wait until it is live."""
        self._session.require_home(KIND, operation, state.outputs)
        self._session.ledger.keep(KIND, operation, state.id)
        inputs = parse(DeploymentInputs, pick(news, INPUT_NAMES))
        wish = Wish(inputs, pick(news, INPUT_NAMES))
        deployment_id = state.id.rpartition("/")[2]
        work = Work(self._session, operation, inputs.project_key, wish.news, before=state.outputs)
        async with self._turn(work, state.id):
            found = await work.glance(deployment_id)
            if found is None:
                raise work.gone(f"Deployment {inputs.key} ({deployment_id}) in project {inputs.project_key}")
            return await bring_in_line(work, wish, found, state.outputs)

    async def delete(self, operation: Operation, state: State) -> None:
        """Undeploy and wait until it is gone; what a create of this run has taken over stays."""
        self._session.require_home(KIND, operation, state.outputs)
        if self._session.ledger.must_stay(state.id):
            operation.reporter.warning("not deleted: this run keeps the same deployment")
            return
        project_key, deployment_id = split_id(state.id, self._session.project_key)
        work = Work(self._session, operation, project_key, pick(state.outputs, INPUT_NAMES))
        async with self._turn(work, state.id):
            try:
                await undeploy(work, deployment_id)
            except (NotReachedError, ApiError) as error:
                # a delete that fails leaves the state as it was, and an `up` without changes asks nobody
                error.remedy = f"{error.remedy}\n{IF_IT_STAYS}"
                raise

    def _turn(self, work: Work, state_id: str) -> AbstractAsyncContextManager[None]:
        return deployment_turn(self._session, work.operation, state_id, work.deadline)

    async def _identify(self, work: Work, identity: str, key: Plain) -> Running | None:
        """Return the Deployment by its id or `key=<key>`; gone only if neither id nor key names one any more.

        Raises `ConflictError` when another one stands under the key: somebody has deleted and created it again.
        """
        if identity.startswith(BY_KEY):
            return await work.by_key(identity.removeprefix(BY_KEY))
        found = await work.glance(identity)
        if found is None and isinstance(key, str) and key:
            other = await work.by_key(key)
            if other is not None:
                raise ConflictError(
                    f"{name_of(other, work.project_key)}: {identity} is gone, and somebody has created {other.id} "
                    "under its key.",
                    "Delete that one, or remove the resource from the state (`pulumi state delete`) and let the "
                    "next `pulumi up` take it over.",
                )
        return found

    async def _inspect(self, examination: Examination, state: State, found: Diff) -> Diff:
        """Look at what runs where the state alone cannot tell what a change would do."""
        running = await examination.running()
        if isinstance(running, Unreadable):
            examination.operation.reporter.warning(f"the running deployment cannot be looked at: {running.reason}")
            return found
        return inspect(running, state.outputs, examination.wanted, found)
