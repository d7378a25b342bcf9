"""ConnectorStaged: create, read, update, delete (API §3 rows 4 to 8)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from commercetools_connect.emulator.actions import Surroundings, apply, optional_text
from commercetools_connect.emulator.entities import REGIONS, ConnectorContent, Draft
from commercetools_connect.emulator.errors import (
    access_denied,
    concurrent_modification,
    duplicate_key,
    not_found,
    refused,
)
from commercetools_connect.emulator.json_values import JsonObject
from commercetools_connect.emulator.model import evolve
from commercetools_connect.emulator.paging import Page, Query, is_of_type, page_query, paged
from commercetools_connect.emulator.references import Reference
from commercetools_connect.emulator.render import draft_body
from commercetools_connect.emulator.requests import (
    ConnectorStagedDraft,
    ConnectorUpdate,
    Publish,
    UpdatePreviewable,
)
from commercetools_connect.emulator.scopes import Principal
from commercetools_connect.emulator.settings import Settings
from commercetools_connect.emulator.store import World


def create(world: World, principal: Principal, read: Callable[[], ConnectorStagedDraft]) -> JsonObject:
    """Make a draft; its primary project is the first one of the token that may manage drafts (API §0.3)."""
    principal.require("manage_connectors")
    body = read()
    if body.key is not None and any(each.key == body.key for each in world.drafts.all()):  # assumption 19
        raise duplicate_key(body.key)
    now = world.clock.now()
    draft = Draft(
        id=str(uuid.uuid4()),
        key=body.key,
        project=_primary_project(principal),
        content=_new_content(world, body),
        private_projects=list(dict.fromkeys(body.private_projects or [])),
        created_at=now,
        modified_at=now,
    )
    world.drafts.put(draft, now)
    return draft_body(draft, world.settings)


def _primary_project(principal: Principal) -> str:
    project = next(iter(principal.projects("manage_connectors")), None)
    if project is None:
        raise access_denied("The token names no project.")
    return project


def _new_content(world: World, body: ConnectorStagedDraft) -> ConnectorContent:
    settings = world.settings
    reading = world.repositories.read_or_refuse(body.repository, strict=settings.other(41))
    return ConnectorContent(
        name=body.name,
        description=optional_text(body.description, settings, "description"),
        integration_types=body.integration_types or [],
        creator=body.creator,
        repository=body.repository,
        supported_regions=body.supported_regions or list(REGIONS),
        documentation_url=optional_text(body.documentation_url, settings, "documentationUrl"),
        specification=reading.specification,
    )


def get(world: World, principal: Principal, reference: Reference, at: float | None) -> JsonObject:
    """Return one draft."""
    principal.require("view_connectors")
    return draft_body(_find(world, principal, reference, at), world.settings)


def query(world: World, principal: Principal, query: Query, at: float | None) -> JsonObject:
    """Return a page of the drafts that the caller may see (API §3.1)."""
    principal.require("view_connectors")
    page = page_query(query, "isPrivate", "integrationTypes")
    visible = _visible_to(principal)
    wanted: Page[Draft] = paged(
        [
            each
            for each in world.drafts.all(at)
            if visible(each) and page.wants("isPrivate", each.private) and is_of_type(page, each.content)
        ],
        page,
    )
    return wanted.body(lambda each: draft_body(each, world.settings))


def update(
    world: World, principal: Principal, reference: Reference, read: Callable[[], ConnectorUpdate]
) -> JsonObject:
    """Apply the actions in their order, all or none, as one version step (assumption 27)."""
    principal.require("manage_connectors")
    draft = _manageable(world, principal, reference)
    body = read()
    if body.version != draft.version:
        raise concurrent_modification(body.version, draft.version)
    if not body.actions:
        return draft_body(draft, world.settings)
    now = world.clock.now()
    around = Surroundings(now, world.settings, world.repositories, world.outcomes, draft.project, before=draft)
    _require_alone(body, world.settings)
    with world.outcomes.all_or_nothing():
        changed = draft
        for action in body.actions:
            changed = apply(changed, action, around)
    changed = _with_changes_noticed(world, draft, changed)
    changed = evolve(changed, version=draft.version + 1, modified_at=now)
    world.drafts.put(changed, now)
    _unlist_connector(world, draft, changed, now)
    return draft_body(changed, world.settings)


def _require_alone(body: ConnectorUpdate, settings: Settings) -> None:
    """Refuse a process among other actions, where each needs an update of its own (assumption 27)."""
    starts = any(isinstance(each, Publish | UpdatePreviewable) for each in body.actions)
    if starts and len(body.actions) > 1 and settings.other(27):
        raise refused(settings.refusal_code(27), "publish and updatePreviewable must be the only action.")


def _with_changes_noticed(world: World, before: Draft, after: Draft) -> Draft:
    """Set `hasChanges`: against the published Connector, or since the creation if there is none."""
    if after.content == before.content:
        return after
    connector = world.connectors.get(after.id)
    differs = connector is None or connector.content != after.content
    if differs and after.status == "Published" and world.settings.other(13):  # assumption 13
        after = evolve(after, status="Draft")
    return evolve(after, has_changes=differs)


def _unlist_connector(world: World, before: Draft, after: Draft, now: float) -> None:
    connector = world.connectors.get(after.id)
    if connector is not None and before.already_listed and not after.already_listed:
        world.connectors.put(evolve(connector, listed=False, modified_at=now), now)


def delete(world: World, principal: Principal, reference: Reference) -> JsonObject:
    """Delete the draft and its published Connector (API §8.3)."""
    principal.require("manage_connectors")
    draft = _manageable(world, principal, reference)
    settings = world.settings
    if draft.running and not settings.other(10):  # assumption 10
        raise refused(
            settings.refusal_code(10), "The ConnectorStaged cannot be deleted while a process is running."
        )
    # If it is not refused, Deployments keep what they run (assumption 43).
    deployed = any(each.connector.id == draft.id for each in world.deployments.all())
    if deployed and not settings.other(9):  # assumption 9
        raise refused(
            settings.refusal_code(9), "The ConnectorStaged cannot be deleted while Deployments of it exist."
        )
    now = world.clock.now()
    world.drafts.remove(draft.id, now)
    if world.connectors.get(draft.id) is not None:
        world.connectors.remove(draft.id, now)
    return draft_body(draft, settings)


def is_listed_for(draft: Draft, project: str) -> bool:
    """Tell whether `privateProjects` names the project, in any region."""
    return any(each.partition(":")[2] == project for each in draft.private_projects)


def _visible_to(principal: Principal) -> Callable[[Draft], bool]:
    """Drafts of the caller's projects and those that list one of them (API §1.3)."""
    projects = principal.projects("view_connectors")
    return lambda draft: (
        principal.unlimited or draft.project in projects or any(is_listed_for(draft, each) for each in projects)
    )


def _find(world: World, principal: Principal, reference: Reference, at: float | None = None) -> Draft:
    visible = _visible_to(principal)
    found = reference.find(each for each in world.drafts.all(at) if visible(each))
    if found is None:
        raise not_found(f"The Resource with {reference.described} was not found.")
    return found


def _manageable(world: World, principal: Principal, reference: Reference) -> Draft:
    draft = _find(world, principal, reference)
    if not principal.may("manage_connectors", draft.project):
        raise access_denied(f"The token needs manage_connectors:{draft.project}.")
    return draft
