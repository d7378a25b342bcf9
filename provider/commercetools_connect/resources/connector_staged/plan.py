"""From the draft as it is and the draft as it should be to the fewest actions (API §5). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from commercetools_connect.api import (
    AddPrivateProject,
    ConnectorStaged,
    ConnectorStagedDraft,
    Creator,
    CreatorDraft,
    DraftAction,
    RemovePrivateProject,
    RepositoryDraft,
    SetCreatorCompany,
    SetCreatorEmail,
    SetCreatorLogo,
    SetCreatorName,
    SetCreatorNoOfContributors,
    SetCreatorSupportUrl,
    SetCreatorTitle,
    SetDescription,
    SetDocumentationUrl,
    SetIntegrationTypes,
    SetName,
    SetRepository,
    SetSupportedRegions,
)
from commercetools_connect.contract.values import Plain, PlainTree, Tree, reveal
from commercetools_connect.resources.connector_staged.inputs import ConnectorStagedInputs, CreatorInputs

__all__ = ["cleared", "members", "new_draft", "plan_changes"]

MEMBERS: Final[Mapping[str, str]] = {
    "setName": "name",
    "setDescription": "description",
    "setDocumentationUrl": "documentationUrl",
    "setRepository": "repository",
    "setIntegrationTypes": "integrationTypes",
    "setSupportedRegions": "supportedRegions",
    "addPrivateProject": "privateProjects",
    "removePrivateProject": "privateProjects",
    "setCreatorEmail": "creator.email",
    "setCreatorName": "creator.name",
    "setCreatorTitle": "creator.title",
    "setCreatorCompany": "creator.company",
    "setCreatorLogo": "creator.logoUrl",
    "setCreatorNoOfContributors": "creator.noOfContributors",
    "setCreatorSupportUrl": "creator.supportUrl",
}
"""Action → the member of the program that it brings in line."""

CREATOR_TEXTS: Final[Mapping[str, tuple[str, Callable[[str], DraftAction]]]] = {
    "email": ("email", lambda text: SetCreatorEmail(creator_email=text)),
    "name": ("name", lambda text: SetCreatorName(creator_name=text)),
    "title": ("title", lambda text: SetCreatorTitle(creator_title=text)),
    "company": ("company", lambda text: SetCreatorCompany(creator_company=text)),
    "logo_url": ("logoUrl", lambda text: SetCreatorLogo(logo_url=text)),
    "support_url": ("supportUrl", lambda text: SetCreatorSupportUrl(creator_support_url=text)),
}
"""Member of the creator → its name in a program, and the action that sets it."""


def new_draft(inputs: ConnectorStagedInputs) -> ConnectorStagedDraft:
    """Return the body that creates the draft; what the program leaves out is left out (API §4.1)."""
    return ConnectorStagedDraft(
        key=inputs.key,
        name=inputs.name,
        description=inputs.description,
        creator=CreatorDraft(**inputs.creator.model_dump(exclude_none=True)),
        repository=RepositoryDraft(url=inputs.repository.url, tag=inputs.repository.tag),
        integration_types=inputs.integration_types,
        supported_regions=inputs.supported_regions,
        private_projects=inputs.private_projects,
        documentation_url=inputs.documentation_url,
    )


def plan_changes(draft: ConnectorStaged, wanted: ConnectorStagedInputs, before: Tree) -> tuple[DraftAction, ...]:
    """Return the fewest actions that bring the draft in line; none when it already is.

    `before` are the inputs that the API holds from the last run: what they declared and `wanted` does not is
    cleared. What neither declares belongs to others and is left alone. `supportedRegions` cannot be emptied (API
    §5) and stays.
    """
    declared = {name: reveal(value) for name, value in before.items()}
    return (
        *_texts(draft, wanted, declared),
        *_creator(draft.creator, wanted.creator, declared.get("creator")),
        *_repository(draft, wanted),
        *_lists(draft, wanted, declared),
        *_private_projects(draft, wanted, declared),
    )


def members(actions: Iterable[DraftAction]) -> list[str]:
    """Return the members of a program that the actions are about, sorted."""
    return sorted({MEMBERS[action.action] for action in actions})


def cleared(actions: Iterable[DraftAction]) -> list[str]:
    """Return the members that the actions clear, sorted; the API may not allow it (API §19 #24, #25)."""
    return members(action for action in actions if {"", ()} & set(_sent(action)))


def _sent(action: DraftAction) -> Iterator[object]:
    return (value for name, value in action if name != "action")


def _texts(draft: ConnectorStaged, wanted: ConnectorStagedInputs, declared: PlainTree) -> Iterator[DraftAction]:
    if wanted.name != draft.name:
        yield SetName(name=wanted.name)
    description = _target(wanted.description, declared.get("description"))
    if description is not None and description != draft.description:
        yield SetDescription(description=description)
    address = _target(wanted.documentation_url, declared.get("documentationUrl"))
    if address is not None and address != draft.documentation_url:
        yield SetDocumentationUrl(documentation_url=address)


def _creator(creator: Creator, wanted: CreatorInputs, declared: Plain) -> Iterator[DraftAction]:
    before = declared if isinstance(declared, Mapping) else {}
    for member, (name, action) in CREATOR_TEXTS.items():
        text = _target(getattr(wanted, member), before.get(name))
        if text is not None and text != getattr(creator, member):
            yield action(text)
    number = wanted.no_of_contributors
    if number is not None and number != creator.no_of_contributors:
        yield SetCreatorNoOfContributors(creator_no_of_contributors=number)


def _repository(draft: ConnectorStaged, wanted: ConnectorStagedInputs) -> Iterator[DraftAction]:
    """Set the repository only when it changes: the action resets a finished preview (API §5)."""
    if (draft.repository.url, draft.repository.tag) != (wanted.repository.url, wanted.repository.tag):
        yield SetRepository(url=wanted.repository.url, tag=wanted.repository.tag)


def _lists(draft: ConnectorStaged, wanted: ConnectorStagedInputs, declared: PlainTree) -> Iterator[DraftAction]:
    types = wanted.integration_types
    if types is None and declared.get("integrationTypes") is not None:
        types = ()
    if types is not None and set(types) != set(draft.integration_types):
        yield SetIntegrationTypes(integration_types=types)
    regions = wanted.supported_regions
    if regions is not None and set(regions) != set(draft.supported_regions):
        yield SetSupportedRegions(regions=regions)


def _private_projects(
    draft: ConnectorStaged, wanted: ConnectorStagedInputs, declared: PlainTree
) -> Iterator[DraftAction]:
    there = set(draft.private_projects)
    if wanted.private_projects is not None:
        surplus = there - set(wanted.private_projects)
    else:
        before = declared.get("privateProjects")
        surplus = there.intersection(map(str, before)) if isinstance(before, Sequence) else set()
    for project in sorted(set(wanted.private_projects or ()) - there):
        yield AddPrivateProject(private_project=project)
    for project in sorted(surplus):
        yield RemovePrivateProject(private_project=project)


def _target(wanted: str | None, before: Plain) -> str | None:
    """Return the text to reach: `""` clears what the last run declared, `None` leaves it alone (API §19 #24)."""
    if wanted is None and before is not None:
        return ""
    return wanted
