"""How a deployment is named on the command line: `<project>/<key or id>`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import typer

from commercetools_connect.api import ById, ByKey, ConnectClient, Deployment, NotFoundError, Ref
from commercetools_connect.api.settings import ENVIRONMENT_NAMES
from commercetools_connect.resources.identity import UUID

__all__ = ["Address", "AddressArgument", "address", "find_deployment"]

AddressArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="PROJECT/DEPLOYMENT", help="Key of the project, and key or id of the deployment.")
]


@dataclass(frozen=True)
class Address:
    """A deployment that a user named."""

    project_key: str
    name: str


def address(text: str) -> Address:
    """Read `<project>/<key or id>`; without a project, the environment's. Raises `typer.BadParameter`."""
    project, _, name = text.rpartition("/")
    project = project or os.environ.get(ENVIRONMENT_NAMES["projectKey"], "")
    if not project or not name:
        raise typer.BadParameter(
            f"write <project>/<key or id of the deployment>; or set {ENVIRONMENT_NAMES['projectKey']}",
            param_hint="PROJECT/DEPLOYMENT",
        )
    return Address(project, name)


async def find_deployment(client: ConnectClient, named: Address) -> tuple[Ref, Deployment]:
    """Return the deployment, and how it was found. Raises `NotFoundError`.

    What looks like an id may be a key as well.
    """
    by_key = ByKey(named.name)
    if UUID.fullmatch(named.name):
        by_id = ById(named.name)
        try:
            return by_id, await client.get_deployment(named.project_key, by_id)
        except NotFoundError:
            pass  # then it is a key, or the next error says that it is neither
    return by_key, await client.get_deployment(named.project_key, by_key)
