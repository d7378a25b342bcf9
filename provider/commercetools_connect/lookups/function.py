"""Look-up function, and the inputs and helpers that the functions share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar, get_type_hints
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, model_validator

from commercetools_connect.api import ById, ByKey, NotFoundError, Ref, checked_project_key
from commercetools_connect.core.errors import ConfigurationError, InvalidInputError, ProviderError
from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.values import PropertyMap, PropertyValue, has_unknown
from commercetools_connect.resources.configuration import errors_about_connection
from commercetools_connect.resources.connections import Connections
from commercetools_connect.resources.inputs import (
    Count,
    InputModel,
    Key,
    ProjectKey,
    Text,
    parse,
    text_of,
    validate_inputs,
)
from commercetools_connect.resources.redacting import redact_error
from commercetools_connect.resources.schema import StateModel, state_names, to_plain
from commercetools_connect.resources.session import Session

InputsT = TypeVar("InputsT", bound=InputModel)
ResultT = TypeVar("ResultT", bound=StateModel)


@dataclass(frozen=True)
class Function(Generic[InputsT, ResultT]):
    """One look-up. `find` raises a `ProviderError` when there is nothing to return; it changes nothing.

    An `experimental` one uses parts of the API that are not published in full, and must be switched on by its name
    in the configuration `experimental`.
    """

    name: str
    description: str
    inputs: type[InputsT]
    result: type[ResultT]
    find: Callable[[Session, InputsT], Awaitable[ResultT]]
    experimental: bool = False

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the members of the result, as schemas have them."""
        return state_names(self.result)

    def invalid_arguments(self, arguments: PropertyMap) -> tuple[CheckFailure, ...]:
        """Return everything wrong in the known part of the arguments, each with its path. Pure."""
        found = validate_inputs(self.inputs, arguments)
        # rules about several arguments can be checked only when all of them are known
        return tuple(each for each in found if each.path) if has_unknown(arguments) else found

    async def call(self, session: Session, arguments: PropertyMap) -> ResultT:
        """Return the result for arguments that are known as a whole.

        Raises `InvalidInputError`, `ConfigurationError`, `ApiError`; none of them shows a secret argument.
        """
        if self.experimental and self.name not in session.experimental:
            raise ConfigurationError(
                f"{self.name} is experimental: commercetools has not published all of the API that it uses, and "
                "it may change or end.",
                f"Switch it on by its name: `pulumi config set commercetools-connect:experimental {self.name}`.",
            )
        session.secrets.learn(arguments)
        try:
            return await self.find(session, parse(self.inputs, arguments))
        except ProviderError as error:
            redact_error(error, session.secrets)
            raise

    async def call_through(
        self, connections: Connections, connection: PropertyValue, arguments: PropertyMap
    ) -> ResultT:
        """Return the result as `call` does, with the credentials of a connection that has no mistake.

        An error is about that connection and the project that was asked for.
        """
        session = connections.provider(connection).session
        project = text_of(arguments, "projectKey") or text_of(arguments, "id").rpartition("/")[0]
        with errors_about_connection(connection, project or session.project_key or ""):
            return await self.call(session, arguments)


def lookup(
    name: str, *, experimental: bool = False
) -> Callable[[Callable[[Session, InputsT], Awaitable[ResultT]]], Function[InputsT, ResultT]]:
    """Return a decorator that makes a look-up of a coroutine function; the schema has its docstring."""

    def decorate(find: Callable[[Session, InputsT], Awaitable[ResultT]]) -> Function[InputsT, ResultT]:
        types, description = get_type_hints(find), " ".join((find.__doc__ or "").split())
        return Function(name, description, types["inputs"], types["return"], find, experimental)

    return decorate


def details_of(model: type[ResultT], source: BaseModel, own: Mapping[str, object]) -> ResultT:
    """Return a result with the members that the object of the API has as well, and with `own` members.

    An empty text of the API is left out where the result allows it.
    """
    plain, fields = to_plain(source), zip(state_names(model), model.model_fields.values(), strict=True)
    shared = {
        name: plain[name] for name, field in fields if name in plain and (plain[name] != "" or field.is_required())
    }
    return model.model_validate({**shared, **own})


T = TypeVar("T")

MAX_RESULTS: Final = 10_000
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
MaxResults = Annotated[Count, Field(ge=1, le=MAX_RESULTS)]


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
        return ById(self.id.rpartition("/")[2]) if self.id is not None else ByKey(self.key or "")


class DeploymentReference(Reference):
    """One Deployment, by exactly one of id and key."""

    id: Text | None = Field(
        default=None,
        description="Id of the deployment in Connect, or `<project key>/<id>`, the id of its resource.",
    )
    key: Key | None = Field(default=None, description="Key of the deployment.")
    project_key: ProjectKey | None = Field(
        default=None, description="Project of the deployment. Default: the project of the provider."
    )

    @model_validator(mode="after")
    def _in_one_project(self) -> DeploymentReference:
        project, _, own = (self.id or "").rpartition("/")
        if project and self.project_key not in (None, project):
            raise ValueError(f"id names project {project}, and projectKey another one")
        if self.id is not None:
            _id(own)
        return self

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


async def require_found(session: Session, what: str, remedy: str, found: Awaitable[T], project_key: str = "") -> T:
    """Return what is found. Raises `NotFoundError` that says what was looked for, where, and what to do."""
    host = urlsplit(session.client.connection.connect_url).netloc
    where = (
        f"in project {project_key!r} at {host}" if project_key else f"at {host}, as far as the API client can see"
    )
    try:
        return await found
    except NotFoundError as error:
        missing = NotFoundError(
            f"there is no {what} {where} (correlation id {error.correlation_id}).",
            remedy,
            status=error.status,
            codes=error.codes,
            correlation_id=error.correlation_id,
        )
    raise missing
