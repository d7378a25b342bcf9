"""Plan of an update: the fewest actions (API §5) from the observed to the desired ConnectorStaged. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from commercetools_connect import api
from commercetools_connect.core.values import PlainMap, PlainValue, PropertyMap, as_map, unwrap_secrets
from commercetools_connect.resources.connector_staged.model import ConnectorStagedInputs, CreatorInputs

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
"""Action → the member of the program that it sets."""

CREATOR_TEXTS: Final[Mapping[str, tuple[str, Callable[[str], api.DraftAction]]]] = {
    "email": ("email", lambda text: api.SetCreatorEmail(creator_email=text)),
    "name": ("name", lambda text: api.SetCreatorName(creator_name=text)),
    "title": ("title", lambda text: api.SetCreatorTitle(creator_title=text)),
    "company": ("company", lambda text: api.SetCreatorCompany(creator_company=text)),
    "logo_url": ("logoUrl", lambda text: api.SetCreatorLogo(logo_url=text)),
    "support_url": ("supportUrl", lambda text: api.SetCreatorSupportUrl(creator_support_url=text)),
}
"""Member of the creator → its name in a program, and the action that sets it."""


def new_draft(inputs: ConnectorStagedInputs) -> api.ConnectorStagedDraft:
    """Return the body that creates the ConnectorStaged; what the program leaves out is left out (API §4.1)."""
    body = inputs.model_dump(exclude_none=True, exclude={"force_destroy", "adopt"})
    body["creator"] = api.CreatorDraft(**body["creator"])
    body["repository"] = api.RepositoryDraft(**body["repository"])
    return api.ConnectorStagedDraft(**body)


def plan_changes(
    staged: api.ConnectorStaged, wanted: ConnectorStagedInputs, before: PropertyMap
) -> tuple[api.DraftAction, ...]:
    """Return the fewest actions that change the ConnectorStaged as declared; none if it is so already.

    `before` are the inputs that the API holds from the last run: what they declare and `wanted` does not is
    cleared. What neither declares belongs to other clients and stays. `supportedRegions` cannot be emptied (§5).
    """
    declared = {name: unwrap_secrets(value) for name, value in before.items()}
    return (
        *_texts(staged, wanted, declared),
        *_creator(staged.creator, wanted.creator, declared.get("creator")),
        *_repository(staged, wanted),
        *_lists(staged, wanted, declared),
    )


def members(actions: Iterable[api.DraftAction]) -> list[str]:
    """Return the members of a program that the actions are about, sorted."""
    return sorted({MEMBERS[action.action] for action in actions})


def cleared(actions: Iterable[api.DraftAction]) -> list[str]:
    """Return the members that the actions clear, sorted; the API may not allow it (API §19 #24, #25)."""
    return members(each for each in actions if any(value in ("", ()) for name, value in each if name != "action"))


def _texts(
    staged: api.ConnectorStaged, wanted: ConnectorStagedInputs, declared: PlainMap
) -> Iterator[api.DraftAction]:
    if wanted.name != staged.name:
        yield api.SetName(name=wanted.name)
    description = _target(wanted.description, declared.get("description"))
    if description is not None and description != staged.description:
        yield api.SetDescription(description=description)
    address = _target(wanted.documentation_url, declared.get("documentationUrl"))
    if address is not None and address != staged.documentation_url:
        yield api.SetDocumentationUrl(documentation_url=address)


def _creator(creator: api.Creator, wanted: CreatorInputs, declared: PlainValue) -> Iterator[api.DraftAction]:
    before = as_map(declared)
    for member, (name, action) in CREATOR_TEXTS.items():
        text = _target(getattr(wanted, member), before.get(name))
        if text is not None and text != getattr(creator, member):
            yield action(text)
    number = wanted.no_of_contributors
    if number is not None and number != creator.no_of_contributors:
        yield api.SetCreatorNoOfContributors(creator_no_of_contributors=number)


def _repository(staged: api.ConnectorStaged, wanted: ConnectorStagedInputs) -> Iterator[api.DraftAction]:
    """Set the repository only when it changes: the action resets a finished preview (API §5)."""
    if (staged.repository.url, staged.repository.tag) != (wanted.repository.url, wanted.repository.tag):
        yield api.SetRepository(url=wanted.repository.url, tag=wanted.repository.tag)


def _lists(
    staged: api.ConnectorStaged, wanted: ConnectorStagedInputs, declared: PlainMap
) -> Iterator[api.DraftAction]:
    types = wanted.integration_types
    if types is None and declared.get("integrationTypes") is not None:
        types = ()
    if types is not None and set(types) != set(staged.integration_types):
        yield api.SetIntegrationTypes(integration_types=types)
    regions = wanted.supported_regions
    if regions is not None and set(regions) != set(staged.supported_regions):
        yield api.SetSupportedRegions(regions=regions)
    there = set(staged.private_projects)
    if wanted.private_projects is not None:
        surplus = there - set(wanted.private_projects)
    else:
        before = declared.get("privateProjects")
        surplus = there.intersection(map(str, before)) if isinstance(before, Sequence) else set()
    for project in sorted(set(wanted.private_projects or ()) - there):
        yield api.AddPrivateProject(private_project=project)
    for project in sorted(surplus):
        yield api.RemovePrivateProject(private_project=project)


def _target(wanted: str | None, before: PlainValue) -> str | None:
    """Return the desired text: `""` clears what the last run declared, `None` changes nothing (API §19 #24)."""
    return "" if wanted is None and before is not None else wanted
