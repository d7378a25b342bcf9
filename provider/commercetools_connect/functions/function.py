"""What a function is: what it takes, what it returns, and how a door calls it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from commercetools_connect.api.redaction import Redactor
from commercetools_connect.contract.errors import ConfigurationError, ProviderError
from commercetools_connect.contract.results import CheckFailure
from commercetools_connect.contract.values import Secret, Tree, Value, has_unknown, reveal
from commercetools_connect.resources.inputs import InputModel, find_mistakes, parse
from commercetools_connect.resources.session import Session
from commercetools_connect.resources.state import StateModel, state_names

__all__ = ["Function"]

InputsT = TypeVar("InputsT", bound=InputModel)
ResultT = TypeVar("ResultT", bound=StateModel)


@dataclass(frozen=True)
class Function(Generic[InputsT, ResultT]):
    """One look-up. `find` raises a `ProviderError` when there is nothing to return; it changes nothing.

    An `experimental` one stands on parts of the API that are not published in full, and must be switched on by
    its name in the configuration `experimental`.
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

    def mistakes(self, arguments: Tree) -> tuple[CheckFailure, ...]:
        """Return every mistake in the known part of the arguments, each with its path. Pure."""
        found = find_mistakes(self.inputs, arguments)
        # what is said of the whole cannot be said before all of it is known
        return tuple(each for each in found if each.path) if has_unknown(arguments) else found

    async def call(self, session: Session, arguments: Tree) -> ResultT:
        """Return the result for arguments that are known as a whole.

        Raises `InvalidInputError`, `ConfigurationError`, `ApiError`; none of them shows a secret argument.
        """
        self._require_switched_on(session)
        try:
            return await self.find(session, parse(self.inputs, arguments))
        except ProviderError as error:
            _redact(error, Redactor(_secret_texts(arguments)))
            raise

    def _require_switched_on(self, session: Session) -> None:
        if self.experimental and self.name not in session.experimental:
            raise ConfigurationError(
                f"{self.name} is experimental: commercetools has not published all of what it stands on, and it "
                "may change or end.",
                f"Switch it on by its name: `pulumi config set commercetools-connect:experimental {self.name}`.",
            )


def _redact(error: ProviderError, redactor: Redactor) -> None:
    error.message = redactor.redact(error.message)
    error.remedy = redactor.redact(error.remedy)
    error.args = (error.message, error.remedy)


def _secret_texts(value: Value) -> Iterator[str]:
    """Yield what is secret in the arguments, as far as a message could show it."""
    if isinstance(value, Secret):
        yield from _texts(reveal(value))
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from _secret_texts(child)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for child in value:
            yield from _secret_texts(child)


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, Mapping):
        for child in value.values():
            yield from _texts(child)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Sequence):
        for child in value:
            yield from _texts(child)
    elif isinstance(value, int | float):
        yield str(value)
