"""From what a program writes to what travels: names of our members, and what must be secret.

Programs write Python names; the API's own names travel. Only members that are *ours* are renamed: the names of
applications and of configuration keys belong to the user, and stay exactly as they are. Values may be outputs of
other resources at any depth; those are looked into when they are known.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, TypeAlias

import pulumi

__all__ = [
    "APPLICATIONS",
    "CONNECTOR",
    "CREATOR",
    "DRAFT",
    "GATE_DEPLOYMENTS",
    "GLOBAL_CONFIGURATION",
    "HTTP_CHECKS",
    "PLAIN",
    "REPOSITORY",
    "TARGETS",
    "WAVES",
    "Shape",
    "camel_case",
    "duration",
]

Shape: TypeAlias = Callable[[object], object]


def camel_case(name: str) -> str:
    """Return `no_of_contributors` as `noOfContributors`; a name that is camelCase already stays."""
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def _when_known(shape: Shape) -> Shape:
    """Make a shape for plain values one for outputs and awaitables as well."""

    def apply(value: object) -> object:
        if value is None:
            return None
        if isinstance(value, pulumi.Output):
            return value.apply(apply)
        if inspect.isawaitable(value):
            return pulumi.Output.from_input(value).apply(apply)
        return shape(value)

    return apply


def _record(**members: Shape) -> Shape:
    """Shape an object with fixed members. Others stay as they are; the resource complains about them."""

    def shape(value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        shaped: dict[object, object] = {}
        for name, child in value.items():
            known = camel_case(name) if isinstance(name, str) else name
            target = known if known in members else name
            if target in shaped:
                raise ValueError(f"{target!r} is given twice, as {name!r} as well")
            shaped[target] = members.get(target, PLAIN)(child)
        return shaped

    return _when_known(shape)


def _map_of(member: Shape) -> Shape:
    """Shape a map whose keys are the user's."""

    def shape(value: object) -> object:
        return {name: member(child) for name, child in value.items()} if isinstance(value, Mapping) else value

    return _when_known(shape)


def _list_of(element: Shape) -> Shape:
    """Shape a list. What is no list stays as it is; the resource complains about it."""

    def shape(value: object) -> object:
        return [element(child) for child in value] if isinstance(value, (list, tuple)) else value

    return _when_known(shape)


def _duration(value: object) -> object:
    return value.total_seconds() if isinstance(value, timedelta) else value


def _plain(value: object) -> object:
    return value


def _secret(value: object) -> object:
    return None if value is None else pulumi.Output.secret(value)


PLAIN: Final[Shape] = _plain
duration: Final = _when_known(_duration)
_VALUES: Final = _map_of(PLAIN)
# Each value by itself and not the map as a whole: states and diffs still show which keys are set.
_SECRETS: Final = _map_of(_secret)
_RETRY_POLICY: Final = _record(strategy=PLAIN, minBackoffSeconds=PLAIN, maxBackoffSeconds=PLAIN, maxAttempts=PLAIN)

GLOBAL_CONFIGURATION: Final = _record(standardConfiguration=_VALUES, securedConfiguration=_SECRETS)
APPLICATIONS: Final = _map_of(
    _record(
        standardConfiguration=_VALUES, securedConfiguration=_SECRETS, schedule=PLAIN, retryPolicy=_RETRY_POLICY
    )
)
CONNECTOR: Final = _record(id=PLAIN, key=PLAIN, staged=PLAIN)
REPOSITORY: Final = _record(url=PLAIN, tag=PLAIN)
CREATOR: Final = _record(
    email=PLAIN, name=PLAIN, title=PLAIN, company=PLAIN, logoUrl=PLAIN, noOfContributors=PLAIN, supportUrl=PLAIN
)
HTTP_CHECKS: Final = _list_of(
    _record(
        application=PLAIN,
        path=PLAIN,
        method=PLAIN,
        expectedStatus=PLAIN,
        tries=PLAIN,
        pause=duration,
        timeLimit=duration,
    )
)
GATE_DEPLOYMENTS: Final = _list_of(
    _record(target=PLAIN, project=PLAIN, region=PLAIN, status=PLAIN, deployedTag=PLAIN, buildId=PLAIN, urls=PLAIN)
)
DRAFT: Final = _record(
    name=PLAIN,
    repositoryUrl=PLAIN,
    creator=CREATOR,
    key=PLAIN,
    description=PLAIN,
    integrationTypes=PLAIN,
    supportedRegions=PLAIN,
    privateProjects=PLAIN,
    documentationUrl=PLAIN,
    target=PLAIN,
)
TARGETS: Final = _list_of(
    _record(
        name=PLAIN,
        region=PLAIN,
        connection=PLAIN,
        hostRegion=PLAIN,
        projectKey=PLAIN,
        type=PLAIN,
        key=PLAIN,
        wave=PLAIN,
        configurations=APPLICATIONS,
        globalConfiguration=GLOBAL_CONFIGURATION,
        enabled=PLAIN,
        adopt=PLAIN,
        aliases=PLAIN,
    )
)
WAVES: Final = _list_of(_record(name=PLAIN, bakeTime=duration, checks=HTTP_CHECKS))
