"""How runs end: scripted outcomes, and the reports that go with each end (API §8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .entities import Application, ConnectorContent, EntryType, Outcome, ReportEntry
from .model import Model, evolve
from .specification import Specification

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
    the draft's primary one.
    """

    lifecycle: Lifecycle
    project: str | None = None
    key: Annotated[str, Field(min_length=1)]
    outcome: Outcome
    report: list[ScriptedEntry] | None = None
    times: Annotated[int, Field(ge=1)] = 1

    @model_validator(mode="after")
    def _possible(self) -> ScriptedOutcome:
        if self.outcome == "cancelled" and self.lifecycle != "preview":
            raise ValueError("only a preview can be cancelled (API §8.1)")
        return self

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
) -> list[ReportEntry]:
    """Return what a deployment reports (API §8.2)."""
    first = applications[0].name if applications else None
    if outcome == "failure":
        title = f"Health check for application {first} failed"
        return [ReportEntry(type="Error", title=title, application=first, created_at=at)]
    if outcome == "warning":
        title = "Failed during the execution of 'postDeploy' script"
        return [ReportEntry(type="Warning", title=title, application=first, created_at=at)]
    if skip_scripts or specification is None:
        return []
    return [
        ReportEntry(
            type="Information",
            title='Script for "postDeploy" not defined',
            application=each.name,
            created_at=at,
        )
        for each in specification.applications
        if each.application_type != "assets"
        and not each.has_post_deploy
        and any(deployed.name == each.name for deployed in applications)
    ]


def undeployment_report(applications: Sequence[Application], at: float) -> list[ReportEntry]:
    """Return what a failed undeployment reports."""
    first = applications[0].name if applications else None
    title = "Failed during the execution of 'preUndeploy' script"
    return [ReportEntry(type="Error", title=title, application=first, created_at=at)]
