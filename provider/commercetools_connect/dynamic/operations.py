"""What each call of the engine does: read the properties, ask the resource, write the answer.

Everything here runs on Pulumi's worker threads; the resources themselves run on the background loop. Nothing but
`OperationFailed` leaves these functions: an RPC that ends in `SystemExit` is never answered, and the engine waits
for ever.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TypeVar

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)

from commercetools_connect.contract.errors import Partial
from commercetools_connect.contract.results import State
from commercetools_connect.contract.validation import find_failures
from commercetools_connect.dynamic import failures
from commercetools_connect.dynamic.calls import current_call
from commercetools_connect.dynamic.declaration import CONNECTION, DECLARATION
from commercetools_connect.dynamic.exchange import Exchange, Properties
from commercetools_connect.dynamic.loop import LOOP
from commercetools_connect.dynamic.pool import widen_pool
from commercetools_connect.dynamic.reporting import LineReporter
from commercetools_connect.dynamic.sessions import Sessions, names_in

__all__ = ["check", "configure", "create", "delete", "diff", "read", "update"]

T = TypeVar("T")

_SESSIONS = Sessions(os.environ)
LOOP.at_end(_SESSIONS.aclose)


def configure(request: ConfigureRequest) -> None:
    """Take the stack's configuration, and make room for more than four operations at once. Never fails."""
    _SESSIONS.configure(request.config.get)
    for complaint in _SESSIONS.misspelt(names_in(request.config)):
        LineReporter("configuration").warning(complaint)
    widen_pool(os.environ)


def check(resource: str, olds: Properties, news: Properties) -> CheckResult:
    """Fill in defaults and find mistakes."""

    def body(exchange: Exchange) -> CheckResult:
        tree = exchange.tree
        operation, resource = exchange.operation(), exchange.resource()
        checked = resource.check(operation, exchange.decode(olds), tree)
        for warning in checked.warnings:
            exchange.reporter.warning(warning)
        failures = checked.failures
        if not olds and not failures:
            # Pulumi previews no create of a dynamic resource: this is the last moment before one.
            failures = LOOP.run(find_failures(resource, operation, checked.inputs))
        # The engine prints the value of a property that a failure names, also a secret one.
        found = [CheckFailure("", str(failure)) for failure in failures]
        return CheckResult(exchange.answer_inputs(checked.inputs), found)

    return _serve(resource, "check", news, body)


def diff(resource: str, id_: str, olds: Properties, news: Properties) -> DiffResult:
    """Tell what an update would change."""

    def body(exchange: Exchange) -> DiffResult:
        state = State(id_, exchange.decode(olds))
        found = LOOP.run(exchange.resource().diff(exchange.operation(), state, exchange.tree))
        # Refresh and destroy use the connection and the provider in the outputs, and only an update writes those;
        # in a state that the plugin wrote there are none.
        moved = olds.get(CONNECTION) != news.get(CONNECTION) or DECLARATION not in olds
        return DiffResult(
            changes=bool(found) or moved,
            replaces=found.replaced_properties,
            delete_before_replace=found.delete_before_replace,
        )

    return _serve(resource, "diff", news, body)


def create(resource: str, props: Properties) -> CreateResult:
    """Make it so and wait until it is."""

    def body(exchange: Exchange) -> CreateResult:
        state = LOOP.run(exchange.resource().create(exchange.operation(), exchange.tree))
        return CreateResult(state.id, exchange.answer(state.outputs))

    return _serve(resource, "create", props, body)


def update(resource: str, id_: str, olds: Properties, news: Properties) -> UpdateResult:
    """Bring it in line in place and wait until it is."""

    def body(exchange: Exchange) -> UpdateResult:
        state = State(id_, exchange.decode(olds))
        after = LOOP.run(exchange.resource().update(exchange.operation(), state, exchange.tree))
        return UpdateResult(exchange.answer(after.outputs))

    return _serve(resource, "update", news, body)


def read(resource: str, id_: str, props: Properties) -> ReadResult:
    """Return what is there."""

    def body(exchange: Exchange) -> ReadResult:
        try:
            state = LOOP.run(exchange.resource().read(exchange.operation(), State(id_, exchange.tree)))
        except Partial as partial:
            if failure := exchange.init_failed(partial):
                raise failure from None
            # Without a way to say it, an error would make the whole refresh fail, over and over.
            for reason in partial.reasons:
                exchange.reporter.warning(reason)
            state = partial.state
        if state is None:
            return ReadResult("", {})
        # Without inputs the engine keeps those that it has.
        return ReadResult(state.id, exchange.answer(state.outputs), exchange.answer_inputs(state.inputs) or None)

    return _serve(resource, "read", props, body)


def delete(resource: str, id_: str, props: Properties) -> None:
    """Remove it and wait until it is gone."""

    def body(exchange: Exchange) -> None:
        LOOP.run(exchange.resource().delete(exchange.operation(), State(id_, exchange.tree)))

    _serve(resource, "delete", props, body)


def _serve(resource: str, method: str, properties: Mapping[str, object], body: Callable[[Exchange], T]) -> T:
    """Run one call; whatever ends it, the engine gets an answer in words."""
    exchange = Exchange(resource, method, properties, _SESSIONS, current_call())
    try:
        return body(exchange)
    except failures.OperationFailed:
        raise
    except Partial as partial:
        raise exchange.partly_failed(partial) from None
    except BaseException as error:  # noqa: BLE001 - an RPC without an answer hangs the engine
        raise failures.failed(exchange.call, failures.describe(error, exchange.doing)) from None
