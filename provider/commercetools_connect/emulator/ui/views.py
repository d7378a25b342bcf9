"""What the page shows: plain rows, made from the state. Secured values and client secrets never get here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from commercetools_connect.emulator.backend import Backend
from commercetools_connect.emulator.clock import timestamp
from commercetools_connect.emulator.entities import Application, Connector, Deployment, Draft, ReportEntry
from commercetools_connect.emulator.faults import ArmedFault, Fault
from commercetools_connect.emulator.journal import JournalEntry
from commercetools_connect.emulator.model import Model, to_json
from commercetools_connect.emulator.outcomes import ScriptedOutcome
from commercetools_connect.emulator.scopes import project_of

ROWS = 100
CALLS = 40

Tone = Literal["good", "busy", "warn", "bad", "calm"]
R = TypeVar("R")
S = TypeVar("S")

_TONES: dict[str, Tone] = {
    "Deployed": "good",
    "Published": "good",
    "true": "good",
    "Queued": "busy",
    "Deploying": "busy",
    "Undeploying": "busy",
    "Processing": "busy",
    "pending": "busy",
    "ReadyForCertification": "busy",
    "InCertification": "busy",
    "Failed": "bad",
    "UndeployFailed": "bad",
    "false": "bad",
    "Information": "calm",
    "Warning": "warn",
    "Error": "bad",
}
_FIRST_CLIENT_ERROR = 400
_FIRST_SERVER_ERROR = 500


@dataclass(frozen=True)
class Badge:
    """A word with a colour; the word alone says all."""

    text: str
    tone: Tone


@dataclass(frozen=True)
class Listing(Generic[R]):
    """The rows that are shown, of how many there are."""

    rows: Sequence[R]
    found: int
    total: int


@dataclass(frozen=True)
class ProjectRow:
    """A project with what it has."""

    key: str
    clients: Sequence[str]
    drafts: int
    deployments: int


@dataclass(frozen=True)
class Values:
    """Values of an application (or of all): readable ones, and the names of those that are set and secret."""

    name: str
    standard: Sequence[tuple[str, str]]
    secured: Sequence[str]
    url: str | None = None
    topic: str | None = None
    schedule: str | None = None


@dataclass(frozen=True)
class DeploymentRow:
    """A Deployment."""

    id: str
    key: str | None
    project: str
    type: str
    region: str
    version: int
    status: Badge
    connector: str
    tag: str
    entry: ReportRow | None
    values: Sequence[Values]


@dataclass(frozen=True)
class DraftRow:
    """A draft with its Connector, or a Connector whose draft is gone."""

    id: str
    key: str | None
    name: str
    project: str
    version: int | None
    status: Badge
    previewable: Badge | None
    tag: str
    has_changes: bool
    private: bool
    certified: bool
    published_version: int | None
    published_tag: str | None
    entry: ReportRow | None


@dataclass(frozen=True)
class ReportRow:
    """The last entry of a report, and how many there are."""

    type: Badge
    title: str
    message: str | None
    application: str | None
    time: str
    entries: int


@dataclass(frozen=True)
class OutcomeRow:
    """A scripted outcome that is still to come."""

    mark: str
    lifecycle: str
    key: str
    project: str | None
    outcome: str
    times: int
    entries: int


@dataclass(frozen=True)
class FaultRow:
    """An armed fault."""

    mark: str
    calls: str
    effect: str
    limit: str
    hits: int
    over: bool


@dataclass(frozen=True)
class FileRow:
    """A connect.yaml that Connect refuses, and why."""

    url: str
    tag: str
    problems: Sequence[str]


@dataclass(frozen=True)
class CallRow:
    """A call of the API."""

    time: str
    method: str
    target: str
    status: Badge
    milliseconds: str
    client: str | None


@dataclass(frozen=True)
class View:
    """Everything on the page."""

    now: str
    clock: str
    projects: Sequence[ProjectRow]
    deployments: Listing[DeploymentRow]
    drafts: Listing[DraftRow]
    outcomes: Sequence[OutcomeRow]
    faults: Sequence[FaultRow]
    refused_files: Listing[FileRow]
    calls: Sequence[CallRow]
    search: str
    keys: Sequence[str]
    """What an outcome can be scripted for."""


def view(backend: Backend, search: str = "") -> View:
    """Look at an emulator; `search` narrows drafts and Deployments to those that say it somewhere."""
    now = backend.world.settle()
    drafts, deployments = _drafts(backend), backend.world.deployments.all()
    names = dict.fromkeys(each.key for each in [*deployments, *drafts] if each.key is not None)
    return View(
        now=timestamp(now),
        clock=backend.clock.mode,
        projects=_projects(backend),
        deployments=listing(deployments, _deployment_row, _deployment_text, search),
        drafts=listing(drafts, lambda each: _draft_row(backend, each), _draft_text, search),
        outcomes=[_outcome_row(each) for each in backend.world.outcomes.entries],
        faults=[_fault_row(each, now) for each in backend.faults.armed],
        refused_files=_refused_files(backend),
        calls=[_call_row(each) for each in backend.journal.last(CALLS)],
        search=search,
        keys=list(names)[:ROWS],
    )


def mark(item: Model) -> str:
    """Return a name for a scripted outcome or a fault, by which a form says which one it means."""
    rule = item.rule if isinstance(item, ArmedFault) else item
    return hashlib.sha256(repr(to_json(rule)).encode()).hexdigest()[:16]


def listing(items: Sequence[S], row: Callable[[S], R], text: Callable[[S], str], search: str) -> Listing[R]:
    """Return the newest rows of items, which begin with the oldest, that say all words of `search`."""
    words = search.lower().split()
    found = [each for each in items if _says(text(each).lower(), words)] if words else list(items)
    newest = found[: -ROWS - 1 : -1]
    return Listing([row(each) for each in newest], len(found), len(items))


def _says(text: str, words: Iterable[str]) -> bool:
    return all(word in text for word in words)


def _drafts(backend: Backend) -> Sequence[Draft | Connector]:
    """Return drafts, and those Connectors that have none any more."""
    drafts = backend.world.drafts
    orphans = [each for each in backend.world.connectors.all() if drafts.get(each.id) is None]
    return [*drafts.all(), *orphans]


def _projects(backend: Backend) -> Sequence[ProjectRow]:
    world = backend.world
    clients: dict[str, list[str]] = {}
    for client in backend.authority.clients:
        for scope in client.scopes:
            names = clients.setdefault(project_of(scope) or "", [])
            if client.client_id not in names:
                names.append(client.client_id)
    drafts = [each.project for each in world.drafts.all()]
    deployments = [each.project for each in world.deployments.all()]
    known = dict.fromkeys([*clients, *drafts, *deployments])
    return [
        ProjectRow(key, clients.get(key, []), drafts.count(key), deployments.count(key)) for key in known if key
    ]


def _deployment_text(deployment: Deployment) -> str:
    connector = deployment.connector
    return " ".join(
        [
            deployment.id, deployment.key or "", deployment.project, deployment.type, deployment.region,
            deployment.status, connector.key or "", connector.content.name, connector.content.repository.tag,
        ]
    )  # fmt: skip


def _deployment_row(deployment: Deployment) -> DeploymentRow:
    shared = deployment.global_values
    values = [_application_values(each) for each in deployment.applications]
    if shared.standard or shared.secured:
        values.append(Values("all applications", list(shared.standard.items()), list(shared.secured)))
    return DeploymentRow(
        id=deployment.id,
        key=deployment.key,
        project=deployment.project,
        type=deployment.type,
        region=deployment.region,
        version=deployment.version,
        status=_badge(deployment.status),
        connector=deployment.connector.key or deployment.connector.content.name,
        tag=deployment.connector.content.repository.tag,
        entry=_last(deployment.report),
        values=values,
    )


def _application_values(application: Application) -> Values:
    return Values(
        application.name,
        list(application.standard.items()),
        list(application.secured),
        application.url,
        application.topic,
        application.schedule,
    )


def _draft_text(item: Draft | Connector) -> str:
    content = item.content
    status = item.status if isinstance(item, Draft) else "Published"
    return " ".join([item.id, item.key or "", item.project, content.name, content.repository.tag, status])


def _draft_row(backend: Backend, item: Draft | Connector) -> DraftRow:
    published = backend.world.connectors.get(item.id)
    draft = item if isinstance(item, Draft) else None
    return DraftRow(
        id=item.id,
        key=item.key,
        name=item.content.name,
        project=item.project,
        version=draft.version if draft else None,
        status=_badge(draft.status) if draft else Badge("draft deleted", "warn"),
        previewable=_badge(draft.is_previewable) if draft and draft.is_previewable != "none" else None,
        tag=item.content.repository.tag,
        has_changes=draft is not None and draft.has_changes,
        private=item.private,
        certified=item.certified,
        published_version=published.version if published else None,
        published_tag=published.content.repository.tag if published else None,
        entry=_last(draft.publishing_report or draft.previewable_report) if draft else None,
    )


def _badge(word: str) -> Badge:
    return Badge(word, _TONES.get(word, "calm"))


def _last(report: Sequence[ReportEntry] | None) -> ReportRow | None:
    if not report:
        return None
    entry = report[-1]
    skipped = entry.title.endswith(" skipped")  # of type Error in healthy drafts, too (API §8.1)
    return ReportRow(
        Badge("Skipped", "calm") if skipped else _badge(entry.type),
        entry.title,
        entry.message,
        entry.application,
        timestamp(entry.created_at),
        len(report),
    )


def _outcome_row(outcome: ScriptedOutcome) -> OutcomeRow:
    return OutcomeRow(
        mark(outcome),
        outcome.lifecycle,
        outcome.key,
        outcome.project,
        outcome.outcome,
        outcome.times,
        len(outcome.report or ()),
    )


def _fault_row(armed: ArmedFault, now: float) -> FaultRow:
    rule = armed.rule
    calls = f"{rule.method or 'any'} {rule.path or '*'}"
    times = rule.times or 1
    once = "once" if times == 1 else f"{times} times"
    limit = f"for {rule.for_seconds:g} s" if rule.for_seconds is not None else once
    return FaultRow(
        mark=mark(armed),
        calls=f"{calls} by {rule.client}" if rule.client else calls,
        effect=_effect(rule.fault),
        limit=f"{limit} after {rule.skip}" if rule.skip else limit,
        hits=armed.hits,
        over=armed.is_over(now),
    )


def _effect(fault: Fault) -> str:
    """Say what a fault does; a scripted body is said to be there, not shown."""
    said = []
    for name, value in to_json(fault).items():
        shown = "…" if name in {"body", "html"} else f"{value:g}" if isinstance(value, float) else str(value)
        said.append(f"{name} {shown}")
    return ", ".join(said)


def _refused_files(backend: Backend) -> Listing[FileRow]:
    files = backend.world.repositories.refused_files()
    rows = [FileRow(each.url, each.tag, problems) for each, problems in files[:ROWS]]
    return Listing(rows, len(files), len(files))


def _call_row(call: JournalEntry) -> CallRow:
    status, query = call["status"], call["query"]
    return CallRow(
        time=call["time"],
        method=call["method"],
        target=f"{call['path']}?{query}" if query else call["path"],
        status=Badge("dropped" if status is None else str(status), _tone_of_status(status)),
        milliseconds=f"{call['duration'] * 1000:.1f}",
        client=call["client"],
    )


def _tone_of_status(status: int | None) -> Tone:
    if status is None or status >= _FIRST_SERVER_ERROR:
        return "bad"
    return "warn" if status >= _FIRST_CLIENT_ERROR else "good"
