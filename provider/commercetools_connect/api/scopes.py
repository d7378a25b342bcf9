"""Which scopes open which calls, and what to tell someone whose client has none of them (API §1.3). Pure."""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "READ_CONNECTORS",
    "READ_DEPLOYMENTS",
    "WRITE_CONNECTORS",
    "WRITE_DEPLOYMENTS",
    "access_remedy",
    "without_repetition",
]

READ_CONNECTORS: Final = ("view_connectors", "manage_connectors", "manage_project")
WRITE_CONNECTORS: Final = ("manage_connectors", "manage_project")
READ_DEPLOYMENTS: Final = ("view_connectors_deployments", "manage_connectors_deployments", "manage_project")
WRITE_DEPLOYMENTS: Final = ("manage_connectors_deployments", "manage_project")


_LIST: Final = re.compile(r"the scopes ([^;]+);")


def without_repetition(remedy: str, said: str) -> str:
    """Return the remedy without its list of scopes where the answer to the call has named each of them."""
    found = _LIST.search(remedy)
    if found is None or not all(scope in said for scope in found[1].split(", ")):
        return remedy
    return remedy.replace(found[0], "these scopes;")


def access_remedy(scopes: tuple[str, ...], project_key: str) -> str:
    """Return what to do about a 403 of a call that any one of `scopes` would have allowed."""
    project = project_key or "<projectKey>"
    named = ", ".join(f"{scope}:{project}" for scope in scopes)
    remedy = (
        f"Use an API client with one of the scopes {named}; scopes cannot be added to a client, "
        "so a missing one needs a new client."
    )
    if scopes == WRITE_DEPLOYMENTS:
        remedy += (
            f" If it has one: a connector that gets its own API client also needs manage_api_clients:{project}, "
            "which manage_project does not include; and a staged or private connector must list "
            f"<region>:{project} in its `privateProjects`."
        )
    elif scopes in {READ_CONNECTORS, WRITE_CONNECTORS}:
        remedy += " The scopes must be of the project that the connector belongs to, or is shared with."
    return remedy
