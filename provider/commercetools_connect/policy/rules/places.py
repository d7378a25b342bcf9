"""Where connectors may run, and whose projects may have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from commercetools_connect.core.text import Path, format_path
from commercetools_connect.policy.model import (
    DEPLOYMENT,
    DRAFT,
    Resource,
    ResourceRule,
    Settings,
    known,
    quoted,
    texts,
)

__all__ = ["ALLOWED_PROJECTS", "ALLOWED_REGIONS"]


def _regions(resource: Resource) -> Iterator[tuple[Path, str]]:
    if resource.kind == DEPLOYMENT:
        yield ("region",), known(resource.props.get("region"))
    if resource.kind == DRAFT:
        for name in ("supportedRegions", "privateProjects"):
            for index, each in enumerate(texts(resource.props.get(name))):
                yield (name, index), each.partition(":")[0]


def _projects(resource: Resource) -> Iterator[tuple[Path, str]]:
    if resource.kind == DEPLOYMENT:
        yield ("projectKey",), known(resource.props.get("projectKey"))
    if resource.kind == DRAFT:
        for index, each in enumerate(texts(resource.props.get("privateProjects"))):
            yield ("privateProjects", index), each.partition(":")[2]


def _only(
    setting: str, places: Callable[[Resource], Iterator[tuple[Path, str]]]
) -> Callable[[Resource, Settings], Iterator[str]]:
    """Return the rule that places are in a list; a list without entries allows all."""

    def look(resource: Resource, settings: Settings) -> Iterator[str]:
        allowed = frozenset(texts(settings[setting]))
        for path, place in places(resource) if allowed else ():
            if place and place not in allowed:
                yield f"{format_path(path)}: {quoted(place)} is not in {setting}"

    return look


ALLOWED_REGIONS: Final = ResourceRule(
    name="allowed-regions",
    description="Connectors run, and are offered, only in the regions that are allowed.",
    remedy="Use one of the regions in the setting.",
    schema={
        "regions": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Regions such as europe-west1.gcp; all if empty.",
        },
    },
    look=_only("regions", _regions),
)

ALLOWED_PROJECTS: Final = ResourceRule(
    name="allowed-projects",
    description="Connectors are deployed to, and offered to, only the projects that are allowed.",
    remedy="Use one of the projects in the setting.",
    schema={
        "projects": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Keys of projects; all if empty.",
        },
    },
    look=_only("projects", _projects),
)
