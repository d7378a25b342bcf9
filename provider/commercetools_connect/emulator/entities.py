"""What the emulator remembers: drafts, Connectors and Deployments (API §4), without any behaviour.

Times are seconds since 1970 on the emulator's clock. Secured values are kept here and nowhere else; only a
dump shows them.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, JsonValue

from .model import Model
from .specification import RetryPolicy, Specification

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
    created_at: float


class Comment(Model):
    """One remark of a certification; `user_id` is a project key."""

    user_id: str
    datetime: float
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
    ends_at: float | None = None
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
    created_at: float
    modified_at: float

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
    created_at: float
    modified_at: float

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


class DeploymentRun(Model):
    """A deployment or undeployment under way; `target` is the connector that success brings."""

    lifecycle: Literal["deploy", "undeploy"]
    target: DeployedConnector
    build_id: str
    outcome: Outcome
    report: list[ReportEntry]
    queued_at: float | None = None
    """When Queued becomes visible, if it is not yet (assumption 44)."""
    deploying_at: float | None = None
    ends_at: float | None = None
    """None: never (stuck)."""
    skip_scripts: bool = False
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
    """Never `Draft`, unless someone else's hand says so (assumption 7)."""
    rollback_revision: int | None = None
    """The revision that the last run was to restore, if that run was a rollback."""
    run: DeploymentRun | None = None
    created_at: float
    modified_at: float

    @property
    def due_at(self) -> float | None:
        """When time alone will change it next."""
        return self.run.due_at if self.run is not None else None


class Revision(Model):
    """What a Deployment was when it was deployed successfully (API §4.9): everything that a rollback restores."""

    revision: int
    created_at: float
    connector: DeployedConnector
    applications: list[Application]
    global_values: GlobalValues


class LogLine(Model):
    """One line of a Deployment's log (API §4.10); `sequence` orders lines of the same moment."""

    sequence: int
    time: float
    application: str
    type: LogType
    severity: LogSeverity
    details: JsonValue
