"""A mistake that depends on the rest of the program is judged when the rest of the program is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.preview import PreviewValidation
from commercetools_connect.core.resource import Cancellation, OperationContext
from commercetools_connect.core.results import CheckFailure
from commercetools_connect.frontends.plugin.engine import EngineLink
from commercetools_connect.frontends.plugin.operations import QuietPeriod
from commercetools_connect.frontends.plugin.rpc import RpcContext
from commercetools_connect.frontends.protocol import provider_pb2
from tests.support.virtual import VirtualClock, run_virtually

URN = "urn:pulumi:dev::acme::commercetools-connect:index:Deployment::api"


class Program:
    """A provider with one resource, whose mistakes are those of `found`, look by look."""

    def __init__(self, *found: tuple[CheckFailure, ...]) -> None:
        self.validation = PreviewValidation()
        self.found = list(found)
        self.looks = 0

    def resource(self, _: str) -> Program:
        return self

    def for_inputs(self, _: object) -> Program:
        return self

    def provider(self, _: object) -> Program:
        return self

    async def validate(self, _operation: OperationContext, _news: Mapping[str, Any]) -> tuple[CheckFailure, ...]:
        self.looks += 1
        return self.found.pop(0)

    async def preview_create(self, _operation: OperationContext, _news: Mapping[str, Any]) -> None:
        pass


def preview(program: Program, *, cancelled: bool = False) -> float:
    """Return how many virtual seconds a preview of a create took; it raises what the engine receives."""

    async def whole() -> float:
        clock, cancellation = VirtualClock(), Cancellation()
        if cancelled:
            cancellation.cancel()
        request = provider_pb2.CreateRequest(urn=URN)
        exchange = RpcContext(request.urn, program, EngineLink(), cancellation)  # type: ignore[arg-type]  # has all that is called
        await exchange.require_valid(QuietPeriod(clock), {})
        return clock.monotonic()

    return run_virtually(whole())


NEVER = CheckFailure(("connectorTag",), "this program does not publish it", revisable=True)
WRONG = CheckFailure(("region",), "must be a region id")


def test_a_preview_without_a_mistake_is_answered_at_once() -> None:
    assert preview(Program(())) == 0


def test_a_publication_that_is_declared_after_the_mistake_removes_it() -> None:
    program = Program((NEVER,), ())

    assert preview(program) == pytest.approx(0.5)
    assert program.looks == 2


def test_what_nothing_has_removed_is_reported() -> None:
    with pytest.raises(InvalidInputError, match="connectorTag: this program does not publish it"):
        preview(Program((NEVER,), (NEVER,)))


def test_what_no_declaration_can_remove_is_not_looked_at_again() -> None:
    program = Program((WRONG,))

    with pytest.raises(InvalidInputError, match="region: must be a region id"):
        preview(program)
    assert program.looks == 1


def test_a_cancelled_preview_looks_no_more() -> None:
    program = Program((NEVER,))

    with pytest.raises(InvalidInputError):
        preview(program, cancelled=True)
    assert program.looks == 1
