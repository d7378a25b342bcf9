"""Readers of what the Pulumi CLI writes: the events of a run, and the state of a stack. Pure.

Events are those of `--event-log`, which Pulumi's Automation API reads too; the state is what `pulumi stack export`
prints. Of values only the parts are read that are shown: no configuration, no secret.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from commercetools_connect.cli.common import joined
from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.core.urns import PACKAGE, Urn
from commercetools_connect.core.values import SIGNATURE

QUIET: Final = frozenset({"same", "read", "refresh", "discard"})
ENGINE_OWN: Final = ("pulumi:pulumi:", "pulumi:providers:")
EXPORT: Final = (
    "Write it again: `pulumi stack export --file FILE`, with the version of Pulumi that runs the stack."
)


Level: TypeAlias = Literal["error", "warning"]


class _PulumiModel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", hide_input_in_errors=True)


class _StepMetadata(_PulumiModel):
    op: str = ""
    urn: str = ""
    type: str = ""
    diffs: tuple[str, ...] | None = None
    detailed_diff: dict[str, object] | None = None


class _StepEvent(_PulumiModel):
    metadata: _StepMetadata


class _DiagnosticEvent(_PulumiModel):
    urn: str = ""
    message: str = ""
    severity: str = ""


class _PolicyEvent(_PulumiModel):
    resource_urn: str = ""
    message: str = ""
    policy_name: str = ""
    enforcement_level: str = ""


class _SummaryEvent(_PulumiModel):
    is_preview: bool = False
    result: str = ""


class _EngineEvent(_PulumiModel):
    """A line of an event log, with the member of its kind."""

    res_outputs_event: _StepEvent | None = None
    res_op_failed_event: _StepEvent | None = None
    diagnostic_event: _DiagnosticEvent | None = None
    policy_event: _PolicyEvent | None = None
    summary_event: _SummaryEvent | None = None


@dataclass(frozen=True)
class ResourceChange:
    """A resource that the run touched, or would touch; `paths` are the properties that change."""

    urn: str
    type: str
    operation: str
    failed: bool = False
    paths: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The resource's own name."""
        return Urn.parse(self.urn).name


@dataclass(frozen=True)
class Problem:
    """A message of the run about a resource; about the whole stack without `urn`."""

    level: Level
    message: str
    urn: str = ""


@dataclass(frozen=True)
class PulumiRun:
    """One `up` or `preview`; without a `result` it did not come to its end."""

    changes: tuple[ResourceChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    preview: bool = False
    result: str = ""


class ReportLine(_PulumiModel):
    """Line of Connect's report."""

    type: str = ""
    title: str = ""
    message: str = ""
    application: str = ""

    @property
    def text(self) -> str:
        """The whole line, for people."""
        return joined(self.application, self.title, self.message)


class StackDeployment(_PulumiModel):
    """One deployment of a stack, as its state has it, with the report of its last run."""

    urn: str
    project: str = Field(default="", alias="projectKey")
    deployment: str = Field(default="", alias="key")
    region: str = ""
    type: str = ""
    connector: str = ""
    tag: str = Field(default="", alias="deployedTag")
    status: str = ""
    report: tuple[ReportLine, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return it under the names that programs read; the report is for people."""
        return self.model_dump(exclude={"urn", "report"})


def read_run(lines: Iterable[str]) -> PulumiRun:
    """Return the run of an event log; a last line that was cut off is left out.

    Raises `ConfigurationError` for any other text.
    """
    events = list(_events([line for line in lines if line.strip()]))
    summary = next((each.summary_event for each in events if each.summary_event), _SummaryEvent())
    return PulumiRun(_changes(events), tuple(_problems(events)), summary.is_preview, summary.result)


def _events(lines: list[str]) -> Iterable[_EngineEvent]:
    read = 0
    try:
        for line in lines:
            yield _EngineEvent.model_validate_json(line)
            read += 1
    except ValidationError:
        if read + 1 < len(lines):
            raise ConfigurationError(
                f"Line {read + 1} of the events is not an event of Pulumi.",
                "Give the file that `pulumi up --event-log FILE` has written, with PULUMI_DEBUG_COMMANDS=true.",
            ) from None


def _changes(events: Iterable[_EngineEvent]) -> tuple[ResourceChange, ...]:
    """Return one change for each resource: what failed, else what was done last."""
    found: dict[str, ResourceChange] = {}
    for event in events:
        step = event.res_op_failed_event or event.res_outputs_event
        if step is None or step.metadata.op in QUIET or step.metadata.type.startswith(ENGINE_OWN):
            continue
        done, failed = step.metadata, event.res_op_failed_event is not None
        paths = tuple(sorted(done.detailed_diff or done.diffs or ()))
        if not (done.urn in found and found[done.urn].failed):
            found[done.urn] = ResourceChange(done.urn, done.type, done.op, failed, paths)
    return tuple(found.values())


def _problems(events: Iterable[_EngineEvent]) -> Iterable[Problem]:
    for event in events:
        said, violation = event.diagnostic_event, event.policy_event
        # warnings of no resource are about the machine, such as where a plugin was found
        if said and (said.severity == "error" or (said.severity == "warning" and said.urn)):
            # the engine puts a count before the only message
            text = said.message.strip().removeprefix("1 error occurred:").strip().removeprefix("* ")
            yield Problem("error" if said.severity == "error" else "warning", text, said.urn)
        if violation:
            level: Level = "error" if violation.enforcement_level == "mandatory" else "warning"
            yield Problem(level, f"{violation.policy_name}: {violation.message.strip()}", violation.resource_urn)


class StateResource(_PulumiModel):
    """A resource in the state of a stack."""

    urn: str = ""
    type: str = ""
    id: str = ""
    provider: str = ""
    delete: bool = False
    inputs: dict[str, object] = Field(default_factory=dict)
    outputs: dict[str, object] = Field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Its type without package and module, `""` for a resource of another package."""
        return self.type.rpartition(":")[2] if PACKAGE in self.type else ""


class PendingOperation(BaseModel):
    """What an interrupted run was doing to a resource."""

    type: str = ""
    resource: StateResource = StateResource()


class StackState(BaseModel):
    """The resources of a stack."""

    resources: tuple[StateResource, ...] = ()
    pending_operations: tuple[PendingOperation, ...] = ()


class _Export(BaseModel):
    deployment: StackState = StackState()


def read_stack_state(text: str) -> StackState:
    """Return what `pulumi stack export` printed. Raises `ConfigurationError` for any other text."""
    try:
        return _Export.model_validate_json(text).deployment
    except ValidationError:
        raise ConfigurationError("The state is not what `pulumi stack export` prints.", EXPORT) from None


def read_deployments(text: str) -> tuple[StackDeployment, ...]:
    """Return the deployments of an exported stack, in the order of the stack; of both frontends.

    Raises `ConfigurationError` for any other text.
    """
    found: list[StackDeployment] = []
    for each in read_stack_state(text).resources:
        if each.kind != "Deployment":
            continue
        # a secret is an object with the signature
        shown = {name: v for name, v in each.outputs.items() if not (isinstance(v, dict) and SIGNATURE in v)}
        connector = shown.get("connectorKey") or shown.get("connectorId") or ""
        try:
            found.append(StackDeployment.model_validate({**shown, "urn": each.urn, "connector": connector}))
        except ValidationError:
            raise ConfigurationError(f"The outputs of {each.urn} are not those of a Deployment.", EXPORT) from None
    return tuple(found)
