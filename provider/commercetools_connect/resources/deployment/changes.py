"""What an update would change, from the state alone or with a look at what runs. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from commercetools_connect.api import Deployment, DeploymentStatus
from commercetools_connect.contract.errors import InvalidInputError
from commercetools_connect.contract.paths import Path
from commercetools_connect.contract.results import Change, Diff
from commercetools_connect.contract.values import UNKNOWN, Plain, Tree, has_unknown, reveal
from commercetools_connect.resources.deployment.inputs import DeploymentInputs
from commercetools_connect.resources.deployment.outputs import INPUT_NAMES
from commercetools_connect.resources.deployment.plan import definitions_of, script_warnings
from commercetools_connect.resources.deployment.removed import removed_keys, replacement_values
from commercetools_connect.resources.differences import compare
from commercetools_connect.resources.inputs import pick
from commercetools_connect.waiters import DEPLOY, Verdict

__all__ = ["find_changes", "inspect", "needs_inspection", "require_takeable", "unfinished"]

IMMUTABLE = frozenset({"key", "type", "region", "projectKey"})


def find_changes(held: Tree, wanted: Tree) -> Diff:
    """Compare the program with what the state holds.

    `key`, `type`, `region`, `projectKey` and a reference that names another connector replace. The old one is deleted
    first while the key stays the same: two cannot hold it.
    """
    before = pick(held, INPUT_NAMES)
    changes = compare({**before, "connector": None}, {**wanted, "connector": None})
    replaces = {path for path in changes if path[0] in IMMUTABLE}
    if not _same_connector(held, wanted):
        changes[("connector",)] = Change.UPDATE
        replaces.add(("connector",))
    changes, replaces = _tag_changes(held, wanted, changes, replaces)
    if reveal(held.get("status")) != DeploymentStatus.DEPLOYED:
        changes[("status",)] = Change.UPDATE
    if wanted.get("failOnScriptWarning") and _has_script_warnings(held):
        changes[("report",)] = Change.UPDATE
    return Diff(changes, frozenset(replaces), delete_before_replace=("key",) not in changes)


def needs_inspection(held: Tree, wanted: Tree) -> bool:
    """Tell whether what runs must be looked at: for removed standard keys, and for applications it lacks."""
    if has_unknown(wanted.get("configurations")):
        return False
    removed = any(not each.secured for each in removed_keys(held, wanted))
    return removed or bool(_new_applications(held, wanted))


def inspect(running: Deployment, held: Tree, wanted: Tree, found: Diff) -> Diff:
    """Return the changes with what only a look at the running version tells.

    An application that was never deployed cannot be added while the connector stays (API §4.6): replaced. Raises
    `InvalidInputError` for one that the connector does not have, and for a removed key that needs a value.
    """
    if ("connectorTag",) in found.changes or found.replaces:
        return found
    definitions = definitions_of(running.connector)
    replacement_values(removed_keys(held, wanted), definitions)
    replaces: set[Path] = set()
    for name in _new_applications(held, wanted):
        if name not in definitions:
            raise InvalidInputError(
                f"configurations.{name}: the connector has no such application{_nearest(name, definitions)}.",
                "Correct the name; connect.yaml of the deployed tag lists the applications.",
            )
        replaces.add(("configurations", name))
    changes = {**found.changes, **dict.fromkeys(replaces, Change.ADD)}
    return Diff(changes, frozenset(replaces), delete_before_replace=found.delete_before_replace)


def require_takeable(found: Deployment, inputs: DeploymentInputs) -> None:
    """Raise `InvalidInputError` when the object under our key cannot become what is asked for (API §6.3)."""
    asked = {"region": inputs.region, "type": inputs.type.value}
    there = {"region": found.deployed_region, "type": found.type or inputs.type.value}
    wrong = [f"{name} is {there[name]} instead of {asked[name]}" for name in asked if asked[name] != there[name]]
    reference = inputs.connector
    if reference.id not in (None, found.connector.id) or reference.key not in (None, found.connector.key):
        wrong.append(f"connector is {found.connector.key or found.connector.id}")
    if found.status == DeploymentStatus.UNDEPLOY_FAILED:
        wrong.append("its undeploy failed")
    if wrong:
        raise InvalidInputError(
            f"Deployment {inputs.key} ({found.id}) exists and cannot be taken over: {', '.join(wrong)}.",
            "Choose another key, or delete that Deployment first.",
        )


def unfinished(running: Deployment, held: Tree) -> str:
    """Return why the Deployment is not as asked, in words; `""` when it is."""
    if DEPLOY.verdict(running.status) is not Verdict.SUCCESS:
        return f"{DEPLOY.words(running.status)}."
    if reveal(held.get("failOnScriptWarning")) and (warnings := script_warnings(running)):
        return f"it is deployed, but {'; '.join(warnings)}."
    return ""


def _tag_changes(
    held: Tree, wanted: Tree, changes: dict[Path, Change], replaces: set[Path]
) -> tuple[dict[Path, Change], set[Path]]:
    """Compare the tag asked for with the tag that runs.

    No tag asked for: the one that runs is right. A staged connector that was asked to move and did not cannot be
    moved in place (API §19 #17).
    """
    path: Path = ("connectorTag",)
    tag, running, asked = (
        reveal(each) for each in (wanted.get("connectorTag"), held.get("deployedTag"), held.get("connectorTag"))
    )
    if tag is None:
        changes.pop(path, None)
    elif tag is not UNKNOWN and tag != running:
        changes[path] = Change.UPDATE
        if tag == asked and _is_staged(held):
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
        and reference.get("key") in (None, reveal(held.get("connectorKey")))
        and bool(reference.get("staged")) == _is_staged(held)
    )


def _is_staged(held: Tree) -> bool:
    connector = reveal(held.get("connector"))
    return isinstance(connector, Mapping) and bool(connector.get("staged"))


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
    return entry.get("type") != "Information" and "script" in str(entry.get("title", "")).lower()


def _nearest(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""
