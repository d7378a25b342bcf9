"""RPCs of the engine to a dynamic provider: read the properties, ask the resource, write the answer.

Everything here runs on Pulumi's worker threads; the resources themselves run on the background loop. Nothing but
`OperationFailed` leaves these functions: an RPC that ends in `SystemExit` is never answered, and the engine
waits without a limit.

Since SDK 3.260 or so an exception in a dynamic provider reaches the user as a Python traceback. If the answer
carries a `google.rpc.Status`, the engine shows that one's message instead; without a call to attach it to, the
plain exception says everything that a user must know.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeAlias, TypeVar

import grpc
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)

from commercetools_connect.core.errors import InitFailedError, ProviderError
from commercetools_connect.core.preview import PreviewValidation, invalid_inputs
from commercetools_connect.core.resource import OperationContext, Resource
from commercetools_connect.core.results import Checked, State
from commercetools_connect.core.values import PropertyMap
from commercetools_connect.frontends.dynamic.args import DECLARATION, DeclaredOptions
from commercetools_connect.frontends.dynamic.codec import decode_properties, encode_properties, is_internal
from commercetools_connect.frontends.dynamic.config import Sessions, registry_of_this_run
from commercetools_connect.frontends.dynamic.loop import LOOP
from commercetools_connect.frontends.dynamic.pulumi_internals import (
    UNKNOWN_TEXT,
    EngineCall,
    Unknown,
    configured_names,
    current_call,
    widen_pool,
)
from commercetools_connect.frontends.dynamic.reporting import LineReporter
from commercetools_connect.frontends.outcome import Failure, error_message, init_failed
from commercetools_connect.resources.connected import ConnectedResource
from commercetools_connect.resources.provider import RESOURCE_NAMES

P = ParamSpec("P")
T = TypeVar("T")

Properties: TypeAlias = Mapping[str, object]
"""A resource's properties as Pulumi hands them over, internal ones included."""

CODE: Final = grpc.StatusCode.UNKNOWN
"""The code of every error of a dynamic provider; with another one in the details the engine drops them."""

_SESSIONS = Sessions(os.environ, registry_of_this_run)
_CHECKED: set[str] = set()
"""The resources that the program of this run declares."""

LOOP.at_end(_SESSIONS.aclose)


class OperationFailed(Exception):  # noqa: N818 - Pulumi shows this name before the message in some versions
    """What a provider method raises; its text is for the user, and nothing else of it matters."""


class RpcContext:
    """Context of one RPC. Its constructor never fails; its members may raise."""

    def __init__(self, kind: str, method: str, properties: Properties, call: EngineCall | None) -> None:
        self._kind = kind
        self._method = method
        self._properties = properties
        self._call = call
        self._declared = DeclaredOptions.of(properties)
        self._name = f"{kind} {self._declared.name}".rstrip()
        self.reporter = LineReporter(self._name)
        self.subject = (call.urn if call else "") or self._name
        """The resource: its URN where that is known."""

    @property
    def inputs(self) -> PropertyMap:
        """The properties, as the resource takes them."""
        return self.decode(self._properties)

    def decode(self, properties: Properties) -> PropertyMap:
        """Return other properties of the same resource, as it takes them."""
        return decode_properties(properties)

    @property
    def resource(self) -> Resource:
        """The resource that is asked. Raises `ProviderError` and `ConfigurationError`."""
        if self._kind not in RESOURCE_NAMES:
            raise ProviderError(
                f"this version of commercetools-connect-provider has no resource {self._kind}",
                "Install the version that the stack was last updated with, or a newer one.",
            )
        return ConnectedResource(self._kind, _SESSIONS.connections())

    @property
    def validation(self) -> PreviewValidation:
        """How the resource is validated by reading."""
        return _SESSIONS.connections().for_inputs(self.inputs).validation

    def context(self) -> OperationContext:
        """Return the context that the resource gets."""
        return OperationContext(
            name=self._declared.name,
            default_key=self._declared.default_key,
            urn=self._call.urn if self._call else "",
            time_limit=self._time_limit(),
            reporter=self.reporter,
        )

    def moved(self, olds: Properties) -> bool:
        """Return whether the outputs `olds` lack the provider; only an update writes it.

        Refresh and destroy use the provider in the outputs. The plugin writes none.
        """
        return DECLARATION not in olds

    def answer(self, properties: PropertyMap) -> dict[str, object]:
        """Return properties for the engine, with the members that are not the resource's; empty stays empty."""
        if not properties:
            return {}
        kept = {name: value for name, value in self._properties.items() if is_internal(name)}
        return {**encode_properties(properties), **kept}

    def answer_inputs(self, inputs: PropertyMap) -> dict[str, object]:
        """Return checked inputs for the engine, with the outputs that are certain.

        In a preview the engine takes a dynamic resource's inputs for its outputs, and knows no others.
        """
        certain = self.resource.preview_outputs(inputs, None) if inputs else {}
        return self.answer({**inputs, **certain})

    def init_failed(self, error: InitFailedError) -> OperationFailed | None:
        """Return the exception that makes the engine keep the object; `None` if that cannot be said."""
        if self._call is None:
            return None
        state = error.state
        return send_init_failed(
            self._call, state.id, self.answer(state.outputs), self.answer_inputs(state.inputs), error
        )

    def failed(self, error: BaseException) -> OperationFailed:
        """Return the exception for an operation that ended in an error, with the state if it can be sent."""
        message = error_message(error, f"the {self._method} of {self._name}")
        if isinstance(error, InitFailedError):
            if self._method in ("create", "update") and (failure := self.init_failed(error)):
                return failure
            if self._method == "create":
                message += (
                    f"\nIt exists, with id {error.state.id}, but could not be written to the state. "
                    "The next `pulumi up` finds it again by its key and goes on."
                )
            elif self._method == "update":
                message += "\nThe next `pulumi up` goes on from there."
        if self._call is not None:
            self._call.attach_status(Failure(CODE, message).status)
        return OperationFailed(message)

    def _time_limit(self) -> float | None:
        """Return seconds for the operation: from the argument `timeouts`, else the option `custom_timeouts`."""
        limits = self._declared.time_limits
        if self._call is not None and self._method == "delete":
            # A delete is given the outputs, which are as old as the last update; the inputs are the program's.
            limits = DeclaredOptions.of(self._call.old_inputs).time_limits or limits
        own = limits.get(self._method)
        return own if own is not None else self._call.time_limit if self._call else None


def send_init_failed(
    call: EngineCall, id_: str, outputs: Properties, inputs: Properties, error: InitFailedError
) -> OperationFailed | None:
    """Attach the state of an object that is not as asked; return the exception to raise, `None` if that failed."""
    try:
        failure = init_failed(CODE, id_, _struct(outputs), _struct(inputs), error.reasons)
        sent = call.attach_status(failure.status)
    except Exception:  # noqa: BLE001 - properties that cannot be sent: the caller has a harmless answer
        return None
    return OperationFailed(failure.message) if sent else None


def _rpc(work: Callable[Concatenate[RpcContext, P], T]) -> Callable[Concatenate[str, Properties, P], T]:
    """Make an RPC of a function: it takes the resource's kind and properties first."""

    @wraps(work)
    def serve(kind: str, properties: Properties, /, *args: P.args, **kwargs: P.kwargs) -> T:
        rpc = RpcContext(kind, work.__name__, properties, current_call())
        try:
            return work(rpc, *args, **kwargs)
        except OperationFailed:
            raise
        except BaseException as error:  # noqa: BLE001 - an RPC without an answer hangs the engine
            raise rpc.failed(error) from None

    return serve


def configure(request: ConfigureRequest) -> None:
    """Take the stack's configuration, and allow more than four operations at once. Never fails."""
    _SESSIONS.configure(request.config.get)
    for warning in _SESSIONS.unknown_names(configured_names(request.config)):
        LineReporter("configuration").warning(warning)
    widen_pool(os.environ)


@_rpc
def check(rpc: RpcContext, olds: Properties) -> CheckResult:
    """Fill in defaults and validate."""
    _CHECKED.add(rpc.subject)
    context, resource, validation = rpc.context(), rpc.resource, rpc.validation
    inputs, before = rpc.inputs, rpc.decode(olds)

    async def work() -> Checked:
        # On the loop: a check reads and writes what the resources of this run share without locks.
        checked = resource.check(context, before, inputs)
        for warning in checked.warnings:
            context.reporter.warning(warning)
        if olds or checked.failures:
            return checked
        # Pulumi previews no create of a dynamic resource: this is the last moment before one.
        failures = await validation.validate_create(resource, context, checked.inputs)
        return replace(checked, failures=failures)

    checked = LOOP.run(work())
    # The engine prints the value of a property that a failure names, also a secret one.
    found = [CheckFailure("", str(failure)) for failure in checked.failures]
    return CheckResult(rpc.answer_inputs(checked.inputs), found)


@_rpc
def diff(rpc: RpcContext, id_: str, olds: Properties) -> DiffResult:
    """Return what an update would change."""
    state, inputs, context = State(id_, rpc.decode(olds)), rpc.inputs, rpc.context()
    resource, validation = rpc.resource, rpc.validation
    found = LOOP.run(resource.diff(context, state, inputs))
    if not found.replaces and rpc.subject in _CHECKED:
        # Pulumi previews no update of a dynamic resource. The diff of a refresh comes without a check.
        failures = LOOP.run(validation.validate_update(resource, context, state, inputs))
        if failures:
            raise invalid_inputs(failures)
    return DiffResult(
        changes=bool(found) or rpc.moved(olds),
        replaces=found.replaced_properties,
        delete_before_replace=found.delete_before_replace,
    )


@_rpc
def create(rpc: RpcContext) -> CreateResult:
    """Create the object and wait until it is live."""
    state = LOOP.run(rpc.resource.create(rpc.context(), rpc.inputs))
    return CreateResult(state.id, rpc.answer(state.outputs))


@_rpc
def update(rpc: RpcContext, id_: str, olds: Properties) -> UpdateResult:
    """Change the object in place and wait until the change is live."""
    state, resource = State(id_, rpc.decode(olds)), rpc.resource
    after = LOOP.run(resource.update(rpc.context(), state, rpc.inputs))
    return UpdateResult(rpc.answer(after.outputs))


@_rpc
def read(rpc: RpcContext, id_: str) -> ReadResult:
    """Return the object as it is."""
    resource = rpc.resource
    try:
        state = LOOP.run(resource.read(rpc.context(), State(id_, rpc.inputs)))
    except InitFailedError as error:
        if failure := rpc.init_failed(error):
            raise failure from None
        # Without the status that keeps the object, the engine would fail each refresh of the stack.
        for reason in error.reasons:
            rpc.reporter.warning(reason)
        state = error.state
    if state is None:
        return ReadResult("", {})
    # Without inputs the engine keeps those that it has.
    return ReadResult(state.id, rpc.answer(state.outputs), rpc.answer_inputs(state.inputs) or None)


@_rpc
def delete(rpc: RpcContext, id_: str) -> None:
    """Delete the object and wait until it is gone."""
    LOOP.run(rpc.resource.delete(rpc.context(), State(id_, rpc.inputs)))


def _struct(properties: Properties) -> Struct:
    known = {name: _known(value) for name, value in properties.items() if value is not None}
    return ParseDict(known, Struct())


def _known(value: object) -> object:
    if isinstance(value, Unknown):
        return UNKNOWN_TEXT
    if isinstance(value, Mapping):
        return {key: _known(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_known(child) for child in value]
    return value
