"""What functions share: naming an object by id or key, reading the first of many, saying what was not found."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Final, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from commercetools_connect.api import ById, ByKey, NotFoundError, Ref, checked_project_key
from commercetools_connect.contract.errors import InvalidInputError
from commercetools_connect.resources.fields import Count, Key, ProjectKey, Text
from commercetools_connect.resources.inputs import InputModel
from commercetools_connect.resources.session import Session

__all__ = [
    "DEPLOYMENT_REMEDY",
    "DeploymentReference",
    "Id",
    "IntegrationTypes",
    "MaxResults",
    "Reference",
    "expected",
    "first",
    "place",
]

T = TypeVar("T")

MOST: Final = 10_000
"""More than this the API cannot list (API §2 Paging)."""

DEPLOYMENT_REMEDY: Final = "Check id or key and projectKey; listDeployments shows what there is."


def _id(value: str) -> str:
    try:
        return ById(value).id
    except InvalidInputError:
        raise ValueError(
            "must be the id of an object, as Connect shows it; an object's key goes to `key`"
        ) from None


Id = Annotated[str, AfterValidator(_id)]
IntegrationTypes = tuple[Text, ...]
MaxResults = Annotated[Count, Field(ge=1, le=MOST)]


class Reference(InputModel):
    """One object, by exactly one of id and key."""

    id: Id | None = Field(default=None, description="Id of the object.")
    key: Key | None = Field(default=None, description="Key of the object.")

    @model_validator(mode="after")
    def _by_one_of_both(self) -> Reference:
        if (self.id is None) == (self.key is None):
            raise ValueError("exactly one of id and key must be given")
        return self

    @property
    def ref(self) -> Ref:
        """How the API names it."""
        return ById(self.id) if self.id is not None else ByKey(self.key or "")


class DeploymentReference(InputModel):
    """One Deployment, by exactly one of id and key."""

    id: Text | None = Field(
        default=None, description="Id of the deployment in Connect, or that of its resource, `<project key>/<id>`."
    )
    key: Key | None = Field(default=None, description="Key of the deployment.")
    project_key: ProjectKey | None = Field(
        default=None, description="Project of the deployment; the provider's own if absent."
    )

    @model_validator(mode="after")
    def _by_one_of_both(self) -> DeploymentReference:
        if (self.id is None) == (self.key is None):
            raise ValueError("exactly one of id and key must be given")
        project, _, own = (self.id or "").rpartition("/")
        if project and self.project_key not in (None, project):
            raise ValueError(f"id names project {project}, and projectKey another one")
        if self.id is not None:
            _id(own)
        return self

    @property
    def ref(self) -> Ref:
        """How the API names it."""
        return ById(self.id.rpartition("/")[2]) if self.id is not None else ByKey(self.key or "")

    def project(self, session: Session) -> str:
        """Return the key of its project. Raises `ConfigurationError` when none is given anywhere."""
        named = (self.id or "").rpartition("/")[0]
        return checked_project_key(self.project_key or named or session.project_key or "")


async def first(items: AsyncIterator[T], most: int) -> tuple[tuple[T, ...], bool]:
    """Return the first so many of a list, and whether there are more. Reads no page that is not needed."""
    found: list[T] = []
    async for item in items:
        if len(found) == most:
            return tuple(found), True
        found.append(item)
    return tuple(found), False


async def expected(what: str, where: str, remedy: str, look: Callable[[], Awaitable[T]]) -> T:
    """Return what `look` finds. Raises `NotFoundError` that says what was looked for, where, and what to do."""
    try:
        return await look()
    except NotFoundError as error:
        missing = NotFoundError(
            f"there is no {what} {where} (correlation id {error.correlation_id}).",
            remedy,
            status=error.status,
            codes=error.codes,
            correlation_id=error.correlation_id,
        )
    raise missing


def place(session: Session, project_key: str = "") -> str:
    """Return where a look-up looks, in words."""
    host = urlsplit(session.client.connection.connect_url).netloc
    return (
        f"in project {project_key!r} at {host}" if project_key else f"at {host}, as far as the API client can see"
    )
