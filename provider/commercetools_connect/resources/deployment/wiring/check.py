"""Check of what a Deployment expects to be wired: after a run, at a refresh, and before a redeploy for it.

A state that is not wired counts the runs after which it was not (`wiringAttempts`), so that scripts run once more
and not for ever.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from commercetools_connect.api import AuthenticationFailedError, DeploymentStatus, ForbiddenError
from commercetools_connect.core.errors import ConfigurationError, InitFailedError, NotReachedError, ProviderError
from commercetools_connect.core.results import State
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import PropertyMap
from commercetools_connect.resources.configuration import about_connection, errors_about_connection
from commercetools_connect.resources.deployment.operation import DeploymentOperation
from commercetools_connect.resources.deployment.plan import WIRING, WIRING_ATTEMPTS
from commercetools_connect.resources.deployment.wiring.expectation import Expectation, expected_kinds
from commercetools_connect.resources.deployment.wiring.messages import (
    Situation,
    listed,
    notes,
    reasons,
)
from commercetools_connect.resources.deployment.wiring.registrations import former_addresses, registrations_of
from commercetools_connect.resources.deployment.wiring.wait import (
    ROUNDS,
    TWO_LOOKS,
    WiringResult,
    WiringStatus,
    WiringWait,
)
from commercetools_connect.resources.inner_connections import connection_in
from commercetools_connect.resources.inputs import text_of, value_of

NOT_WIRED: Final = "what it expects was not wired"
"""The reason of a redeploy that lets the scripts run once more."""

NOT_LOOKED_AT: Final = (
    "the provider has not looked which Extensions and Subscriptions point to the old deployment (with `expect` it "
    "does); the scripts of the new one must register them again"
)

BREAKS_CHECKOUT: Final = (
    "if a PaymentIntegration of Checkout refers to the old deployment, make a new one: it refers by id, and "
    "cannot be moved"
)


async def ensure_readable(operation: DeploymentOperation, expect: Expectation) -> None:
    """Raise `ForbiddenError` under `strictPreview`, before any change, for scopes that the token lacks."""
    session = operation.session
    if expect and session.strict_preview:
        with errors_about_connection(operation.wiring_connection, operation.project_key):
            await operation.wiring_reader().require_scopes(operation.project_key, expected_kinds(expect))


async def is_redeploy_due(operation: DeploymentOperation, expect: Expectation, status: str, build: str) -> bool:
    """Return whether the scripts shall run once more, as they have not wired what is expected.

    Once for what is sent: not after a run that came since, not with `skipScripts`, not where a look finds it wired
    by now or finds nothing that a redeploy can help. `status` and `build` are what the Deployment shows.
    """
    first = operation.wiring.get(WIRING_ATTEMPTS) == 1 and build == text_of(operation.before, "buildId")
    if not first or status != DeploymentStatus.DEPLOYED or value_of(operation.known, "skipScripts") is True:
        return False
    found = await _look(operation, expect, operation.before, rounds=0)
    return found.status is WiringStatus.NOT_WIRED and found.wiring.redeploy_helps


async def ensure_wired(
    operation: DeploymentOperation, expect: Expectation, state: State, *, refresh: bool = False
) -> State:
    """Return the state of a live Deployment with what points to its applications; no call without expectation.

    Raises `InitFailedError` when that is not what is expected, or, but in a refresh, cannot be known. In a refresh
    what cannot be read is an `ApiError`, which leaves the state alone. A missing scope is one warning.
    """
    if not expect:
        return state
    before, build = operation.before, text_of(state.outputs, "buildId")
    if not operation.requested and before and build != text_of(before, "buildId"):
        operation.record_run(requested=False)
    known = operation.wiring.get(WIRING) is not None
    try:
        result = await _look(operation, expect, state.outputs, rounds=TWO_LOOKS if known else ROUNDS)
    except ConfigurationError as error:
        raise _unknown(operation, state, str(error)) from None
    if result.status is WiringStatus.WIRED:
        for each in notes(result.wiring):
            operation.context.reporter.warning(each)
        operation.wiring = {WIRING: result.wiring.outputs(), WIRING_ATTEMPTS: 0}
        return _with_wiring(operation, state)
    if result.status is WiringStatus.NOT_WIRED and result.is_certain:
        attempts = max(1, int(str(operation.wiring.get(WIRING_ATTEMPTS) or 0)))
        operation.wiring = {WIRING: result.wiring.outputs(), WIRING_ATTEMPTS: attempts}
        skips = value_of(operation.known, "skipScripts") is True
        situation = Situation(operation.project_key, attempts, skips)
        raise InitFailedError(
            _with_wiring(operation, state),
            [
                f"{_name(operation, state)}: it is deployed, but {each}"
                for each in reasons(result.wiring, situation)
            ],
        )
    if (isinstance(result.error, ForbiddenError) and (refresh or not operation.session.strict_preview)) or (
        refresh and _is_refused(operation, result)
    ):
        operation.session.warn_once(operation.context, f"what is expected is not checked: {result.error}")
        if not refresh:
            operation.wiring = {WIRING: {}, WIRING_ATTEMPTS: 0}
        return _with_wiring(operation, state)
    stopped = "a stop was requested" if result.status is WiringStatus.CANCELLED else "too little time was left"
    unknown = _unknown(operation, state, str(result.error or f"{stopped}."))
    if refresh:
        raise result.error or NotReachedError(str(unknown))
    raise unknown


async def _look(
    operation: DeploymentOperation, expect: Expectation, outputs: PropertyMap, rounds: float
) -> WiringResult:
    """Look at the wiring of the applications in these outputs, for that many rounds."""
    session, before, connection = operation.session, operation.before, operation.wiring_connection
    with errors_about_connection(connection, operation.project_key):
        reader = operation.wiring_reader()
    result = await WiringWait(
        reader,
        session.clock,
        operation.context,
        operation.project_key,
        expect,
        applications=former_addresses(outputs.get("applications")),
        former=former_addresses(before.get("applications"), before.get(WIRING)),
        since=session.clock.monotonic() if operation.requested else None,
        deadline=operation.deadline,
        rounds=rounds,
    ).result()
    if result.error is None:
        return result
    return replace(result, error=about_connection(result.error, connection, operation.project_key))


def _unknown(operation: DeploymentOperation, state: State, why: str) -> InitFailedError:
    operation.wiring.pop(WIRING, None)
    return InitFailedError(
        _with_wiring(operation, state),
        [
            f"{_name(operation, state)}: it is deployed, but it is not known whether what it expects is wired: "
            f"{why}\n"
            "Run `pulumi up` to look again."
        ],
    )


def _is_refused(operation: DeploymentOperation, result: WiringResult) -> bool:
    """Return whether the client of `expect` was refused: the state may hold a secret from before a rotation."""
    has_own_client = connection_in(operation.known.get("expect")) is not None
    return has_own_client and isinstance(result.error, AuthenticationFailedError)


def _with_wiring(operation: DeploymentOperation, state: State) -> State:
    rest = {name: value for name, value in state.outputs.items() if name not in (WIRING, WIRING_ATTEMPTS)}
    return replace(state, outputs={**rest, **operation.wiring})


def _name(operation: DeploymentOperation, state: State) -> str:
    key = escape_untrusted(text_of(state.outputs, "key") or state.id)
    return f"Deployment {key} in project {operation.project_key}"


async def report_registrations(operation: DeploymentOperation) -> None:
    """Report what points to the Deployment of a state, which is to be replaced. No call without `expect`.

    A diff without a check is a refresh's, which reports nothing.
    """
    session, outputs, report = operation.session, operation.before, operation.context.reporter.info
    if session.registry.check_record("Deployment", operation.context) is None:
        return
    report(BREAKS_CHECKOUT)
    if not outputs.get("expect") or session.offline_preview:
        report(NOT_LOOKED_AT)
        return
    try:
        found = await operation.wiring_reader().look(operation.project_key)
    except ProviderError as error:
        report(f"what points to the old deployment could not be looked at: {error.message}")
        return
    addresses = former_addresses(outputs.get("applications"))
    there = [
        each
        for each in registrations_of(found.extensions, found.subscriptions)
        if any(each.match(address).fits for address in addresses)
    ]
    names = listed(there, most=len(there))
    report(
        f"what points to the old deployment: {names}; the scripts of the new one must register it again"
        if names
        else "no Extension and no Subscription points to the old deployment"
    )
