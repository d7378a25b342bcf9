"""Objects as the API shows them: connectors (API §4.2 to §4.4), Deployments, logs, revisions (§4.7, §4.9, §4.10).

Revisions are known from the release notes: there is one for each successful run, the newest first, with the
connector's version and the configuration of each application. The names of their members are assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, TypeAlias

from pydantic import BeforeValidator, Field, JsonValue

from commercetools_connect.api.models.base import ResponseModel


class OpenEnum:
    """Enumeration of the API, an open set: an unknown value stays a plain string and is no error (API §4.5).

    `ALL` has the known values.
    """

    ALL: ClassVar[frozenset[str]]

    def __init_subclass__(cls) -> None:
        cls.ALL = frozenset(
            value for name, value in vars(cls).items() if name.isupper() and isinstance(value, str)
        )


class ConnectorStatus(OpenEnum):
    """The publication status of a ConnectorStaged (API §8.1)."""

    DRAFT: Final = "Draft"
    PROCESSING: Final = "Processing"
    READY_FOR_CERTIFICATION: Final = "ReadyForCertification"
    IN_CERTIFICATION: Final = "InCertification"
    PUBLISHED: Final = "Published"
    FAILED: Final = "Failed"


class IsPreviewable(OpenEnum):
    """The preview status of a ConnectorStaged; strings, also `"true"` and `"false"` (API §4.2)."""

    TRUE: Final = "true"
    FALSE: Final = "false"
    PENDING: Final = "pending"
    NONE: Final = "none"


class DeploymentStatus(OpenEnum):
    """The status of a Deployment (API §8.2)."""

    DRAFT: Final = "Draft"
    QUEUED: Final = "Queued"
    DEPLOYING: Final = "Deploying"
    DEPLOYED: Final = "Deployed"
    FAILED: Final = "Failed"
    UNDEPLOYING: Final = "Undeploying"
    UNDEPLOY_FAILED: Final = "UndeployFailed"


class ReportEntryType(OpenEnum):
    """The severity of a report entry. It does not say whether the run succeeded (API §8.1)."""

    INFORMATION: Final = "Information"
    WARNING: Final = "Warning"
    ERROR: Final = "Error"


class ApplicationType(OpenEnum):
    """The kinds of applications of a connector (API §4.4)."""

    SERVICE: Final = "service"
    EVENT: Final = "event"
    JOB: Final = "job"
    MERCHANT_CENTER_CUSTOM_APPLICATION: Final = "merchant-center-custom-application"
    MERCHANT_CENTER_CUSTOM_VIEW: Final = "merchant-center-custom-view"
    ASSETS: Final = "assets"


class LogSeverity(OpenEnum):
    """The severity of a line of an application's log; `ORDER` goes from the least to the most."""

    DEFAULT: Final = "DEFAULT"
    DEBUG: Final = "DEBUG"
    INFO: Final = "INFO"
    NOTICE: Final = "NOTICE"
    WARNING: Final = "WARNING"
    ERROR: Final = "ERROR"
    CRITICAL: Final = "CRITICAL"
    ALERT: Final = "ALERT"
    EMERGENCY: Final = "EMERGENCY"
    ORDER: Final = (DEFAULT, DEBUG, INFO, NOTICE, WARNING, ERROR, CRITICAL, ALERT, EMERGENCY)


class Creator(ResponseModel):
    """The creator of a connector; `""` and `None` mean not given."""

    email: str = ""
    name: str = ""
    title: str = ""
    company: str = ""
    logo_url: str = ""
    no_of_contributors: int | None = None
    support_url: str = ""


class Repository(ResponseModel):
    """The source of a connector; in a Deployment `tag` is the one that runs (API §4.7)."""

    url: str = ""
    tag: str = ""


class SecuredConfigurationKey(ResponseModel):
    """A secret setting of a connector; it never has a default (API §4.4)."""

    key: str
    description: str = ""
    required: bool = False


class StandardConfigurationKey(SecuredConfigurationKey):
    """A readable setting of a connector; `default` is `None` where connect.yaml gives none."""

    default: str | None = None


class ConnectorConfigurationApplication(ResponseModel):
    """One application of a connector and its settings."""

    application_name: str
    application_type: str = ""
    standard_configuration: tuple[StandardConfigurationKey, ...] = ()
    secured_configuration: tuple[SecuredConfigurationKey, ...] = ()


class ConnectorGlobalConfiguration(ResponseModel):
    """The settings that all applications of a connector share."""

    standard_configuration: tuple[StandardConfigurationKey, ...] = ()
    secured_configuration: tuple[SecuredConfigurationKey, ...] = ()


class ConnectorApiClient(ResponseModel):
    """The scopes of the API client that Connect creates for each deployment of the connector."""

    scopes: tuple[str, ...] = ()


class CertificationComment(ResponseModel):
    """A remark in a certification; `user_id` is a project key (API §4.4)."""

    user_id: str = ""
    datetime: str = ""
    comment: str = ""


class CertificationInfo(ResponseModel):
    """The conversation about a certification."""

    comments: tuple[CertificationComment, ...] = ()


class ReportEntry(ResponseModel):
    """One finding of a preview, a publication or a build; `application` is `""` where it concerns all."""

    type: str = ""
    title: str = ""
    message: str = ""
    application: str = ""
    created_at: str = ""


class Report(ResponseModel):
    """The findings of one run, in the server's order. They do not say whether it succeeded (API §8.1)."""

    entries: tuple[ReportEntry, ...] = ()


# The vendor's documentation speaks of a boolean (API §18).
_LOWER_BOOLEAN = BeforeValidator(lambda value: str(value).lower() if isinstance(value, bool) else value)


class ConnectorContent(ResponseModel):
    """What a ConnectorStaged, its published Connector and a Deployment's copy have in common.

    Absent texts are `""`, absent lists `()`.
    """

    key: str = ""
    name: str = ""
    description: str = ""
    integration_types: tuple[str, ...] = ()
    creator: Creator = Field(default_factory=Creator)
    repository: Repository = Field(default_factory=Repository)
    configurations: tuple[ConnectorConfigurationApplication, ...] = ()
    global_configuration: ConnectorGlobalConfiguration = Field(default_factory=ConnectorGlobalConfiguration)
    supported_regions: tuple[str, ...] = ()
    documentation_url: str = ""


class ConnectorStaged(ConnectorContent):
    """A connector before its publication (API §4.2)."""

    id: str
    version: int
    api_client: ConnectorApiClient | None = None
    private: bool = True
    private_projects: tuple[str, ...] = ()
    certification_info: CertificationInfo = Field(default_factory=CertificationInfo)
    status: str
    publishing_report: Report = Field(default_factory=Report)
    already_listed: bool = False
    has_changes: bool = False
    is_previewable: Annotated[str, _LOWER_BOOLEAN] = IsPreviewable.NONE
    previewable_report: Report = Field(default_factory=Report)

    @property
    def in_marketplace(self) -> bool:
        """Whether everyone finds the connector: a private one is not listed (API §4.2)."""
        return self.already_listed and not self.private


class Connector(ConnectorContent):
    """A published connector: read-only, with the id and key of its ConnectorStaged (API §2, §4.3)."""

    id: str
    version: int
    api_client: ConnectorApiClient | None = None
    private: bool = True
    certified: bool = False


def _keys_of(entries: object) -> object:
    # A value that the server shows is a mask, or a secret that should not be here (API §12.1): it is dropped.
    if isinstance(entries, tuple):
        return entries
    if not isinstance(entries, list):
        return ()
    keys = (entry.get("key") if isinstance(entry, Mapping) else None for entry in entries)
    return tuple(key for key in keys if isinstance(key, str))


SecuredKeys: TypeAlias = Annotated[
    tuple[str, ...], Field(validation_alias="securedConfiguration"), BeforeValidator(_keys_of)
]


class DeployedValue(ResponseModel):
    """A readable setting and its value."""

    key: str
    value: str = ""


class ApplicationRetryPolicy(ResponseModel):
    """Redelivery of an event application's messages; seconds (API §4.6)."""

    strategy: str = ""
    min_backoff_seconds: int | None = None
    max_backoff_seconds: int | None = None
    max_attempts: int | None = None


class DeployedGlobalConfiguration(ResponseModel):
    """The settings that all applications of a Deployment share."""

    standard_configuration: tuple[DeployedValue, ...] = ()
    secured_keys: SecuredKeys = ()


class DeploymentRevisionApplication(DeployedGlobalConfiguration):
    """The settings of one application, without secured values; `schedule` is `""` where its type has none."""

    application_name: str
    schedule: str = ""
    retry_policy: ApplicationRetryPolicy | None = None


class ApplicationDeployment(DeploymentRevisionApplication):
    """One running application. `url` and `topic` are `""` where its type has none."""

    id: str = ""
    url: str = ""
    topic: str = ""


class DeploymentConnector(ConnectorContent):
    """The connector version that was deployed and runs (API §4.7)."""

    id: str = ""
    version: int | None = None
    certified: bool = False


class DeploymentApiClient(ResponseModel):
    """The API client that Connect created for the applications; `name` is its client id (API §12.1)."""

    name: str = ""
    scopes: tuple[str, ...] = ()


class DeploymentBuild(ResponseModel):
    """The build that runs, or the one under way."""

    id: str = ""
    report: Report = Field(default_factory=Report)


class DeploymentBuildDetails(ResponseModel):
    """The server's details of a Deployment: its build."""

    build: DeploymentBuild = Field(default_factory=DeploymentBuild)


# The type is not documented (API §4.7): only a name or a number is shown.
_NAME_OR_NUMBER = BeforeValidator(lambda value: str(value) if isinstance(value, str | int) else "")


class Deployment(ResponseModel):
    """A running installation of a connector (API §4.7). Absent texts are `""`, absent lists `()`.

    `rollback_revision` is the revision that a rollback restored, experimental like everything about revisions.
    """

    id: str
    key: str = ""
    version: int
    type: str = ""
    connector: DeploymentConnector = Field(default_factory=DeploymentConnector)
    global_configuration: DeployedGlobalConfiguration = Field(default_factory=DeployedGlobalConfiguration)
    api_client: DeploymentApiClient | None = None
    details: DeploymentBuildDetails = Field(default_factory=DeploymentBuildDetails)
    deployed_region: str = ""
    applications: tuple[ApplicationDeployment, ...] = ()
    preview: bool = False
    status: str
    rollback_revision: Annotated[str, _NAME_OR_NUMBER] = ""

    @property
    def build_id(self) -> str:
        """The id of the build, `""` before there is one; another one for each run (API §8.2)."""
        return self.details.build.id

    @property
    def report(self) -> tuple[ReportEntry, ...]:
        """The findings of the build and of the scripts after it."""
        return self.details.build.report.entries


class DeploymentLog(ResponseModel):
    """One line; `timestamp` is ISO 8601, `details` any JSON, such as `{"message": "Listening on port 8080"}`."""

    type: str = ""
    deployment_id: str = ""
    application_name: str = ""
    severity: str = LogSeverity.DEFAULT
    timestamp: str = ""
    details: JsonValue = None


class DeploymentLogPage(ResponseModel):
    """Some lines; `next` asks for the following ones, and is `""` on the last page."""

    lines: tuple[DeploymentLog, ...] = Field(default=(), validation_alias="data")
    next: str = ""


class DeploymentRevisionConnector(ResponseModel):
    """The connector that a revision ran."""

    id: str = ""
    key: str = ""
    version: int | None = None
    name: str = ""
    repository: Repository = Repository()


class DeploymentRevision(ResponseModel):
    """One successful run; `revision` is what a rollback names."""

    revision: str
    created_at: str = ""
    connector: DeploymentRevisionConnector = DeploymentRevisionConnector()
    global_configuration: DeployedGlobalConfiguration = DeployedGlobalConfiguration()
    applications: tuple[DeploymentRevisionApplication, ...] = ()

    @property
    def id(self) -> str:
        """The name that identifies the revision within its Deployment."""
        return self.revision
