"""Looking for mistakes before a create never holds a preview up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from commercetools_connect.contract import validation
from commercetools_connect.contract.errors import ConfigurationError, InvalidInputError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import CheckFailure
from commercetools_connect.contract.validation import find_failures


class Listener:
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warning(self, message: str) -> None:
        self.warnings.append(message)


class Server:
    """The one method of a resource that is looked at."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act
        self.time_limit: float | None = None

    async def validate(self, operation: Operation, _news: object) -> tuple[CheckFailure, ...]:
        self.time_limit = operation.time_limit
        found = self.act()
        if asyncio.iscoroutine(found):
            await found
        return found if isinstance(found, tuple) else ()


def throw(error: Exception) -> None:
    raise error


def find(server: Server) -> tuple[list[str], list[str]]:
    said = Listener()
    operation = Operation(name="api", derived_key="k", time_limit=900, reporter=said)  # type: ignore[arg-type]  # hears all that is said
    found = asyncio.run(find_failures(server, operation, {}))  # type: ignore[arg-type]  # has all that is called
    return [str(each) for each in found], said.warnings


def test_mistakes_come_back_however_they_are_told() -> None:
    failure = CheckFailure(("configurations", "api"), "is no application")

    assert find(Server(lambda: (failure,))) == (["configurations.api: is no application"], [])
    assert find(Server(lambda: throw(InvalidInputError("no such region", "Choose another.")))) == (
        ["no such region\nChoose another."],
        [],
    )


def test_trouble_on_the_way_is_one_warning_and_no_mistake() -> None:
    found, warnings = find(Server(lambda: throw(ConfigurationError("clientId is missing", "Set it."))))

    assert found == []
    assert warnings == ["not everything could be checked before the create: clientId is missing"]


def test_a_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even as long as the user allows for the create itself."""
    monkeypatch.setattr(validation, "VALIDATION_LIMIT", 0.01)
    server = Server(lambda: asyncio.Event().wait())

    found, warnings = find(server)

    assert (found, server.time_limit) == ([], 0.01)
    assert warnings == ["not everything could be checked before the create: no answer within 0.01 s"]


def test_a_mistake_of_our_own_is_not_taken_for_trouble() -> None:
    with pytest.raises(KeyError):
        find(Server(lambda: throw(KeyError("x"))))
