"""Representations: what the API shows of a draft, a Connector and a Deployment (API §4.2, §4.3, §4.7)."""

from __future__ import annotations

from collections.abc import Mapping

from commercetools_connect.emulator.cache import IdentityCache
from commercetools_connect.emulator.clock import timestamp
from commercetools_connect.emulator.entities import (
    Application,
    Connector,
    ConnectorContent,
    DeployedConnector,
    Deployment,
    Draft,
    GlobalValues,
    LogLine,
    ReportEntry,
    Revision,
)
from commercetools_connect.emulator.json_values import Json, JsonObject
from commercetools_connect.emulator.model import to_json
from commercetools_connect.emulator.settings import ResponseStyle, Settings
from commercetools_connect.emulator.specification import Keys, Specification

#: What is shown in place of a secured value (assumptions 4 and 5).
MASK = "****"


def draft_body(draft: Draft, settings: Settings) -> JsonObject:
    """Return a ConnectorStaged."""
    style = settings.responses
    return _styled(
        {
            "id": draft.id,
            "key": draft.key,
            "version": draft.version,
            **_content(draft.content, style),
            "description": draft.content.description or "",  # the type requires it (API §4.2)
            "private": draft.private,
            "privateProjects": None if style.omit_old_members else list(draft.private_projects),
            "certificationInfo": _certification(draft),
            "status": draft.status,
            "publishingReport": _report(draft.publishing_report, style),
            "alreadyListed": draft.already_listed,
            "hasChanges": draft.has_changes,
            "isPreviewable": draft.is_previewable,
            "previewableReport": _report(draft.previewable_report, style),
        },
        style,
        nullable=("publishingReport", "previewableReport"),
    )


def connector_body(connector: Connector, settings: Settings) -> JsonObject:
    """Return a Connector."""
    style = settings.responses
    return _styled(
        {
            "id": connector.id,
            "key": connector.key,
            "version": connector.version,
            **_content(connector.content, style),
            "private": connector.private,
            "certified": connector.certified,
        },
        style,
    )


def deployment_body(deployment: Deployment, settings: Settings) -> JsonObject:
    """Return a Deployment; secured values are masked."""
    style = settings.responses
    return _styled(
        {
            "id": deployment.id,
            "key": deployment.key,
            "version": deployment.version,
            "type": None if style.omit_old_members else deployment.type,
            "connector": _deployed_connector(deployment.connector, style),
            "globalConfiguration": _global_values(deployment.global_values, settings),
            "apiClient": to_json(deployment.api_client) if deployment.api_client else None,
            "details": _details(deployment, style),
            "deployedRegion": deployment.region,
            "applications": [_application(each, settings) for each in deployment.applications],
            "preview": deployment.type == "preview",
            "status": deployment.status,
            "rollbackRevision": revision_number(deployment.rollback_revision, settings),
        },
        style,
    )


def _details(deployment: Deployment, style: ResponseStyle) -> JsonObject:
    if style.empty_details and deployment.status == "Deploying":  # assumption 44
        return {}
    build = {"id": deployment.build_id, "report": _report(deployment.report, style)}
    return {"build": _without_none(build)}


def revision_body(revision: Revision, settings: Settings) -> JsonObject:
    """Return a DeploymentRevision; its members are a guess (API §4.9)."""
    connector = revision.connector
    return _styled(
        {
            "revision": revision_number(revision.revision, settings),
            "createdAt": timestamp(revision.created_at),
            "connector": _without_none(
                {
                    "id": connector.id,
                    "key": connector.key,
                    "version": connector.version,
                    "name": connector.content.name,
                    "repository": to_json(connector.content.repository),
                }
            ),
            "globalConfiguration": _global_values(revision.global_values, settings),
            "applications": [_application(each, settings) for each in revision.applications],
        },
        settings.responses,
    )


def revision_number(revision: int | None, settings: Settings) -> Json:
    """Return the number of a revision as the API writes it (assumption 33)."""
    return revision if revision is None or not settings.other(33) else str(revision)


def log_body(deployment_id: str, line: LogLine) -> JsonObject:
    """Return a DeploymentLog."""
    return {
        "type": line.type,
        "deploymentId": deployment_id,
        "applicationName": line.application,
        "severity": line.severity,
        "timestamp": timestamp(line.time),
        "details": line.details,
    }


def _fresh_content(content: ConnectorContent, style: ResponseStyle) -> dict[str, Json]:
    specification = content.specification or Specification()
    return {
        "name": content.name,
        "description": content.description,
        "integrationTypes": None if style.omit_old_members else list(content.integration_types),
        "creator": to_json(content.creator),
        "repository": to_json(content.repository),
        "configurations": [
            {
                "applicationName": each.name,
                "applicationType": each.application_type,
                **_keys(each.keys, style),
            }
            for each in specification.applications
        ],
        "globalConfiguration": _keys(specification.global_keys, style) if specification.global_keys else None,
        "apiClient": {"scopes": specification.api_client_scopes} if specification.api_client_scopes else None,
        "supportedRegions": list(content.supported_regions),
        "documentationUrl": content.documentation_url,
    }


#: Hundreds of Deployments run the same few connectors.
_content = IdentityCache(_fresh_content)


def _keys(keys: Keys, style: ResponseStyle) -> dict[str, Json]:
    hidden = {"required"} if style.omit_old_members else set()
    standard = [each.model_dump(exclude=hidden, exclude_none=not style.null_members) for each in keys.standard]
    secured = [each.model_dump(exclude=hidden) for each in keys.secured]
    return {"standardConfiguration": standard, "securedConfiguration": secured}


def _deployed_connector(connector: DeployedConnector, style: ResponseStyle) -> JsonObject:
    """Return a DeploymentConnector: a Connector without `private` and `apiClient` (API §4.7)."""
    return _without_none(
        {
            "id": connector.id,
            "key": None if style.omit_old_members else connector.key,
            "version": connector.version,
            **_content(connector.content, style),
            "apiClient": None,
            "certified": connector.certified,
        }
    )


def _application(application: Application, settings: Settings) -> JsonObject:
    return _without_none(
        {
            "id": application.id,
            "applicationName": application.name,
            "standardConfiguration": _values(application.standard),
            "securedConfiguration": _masked(application.secured, settings),
            "url": application.url,
            "topic": application.topic,
            "schedule": application.schedule,
            "retryPolicy": to_json(application.retry_policy) if application.retry_policy else None,
        }
    )


def _global_values(values: GlobalValues, settings: Settings) -> JsonObject:
    return {
        "standardConfiguration": _values(values.standard),
        "securedConfiguration": _masked(values.secured, settings),
    }


def _values(values: Mapping[str, str]) -> Json:
    return [{"key": key, "value": value} for key, value in values.items()]


def _masked(values: Mapping[str, str], settings: Settings) -> Json:
    if settings.other(4):
        return [{"key": key} for key in values]
    stars = settings.third(4)
    return [{"key": key, "value": "*" * len(value) if stars else MASK} for key, value in values.items()]


def _certification(draft: Draft) -> Json:
    if not draft.comments:
        return None
    return {
        "comments": [
            {"userId": each.user_id, "datetime": timestamp(each.datetime), "comment": each.comment}
            for each in draft.comments
        ]
    }


def _report(entries: list[ReportEntry] | None, style: ResponseStyle) -> Json:
    if entries is None:
        return None
    return {"entries": [_entry(each, style) for each in entries]}


def _entry(entry: ReportEntry, style: ResponseStyle) -> JsonObject:
    body: dict[str, Json] = {
        "type": entry.type,
        "title": entry.title,
        "message": entry.message,
        "application": entry.application,
        "createdAt": timestamp(entry.created_at),
    }
    return body if style.null_members else _without_none(body)


def _styled(body: dict[str, Json], style: ResponseStyle, nullable: tuple[str, ...] = ()) -> JsonObject:
    kept = nullable if style.null_members else ()
    styled = {name: value for name, value in body.items() if value is not None or name in kept}
    if style.unknown_member:
        styled["emulatorExtension"] = {"note": "clients tolerate members they do not know"}
    return styled


def _without_none(body: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in body.items() if value is not None}
