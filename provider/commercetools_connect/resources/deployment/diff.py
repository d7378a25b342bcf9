"""Diff of a Deployment: what an update would change, from the state alone or with what runs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from commercetools_connect.api import ApplicationType, Deployment, DeploymentStatus, ReportEntryType
from commercetools_connect.core.results import Change, Diff
from commercetools_connect.core.text import Path, escape_untrusted
from commercetools_connect.core.values import (
    UNKNOWN,
    PropertyMap,
    PropertyValue,
    as_map,
    as_maps,
    equivalent,
    unwrap_secrets,
)
from commercetools_connect.resources.deployment.configuration_values import (
    GLOBAL,
    ConfigurationValues,
)
from commercetools_connect.resources.deployment.model import DEPLOYMENT, DeploymentInputs
from commercetools_connect.resources.deployment.outputs import INPUT_NAMES
from commercetools_connect.resources.deployment.plan import (
    AWAITED,
    WIRING,
    WIRING_ATTEMPTS,
    is_awaited,
    names_script,
    running_tag,
    script_warnings,
)
from commercetools_connect.resources.inputs import pick, value_of
from commercetools_connect.resources.schema import find_differences
from commercetools_connect.waiters import DEPLOY, Verdict

IMMUTABLE = DEPLOYMENT.replaced_by - {"connector"}
"""A connector is the same one by its id and by its key."""

STABLE = ("deploymentId", "connectorId", "connectorKey")
"""Outputs that no update in place changes."""

STABLE_WITH_TAG = ("deployedTag", "urls")
"""Outputs that stay while the tag does."""


def diff_inputs(last_applied: PropertyMap, desired: PropertyMap) -> Diff:
    """Compare the program with what the state holds.

    `key`, `type`, `region`, `projectKey` and a reference that names another connector replace. The old one is
    deleted first while project and key stay the same: two cannot have them.
    """
    before = pick(last_applied, INPUT_NAMES)
    changes = find_differences({**before, "connector": None}, {**desired, "connector": None})
    replaces = {path for path in changes if path[0] in IMMUTABLE}
    if not _same_connector(last_applied, desired):
        changes[("connector",)] = Change.UPDATE
        replaces.add(("connector",))
    is_live = value_of(last_applied, "status") == DeploymentStatus.DEPLOYED
    if not is_live or last_applied.get(AWAITED) is not None:
        changes[("status",)] = Change.UPDATE
    if desired.get("expect") and (last_applied.get(WIRING) is None or value_of(last_applied, WIRING_ATTEMPTS)):
        changes[(WIRING,)] = Change.UPDATE
    report = as_maps(value_of(last_applied, "report"))
    warnings = [each.get("title", "") for each in report if each.get("type") != ReportEntryType.INFORMATION]
    if value_of(desired, "failOnScriptWarning") is True and any(names_script(str(title)) for title in warnings):
        changes[("report",)] = Change.UPDATE
    tag, path = value_of(desired, "connectorTag"), ("connectorTag",)
    if tag is None:  # not asked for: the one that runs is right
        changes.pop(path, None)
    elif tag is not UNKNOWN and tag != value_of(last_applied, "deployedTag"):
        changes[path] = Change.UPDATE
        # a staged connector that was asked to move and did not cannot be moved in place (API §19 #17)
        was_asked = tag == value_of(last_applied, "connectorTag") and ("status",) not in changes
        if was_asked and as_map(value_of(last_applied, "connector")).get("staged"):
            replaces.add(path)
    stays = not {("key",), ("projectKey",)} & changes.keys()
    return Diff(changes, frozenset(replaces), delete_before_replace=stays)


def preview_outputs(desired: PropertyMap, last_applied: PropertyMap | None) -> PropertyMap:
    """Return the outputs that are certain before a create, or before an update in place of `last_applied`.

    A redeploy keeps ids and URLs. While the same connector and tag run it keeps the applications as well: another
    version may have others, and only one that is live has shown all of them. An event application may get a new
    topic with each redeploy (API §22 #45), so with one of those the applications are not known.
    """
    tag = desired.get("connectorTag")
    known: dict[str, PropertyValue] = {} if tag is None else {"deployedTag": tag}
    if last_applied is None:
        return known
    lasting = [*STABLE]
    is_live = value_of(last_applied, "status") == DeploymentStatus.DEPLOYED
    if is_live and unwrap_secrets(tag) in (None, value_of(last_applied, "deployedTag")):
        lasting += STABLE_WITH_TAG
        types = [each.get("type") for each in as_maps(value_of(last_applied, "applications"))]
        before, after = ConfigurationValues.of(last_applied).schedules, ConfigurationValues.of(desired).schedules
        lasting += ["applications"] if equivalent(before, after) and ApplicationType.EVENT not in types else []
    return {**pick(last_applied, lasting), **known}


def replace_for_new_applications(running: Deployment, names: Iterable[str], found: Diff) -> Diff:
    """Return the changes with what only a look at the running version tells; `names` are the new applications.

    An application that this version had and that was never deployed cannot be added in place, not even with
    another version (API §4.6): replaced.
    """
    if found.replaces:
        return found
    known = {each.application_name for each in running.connector.configurations}
    paths: set[Path] = {("configurations", name) for name in names if name in known}
    changes = {**found.changes, **dict.fromkeys(paths, Change.ADD)}
    return Diff(changes, frozenset(paths), delete_before_replace=found.delete_before_replace)


def mismatches(found: Deployment, inputs: DeploymentInputs) -> list[str]:
    """Return, in words, why the object under our key cannot become what is asked for (API §6.3).

    What the API does not tell, as it does of Deployments of earlier versions (API §4.7), is no difference.
    """
    asked = {"region": inputs.region, "type": inputs.type.value}
    there = {"region": found.deployed_region, "type": found.type}
    wrong = [
        f"{name} is {escape_untrusted(there[name])} instead of {asked[name]}"
        for name in asked
        if there[name] not in ("", asked[name])
    ]
    reference, connector = inputs.connector, found.connector
    if reference.id not in (None, connector.id) or (connector.key and reference.key not in (None, connector.key)):
        wrong.append(f"connector is {escape_untrusted(connector.key or connector.id)}")
    if found.preview != reference.staged:
        wrong.append(f"its connector is {'staged' if found.preview else 'published'}")
    if found.status == DeploymentStatus.UNDEPLOY_FAILED:
        wrong.append("its undeploy failed")
    return wrong


def unfinished(running: Deployment, state: PropertyMap) -> str:
    """Return why the Deployment is not as asked, in words; `""` when it is. `state` are the outputs of before."""
    if DEPLOY.verdict(running.status) is not Verdict.SUCCESS:
        return f"{DEPLOY.words(escape_untrusted(running.status))}."
    if is_awaited(running, state):
        return "it is deployed, but the redeploy that was asked for has not shown itself yet."
    if tag := missed_tag(running, state):
        return f"it is deployed, but tag {running_tag(running)} runs instead of {tag}."
    if value_of(state, "failOnScriptWarning") is True and (warnings := script_warnings(running)):
        return f"it is deployed, but {'; '.join(warnings)}."
    return ""


def missed_tag(running: Deployment, state: PropertyMap) -> str:
    """Return the tag that was asked for and has not run since, `""` if there is none."""
    asked = value_of(state, "connectorTag")
    ran_once = asked == value_of(state, "deployedTag")
    return asked if isinstance(asked, str) and not ran_once and asked != running.connector.repository.tag else ""


def _same_connector(last_applied: PropertyMap, desired: PropertyMap) -> bool:
    """Tell whether the program's reference names the connector that is deployed, by whichever of id and key."""
    reference, before = value_of(desired, "connector"), as_map(value_of(last_applied, "connector"))
    if not isinstance(reference, Mapping):
        return False
    if UNKNOWN in (reference.get("id"), reference.get("key"), reference.get("staged")):
        return False
    # where the API does not tell the connector's key, it is the one by which the connector was named
    key = value_of(last_applied, "connectorKey") or before.get("key")
    return (
        reference.get("id") in (None, value_of(last_applied, "connectorId"))
        and reference.get("key") in (None, key)
        and bool(reference.get("staged")) == bool(before.get("staged"))
    )


def new_applications(last_applied: PropertyMap, declared: Iterable[str]) -> list[str]:
    """Return the declared applications that the Deployment does not run."""
    if not isinstance(value_of(last_applied, "applications"), list):
        return []
    names = {GLOBAL, *(each.get("name") for each in as_maps(value_of(last_applied, "applications")))}
    return [name for name in declared if name not in names]
