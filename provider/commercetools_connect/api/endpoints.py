"""References to objects by id or key (API §2), and endpoints as plain data. Pure.

An endpoint is the request, the parser of its response, and the words and scopes of its errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeAlias, TypeVar
from urllib.parse import quote

from commercetools_connect.api.hosts import DOCTOR, checked_project_key
from commercetools_connect.api.models.base import Json, RequestModel
from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.text import escape_untrusted

# Ids are UUIDs (API §2). An id must not change the path of a URL or look like a key.
_ID = re.compile(r"(?!\.+$)[A-Za-z0-9._~-]{1,256}")
_KEY = re.compile(r"[^\x00-\x1f\x7f/\\]{1,256}")
# `/connectors/drafts` and `/connectors/search` are other endpoints (API §3).
_RESERVED = frozenset({"drafts", "search"})


@dataclass(frozen=True)
class ById:
    """A reference by the id that the server assigned."""

    id: str

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id) or self.id.lower() in _RESERVED:
            raise InvalidInputError(
                f"{escape_untrusted(self.id, 80)!r} is not the id of an object in Connect.",
                "Give the id as the server shows it, a UUID, or name the object by its key.",
            )

    @property
    def segment(self) -> str:
        """The last part of the object's path, percent-encoded."""
        return quote(self.id, safe="")

    def __str__(self) -> str:
        return f"id {self.id!r}"


@dataclass(frozen=True)
class ByKey:
    """A reference by the key that the user chose."""

    key: str

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise InvalidInputError(
                f"{escape_untrusted(self.key, 80)!r} is not the key of an object in Connect.",
                "A key has 2 to 256 letters, digits, '_' or '-'.",
            )

    @property
    def segment(self) -> str:
        """The last part of the object's path, percent-encoded."""
        return f"key={quote(self.key, safe='')}"

    def __str__(self) -> str:
        return f"key {self.key!r}"


Ref: TypeAlias = ById | ByKey

T_co = TypeVar("T_co", covariant=True)

READ_CONNECTORS: Final = ("view_connectors", "manage_connectors", "manage_project")
WRITE_CONNECTORS: Final = ("manage_connectors", "manage_project")
READ_DEPLOYMENTS: Final = ("view_connectors_deployments", "manage_connectors_deployments", "manage_project")
WRITE_DEPLOYMENTS: Final = ("manage_connectors_deployments", "manage_project")
"""The scopes of which a call needs one (API §1.3)."""

CONNECTORS_STAGED: Final = "/connectors/drafts"
SEARCH: Final = "/connectors/search"


@dataclass(frozen=True)
class Action:
    """What a request does, in the words of an error.

    `doing` completes "Could not …". `access_remedy` answers a 403; `remedies` by code go before the general ones.
    """

    doing: str
    writes: bool = False
    access_remedy: str = ""
    remedies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Endpoint(Generic[T_co]):
    """One endpoint with its arguments.

    `path` is percent-encoded. `parse` turns the JSON of a response (`None` for an empty one) into what the caller
    gets, and raises pydantic's `ValidationError` for another shape.
    """

    method: str
    path: str
    action: Action
    parse: Callable[[Json], T_co]
    query: tuple[tuple[str, str], ...] = ()
    body: RequestModel | None = None


def connectors_action(verb: str, what: str, scopes: tuple[str, ...], project_key: str) -> Action:
    """Return the action of a call about connectors; the project is that of the credentials."""
    return Action(f"{verb} {what}", scopes == WRITE_CONNECTORS, access_remedy(scopes, project_key))


def deployments_action(verb: str, what: str, scopes: tuple[str, ...], project_key: str) -> Action:
    """Return the action of a call about the Deployments of a project."""
    remedy = access_remedy(scopes, project_key)
    return Action(f"{verb} {what} in project {project_key!r}", scopes == WRITE_DEPLOYMENTS, remedy)


def deployments_path(project_key: str) -> str:
    """Return the path of a project's Deployments. Raises `ConfigurationError`, `InvalidInputError`."""
    return f"/{checked_project_key(project_key)}/deployments"


def deployment_path(project_key: str, ref: Ref) -> str:
    """Return the path of one Deployment."""
    return f"{deployments_path(project_key)}/{ref.segment}"


def projects_in(scopes: Collection[str] | None) -> frozenset[str] | None:
    """Return the projects that scopes of any kind name; `None` where they name none."""
    named = frozenset(scope.split(":")[1] for scope in scopes or () if ":" in scope)
    return named or None


def access_remedy(scopes: tuple[str, ...], project_key: str) -> str:
    """Return the remedy for a 403 of a call that needs one of `scopes`."""
    project = project_key or "<projectKey>"
    named = ", ".join(f"{scope}:{project}" for scope in scopes)
    remedy = (
        f"Use an API client with one of the scopes {named}; scopes cannot be added to a client, "
        "so a missing one needs a new client."
    )
    if scopes == WRITE_DEPLOYMENTS:
        remedy += (
            " If it has one: a deployment that gets its own API client, with its create or with a redeploy to a "
            f"version that newly declares `inheritAs.apiClient`, also needs manage_api_clients:{project}, "
            "which manage_project does not include; and a staged or private connector must list "
            f"<region>:{project} in its `privateProjects`."
        )
    elif scopes in {READ_CONNECTORS, WRITE_CONNECTORS}:
        remedy += " The scopes must be of the project that the connector belongs to, or is shared with."
    return f"{remedy} {DOCTOR}"


_SCOPES_IN_REMEDY: Final = re.compile(r"the scopes ([^;]+);")


def without_repetition(remedy: str, message: str) -> str:
    """Return the remedy without its list of scopes where the server's message names each of them."""
    found = _SCOPES_IN_REMEDY.search(remedy)
    if found is None or not all(scope in message for scope in found[1].split(", ")):
        return remedy
    return remedy.replace(found[0], "these scopes;")
