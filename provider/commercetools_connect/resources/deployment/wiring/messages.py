"""Messages about the wiring of a Deployment: what was looked for, what is there, and the step that helps. Pure.

Only keys, URLs, topics and statuses are shown, never a header or a key of a destination.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from commercetools_connect.api.models.wiring import SubscriptionStatus
from commercetools_connect.api.wiring import WiringKind
from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.text import escape_untrusted, format_path, suggest
from commercetools_connect.core.values import (
    PlainMap,
    PropertyValue,
    as_map,
    equivalent,
    has_unknown,
    unwrap_secrets,
)
from commercetools_connect.resources.configuration import CONNECTION
from commercetools_connect.resources.deployment.wiring.expectation import Finding, FindingStatus, Wiring
from commercetools_connect.resources.deployment.wiring.registrations import Registration

MOST_SHOWN: Final = 3
"""How many Extensions or Subscriptions a sentence names."""

SERVED_BY: Final = {WiringKind.EXTENSION: "service", WiringKind.SUBSCRIPTION: "event"}
"""The type of application that each kind points to."""


@dataclass(frozen=True)
class Situation:
    """What the advice depends on.

    - `attempts`: 1 when it is found for the first time; 2 and more when a redeploy for it has not helped.
    - `skip_scripts`: the scripts do not run in a redeploy.
    """

    project_key: str
    attempts: int = 1
    skip_scripts: bool = False


def reasons(wiring: Wiring, situation: Situation) -> tuple[str, ...]:
    """Return one message for each thing that is not as expected: what was found, and the step that helps."""
    return tuple(f"{describe(each, situation)} {advice(each, situation)}" for each in wiring.problems)


def notes(wiring: Wiring) -> tuple[str, ...]:
    """Return what a user should know of a wiring that is as expected: statuses, and topics compared by name."""
    found: list[str] = []
    for each in wiring.findings:
        if each.status is not FindingStatus.WIRED:
            continue
        found += [
            f"{_named(one)} delivers to the application {each.application!r}, but its status is {one.status}: "
            "what it cannot deliver is kept for some time only."
            for one in each.found
            if one.is_ill
        ]
        if each.by_name:
            found.append(
                f"the topic of the application {each.application!r} and that of {listed(each.found)} have the "
                f"same name; only the names could be compared ({_quoted(each.address)})."
            )
    return tuple(found)


def describe(finding: Finding, situation: Situation) -> str:
    """Return which application is not wired, what was looked for, and what is there instead."""
    project, address = situation.project_key, _quoted(finding.address)
    there = _pointing(finding)
    match finding.status:
        case FindingStatus.NO_ADDRESS:
            said = _no_address(finding, project)
        case FindingStatus.MISSING:
            said = _missing(finding, project)
        case FindingStatus.STOPPED:
            statuses = ", ".join(sorted({_quoted(each.status) for each in finding.found}))
            said = f"{there}, but nothing arrives: its status is {statuses} (project {project!r})."
        case FindingStatus.OTHER_PATH:
            said = (
                f"{there}: the host of the application, but neither {address} nor a path below it "
                f"(project {project!r})."
            )
        case FindingStatus.KEY_CLASH:
            said = (
                f"{there} of the application {finding.other!r}, instead of {address} "
                f"(project {project!r}). Two applications of the deployment want one key, and the last script "
                "gets it."
            )
        case _:
            before, silent = ", its former address," if finding.former else "", ""
            if finding.kind is WiringKind.SUBSCRIPTION:
                silent = " Its status says nothing about that: it stays Healthy while the other topic exists."
            said = f"{there}{before} instead of {address} (project {project!r}).{silent}"
    return f"the application {finding.application!r} is not wired: {said}"


def advice(finding: Finding, situation: Situation) -> str:
    """Return the step that helps. After a redeploy that has not helped it is another one than a redeploy."""
    if finding.redeploy_helps and situation.skip_scripts:
        return (
            "skipScripts is set, so a redeploy runs no script: remove skipScripts, change redeployTrigger and "
            "run `pulumi up`."
        )
    if finding.redeploy_helps and situation.attempts <= 1:
        return "The next `pulumi up` redeploys once, so that the scripts run again."
    recreate = (
        f"Delete {listed(finding.found)} in project {situation.project_key!r}, change redeployTrigger and run "
        "`pulumi up`: the script creates it again."
    )
    match finding.status:
        case FindingStatus.NO_ADDRESS:
            path = escape_untrusted(format_path(("expect", finding.application, finding.kind.value)))
            kind = finding.kind.value
            step = f"Correct {path}: {kind} is for applications of type {SERVED_BY[finding.kind]}."
        case FindingStatus.MISSING:
            step = _correct_script(finding)
        case FindingStatus.STOPPED:
            step = recreate
            if any(each.status == SubscriptionStatus.MANUALLY_SUSPENDED for each in finding.found):
                step = "commercetools has suspended it: ask the vendor's support. A redeploy does not help."
        case FindingStatus.OTHER_PATH:
            step = (
                "The scripts ran again and registered the same path. Check what the script appends to "
                "CONNECT_SERVICE_URL, whether the address is configured elsewhere, and `endpoint` in "
                "connect.yaml; then deploy a corrected version."
            )
        case FindingStatus.KEY_CLASH:
            step = (
                "A redeploy does not help. Give each application a key of its own: in the configuration of the "
                "connector where it has a setting for the key, else in a corrected version of its scripts. If "
                f"only the other application uses the key, correct expect.{finding.application}."
            )
        case _:
            step = f"The scripts ran again and left it as it is, so they only create what is missing. {recreate}"
    return step


def _no_address(finding: Finding, project: str) -> str:
    kind = finding.kind
    if finding.application not in finding.applications:
        known = suggest(finding.application, finding.applications)
        return f"the deployment in project {project!r} has no application of that name{known}" + (
            "" if known.endswith("?") else "."
        )
    what = "URL, so no Extension can call it" if kind is WiringKind.EXTENSION else "topic, so it gets no messages"
    return f"in project {project!r} it has no {what}, and expect names {kind.value} for it."


def _missing(finding: Finding, project: str) -> str:
    target = f"{'calls' if finding.kind is WiringKind.EXTENSION else 'delivers to'} {_quoted(finding.address)}"
    if not finding.key:
        return f"no {finding.kind.api_type} of project {project!r} {target}. The scripts have not registered one."
    there = ""
    if finding.found:
        there = (
            f" Instead, {listed(finding.found)} {_verb(finding.kind, finding.found)}: is the expected key right?"
        )
    return (
        f"project {project!r} has no {finding.kind.api_type} with the key {finding.key!r} that {target}. "
        f"The scripts have not registered it.{there}"
    )


def _correct_script(finding: Finding) -> str:
    variables = "CONNECT_SERVICE_URL"
    if finding.kind is WiringKind.SUBSCRIPTION:
        on_aws = finding.address.startswith("arn:")
        variables = (
            "CONNECT_AWS_TOPIC_ARN; CONNECT_GCP_TOPIC_NAME and CONNECT_GCP_PROJECT_ID do not exist on AWS"
            if on_aws
            else "CONNECT_GCP_TOPIC_NAME and CONNECT_GCP_PROJECT_ID"
        )
    return (
        "The scripts ran again and registered nothing, so another redeploy does not help. Check that connect.yaml "
        "runs the script as `postDeploy`, that it ends with an error when it fails, and which variables it reads "
        f"({variables}); `commercetools-connect logs` shows what it wrote. Then deploy a corrected version, or "
        f"take {finding.kind.value} out of expect if the connector registers none."
    )


def _pointing(finding: Finding) -> str:
    """Return what is there and where it points: `Extension 'acme-cart' calls https://…`."""
    verb = _verb(finding.kind, finding.found, where="")
    addresses = ", ".join(dict.fromkeys(_quoted(each.address) for each in finding.found[:MOST_SHOWN]))
    return f"{listed(finding.found)} {verb} {addresses}"


def _verb(kind: WiringKind, found: Sequence[Registration], where: str = "it") -> str:
    ending = "s" if len(found) == 1 else ""
    verb = f"call{ending}" if kind is WiringKind.EXTENSION else f"deliver{ending} to"
    return f"{verb} {where}".rstrip()


def listed(found: Sequence[Registration], most: int = MOST_SHOWN) -> str:
    """Return names of what is there, a few of many."""
    names = [_named(each) for each in found[:most]]
    if len(found) > most:
        names.append(f"{len(found) - most} more")
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _named(found: Registration) -> str:
    name = f"with the key {_quoted(found.key)!r}" if found.key else f"{_quoted(found.source.id)} without a key"
    return f"the {found.kind.api_type} {name}"


def _quoted(text: str) -> str:
    return escape_untrusted(text, 300)


def invalid_expectations(
    expect: PropertyValue, types: Mapping[str, str] | None = None
) -> tuple[CheckFailure, ...]:
    """Return what cannot be fulfilled: a key for two applications, two connections and, with `types`, wrong names.

    `expect` is as the program has it, with what is not known yet. `types`: application → its type as connect.yaml
    has it, of the version that will run.
    """
    failures: list[CheckFailure] = []
    taken: dict[tuple[WiringKind, str], str] = {}
    failures += _several_connections(as_map(unwrap_secrets(expect)))
    for name, each in as_map(unwrap_secrets(expect)).items():
        if types is not None and name not in types:
            failures.append(CheckFailure(("expect", name), f"unknown application{suggest(name, types)}"))
        if isinstance(each, Mapping) and all(each.get(kind.value) is None for kind in WiringKind):
            failures.append(CheckFailure(("expect", name), "extension or subscription must be given"))
        for kind in WiringKind:
            wanted = as_map(each).get(kind.value)
            path = ("expect", name, kind.value)
            for key in (one for one in wanted if isinstance(one, str)) if isinstance(wanted, list | tuple) else ():
                other = taken.setdefault((kind, key), name)
                if other != name:
                    failures.append(
                        CheckFailure(path, f"{key} is expected for {other} as well, and it can point to one only")
                    )
            kind_of_application = (types or {}).get(name)
            if wanted and kind_of_application and kind_of_application != SERVED_BY[kind]:
                failures.append(
                    CheckFailure(
                        path, f"is for applications of type {SERVED_BY[kind]}; this one is {kind_of_application}"
                    )
                )
    return tuple(failures)


def _several_connections(expect: PlainMap) -> Iterator[CheckFailure]:
    """Find connections of one deployment that differ; what is not known yet may be the same."""
    given = [(name, as_map(each).get(CONNECTION)) for name, each in sorted(expect.items())]
    known = [(name, each) for name, each in given if each is not None and not has_unknown(each)]
    for name, each in known[1:]:
        first, connection = known[0]
        if not equivalent(connection, each):
            reason = f"is another connection than that of {first}; one lists for all applications of a deployment"
            yield CheckFailure(("expect", name, CONNECTION), reason)
