"""The 19 update actions of a ConnectorStaged (API §5), as one table from request to change.

Each change takes a draft, an action and what surrounds them, and returns the draft afterwards or raises an
`ApiError`. It changes nothing in place, except that a run uses up its scripted outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from commercetools_connect.emulator import requests as r
from commercetools_connect.emulator.entities import (
    Comment,
    ConnectorContent,
    Draft,
    ReportEntry,
    Repository,
    ValidationRun,
)
from commercetools_connect.emulator.errors import invalid_json, refused
from commercetools_connect.emulator.lifecycles import UNDER_CERTIFICATION
from commercetools_connect.emulator.model import Model, evolve
from commercetools_connect.emulator.outcomes import Lifecycle, OutcomeScript, scripted_report, validation_report
from commercetools_connect.emulator.repositories import Repositories
from commercetools_connect.emulator.settings import Settings

A = TypeVar("A", bound=Model)


@dataclass(frozen=True)
class Surroundings:
    """What an action may look at besides its draft.

    `actor` is the project of the caller, `before` the draft as the whole update found it.
    """

    now: float
    settings: Settings
    repositories: Repositories
    outcomes: OutcomeScript
    actor: str
    before: Draft


def apply(draft: Draft, action: r.DraftAction, around: Surroundings) -> Draft:
    """Return the draft after one action."""
    edits = not isinstance(action, r.Publish)
    starts_preview = isinstance(action, r.UpdatePreviewable)
    together = starts_preview and around.before.publishing is None  # assumption 27
    if (
        draft.publishing is not None and not together and not (edits and around.settings.other(11))
    ):  # assumption 11
        raise refused(
            around.settings.refusal_code(11),
            "The ConnectorStaged is being processed; it cannot be updated until the process completes.",
        )
    if around.before.previewing is not None and around.settings.other(12) and not starts_preview:  # assumption 12
        raise _preview_under_process()
    return _CHANGES[type(action)](draft, action, around)


Change = Callable[[Draft, Model, Surroundings], Draft]
_CHANGES: dict[type[Model], Change] = {}


def _on(kind: type[A]) -> Callable[[Callable[[Draft, A, Surroundings], Draft]], Callable[..., Draft]]:
    """Enter a change in the table under the action that it serves."""

    def enter(change: Callable[[Draft, A, Surroundings], Draft]) -> Callable[..., Draft]:
        def checked(draft: Draft, action: Model, around: Surroundings) -> Draft:
            if not isinstance(action, kind):
                raise TypeError(f"{change.__name__} does not serve {type(action).__name__}")
            return change(draft, action, around)

        _CHANGES[kind] = checked
        return checked

    return enter


def _with_content(draft: Draft, **changes: object) -> Draft:
    return evolve(draft, content=evolve(draft.content, **changes))


def _with_creator(draft: Draft, **changes: object) -> Draft:
    return _with_content(draft, creator=evolve(draft.content.creator, **changes))


def optional_text(text: str | None, settings: Settings, member: str) -> str | None:
    """Return an optional text as it is kept: an empty one clears the member (assumption 24)."""
    if text == "" and settings.other(24):
        raise invalid_json(f"{member}: must not be empty")
    return text or None


@_on(r.SetName)
def _set_name(draft: Draft, action: r.SetName, _around: Surroundings) -> Draft:
    return _with_content(draft, name=action.name)


@_on(r.SetDescription)
def _set_description(draft: Draft, action: r.SetDescription, around: Surroundings) -> Draft:
    text = optional_text(action.description, around.settings, "description")
    return _with_content(draft, description=text)


@_on(r.SetDocumentationUrl)
def _set_documentation_url(draft: Draft, action: r.SetDocumentationUrl, around: Surroundings) -> Draft:
    text = optional_text(action.documentation_url, around.settings, "documentationUrl")
    return _with_content(draft, documentation_url=text)


@_on(r.SetRepository)
def _set_repository(draft: Draft, action: r.SetRepository, around: Surroundings) -> Draft:
    repository = Repository(url=action.url or draft.content.repository.url, tag=action.tag)
    reading = around.repositories.read_or_refuse(repository, strict=around.settings.other(41))
    moved = _with_content(draft, repository=repository, specification=reading.specification)
    return evolve(moved, is_previewable="none", previewable_report=None, previewing=None)


@_on(r.SetIntegrationTypes)
def _set_integration_types(draft: Draft, action: r.SetIntegrationTypes, around: Surroundings) -> Draft:
    if not action.integration_types and around.settings.other(25):  # assumption 25
        raise invalid_json("integrationTypes: at least one type is needed")
    return _with_content(draft, integration_types=action.integration_types)


@_on(r.SetSupportedRegions)
def _set_supported_regions(draft: Draft, action: r.SetSupportedRegions, _around: Surroundings) -> Draft:
    return _with_content(draft, supported_regions=action.regions)


@_on(r.AddPrivateProject)
def _add_private_project(draft: Draft, action: r.AddPrivateProject, _around: Surroundings) -> Draft:
    _require_private(draft)
    listed = dict.fromkeys([*draft.private_projects, action.private_project])
    return evolve(draft, private_projects=list(listed))


@_on(r.RemovePrivateProject)
def _remove_private_project(draft: Draft, action: r.RemovePrivateProject, _around: Surroundings) -> Draft:
    _require_private(draft)
    others = [each for each in draft.private_projects if each != action.private_project]
    return evolve(draft, private_projects=others)


def _require_private(draft: Draft) -> None:
    if not draft.private:
        raise refused("ConnectorStagedNotPrivate", "The ConnectorStaged is not private.")


@_on(r.SetCreatorEmail)
def _set_creator_email(draft: Draft, action: r.SetCreatorEmail, _around: Surroundings) -> Draft:
    return _with_creator(draft, email=action.creator_email)


@_on(r.SetCreatorName)
def _set_creator_name(draft: Draft, action: r.SetCreatorName, around: Surroundings) -> Draft:
    return _with_creator(draft, name=optional_text(action.creator_name, around.settings, "creatorName"))


@_on(r.SetCreatorTitle)
def _set_creator_title(draft: Draft, action: r.SetCreatorTitle, around: Surroundings) -> Draft:
    return _with_creator(draft, title=optional_text(action.creator_title, around.settings, "creatorTitle"))


@_on(r.SetCreatorCompany)
def _set_creator_company(draft: Draft, action: r.SetCreatorCompany, around: Surroundings) -> Draft:
    text = optional_text(action.creator_company, around.settings, "creatorCompany")
    return _with_creator(draft, company=text)


@_on(r.SetCreatorLogo)
def _set_creator_logo(draft: Draft, action: r.SetCreatorLogo, around: Surroundings) -> Draft:
    return _with_creator(draft, logo_url=optional_text(action.logo_url, around.settings, "logoUrl"))


@_on(r.SetCreatorNoOfContributors)
def _set_creator_no_of_contributors(
    draft: Draft, action: r.SetCreatorNoOfContributors, _around: Surroundings
) -> Draft:
    return _with_creator(draft, no_of_contributors=action.creator_no_of_contributors)


@_on(r.SetCreatorSupportUrl)
def _set_creator_support_url(draft: Draft, action: r.SetCreatorSupportUrl, around: Surroundings) -> Draft:
    text = optional_text(action.creator_support_url, around.settings, "creatorSupportUrl")
    return _with_creator(draft, support_url=text)


@_on(r.AddCertificationComment)
def _add_certification_comment(draft: Draft, action: r.AddCertificationComment, around: Surroundings) -> Draft:
    comment = Comment(user_id=around.actor, datetime=around.now, comment=action.comment)
    return evolve(draft, comments=[*draft.comments, comment])


@_on(r.Unlist)
def _unlist(draft: Draft, _action: r.Unlist, _around: Surroundings) -> Draft:
    """Take a certified draft out of the listing; others are in none, so nothing happens to them."""
    return evolve(draft, already_listed=False) if draft.certified else draft


@_on(r.UpdatePreviewable)
def _update_previewable(draft: Draft, _action: r.UpdatePreviewable, around: Surroundings) -> Draft:
    if draft.previewing is not None:
        raise _preview_under_process()
    run = _validation(draft, "preview", around.settings.delays.preview, around)
    return evolve(draft, is_previewable="pending", previewable_report=None, previewing=run)


def _preview_under_process() -> Exception:
    return refused(
        "ConnectorStagedPreviewRequestUnderProcess",
        "A preview request of the ConnectorStaged is under process.",
    )


@_on(r.Publish)
def _publish(draft: Draft, action: r.Publish, around: Surroundings) -> Draft:
    if action.certification:
        _require_certifiable(draft)
    unchanged = draft.already_listed and not draft.has_changes and draft.status == "Published"
    if unchanged and not action.certification and around.settings.other(14):  # assumption 14
        raise refused(around.settings.refusal_code(14), "The ConnectorStaged has no changes to publish.")
    run = _validation(draft, "publish", around.settings.delays.publish, around)
    run = evolve(run, certification=action.certification)
    return evolve(draft, status="Processing", publishing_report=None, publishing=run, candidate=None)


def _require_certifiable(draft: Draft) -> None:
    if draft.status in UNDER_CERTIFICATION:
        raise refused("ConnectorStagedInCertification", "The ConnectorStaged is already in certification.")
    if draft.certified and not draft.has_changes:
        raise refused("ConnectorAlreadyCertified", "The Connector is already certified.")


def _validation(draft: Draft, lifecycle: Lifecycle, delay: float, around: Surroundings) -> ValidationRun:
    """Start a validation of the draft as it is now; the tag is read again (assumption 38)."""
    reading = around.repositories.read(draft.content.repository)
    content: ConnectorContent = evolve(draft.content, specification=reading.specification if reading else None)
    problem = reading.problem if reading else "Repository with the tag is not reachable"
    scripted = around.outcomes.take(lifecycle, draft.project, (draft.key, draft.id))
    outcome = scripted.outcome if scripted else "success"
    ends_at = None if outcome == "stuck" else around.now + delay
    report: list[ReportEntry] = validation_report(content, problem, outcome, ends_at or around.now)
    return ValidationRun(
        content=content,
        outcome=outcome,
        report=scripted_report(scripted, ends_at) or report,
        ends_at=ends_at,
    )


ACTIONS: Mapping[type[Model], Change] = _CHANGES
