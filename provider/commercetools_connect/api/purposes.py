"""Where the calls of each kind go, and what they are for. Pure."""

from __future__ import annotations

from commercetools_connect.api.calls import Purpose
from commercetools_connect.api.connection import checked_project_key
from commercetools_connect.api.ref import Ref
from commercetools_connect.api.scopes import WRITE_CONNECTORS, WRITE_DEPLOYMENTS, access_remedy

__all__ = ["about_connectors", "about_deployments", "deployment_path", "deployments_path"]


def about_connectors(verb: str, what: str, scopes: tuple[str, ...], project_key: str) -> Purpose:
    """Return what a call about connectors or drafts is for; the project is the one of the credentials."""
    remedy = access_remedy(scopes, project_key)
    return Purpose(f"{verb} {what}", writes=scopes == WRITE_CONNECTORS, access_remedy=remedy)


def about_deployments(verb: str, what: str, scopes: tuple[str, ...], project_key: str) -> Purpose:
    """Return what a call about the Deployments of a project is for."""
    return Purpose(
        f"{verb} {what} in project {project_key!r}",
        writes=scopes == WRITE_DEPLOYMENTS,
        access_remedy=access_remedy(scopes, project_key),
    )


def deployments_path(project_key: str) -> str:
    """Return the path of a project's Deployments. Raises `ConfigurationError`, `InvalidInputError`."""
    return f"/{checked_project_key(project_key)}/deployments"


def deployment_path(project_key: str, ref: Ref) -> str:
    """Return the path of one Deployment."""
    return f"{deployments_path(project_key)}/{ref.segment}"
