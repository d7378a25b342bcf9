"""How runs end: scripted outcomes, and the reports that go with each end (API §8)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field, model_validator

from commercetools_connect.emulator.entities import (
    Application,
    ConnectorContent,
    ConnectorScript,
    EntryType,
    Outcome,
    ReportEntry,
)
from commercetools_connect.emulator.model import Model, evolve
from commercetools_connect.emulator.specification import Specification
from commercetools_connect.emulator.wiring_scripts import problem_with

Lifecycle = Literal["deploy", "publish", "preview", "undeploy"]

#: Titles as seen in real reports (API §8.1). Real reports of accepted drafts hold entries of type Error for
#: skipped checks; so do ours, because success must be read from the status alone.
VALIDATION_CHECKS: Sequence[tuple[EntryType, str]] = (
    ("Information", "Connector specification file validation check succeeded"),
    ("Information", "Connector image build check succeeded"),
    ("Information", "Image security analysis check succeeded"),
    ("Information", "SAST and SCA analysis check succeeded"),
    ("Error", "Connector runtime security check skipped"),
)


class ScriptedEntry(Model):
    """A report entry before it has a time."""

    type: EntryType
    title: Annotated[str, Field(min_length=1)]
    message: str | None = None
    application: str | None = None


class ScriptedOutcome(Model):
    """How the next `times` runs of a lifecycle end.

    `key` names the draft or Deployment by key or id (fnmatch pattern); `project` is the Deployment's project or
    the draft's primary one. `scripts` says what `postDeploy` scripts register or `preUndeploy` scripts delete.
    """

    lifecycle: Lifecycle
    project: str | None = None
    key: Annotated[str, Field(min_length=1)]
    outcome: Outcome
    report: list[ScriptedEntry] | None = None
    scripts: list[ConnectorScript] | None = None
    times: Annotated[int, Field(ge=1)] = 1

    @model_validator(mode="after")
    def _possible(self) -> ScriptedOutcome:
        if self.outcome == "cancelled" and self.lifecycle != "preview":
            raise ValueError("only a preview can be cancelled (API §8.1)")
        if self.scripts is not None and self.lifecycle not in {"deploy", "undeploy"}:
            raise ValueError("scripts: only a deploy or an undeploy runs scripts")
        for script in self.scripts or ():
            self._validate_script(script)
        return self

    def _validate_script(self, script: ConnectorScript) -> None:
        deletes = script.does == "unregister"
        if script.does != "nothing" and deletes != (self.lifecycle == "undeploy"):
            raise ValueError(f"scripts: {script.does} is not possible in the lifecycle {self.lifecycle}")
        if deletes and script.key is None:
            raise ValueError("scripts: unregister requires a key")
        problem = problem_with(script.draft)
        if problem:
            raise ValueError(f"scripts: draft: {problem}")

    def is_for(self, lifecycle: Lifecycle, project: str, names: Sequence[str | None]) -> bool:
        """Tell whether it applies to a run of the object with these names (id and key)."""
        return (
            self.lifecycle == lifecycle
            and self.project in {None, project}
            and any(name is not None and fnmatchcase(name, self.key) for name in names)
        )


class OutcomeScript:
    """The outcomes still to come, in the order in which they were given."""

    def __init__(self) -> None:
        self.entries: list[ScriptedOutcome] = []

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Give back what was taken if the block fails: no run has started then."""
        before = self.entries.copy()
        try:
            yield
        except BaseException:
            self.entries = before
            raise

    def take(self, lifecycle: Lifecycle, project: str, names: Sequence[str | None]) -> ScriptedOutcome | None:
        """Use up one scripted outcome for a run that starts now."""
        for position, entry in enumerate(self.entries):
            if entry.is_for(lifecycle, project, names):
                rest = [evolve(entry, times=entry.times - 1)] if entry.times > 1 else []
                self.entries[position : position + 1] = rest
                return entry
        return None


def scripted_report(outcome: ScriptedOutcome | None, at: float | None) -> list[ReportEntry] | None:
    """Return the scripted entries, stamped; None if none were given."""
    if outcome is None or outcome.report is None:
        return None
    return [
        ReportEntry(
            type=each.type,
            title=each.title,
            message=each.message,
            application=each.application,
            created_at=at or 0.0,
        )
        for each in outcome.report
    ]


def validation_report(
    content: ConnectorContent, problem: str | None, outcome: Outcome, at: float
) -> list[ReportEntry]:
    """Return what a preview or publication reports; `problem` says why connect.yaml is not usable."""
    if content.specification is None:
        title, _, message = (problem or "Connector specification file not found").partition("\n")
        return [ReportEntry(type="Error", title=title, message=message or None, created_at=at)]
    if outcome == "failure":
        return [
            ReportEntry(type="Information", title=VALIDATION_CHECKS[0][1], created_at=at),
            ReportEntry(
                type="Error",
                title="SAST and SCA analysis check failed",
                message="1 critical finding in service/package-lock.json",
                created_at=at,
            ),
        ]
    entries = [ReportEntry(type=kind, title=title, created_at=at) for kind, title in VALIDATION_CHECKS]
    if outcome == "warning":
        entries.append(
            ReportEntry(type="Warning", title="SAST and SCA analysis check has findings", created_at=at)
        )
    return entries


def deployment_report(
    applications: Sequence[Application],
    specification: Specification | None,
    outcome: Outcome,
    at: float,
    *,
    skip_scripts: bool,
    scripts: Collection[ConnectorScript] = (),
) -> list[ReportEntry]:
    """Return what a deployment reports (API §8.2); scripted scripts always report success."""
    first = applications[0].name if applications else None
    if outcome == "failure":
        title = f"Health check for application {first} failed"
        return [ReportEntry(type="Error", title=title, application=first, created_at=at)]
    if outcome == "warning":
        title = "Failed during the execution of 'postDeploy' script"
        return [ReportEntry(type="Warning", title=title, application=first, created_at=at)]
    if skip_scripts or specification is None:
        return []
    scripted = dict.fromkeys(each.application for each in scripts)
    missing = [
        each.name
        for each in specification.applications
        if each.application_type != "assets"
        and not each.has_post_deploy
        and each.name not in scripted
        and any(deployed.name == each.name for deployed in applications)
    ]
    entries = [_script_entry(each, specification, at) for each in scripted]
    title = 'Script for "postDeploy" not defined'
    return entries + [
        ReportEntry(type="Information", title=title, application=each, created_at=at) for each in missing
    ]


def _script_entry(application: str, specification: Specification, at: float) -> ReportEntry:
    """Return what the report says of a scripted script."""
    declared = specification.application(application)
    if declared is None or declared.application_type == "job":
        return ReportEntry(
            type="Warning",
            title="Failed during the execution of 'postDeploy' script",
            message="The application has neither a URL nor a topic, so the emulator has nothing to register.",
            application=application,
            created_at=at,
        )
    title = "Post-deployment setup succeeded"
    return ReportEntry(type="Information", title=title, application=application, created_at=at)


def undeployment_report(applications: Sequence[Application], at: float) -> list[ReportEntry]:
    """Return what a failed undeployment reports."""
    first = applications[0].name if applications else None
    title = "Failed during the execution of 'preUndeploy' script"
    return [ReportEntry(type="Error", title=title, application=first, created_at=at)]
