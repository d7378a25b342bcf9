"""Who may do what (API §1.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from commercetools_connect.emulator.errors import access_denied

Operation = Literal[
    "view_connectors",
    "manage_connectors",
    "view_connectors_deployments",
    "manage_connectors_deployments",
    "manage_api_clients",
    "manage_extensions",
    "manage_subscriptions",
]

#: For each operation: any one of these scopes. manage_project does not include manage_api_clients.
GRANTED_BY: dict[Operation, frozenset[str]] = {
    "view_connectors": frozenset({"manage_project", "manage_connectors", "view_connectors"}),
    "manage_connectors": frozenset({"manage_project", "manage_connectors"}),
    "view_connectors_deployments": frozenset(
        {"manage_project", "manage_connectors_deployments", "view_connectors_deployments"}
    ),
    "manage_connectors_deployments": frozenset({"manage_project", "manage_connectors_deployments"}),
    "manage_api_clients": frozenset({"manage_api_clients"}),
    "manage_extensions": frozenset({"manage_project", "manage_extensions"}),
    "manage_subscriptions": frozenset({"manage_project", "manage_subscriptions"}),
}

SCOPE = re.compile(r"(?P<name>[a-z_]+):(?P<project>[A-Za-z0-9_-]{2,36})")


def project_of(scope: str) -> str | None:
    """Return the project that a scope names."""
    match = SCOPE.fullmatch(scope)
    return match["project"] if match else None


@dataclass(frozen=True)
class Principal:
    """The caller: a client with the scopes of its token. With `unlimited` no scope is asked for."""

    client_id: str
    scopes: Sequence[str]
    unlimited: bool = False

    def projects(self, operation: Operation) -> list[str]:
        """Return the projects in which the caller may do that, in the order of its scopes."""
        found: list[str] = []
        for scope in self.scopes:
            match = SCOPE.fullmatch(scope)
            if match is None or match["project"] in found:
                continue
            if self.unlimited or match["name"] in GRANTED_BY[operation]:
                found.append(match["project"])
        return found

    def may(self, operation: Operation, project: str) -> bool:
        """Tell whether the caller may do that in `project`."""
        return self.unlimited or project in self.projects(operation)

    def require(self, operation: Operation, project: str | None = None) -> None:
        """Refuse with 403 unless the caller may do that, in `project` or in any project at all."""
        allowed = self.may(operation, project) if project else bool(self.projects(operation))
        if self.unlimited or allowed:
            return
        needed = " or ".join(f"{name}:{project or '{projectKey}'}" for name in sorted(GRANTED_BY[operation]))
        raise access_denied(f"The token needs the scope {needed}.")
