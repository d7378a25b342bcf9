"""Connectors: read and search (API §3 rows 1 to 3), and what a Deployment may install."""

from __future__ import annotations

from collections.abc import Callable

from commercetools_connect.emulator.drafts import is_listed_for
from commercetools_connect.emulator.entities import Connector, DeployedConnector, Draft
from commercetools_connect.emulator.errors import access_denied, not_found, refused
from commercetools_connect.emulator.json_values import JsonObject
from commercetools_connect.emulator.paging import PageQuery, Query, is_of_type, page_query, paged
from commercetools_connect.emulator.references import Reference
from commercetools_connect.emulator.render import connector_body
from commercetools_connect.emulator.requests import ConnectorReference
from commercetools_connect.emulator.scopes import Principal
from commercetools_connect.emulator.settings import Settings
from commercetools_connect.emulator.store import World


def get(world: World, principal: Principal, reference: Reference, at: float | None) -> JsonObject:
    """Return one published Connector."""
    principal.require("view_connectors")
    visible = _visible_to(world, principal)
    found = reference.find(each for each in world.connectors.all(at) if visible(each))
    if found is None:
        raise not_found(f"The Resource with {reference.described} was not found.")
    return connector_body(found, world.settings)


def search(world: World, principal: Principal, query: Query, at: float | None) -> JsonObject:
    """Return a page of the Connectors that the caller may install (API §3.1, assumption 30)."""
    principal.require("view_connectors")
    page = page_query(query, "text", "private", "creator.company", "id", "key", "integrationTypes")
    visible = _visible_to(world, principal)
    found = paged(
        [
            each
            for each in world.connectors.all(at)
            if each.listed and visible(each) and _is_wanted(page, each, world.settings)
        ],
        page,
    )
    return found.body(lambda each: connector_body(each, world.settings))


def _is_wanted(page: PageQuery, connector: Connector, settings: Settings) -> bool:
    """`private=true` asks for private Connectors only; false for all (API §3.1, assumption 30)."""
    content = connector.content
    private = page.filters.get("private", ["true" if settings.other(30) else "false"])
    text = page.filters.get("text", [""])[0].lower()
    return (
        text in f"{content.name}\n{content.description or ''}".lower()
        and (connector.private or private != ["true"])
        and page.wants("creator.company", content.creator.company or "")
        and page.wants("id", connector.id)
        and page.wants("key", connector.key or "")
        and is_of_type(page, content)
    )


def _visible_to(world: World, principal: Principal) -> Callable[[Connector], bool]:
    projects = principal.projects("view_connectors")

    def visible(connector: Connector) -> bool:
        draft = world.drafts.get(connector.id)
        return (
            principal.unlimited
            or not connector.private
            or connector.project in projects
            or (draft is not None and any(is_listed_for(draft, each) for each in projects))
        )

    return visible


def installable(world: World, reference: ConnectorReference, project: str) -> DeployedConnector:
    """Return what a Deployment in `project` would run; refuse with the codes of API §11.2."""
    draft = Reference(id=reference.id, key=reference.key).find(world.drafts.all())
    connector = Reference(id=reference.id, key=reference.key).find(world.connectors.all())
    found = draft if reference.staged else connector
    if found is None or reference.version not in {None, found.version}:
        raise _reference_not_found(reference)
    if connector is None or connector.private or reference.staged:
        _require_access(draft, project, world.settings, staged=reference.staged)
    if not reference.staged and connector is not None:
        return installed_from(connector)
    if draft is None:
        raise _reference_not_found(reference)
    return previewed_from(draft, world.settings)


def installed_from(connector: Connector) -> DeployedConnector:
    """Return a published Connector as a Deployment keeps it."""
    return DeployedConnector(
        id=connector.id,
        key=connector.key,
        version=connector.version,
        certified=connector.certified,
        content=connector.content,
    )


def previewed_from(draft: Draft, settings: Settings) -> DeployedConnector:
    """Return a previewable draft as a Deployment keeps it: as it was previewed (assumption 17)."""
    if draft.is_previewable != "true":
        raise refused("ConnectorStagedNotPreviewable", "The ConnectorStaged is not previewable.")
    return latest_previewed(draft, settings)


def latest_previewed(draft: Draft, settings: Settings) -> DeployedConnector:
    """Return the draft as its last successful preview saw it (assumption 17), previewable or not by now."""
    as_it_is = draft.previewed is None or settings.other(17)
    version = draft.version if draft.previewed is None or as_it_is else draft.previewed.version
    content = draft.content if draft.previewed is None or as_it_is else draft.previewed.content
    return DeployedConnector(
        id=draft.id, key=draft.key, version=version, certified=draft.certified, content=content
    )


def _require_access(draft: Draft | None, project: str, settings: Settings, *, staged: bool) -> None:
    """Refuse projects that the draft does not list (assumptions 22 and 42)."""
    if draft is None or is_listed_for(draft, project):
        return
    if project == draft.project:
        if settings.other(22):  # assumption 22
            return
        if not staged and not draft.private_projects and not settings.other(42):  # assumption 42
            return
    raise access_denied(f"The connector does not list the project '{project}' in privateProjects.")


def _reference_not_found(reference: ConnectorReference) -> Exception:
    name = reference.key or reference.id
    version = f" with version {reference.version}" if reference.version is not None else ""
    return refused("ConnectorReferenceNotFound", f"Connector '{name}'{version} not found.")
