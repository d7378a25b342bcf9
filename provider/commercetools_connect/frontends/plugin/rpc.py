"""One RPC of the engine about a resource or a function: what it asks for, and the messages of its answer."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, Protocol, TextIO, TypeVar

import grpc
from google.protobuf.struct_pb2 import Struct

from commercetools_connect.api import errors as api
from commercetools_connect.core import errors
from commercetools_connect.core.errors import ConfigurationError, InitFailedError, InvalidInputError
from commercetools_connect.core.preview import PreviewValidation, invalid_inputs
from commercetools_connect.core.resource import Cancellation, FilteredReporter, OperationContext, Resource
from commercetools_connect.core.results import Change, CheckFailure, Diff, State
from commercetools_connect.core.text import Path, format_path
from commercetools_connect.core.urns import ENGINE_NAMES, PACKAGE, Urn
from commercetools_connect.core.values import UNKNOWN, PropertyMap, PropertyValue, Secret, has_unknown
from commercetools_connect.frontends.outcome import Failure, error_message, init_failed
from commercetools_connect.frontends.plugin.autonaming import Autonaming, default_key
from commercetools_connect.frontends.plugin.codec import decode_properties, encode_properties
from commercetools_connect.frontends.plugin.config import KeySource
from commercetools_connect.frontends.plugin.engine import EngineLink, EngineReporter
from commercetools_connect.frontends.plugin.operations import CutShortError, QuietPeriod
from commercetools_connect.frontends.protocol import provider_pb2
from commercetools_connect.lookups.function import Function
from commercetools_connect.lookups.registry import FUNCTIONS
from commercetools_connect.resources.configuration import CONNECTION
from commercetools_connect.resources.connected import ConnectedResource
from commercetools_connect.resources.connections import Connections, connection_failures
from commercetools_connect.resources.provider import RESOURCE_SCHEMAS
from commercetools_connect.resources.schema import ResourceSchema, has_secret

T = TypeVar("T")

CODES: Final = {
    errors.ProviderError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.InvalidInputError: grpc.StatusCode.INVALID_ARGUMENT,
    errors.ConfigurationError: grpc.StatusCode.FAILED_PRECONDITION,
    errors.ConflictError: grpc.StatusCode.ALREADY_EXISTS,
    errors.GoneError: grpc.StatusCode.NOT_FOUND,
    errors.WaitTimedOutError: grpc.StatusCode.DEADLINE_EXCEEDED,
    errors.WaitCancelledError: grpc.StatusCode.ABORTED,
    CutShortError: grpc.StatusCode.ABORTED,
    asyncio.CancelledError: grpc.StatusCode.ABORTED,
    # UNAVAILABLE would speak of this process; it is commercetools that could not be reached.
    api.NetworkError: grpc.StatusCode.ABORTED,
    api.ServerError: grpc.StatusCode.ABORTED,
    api.RateLimitedError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    api.AuthenticationFailedError: grpc.StatusCode.UNAUTHENTICATED,
    api.ForbiddenError: grpc.StatusCode.PERMISSION_DENIED,
    api.NotFoundError: grpc.StatusCode.NOT_FOUND,
    api.ConcurrentModificationError: grpc.StatusCode.ABORTED,
    api.DuplicateFieldError: grpc.StatusCode.ALREADY_EXISTS,
    errors.InitFailedError: grpc.StatusCode.FAILED_PRECONDITION,
}
"""Class of an understood error → code; a class that is not named has the code of its nearest parent.

The code of an answer says whether its state may be broken: UNKNOWN, INTERNAL and DATA_LOSS say so. An
understood error has none of these.
"""

Kind = provider_pb2.PropertyDiff.Kind
IN_PLACE: Final = {Change.ADD: Kind.ADD, Change.UPDATE: Kind.UPDATE, Change.DELETE: Kind.DELETE}
REPLACING: Final = {
    Change.ADD: Kind.ADD_REPLACE,
    Change.UPDATE: Kind.UPDATE_REPLACE,
    Change.DELETE: Kind.DELETE_REPLACE,
}


def describe_failure(error: BaseException, doing: str, log: TextIO | None = None) -> Failure:
    """Return the answer to an error that ended `doing`, such as "the update of Deployment api".

    The frames of an unexpected error go to `log` (standard error). The engine shows that only with a switch that
    shows secrets as well (docs/reliability.md), so no message names the switch.
    """
    code = next((CODES[kind] for kind in type(error).__mro__ if kind in CODES), grpc.StatusCode.INTERNAL)
    return Failure(code, error_message(error, doing, log or sys.stderr))


def check_failures(failures: Iterable[CheckFailure]) -> list[provider_pb2.CheckFailure]:
    """Write failures. The engine prints the value of a property that a failure names, so none names one."""
    return [provider_pb2.CheckFailure(property="", reason=str(each)) for each in failures]


def diff_response(diff: Diff) -> provider_pb2.DiffResponse:
    """Write what an update would change, path by path; the paths' first steps are the changed properties."""

    def kind(path: Path, change: Change) -> provider_pb2.PropertyDiff.Kind.ValueType:
        forced = any(path[: len(each)] == each for each in diff.replaces)
        return (REPLACING if forced else IN_PLACE)[change]

    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if diff else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=diff.properties,
        replaces=diff.replaced_properties,
        deleteBeforeReplace=diff.delete_before_replace,
        hasDetailedDiff=True,
        detailedDiff={
            format_path(path): provider_pb2.PropertyDiff(kind=kind(path, change))
            for path, change in diff.changes.items()
        },
    )


def preview_outputs(schema: ResourceSchema, inputs: PropertyMap, certain: PropertyMap) -> PropertyMap:
    """Return what a preview knows: the inputs, what is certain, and of the rest that it will be."""
    unknown: dict[str, PropertyValue] = dict.fromkeys(schema.output_names, UNKNOWN)
    known = {name: value for name, value in certain.items() if value is not None}
    return {**unknown, **schema.mark_secrets(inputs), **known}


class ResourceRequest(Protocol):
    """What all requests about a resource have in common."""

    @property
    def urn(self) -> str:
        """The resource's URN."""
        ...


class RpcContext:
    """Context of one RPC about a resource. Its constructor never fails; its members may raise.

    `provider_id` is the id of the provider resource in the state, empty where the engine does not send it.
    """

    def __init__(
        self,
        urn: str,
        connections: Connections | None,
        link: EngineLink,
        cancellation: Cancellation,
        provider_id: str = "",
    ) -> None:
        self._urn = Urn.parse(urn)
        self._connections = connections
        self._cancellation = cancellation
        self.reporter = EngineReporter(link, self._urn.text)
        self._keys = KeySource(provider_id)
        self.subject = f"{self._urn.kind} {self._urn.name}"
        """The resource in words."""

    @property
    def schema(self) -> ResourceSchema:
        """The schema of the resource's kind. Raises `InvalidInputError` for one that does not exist."""
        return require_known("resource", self._urn.type, RESOURCE_SCHEMAS)

    @property
    def resource(self) -> Resource:
        """The resource that is asked. Raises `InvalidInputError`, and `ConfigurationError` before Configure."""
        _ = self.schema
        if self._connections is None:
            raise not_configured(self.subject)
        return ConnectedResource(self._urn.kind, self._connections)

    def context(self, time_limit: float = 0) -> OperationContext:
        """Return the context that the resource gets; the engine's 0 is no limit."""
        urn = self._urn
        return OperationContext(
            name=urn.name,
            default_key=self._keys.derive(urn),
            key_proves_ownership=self._keys.proves_ownership,
            urn=urn.text,
            time_limit=time_limit or None,
            reporter=self.reporter,
            cancellation=self._cancellation,
        )

    def check_context(self, autonaming: Autonaming | None, seed: bytes) -> OperationContext:
        """Return the context of a check, which the engine tells how resources are named."""
        return replace(self.context(), default_key=default_key(autonaming, seed, self._urn, self._keys))

    async def require_valid(
        self, quiet_period: QuietPeriod, news: PropertyMap, state: State | None = None
    ) -> None:
        """Raise `InvalidInputError` for what reading from the server shows to be invalid.

        `state` is what an update starts from, `None` for a create. The error waits for the end of the quiet
        period; what another declaration may have removed in that time is validated again then.
        """
        resource, context = self.resource, self.context()
        said: set[str] = set()

        def once(message: str) -> str | None:
            known = message in said
            said.add(message)
            return None if known else message

        # The validation may run twice.
        context = replace(context, reporter=FilteredReporter(context.reporter, once))
        validation = self._connections.for_inputs(news).validation if self._connections else PreviewValidation()

        async def find() -> tuple[CheckFailure, ...]:
            with quiet_period.validating():
                if state is None:
                    return await validation.validate_create(resource, context, news)
                return await validation.validate_update(resource, context, state, news)

        failures = await find()
        if failures:
            await quiet_period.wait(self._cancellation)
        if any(each.revisable for each in failures) and not self._cancellation.requested:
            failures = await find()
        if failures:
            raise invalid_inputs(failures)

    def preview_outputs(self, inputs: PropertyMap, state: State | None) -> PropertyMap:
        """Return what a preview of a create, or of an update of `state`, knows."""
        return preview_outputs(self.schema, inputs, self.resource.preview_outputs(inputs, state))

    def init_failed(self, error: InitFailedError) -> Failure:
        """Return the answer that makes the engine keep an object that is not as asked."""
        state = error.state
        outputs, inputs = encode_properties(state.outputs), encode_properties(state.inputs)
        return init_failed(CODES[InitFailedError], state.id, outputs, inputs, error.reasons)


def require_known(what: str, token: str, known: Mapping[str, T]) -> T:
    """Return what a token such as `commercetools-connect:index:Deployment` means.

    Raises `InvalidInputError` for a resource, component or function that this version does not have.
    """
    found = known.get(name_in(token)) if token.startswith(f"{PACKAGE}:") else None
    if found is None:
        raise InvalidInputError(
            f"this version of {PACKAGE} has no {what} {token!r}.",
            f"Known are {', '.join(f'{PACKAGE}:index:{name}' for name in known)}; a newer version may know more.",
        )
    return found


def not_configured(asked: str) -> ConfigurationError:
    """Return the error for a call that comes before a Configure."""
    return ConfigurationError(
        f"{PACKAGE} was asked for {asked} before it was configured.",
        "Run the same command again. If that does not help, report it with the version of the Pulumi CLI.",
    )


async def invoke(token: str, arguments: Struct, connections: Connections | None) -> provider_pb2.InvokeResponse:
    """Return the function's result; what is computed from a secret is secret as well.

    Raises `InvalidInputError` for a function that does not exist, `ConfigurationError` before a Configure, and
    any error that the function raises.
    """
    function: Function[Any, Any] = require_known("function", token, FUNCTIONS)
    given = {name: value for name, value in decode_properties(arguments).items() if name not in ENGINE_NAMES}
    connection = given.pop(CONNECTION, None)
    failures_of = connection_failures if connections is None else connections.failures_of
    if failures := [*function.invalid_arguments(given), *failures_of(connection)]:
        return provider_pb2.InvokeResponse(failures=check_failures(failures))
    result: dict[str, PropertyValue]
    if has_unknown(given) or has_unknown(connection):
        # Engines and SDKs leave such a call out; for one that does not, the result is not known either.
        result = dict.fromkeys(function.output_names, UNKNOWN)
    elif connections is None:
        raise not_configured(function.name)
    else:
        found = await function.call_through(connections, connection, given)
        result = found.model_dump(mode="json", by_alias=True, exclude_none=True)
        if has_secret(given):
            result = {name: Secret(value) for name, value in result.items()}
    response = provider_pb2.InvokeResponse()
    getattr(response, "return").CopyFrom(encode_properties(result))  # a word of Python, so no argument's name
    return response


def name_in(token: str) -> str:
    """Return `getConnector` for `commercetools-connect:index:getConnector`."""
    return token.rpartition(":")[2]
