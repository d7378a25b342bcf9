"""What an update would change, from the state alone or with a look at what runs. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from commercetools_connect.api import Deployment, DeploymentStatus, ReportEntryType
from commercetools_connect.contract.errors import InvalidInputError, quote_foreign
from commercetools_connect.contract.paths import Path
from commercetools_connect.contract.results import Change, Diff
from commercetools_connect.contract.values import UNKNOWN, Plain, PlainTree, Tree, Value, reveal, same
from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.deployment.outputs import INPUT_NAMES
from commercetools_connect.resources.deployment.plan import (
    AWAITED,
    is_awaited,
    names_script,
    running_tag,
    script_warnings,
)
from commercetools_connect.resources.differences import compare
from commercetools_connect.resources.inputs import pick
from commercetools_connect.waiters import DEPLOY, Verdict

__all__ = [
    "find_changes",
    "foreseen_outputs",
    "inspect",
    "missed_tag",
    "needs_inspection",
    "require_takeable",
    "unfinished",
]

IMMUTABLE = frozenset({"key", "type", "region", "projectKey"})

LASTING = ("deploymentId", "connectorId", "connectorKey")
"""Outputs that no update in place changes."""

LASTING_WITH_TAG = ("deployedTag", "urls")
"""Outputs that stay while the tag does."""


def find_changes(held: Tree, wanted: Tree) -> Diff:
    """Compare the program with what the state holds.

    `key`, `type`, `region`, `projectKey` and a reference that names another connector replace. The old one is
    deleted first while the key stays the same: two cannot hold it.
    """
    before = pick(held, INPUT_NAMES)
    changes = compare({**before, "connector": None}, {**wanted, "connector": None})
    replaces = {path for path in changes if path[0] in IMMUTABLE}
    if not _same_connector(held, wanted):
        changes[("connector",)] = Change.UPDATE
        replaces.add(("connector",))
    if reveal(held.get("status")) != DeploymentStatus.DEPLOYED or held.get(AWAITED) is not None:
        changes[("status",)] = Change.UPDATE
    if reveal(wanted.get("failOnScriptWarning")) is True and _has_script_warnings(held):
        changes[("report",)] = Change.UPDATE
    changes, replaces = _tag_changes(held, wanted, changes, replaces)
    return Diff(changes, frozenset(replaces), delete_before_replace=("key",) not in changes)


def foreseen_outputs(wanted: Tree, held: Tree | None) -> Tree:
    """Return the outputs that are certain before a create, or before an update in place of what `held` shows.

    A redeploy keeps ids and URLs. While the same connector and tag run it keeps the applications as well: another
    version may have others, and only one that is live has shown all of them.
    """
    tag = wanted.get("connectorTag")
    foreseen: dict[str, Value] = {} if tag is None else {"deployedTag": tag}
    if held is None:
        return foreseen
    lasting = [*LASTING]
    running = reveal(held.get("deployedTag"))
    if reveal(held.get("status")) == DeploymentStatus.DEPLOYED and reveal(tag) in (None, running):
        lasting += LASTING_WITH_TAG
        lasting += ["applications"] if same(_schedules(held), _schedules(wanted)) else []
    return {**pick(held, lasting), **foreseen}


def needs_inspection(held: Tree, wanted: Tree) -> bool:
    """Tell whether what runs must be looked at: for applications that it lacks."""
    return bool(_new_applications(held, wanted))


def inspect(running: Deployment, held: Tree, wanted: Tree, found: Diff) -> Diff:
    """Return the changes with what only a look at the running version tells.

    An application that this version had and that was never deployed cannot be added in place, not even with
    another version (API §4.6): replaced.
    """
    if found.replaces:
        return found
    known = {each.application_name for each in running.connector.configurations}
    paths: set[Path] = {("configurations", name) for name in _new_applications(held, wanted) if name in known}
    changes = {**found.changes, **dict.fromkeys(paths, Change.ADD)}
    return Diff(changes, frozenset(paths), delete_before_replace=found.delete_before_replace)


def require_takeable(found: Deployment, inputs: DeploymentInputs) -> None:
    """Raise `InvalidInputError` when the object under our key cannot become what is asked for (API §6.3).

    What the API does not tell, as it does of old Deployments (API §4.7), is no difference.
    """
    asked = {"region": inputs.region, "type": inputs.type.value}
    there = {"region": found.deployed_region, "type": found.type}
    wrong = [
        f"{name} is {quote_foreign(there[name])} instead of {asked[name]}"
        for name in asked
        if there[name] not in ("", asked[name])
    ]
    reference, connector = inputs.connector, found.connector
    if reference.id not in (None, connector.id) or (connector.key and reference.key not in (None, connector.key)):
        wrong.append(f"connector is {quote_foreign(connector.key or connector.id)}")
    if found.preview != reference.staged:
        wrong.append(f"its connector is {'staged' if found.preview else 'published'}")
    if found.status == DeploymentStatus.UNDEPLOY_FAILED:
        wrong.append("its undeploy failed")
    if wrong:
        raise InvalidInputError(
            f"Deployment {inputs.key} ({found.id}) exists and cannot be taken over: {', '.join(wrong)}.",
            "Choose another key, or delete that Deployment first.",
        )


def unfinished(running: Deployment, state: Tree) -> str:
    """Return why the Deployment is not as asked, in words; `""` when it is. `state` are the outputs of before."""
    if DEPLOY.verdict(running.status) is not Verdict.SUCCESS:
        return f"{DEPLOY.words(quote_foreign(running.status))}."
    if is_awaited(running, state):
        return "it is deployed, but the redeploy that was asked for has not shown itself yet."
    if tag := missed_tag(running, state):
        return f"it is deployed, but tag {running_tag(running)} runs instead of {tag}."
    if reveal(state.get("failOnScriptWarning")) is True and (warnings := script_warnings(running)):
        return f"it is deployed, but {'; '.join(warnings)}."
    return ""


def missed_tag(running: Deployment, state: Tree) -> str:
    """Return the tag that was asked for and has not run since, `""` if there is none."""
    asked = reveal(state.get("connectorTag"))
    ran_once = asked == reveal(state.get("deployedTag"))
    return asked if isinstance(asked, str) and not ran_once and asked != running.connector.repository.tag else ""


def _tag_changes(
    held: Tree, wanted: Tree, changes: dict[Path, Change], replaces: set[Path]
) -> tuple[dict[Path, Change], set[Path]]:
    """Compare the tag asked for with the tag that runs.

    No tag asked for: the one that runs is right. A staged connector that was asked to move, is deployed and did
    not move cannot be moved in place (API §19 #17).
    """
    path: Path = ("connectorTag",)
    tag, running, asked = (
        reveal(each) for each in (wanted.get("connectorTag"), held.get("deployedTag"), held.get("connectorTag"))
    )
    if tag is None:
        changes.pop(path, None)
    elif tag is not UNKNOWN and tag != running:
        changes[path] = Change.UPDATE
        if tag == asked and _is_staged(held) and ("status",) not in changes:
            replaces.add(path)
    return changes, replaces


def _same_connector(held: Tree, wanted: Tree) -> bool:
    """Tell whether the program's reference names the connector that is deployed, by whichever of id and key."""
    reference = reveal(wanted.get("connector"))
    if not isinstance(reference, Mapping):
        return False
    if UNKNOWN in (reference.get("id"), reference.get("key"), reference.get("staged")):
        return False
    return (
        reference.get("id") in (None, reveal(held.get("connectorId")))
        and reference.get("key") in (None, reveal(held.get("connectorKey")) or _held_key(held))
        and bool(reference.get("staged")) == _is_staged(held)
    )


def _is_staged(held: Tree) -> bool:
    connector = reveal(held.get("connector"))
    return isinstance(connector, Mapping) and bool(connector.get("staged"))


def _held_key(held: Tree) -> Plain:
    """Return the key by which the connector was named, for Deployments of which the API does not tell it."""
    connector = reveal(held.get("connector"))
    return connector.get("key") if isinstance(connector, Mapping) else None


def _schedules(tree: Tree) -> PlainTree:
    """Return application → declared schedule."""
    declared = reveal(tree.get("configurations"))
    if not isinstance(declared, Mapping):
        return {}
    return {name: each.get("schedule") for name, each in declared.items() if isinstance(each, Mapping)}


def _new_applications(held: Tree, wanted: Tree) -> list[str]:
    """Return the declared applications that the Deployment does not run."""
    running = reveal(held.get("applications"))
    declared = reveal(wanted.get("configurations"))
    if not isinstance(running, list) or not isinstance(declared, Mapping):
        return []
    names = {each.get("name") for each in running if isinstance(each, Mapping)}
    return [name for name in declared if name not in names]


def _has_script_warnings(held: Tree) -> bool:
    report = reveal(held.get("report"))
    entries = report if isinstance(report, list) else []
    return any(_is_script_warning(entry) for entry in entries)


def _is_script_warning(entry: Plain) -> bool:
    if not isinstance(entry, Mapping):
        return False
    return entry.get("type") != ReportEntryType.INFORMATION and names_script(str(entry.get("title", "")))
