"""Where a version of a connector may be deployed, and by whom. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from commercetools_connect.api import KNOWN_REGIONS
from commercetools_connect.contract.results import CheckFailure
from commercetools_connect.contract.values import Plain, Tree, reveal
from commercetools_connect.resources.deployment.metadata import Metadata
from commercetools_connect.resources.suggestions import suggest

__all__ = ["place_mistakes", "region_doubt"]


def place_mistakes(version: Metadata, wanted: Tree, draft: Mapping[str, Plain]) -> Iterator[CheckFailure]:
    """Return why the connector cannot be deployed to this region or project (API §4.1, §11.2).

    `draft` is what the program declares of the connector's draft: it is what the server will have by then. No
    region list means all regions; no project list means the creator's own, which nobody tells.
    """
    regions = _texts(draft.get("supportedRegions")) or version.supported_regions
    region = reveal(wanted.get("region"))
    if isinstance(region, str) and regions and region not in regions:
        yield CheckFailure(("region",), f"the connector does not support {region}{suggest(region, regions)}")
    projects = _texts(draft.get("privateProjects")) or version.private_projects
    project = reveal(wanted.get("projectKey"))
    if isinstance(project, str) and version.private and projects and not _includes(projects, project):
        listed = [each.partition(":")[2] for each in projects]
        reason = (
            f"the connector is private and its draft's privateProjects do not list {project}, so Connect would "
            f"answer 403{suggest(project, listed)}"
        )
        yield CheckFailure(("projectKey",), reason)


def region_doubt(wanted: Tree, supported: Collection[str]) -> str | None:
    """Return a warning for a region that is not known (API §1.1) where the connector names none: it may be new."""
    region = reveal(wanted.get("region"))
    if not isinstance(region, str) or region in KNOWN_REGIONS or supported:
        return None
    return f"region: {region} is not known as a region of Connect{suggest(region, KNOWN_REGIONS)}"


def _includes(projects: Sequence[str], project: str) -> bool:
    return any(each.partition(":")[2] == project for each in projects)


def _texts(value: Plain) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(each for each in value if isinstance(each, str))
