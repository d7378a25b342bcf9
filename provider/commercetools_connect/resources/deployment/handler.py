"""A Deployment: a running installation of a connector in one project and region.

The transitions are in `transitions`; here is what the engine asks for.
"""

from __future__ import annotations

from collections.abc import Mapping

from commercetools_connect.api import Deployment as Running
from commercetools_connect.api import DeploymentStatus
from commercetools_connect.contract.errors import InvalidInputError, Partial
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import Change, Checked, CheckFailure, Diff, State
from commercetools_connect.contract.values import UNKNOWN, Tree, reveal
from commercetools_connect.resources.adoption import may_take_over
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
from commercetools_connect.waiters import DEPLOY, Verdict

__all__ = ["Deployment"]

REPLACES = frozenset({"key", "type", "region", "projectKey"})


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
        held = pick(state.outputs, INPUT_NAMES)
        wanted = pick(news, INPUT_NAMES)
        changes = compare({**held, "connector": None}, {**wanted, "connector": None})
        replaces = {path for path in changes if path[0] in REPLACES}
        if not _same_connector(state.outputs, news):
            changes[("connector",)] = Change.UPDATE
            replaces.add(("connector",))
        if news.get("connectorTag") is None:
            changes.pop(("connectorTag",), None)  # no tag asked for: the one that runs is right
        if state.outputs.get("status") != DeploymentStatus.DEPLOYED:
            changes[("status",)] = Change.UPDATE
        if replaces:
            operation.reporter.info("a replacement gets new application URLs")
        return Diff(changes, frozenset(replaces), delete_before_replace=("key",) not in changes)

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
        self._require_same_place(found, inputs)
        declared = pick(news, INPUT_NAMES)
        differences = compare(observed_inputs(found, inputs.project_key, declared), declared)
        differences = {path: change for path, change in differences.items() if path != ("connectorTag",)}
        may_take_over(operation, f"Deployment {inputs.key} ({found.id})", inputs, differences)
        return await self._transitions.bring_in_line(operation, found, inputs, news, None, deadline)

    async def read(self, operation: Operation, state: State) -> State | None:
        """Return what runs, on the declared paths; the project and `key=<key>` work as an id too."""
        project_key, _, identity = state.id.partition("/")
        found = await self._transitions.read(project_key, identity, reveal(state.outputs.get("key")))
        if found is None:
            return None
        held = observed_inputs(found, project_key, pick(state.outputs, INPUT_NAMES))
        now = State(f"{project_key}/{found.id}", outputs(project_key, found, held), held)
        if state.outputs and DEPLOY.verdict(found.status) is not Verdict.SUCCESS:
            words = DEPLOY.words(found.status)
            raise Partial(now, [f"Deployment {found.key or found.id} in project {project_key}: {words}."])
        return now

    async def update(self, operation: Operation, state: State, news: Tree) -> State:
        """Redeploy in place where that is needed, and wait until it is live."""
        inputs = parse(DeploymentInputs, pick(news, INPUT_NAMES))
        deadline = self._session.deadline(operation)
        deployment_id = state.id.partition("/")[2]
        found = await self._transitions.existing(inputs, deployment_id)
        return await self._transitions.bring_in_line(operation, found, inputs, news, state.outputs, deadline)

    async def delete(self, operation: Operation, state: State) -> None:
        """Undeploy and wait until it is gone."""
        project_key, _, deployment_id = state.id.partition("/")
        await self._transitions.undeploy(operation, project_key, deployment_id)

    def _require_same_place(self, found: Running, inputs: DeploymentInputs) -> None:
        """Raise `InvalidInputError` when the object under our key cannot become what is asked for (API §6.3)."""
        asked = {"region": inputs.region, "type": inputs.type.value}
        there = {"region": found.deployed_region, "type": found.type or inputs.type.value}
        wrong = [
            f"{name} is {there[name]} instead of {asked[name]}" for name in asked if asked[name] != there[name]
        ]
        reference = inputs.connector
        if reference.id not in (None, found.connector.id) or reference.key not in (None, found.connector.key):
            wrong.append(f"connector is {found.connector.key or found.connector.id}")
        if wrong:
            raise InvalidInputError(
                f"Deployment {inputs.key} ({found.id}) exists and cannot be taken over: {', '.join(wrong)}.",
                "Choose another key, or delete that Deployment first.",
            )


def _same_connector(held: Tree, news: Tree) -> bool:
    """Tell whether the program's reference names the connector that is deployed, by whichever of id and key."""
    reference = reveal(news.get("connector"))
    before = reveal(held.get("connector"))
    if not isinstance(reference, Mapping):
        return False
    if UNKNOWN in (reference.get("id"), reference.get("key"), reference.get("staged")):
        return False
    staged_before = before.get("staged") if isinstance(before, Mapping) else None
    return (
        reference.get("id") in (None, reveal(held.get("connectorId")))
        and reference.get("key") in (None, reveal(held.get("connectorKey")))
        and bool(reference.get("staged")) == bool(staged_before)
    )
