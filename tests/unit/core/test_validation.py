"""A preview tells certain mistakes as errors, what may pass as one warning, and is never held up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from commercetools_connect.core import preview as validation
from commercetools_connect.core.errors import ConfigurationError, ConflictError, InvalidInputError, ProviderError
from commercetools_connect.core.preview import PreviewValidation
from commercetools_connect.core.resource import OperationContext, SilentReporter
from commercetools_connect.core.results import CheckFailure, State


class BusyServerError(ProviderError):
    maybe_temporary = affects_every_call = True


class ForbiddenObjectError(ProviderError):
    maybe_temporary = True


class Warnings(SilentReporter):
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warning(self, message: str) -> None:
        self.warnings.append(message)


class Server:
    """The methods of a resource that validate; `act` is what they do."""

    def __init__(self, act: Callable[[], object], preview: Callable[[], object] = lambda: None) -> None:
        self.act = act
        self.preview = preview
        self.time_limit: float | None = None

    async def validate(self, context: OperationContext, _news: object) -> tuple[CheckFailure, ...]:
        self.time_limit = context.time_limit
        found = self.act()
        if asyncio.iscoroutine(found):
            await found
        return found if isinstance(found, tuple) else ()

    async def validate_update(
        self, context: OperationContext, _state: State, news: object
    ) -> tuple[CheckFailure, ...]:
        return await self.validate(context, news)

    async def preview_create(self, _operation: OperationContext, _news: object) -> None:
        self.preview()


def throw(error: Exception) -> None:
    raise error


def find(
    *servers: Server, strict: bool = False, offline: bool = False, update: bool = False
) -> tuple[list[str], list[str]]:
    """Validate by one provider; return mistakes and warnings."""
    said = Warnings()
    context = OperationContext(name="api", default_key="k", time_limit=900, reporter=said)
    rules = PreviewValidation(strict, offline)

    async def all_of() -> list[str]:
        found: list[str] = []
        for server in servers:
            resource: Any = server
            if update:
                failures = await rules.validate_update(resource, context, State("i", {}), {})
            else:
                failures = await rules.validate_create(resource, context, {})
            found += map(str, failures)
        return found

    return asyncio.run(all_of()), said.warnings


@pytest.mark.parametrize("update", [False, True])
def test_mistakes_come_back_in_each_form(update: bool) -> None:
    failure = CheckFailure(("configurations", "api"), "is not an application")

    assert find(Server(lambda: (failure,)), update=update) == (
        ["configurations.api: is not an application"],
        [],
    )
    assert find(Server(lambda: throw(InvalidInputError("no such region", "Choose another."))), update=update) == (
        ["no such region\nChoose another."],
        [],
    )


@pytest.mark.parametrize("error", [ConfigurationError, ProviderError])
def test_an_error_that_cannot_pass_is_a_mistake_with_its_remedy(error: type[ProviderError]) -> None:
    found, warnings = find(Server(lambda: throw(error("clientId is missing", "Set it."))))

    assert found == ["clientId is missing\nSet it."]
    assert warnings == []


@pytest.mark.parametrize("error", [BusyServerError, ForbiddenObjectError])
@pytest.mark.parametrize("update", [False, True])
def test_trouble_that_may_pass_is_a_warning_with_its_remedy(error: type[ProviderError], update: bool) -> None:
    found, warnings = find(Server(lambda: throw(error("HTTP 503", "Run again."))), update=update)

    assert found == []
    assert warnings == ["not everything could be checked at preview: HTTP 503\nRun again."]


def test_trouble_that_concerns_every_call_is_reported_once() -> None:
    servers = [Server(lambda name=name: throw(BusyServerError(f"Could not read {name}."))) for name in "abc"]  # type: ignore[misc]  # the type of a default is not inferred

    assert find(*servers) == ([], ["not everything could be checked at preview: Could not read a."])


def test_trouble_with_one_object_is_reported_for_each() -> None:
    servers = [Server(lambda name=name: throw(ForbiddenObjectError(f"no right to read {name}"))) for name in "aab"]  # type: ignore[misc]  # the type of a default is not inferred

    assert len(find(*servers)[1]) == 2


@pytest.mark.parametrize("error", [BusyServerError, ForbiddenObjectError])
def test_in_a_strict_preview_such_trouble_is_an_error(error: type[ProviderError]) -> None:
    servers = [Server(lambda: throw(error("HTTP 503", "Run again.")))] * 2

    assert find(*servers, strict=True) == (
        ["not everything could be checked at preview: HTTP 503\nRun again."] * 2,
        [],
    )


def test_an_offline_preview_says_once_what_it_does_not_check() -> None:
    server = Server(lambda: None, lambda: throw(AssertionError("asked for an object")))

    found, warnings = find(server, server, offline=True)

    assert found == []
    (warning,) = warnings
    assert warning.startswith("offlinePreview is set")
    assert "connectors, tags and required keys" in warning


def test_a_create_that_will_be_refused_is_a_mistake_beside_the_others() -> None:
    failure = CheckFailure(("configurations", "api"), "is not an application")
    taken = ConflictError("Deployment api exists.", "Give this one a key of its own.")

    found, _ = find(Server(lambda: (failure,), lambda: throw(taken)))

    assert found == ["configurations.api: is not an application", str(taken)]


def test_where_nothing_can_be_read_one_reason_is_enough() -> None:
    refused = ConfigurationError("the credentials are not accepted")

    assert find(Server(lambda: throw(refused), lambda: throw(refused)))[0] == [str(refused)]


@pytest.mark.parametrize("strict", [False, True])
def test_a_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, strict: bool) -> None:
    """Not even as long as the user allows for the create itself."""
    monkeypatch.setattr(validation, "VALIDATION_LIMIT", 0.01)
    server = Server(lambda: asyncio.Event().wait())

    found, warnings = find(server, strict=strict)

    assert server.time_limit == 0.01
    ((message,), nothing) = (found, warnings) if strict else (warnings, found)
    assert message.startswith(
        "not everything could be checked at preview: There was no answer within 0.01 s.\nCheck the network"
    )
    assert nothing == []


def test_a_mistake_of_our_own_is_not_taken_for_trouble() -> None:
    with pytest.raises(KeyError):
        find(Server(lambda: throw(KeyError("x"))))
