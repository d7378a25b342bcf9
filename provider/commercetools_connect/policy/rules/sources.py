"""Code comes from where it can be fetched, at a tag that stays what it is."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from commercetools_connect.policy.model import (
    DEPLOYMENT,
    DRAFT,
    PUBLICATION,
    Resource,
    ResourceRule,
    Settings,
    known,
    member,
    quoted,
    texts,
)

__all__ = ["IMMUTABLE_TAGS", "REPOSITORY_URLS"]

_TAGS: Final = {DRAFT: ("repository", "tag"), PUBLICATION: ("tag",), DEPLOYMENT: ("connectorTag",)}

_MOVING: Final = re.compile(
    r"(?:refs/heads|origin|heads|feat|feature|features|fix|bugfix|hotfix|release|releases|chore|renovate|dependabot)/.*"
    r"|latest|main|master|trunk|head|dev|develop|development|next|edge|nightly|stable|current"
    r"|.*[-_./@]?(?:latest|snapshot|nightly)",
    re.IGNORECASE,
)
_VERSION: Final = (
    r"(?:[\w.@/-]*[-_/@])?(?:v?\d+\.\d+(?:\.\d+)*(?:[-+.][0-9A-Za-z.+-]+)?|\d{4}-?\d{2}-?\d{2}[\w.-]*)"
    r"|[0-9a-f]{7,40}"
)
"""A version of at least two numbers, a date, or a commit; `v1` is what people move on to each release."""


def _moving_tag(resource: Resource, settings: Settings) -> Iterator[str]:
    path = _TAGS.get(resource.kind)
    tag = known(member(resource.props, *path)) if path else ""
    if not path or not tag:
        return
    where = f"{'.'.join(path)} {quoted(tag)}"
    if _MOVING.fullmatch(tag):
        yield f"{where} is the name of a branch, or of something else that moves"
        return
    try:
        shape = re.compile(str(settings["pattern"]))
    except re.error:
        yield "the setting pattern of this rule is not a regular expression"
        return
    if not shape.fullmatch(tag):
        yield f"{where} does not look like a tag that stays what it is"


IMMUTABLE_TAGS: Final = ResourceRule(
    name="tags-are-immutable",
    description="Tags look like ones that never move: no branches, no latest.",
    remedy="Tag the release with its full version, such as v1.4.0, and name that.",
    schema={
        "pattern": {
            "type": "string",
            "default": _VERSION,
            "description": "Regular expression that a whole tag must match; by default a version of two numbers "
            "or more, a date, or a commit.",
        },
    },
    look=_moving_tag,
)

_SSH: Final = re.compile(r"git@(?P<host>[\w.-]+):(?://)?[\w.@:/~-]+\.git")
"""As the API takes it (API §4.8)."""
_PRIVATE: Final = (".local", ".localhost", ".internal", ".intranet", ".lan", ".corp", ".home.arpa", ".test")


def _odd_repository(resource: Resource, settings: Settings) -> Iterator[str]:
    url = known(member(resource.props, "repository", "url")) if resource.kind == DRAFT else ""
    if not url:
        return
    host, problem = _examine(url)
    hosts = {each.casefold() for each in texts(settings["hosts"])}
    if problem:
        yield f"repository.url {problem}"
    elif hosts and host.casefold() not in hosts:
        yield f"repository.url is on {quoted(host)}, which is not in hosts"


def _examine(url: str) -> tuple[str, str]:
    """Return the host, and what is wrong with the address; the address itself may hold a password."""
    if found := _SSH.fullmatch(url):
        return found["host"], ""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "", "is not an address"
    problems = {
        "must be git@HOST:PATH.git or https://HOST/PATH.git": parts.scheme != "https",
        "holds credentials, which everybody who sees the connector can read": "@" in parts.netloc,
        "must end in .git": not parts.path.endswith(".git"),
        "is not on a public host; private repositories need the SSH address": not _is_public(host),
    }
    return host, next((problem for problem, applies in problems.items() if applies), "")


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.casefold().endswith(_PRIVATE)


REPOSITORY_URLS: Final = ResourceRule(
    name="repository-urls",
    description="Repositories have an SSH address, or a public HTTPS address without credentials.",
    remedy="Write git@github.com:ORGANISATION/REPOSITORY.git, or the HTTPS address of a public repository.",
    schema={
        "hosts": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Hosts that repositories may be on, such as github.com; any if empty.",
        },
    },
    look=_odd_repository,
)
