"""Lines of the logs of applications, as the API shows them (API §4.10). The endpoint ends after 2027-01-31."""

from __future__ import annotations

from pydantic import Field, JsonValue

from commercetools_connect.api.models.base import ResponseModel
from commercetools_connect.api.models.vocabulary import LogSeverity

__all__ = ["DeploymentLog", "DeploymentLogPage"]


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
