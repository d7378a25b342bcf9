"""A Deployment: a running installation of a connector in one project and region.

The transitions are in `transitions`; here is what the engine asks for.
"""

from __future__ import annotations

from commercetools_connect.api import ApiError, DeploymentStatus
from commercetools_connect.api import Deployment as Running
from commercetools_connect.contract.errors import Partial
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import Checked, CheckFailure, Diff, State
from commercetools_connect.contract.values import Tree, reveal
from commercetools_connect.resources.adoption import may_take_over
from commercetools_connect.resources.deployment.changes import (
    find_changes,
    inspect,
    needs_inspection,
    require_takeable,
    unfinished,
)
from commercetools_connect.resources.deployment.checks import (
    canonical_configurations,
    connector_failures,
    default_type,
)
from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.deployment.outputs import INPUT_NAMES, observed_inputs, outputs
from commercetools_connect.resources.deployment.transitions import Transitions
from commercetools_connect.resources.differences import compare
from commercetools_connect.resources.inputs import find_mistakes, parse, pick
from commercetools_connect.resources.keys import with_key
from commercetools_connect.resources.session import Session

__all__ = ["Deployment"]

KIND = "Deployment"


class Deployment:
    """The resource behind `Deployment`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._transitions = Transitions(session)

    def check(self, operation: Operation, olds: Tree, news: Tree) -> Checked:
        """Fill in key, project and type, write values as strings, and find mistakes."""
        inputs = canonical_configurations(with_key(operation, olds, news))
        if inputs.get("projectKey") is None and self._session.project_key:
            inputs["projectKey"] = self._session.project_key
        if inputs.get("type") is None:
            inputs["type"] = default_type(inputs.get("connector"))
        failures = [*find_mistakes(DeploymentInputs, inputs), *connector_failures(inputs)]
        if inputs.get("projectKey") is None:
            hint = "set it here, or for all deployments commercetools-connect:projectKey (CTP_PROJECT_KEY)"
            failures = [each for each in failures if each.path != ("projectKey",)]
            failures.append(CheckFailure(("projectKey",), f"is required; {hint}"))
        return Checked(inputs, tuple(failures))

    def foresee(self, inputs: Tree) -> Tree:
        """Return the tag that will run; URLs and ids are the server's."""
        return {"deployedTag": inputs["connectorTag"]} if inputs.get("connectorTag") is not None else {}

    async def diff(self, operation: Operation, state: State, news: Tree) -> Diff:
        """Replace for another place or connector; everything else is redeployed in place and keeps its URLs."""
        self._session.require_home(KIND, operation, state.outputs)
        self._session.ledger.hold(KIND, operation, state.id)
        wanted = pick(news, INPUT_NAMES)
        found = find_changes(state.outputs, wanted)
        if needs_inspection(state.outputs, wanted):
            found = await self._inspect(operation, state, wanted, found)
        if found.replaces:
            operation.reporter.info("a replacement gets new application URLs")
        return found

    async def create(self, operation: Operation, news: Tree) -> State:
        """Deploy and wait until it is live; an object of an interrupted run is found again by its key."""
        inputs = parse(DeploymentInputs, pick(news, INPUT_NAMES))
        deadline = self._session.deadline(operation)
        found = await self._transitions.find(inputs)
        if found is not None and found.status == DeploymentStatus.UNDEPLOYING:
            await self._transitions.follow_until_gone(operation, inputs.project_key, found, deadline)
            found = None
        if found is None:
            return await self._transitions.deploy(operation, inputs, news, deadline)
        return await self._take_over(operation, found, inputs, news, deadline)

    async def _take_over(
        self, operation: Operation, found: Running, inputs: DeploymentInputs, news: Tree, deadline: float | None
    ) -> State:
        """Bring an object that stands under our key in line, if it may become ours."""
        require_takeable(found, inputs)
        declared = pick(news, INPUT_NAMES)
        differences = compare(observed_inputs(found, inputs.project_key, declared), declared)
        differences = {path: change for path, change in differences.items() if path != ("connectorTag",)}
        may_take_over(operation, f"Deployment {inputs.key} ({found.id})", inputs, differences)
        self._session.ledger.claim(KIND, operation, f"{inputs.project_key}/{found.id}")
        return await self._transitions.bring_in_line(operation, found, inputs, news, None, deadline)

    async def read(self, operation: Operation, state: State) -> State | None:
        """Return what runs, on the declared paths; the project and `key=<key>` work as an id too."""
        self._session.require_home(KIND, operation, state.outputs)
        project_key, _, identity = state.id.partition("/")
        found = await self._transitions.read(project_key, identity, reveal(state.outputs.get("key")))
        if found is None:
            return None
        held = observed_inputs(found, project_key, pick(state.outputs, INPUT_NAMES))
        now = State(f"{project_key}/{found.id}", self._session.stamp(outputs(project_key, found, held)), held)
        self._session.ledger.hold(KIND, operation, now.id)
        if reason := unfinished(found, held):
            what = f"Deployment {found.key or found.id} in project {project_key}"
            raise Partial(now, [f"{what}: {reason}\nRun `pulumi up` to bring it in line."])
        return now

    async def update(self, operation: Operation, state: State, news: Tree) -> State:
        """Redeploy in place where that is needed, and wait until it is live."""
        self._session.require_home(KIND, operation, state.outputs)
        self._session.ledger.hold(KIND, operation, state.id)
        inputs = parse(DeploymentInputs, pick(news, INPUT_NAMES))
        deadline = self._session.deadline(operation)
        deployment_id = state.id.partition("/")[2]
        found = await self._transitions.existing(inputs, deployment_id)
        return await self._transitions.bring_in_line(operation, found, inputs, news, state.outputs, deadline)

    async def delete(self, operation: Operation, state: State) -> None:
        """Undeploy and wait until it is gone; what a create of this run has taken over stays."""
        self._session.require_home(KIND, operation, state.outputs)
        if self._session.ledger.was_created(state.id):
            operation.reporter.warning("not deleted: the same deployment was taken over under its key in this run")
            return
        project_key, _, deployment_id = state.id.partition("/")
        await self._transitions.undeploy(operation, project_key, deployment_id)

    async def _inspect(self, operation: Operation, state: State, wanted: Tree, found: Diff) -> Diff:
        """Look at what runs where the state alone cannot tell what a change would do."""
        project_key, _, deployment_id = state.id.partition("/")
        try:
            running = await self._transitions.get(project_key, deployment_id)
        except ApiError as error:
            operation.reporter.warning(f"the running deployment cannot be looked at: {error.message}")
            return found
        return found if running is None else inspect(running, state.outputs, wanted, found)
