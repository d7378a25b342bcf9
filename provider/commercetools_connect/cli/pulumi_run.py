"""What a run of Pulumi did, and what a stack has: read from the files that the CLI writes. Pure.

Events are those of `--event-log`, which Pulumi's Automation API reads too; the state is what `pulumi stack export`
prints. Of values only the parts are read that are shown: no configuration, no secret.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from commercetools_connect.contract.errors import ConfigurationError
from commercetools_connect.contract.marks import SIGNATURE

__all__ = ["Change", "Entry", "Problem", "PulumiRun", "Running", "read_run", "read_state"]

QUIET: Final = frozenset({"same", "read", "refresh", "discard"})
ENGINE_OWN: Final = ("pulumi:pulumi:", "pulumi:providers:")
PACKAGE: Final = "commercetools-connect"


class _Read(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")


class _Metadata(_Read):
    op: str = ""
    urn: str = ""
    type: str = ""
    diffs: tuple[str, ...] | None = None
    detailed_diff: dict[str, object] | None = None


class _Step(_Read):
    metadata: _Metadata


class _Diagnostic(_Read):
    urn: str = ""
    message: str = ""
    severity: str = ""


class _Violation(_Read):
    resource_urn: str = ""
    message: str = ""
    policy_name: str = ""
    enforcement_level: str = ""


class _Summary(_Read):
    is_preview: bool = False
    result: str = ""


class _Event(_Read):
    res_outputs_event: _Step | None = None
    res_op_failed_event: _Step | None = None
    diagnostic_event: _Diagnostic | None = None
    policy_event: _Violation | None = None
    summary_event: _Summary | None = None


@dataclass(frozen=True)
class Change:
    """A resource that the run touched, or would touch; `paths` are the properties that change."""

    urn: str
    type: str
    operation: str
    failed: bool = False
    paths: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The resource's own name; a name may contain `::` itself."""
        return self.urn.split("::", 3)[-1]


@dataclass(frozen=True)
class Problem:
    """What the run complained about, and of which resource; of the whole stack without `urn`."""

    level: Literal["error", "warning"]
    message: str
    urn: str = ""


@dataclass(frozen=True)
class PulumiRun:
    """One `up` or `preview`; without a `result` it did not come to its end."""

    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    preview: bool = False
    result: str = ""


@dataclass(frozen=True)
class Entry:
    """A line of Connect's report."""

    type: str
    text: str
    title: str


@dataclass(frozen=True)
class Running:
    """One deployment of a stack, as the stack knows it, with the report of its last run."""

    urn: str
    project: str
    deployment: str
    region: str
    type: str
    connector: str
    tag: str
    status: str
    report: tuple[Entry, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return it under the names that programs read; the report is for people."""
        members = asdict(self)
        del members["urn"], members["report"]
        return members


def read_run(lines: Iterable[str]) -> PulumiRun:
    """Return what an event log tells; a last line that was cut off is left out.

    Raises `ConfigurationError` for what is no event log.
    """
    events = list(_events([line for line in lines if line.strip()]))
    summary = next((each.summary_event for each in events if each.summary_event), _Summary())
    return PulumiRun(
        changes=_changes(events),
        problems=tuple(_problems(events)),
        preview=summary.is_preview,
        result=summary.result,
    )


def _events(lines: list[str]) -> Iterable[_Event]:
    for number, line in enumerate(lines, 1):
        event = _event(line)
        if event is None and number < len(lines):
            raise ConfigurationError(f"Line {number} of the events is no event of Pulumi.")
        if event is not None:
            yield event


def _event(line: str) -> _Event | None:
    try:
        return _Event.model_validate_json(line)
    except ValidationError:
        return None


def _changes(events: Iterable[_Event]) -> tuple[Change, ...]:
    """Return one change for each resource: what failed, else what was done last."""
    found: dict[str, Change] = {}
    for event in events:
        step = event.res_op_failed_event or event.res_outputs_event
        if step is None or step.metadata.op in QUIET or step.metadata.type.startswith(ENGINE_OWN):
            continue
        told, failed = step.metadata, event.res_op_failed_event is not None
        paths = tuple(sorted(told.detailed_diff or told.diffs or ()))
        if not (told.urn in found and found[told.urn].failed):
            found[told.urn] = Change(told.urn, told.type, told.op, failed, paths)
    return tuple(found.values())


def _problems(events: Iterable[_Event]) -> Iterable[Problem]:
    for event in events:
        said, violation = event.diagnostic_event, event.policy_event
        # warnings of no resource are about the machine, such as where a plugin was found
        if said and (said.severity == "error" or (said.severity == "warning" and said.urn)):
            yield Problem("error" if said.severity == "error" else "warning", _plain(said.message), said.urn)
        if violation:
            level: Literal["error", "warning"] = (
                "error" if violation.enforcement_level == "mandatory" else "warning"
            )
            yield Problem(level, f"{violation.policy_name}: {violation.message.strip()}", violation.resource_urn)


def _plain(message: str) -> str:
    """Return a message without the count that the engine puts before the only one."""
    return message.strip().removeprefix("1 error occurred:").strip().removeprefix("* ")


class _ReportEntry(_Read):
    type: str = ""
    title: str = ""
    message: str = ""
    application: str = ""

    def entry(self) -> Entry:
        said = ": ".join(part for part in (self.application, self.title, self.message) if part)
        return Entry(self.type, said, self.title)


class _Outputs(_Read):
    project_key: str = ""
    key: str = ""
    region: str = ""
    type: str = ""
    connector_key: str = ""
    connector_id: str = ""
    deployed_tag: str = ""
    status: str = ""
    report: tuple[_ReportEntry, ...] = ()


class _Resource(_Read):
    urn: str = ""
    type: str = ""
    outputs: dict[str, object] = Field(default_factory=dict)


class _Snapshot(_Read):
    resources: tuple[_Resource, ...] = ()


class _Export(_Read):
    deployment: _Snapshot = _Snapshot()


def read_state(text: str) -> tuple[Running, ...]:
    """Return the deployments of an exported stack, in the order of the stack; of both doors.

    Raises `ConfigurationError` for what is no exported stack.
    """
    try:
        resources = _Export.model_validate_json(text).deployment.resources
    except ValidationError:
        raise ConfigurationError("The state is not what `pulumi stack export` prints.") from None
    return tuple(
        _running(each) for each in resources if PACKAGE in each.type and each.type.endswith(":Deployment")
    )


def _running(resource: _Resource) -> Running:
    shown = {name: value for name, value in resource.outputs.items() if not _is_secret(value)}
    try:
        told = _Outputs.model_validate(shown)
    except ValidationError:
        raise ConfigurationError(f"The outputs of {resource.urn} are not those of a Deployment.") from None
    return Running(
        urn=resource.urn,
        project=told.project_key,
        deployment=told.key,
        region=told.region,
        type=told.type,
        connector=told.connector_key or told.connector_id,
        tag=told.deployed_tag,
        status=told.status,
        report=tuple(each.entry() for each in told.report),
    )


def _is_secret(value: object) -> bool:
    return isinstance(value, dict) and SIGNATURE in value
