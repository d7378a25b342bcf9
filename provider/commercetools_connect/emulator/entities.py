"""What the emulator remembers: drafts, Connectors, Deployments, and what scripts register; without any behaviour.

Times are seconds since 1970 on the emulator's clock. Secured values are kept here and nowhere else; only a
dump shows them.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, JsonValue

from commercetools_connect.emulator.clock import Moment
from commercetools_connect.emulator.model import Model
from commercetools_connect.emulator.settings import Seconds
from commercetools_connect.emulator.specification import RetryPolicy, Specification

IntegrationType = Literal[
    "tax", "marketplace", "oms", "psp", "pim", "promotion", "search",
    "erp", "crm", "email", "analytics", "shipping", "giftcard", "other",
]  # fmt: skip
Region = Literal[
    "europe-west1.gcp", "us-central1.gcp", "australia-southeast1.gcp", "us-east-2.aws", "eu-central-1.aws"
]
#: All regions of Connect (API §1.1).
REGIONS: tuple[Region, ...] = get_args(Region)

DeploymentType = Literal["preview", "sandbox", "production"]
EntryType = Literal["Information", "Warning", "Error"]
Outcome = Literal["success", "failure", "warning", "cancelled", "stuck"]
LogType = Literal["HTTP_REQUEST", "APPLICATION_TEXT", "APPLICATION_JSON"]
LogSeverity = Literal["DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"]

RegistrationKind = Literal["extension", "subscription"]

Version = Annotated[int, Field(ge=1)]
Key = Annotated[str, Field(min_length=2, max_length=256, pattern=r"^[A-Za-z0-9_-]+$")]
ProjectIdentifier = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\-_.]+:[a-zA-Z0-9\-_]{2,36}$")]


class Creator(Model):
    """Who made the connector."""

    email: Annotated[str, Field(min_length=1)]
    name: str | None = None
    title: str | None = None
    company: str | None = None
    logo_url: str | None = None
    no_of_contributors: Annotated[int, Field(ge=1)] | None = None
    support_url: str | None = None


class Repository(Model):
    """A Git repository and the tag in it."""

    url: Annotated[str, Field(min_length=1)]
    tag: Annotated[str, Field(min_length=1)]


class ReportEntry(Model):
    """One line of a report; `application` only in Deployments."""

    type: EntryType
    title: str
    message: str | None = None
    application: str | None = None
    created_at: Moment


class Comment(Model):
    """One remark of a certification; `user_id` is a project key."""

    user_id: str
    datetime: Moment
    comment: str


class ConnectorContent(Model):
    """What a publication copies from a draft into its Connector, and a Deployment from either."""

    name: str
    description: str | None = None
    integration_types: list[IntegrationType] = Field(default_factory=list)
    creator: Creator
    repository: Repository
    supported_regions: list[Region] = Field(default_factory=lambda: list(REGIONS))
    documentation_url: str | None = None
    specification: Specification | None = None
    """None while connect.yaml is missing or invalid."""


class ValidationRun(Model):
    """A preview or a publication under way."""

    content: ConnectorContent
    outcome: Outcome
    report: list[ReportEntry]
    ends_at: Moment | None = None
    """None: never (stuck)."""
    certification: bool = False


class PreviewedDraft(Model):
    """The draft as its last successful preview saw it."""

    version: int
    content: ConnectorContent


class Draft(Model):
    """A ConnectorStaged."""

    id: str
    key: str | None = None
    version: int = 1
    project: str
    """The primary project (API §0.3): its scopes manage the draft."""
    content: ConnectorContent
    private: bool = True
    private_projects: list[str] = Field(default_factory=list)
    status: str = "Draft"
    publishing_report: list[ReportEntry] | None = None
    is_previewable: str = "none"
    previewable_report: list[ReportEntry] | None = None
    already_listed: bool = False
    has_changes: bool = False
    certified: bool = False
    comments: list[Comment] = Field(default_factory=list)
    publishing: ValidationRun | None = None
    previewing: ValidationRun | None = None
    previewed: PreviewedDraft | None = None
    candidate: ConnectorContent | None = None
    """What waits for certification."""
    created_at: Moment
    modified_at: Moment

    @property
    def running(self) -> bool:
        """Whether a process is under way."""
        return self.publishing is not None or self.previewing is not None

    @property
    def due_at(self) -> float | None:
        """When time alone will change it next."""
        ends = [run.ends_at for run in (self.publishing, self.previewing) if run is not None]
        return min((end for end in ends if end is not None), default=None)


class Connector(Model):
    """A published Connector: same id and key as its draft (API §2)."""

    id: str
    key: str | None = None
    version: int = 1
    project: str
    content: ConnectorContent
    private: bool = True
    certified: bool = False
    listed: bool = True
    created_at: Moment
    modified_at: Moment

    @property
    def due_at(self) -> float | None:
        """Never: a Connector changes only with its draft."""
        return None


class DeployedConnector(Model):
    """The connector as a Deployment runs it."""

    id: str
    key: str | None = None
    version: int
    certified: bool = False
    content: ConnectorContent


class Application(Model):
    """One application of a Deployment with its values."""

    id: str
    name: str
    standard: dict[str, str] = Field(default_factory=dict)
    secured: dict[str, str] = Field(default_factory=dict)
    url: str | None = None
    topic: str | None = None
    schedule: str | None = None
    retry_policy: RetryPolicy | None = None


class GlobalValues(Model):
    """Values for the keys that all applications share."""

    standard: dict[str, str] = Field(default_factory=dict)
    secured: dict[str, str] = Field(default_factory=dict)


class ApiClient(Model):
    """The runtime client that Connect generated."""

    name: str
    scopes: list[str]


class ConnectorScript(Model):
    """What the `postDeploy` or `preUndeploy` script of one application does to an Extension or a Subscription.

    Applications with a URL register an Extension, event applications a Subscription. `register` updates the object
    of that key or creates it, `recreate` deletes it and creates it after `gap` seconds, `createOnly` leaves an
    object of that key alone, `nothing` fails silently; `unregister` deletes by key (`preUndeploy`). Without `key`
    the object has none, and each run creates another one. The scripts of a run work one after another.
    """

    application: Annotated[str, Field(min_length=1)]
    does: Literal["register", "recreate", "createOnly", "nothing", "unregister"] = "register"
    key: Key | None = None
    address: Literal["own", "former"] = "own"
    """`former`: the topic or URL that the application had before this run, or might have had."""
    path: Annotated[str, Field(pattern="^/")] | None = None
    """What the script puts behind the URL of its application."""
    absolute_path: Annotated[str, Field(pattern="^/")] | None = None
    """What the script calls at the host of its application instead of the application's own path."""
    after: Seconds = 0.0
    """From the end of the run until the script writes."""
    gap: Seconds = 0.0
    draft: dict[str, JsonValue] = Field(default_factory=dict)
    """Members of the create body that differ from the script's own; `destination` is merged."""


class RegisteredKey(Model):
    """A key that `postDeploy` scripts of a Deployment use, and that its `preUndeploy` scripts delete."""

    kind: RegistrationKind
    key: Key


class ScriptStep(Model):
    """One write of a script, at its time."""

    at: Moment
    deployment: str
    project: str
    client: str | None = None
    kind: RegistrationKind
    write: Literal["update", "create", "delete"]
    key: Key | None = None
    draft: dict[str, JsonValue] = Field(default_factory=dict)


class DeploymentRun(Model):
    """A deployment or undeployment under way; `target` is the connector that success brings."""

    lifecycle: Literal["deploy", "undeploy"]
    target: DeployedConnector
    build_id: str
    outcome: Outcome
    report: list[ReportEntry]
    queued_at: Moment | None = None
    """When Queued becomes visible, if it is not yet (assumption 44)."""
    deploying_at: Moment | None = None
    ends_at: Moment | None = None
    """None: never (stuck)."""
    skip_scripts: bool = False
    scripts: list[ConnectorScript] | None = None
    """The scripted scripts; None: a deployment registers nothing, an undeployment deletes what was registered."""
    only: list[str] | None = None
    """The applications that success leaves: those of the revision that a rollback restores."""

    @property
    def due_at(self) -> float | None:
        """When its next phase begins or it ends."""
        moments = (self.queued_at, self.deploying_at, self.ends_at)
        return next((moment for moment in moments if moment is not None), None)


class Deployment(Model):
    """A running installation of a connector in one project and region."""

    id: str
    key: str | None = None
    project: str
    version: int = 1
    type: DeploymentType
    staged: bool
    region: str
    connector: DeployedConnector
    applications: list[Application] = Field(default_factory=list)
    global_values: GlobalValues = GlobalValues()
    api_client: ApiClient | None = None
    build_id: str
    report: list[ReportEntry] | None = None
    status: str = "Queued"
    """Never `Draft`, unless the control interface sets it (assumption 7)."""
    rollback_revision: int | None = None
    """The revision that the last run was to restore, if that run was a rollback."""
    run: DeploymentRun | None = None
    registered: list[RegisteredKey] = Field(default_factory=list)
    """The keys that its scripts have used so far."""
    rebuild_at: Moment | None = None
    """When the platform rebuilds it by itself; None: never."""
    created_at: Moment
    modified_at: Moment

    @property
    def due_at(self) -> float | None:
        """When time alone will change it next."""
        moments = (self.run.due_at if self.run is not None else None, self.rebuild_at)
        return min((moment for moment in moments if moment is not None), default=None)


class Revision(Model):
    """What a Deployment was when it was deployed successfully (API §4.9): everything that a rollback restores."""

    revision: int
    created_at: Moment
    connector: DeployedConnector
    applications: list[Application]
    global_values: GlobalValues


class LogLine(Model):
    """One line of a Deployment's log (API §4.10); `sequence` orders lines of the same moment."""

    sequence: int
    time: Moment
    application: str
    type: LogType
    severity: LogSeverity
    details: JsonValue


class Registration(Model):
    """What Extensions and Subscriptions have in common. `destination` holds its secrets; only dumps show them."""

    id: str
    key: str | None = None
    project: str
    version: int = 1
    destination: dict[str, JsonValue]
    created_at: Moment
    modified_at: Moment
    created_by: str | None = None
    """The API client; None: a person."""
    modified_by: str | None = None

    @property
    def due_at(self) -> float | None:
        """Never: nothing happens to it by time alone."""
        return None


class Extension(Registration):
    """An API Extension of a project."""

    triggers: list[JsonValue] = Field(default_factory=list)
    timeout_in_ms: int | None = None
    expansion_paths: list[str] | None = None
    additional_context: dict[str, JsonValue] | None = None


class Subscription(Registration):
    """A Subscription of a project."""

    messages: list[JsonValue] = Field(default_factory=list)
    changes: list[JsonValue] = Field(default_factory=list)
    events: list[JsonValue] = Field(default_factory=list)
    format: dict[str, JsonValue]
    status: str = "Healthy"
