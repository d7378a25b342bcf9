"""Functions, as a program calls them: in the program's own process, with the configuration that resources use.

A plain call blocks the program's thread. The form for outputs lets the program continue, and a preview does
not run it for arguments that are not known yet. In a unit test `pulumi.runtime.Mocks.call` answers instead.
"""

# ruff: noqa: PLC0415 - what talks to Connect is imported when a function is called: other programs need not pay

from __future__ import annotations

import os
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

import pulumi
import pulumi.runtime

from commercetools_connect.frontends.dynamic.input_shapes import camel_case
from commercetools_connect.frontends.dynamic.loop import LOOP
from commercetools_connect.frontends.dynamic.pulumi_internals import runs_under_mocks, wrap_rpc_secret

if TYPE_CHECKING:
    from pydantic import BaseModel

    from commercetools_connect.frontends.dynamic.config import Sessions


NAMESPACE: Final = "commercetools-connect"


class ConnectLookupError(pulumi.RunError):
    """A look-up found nothing, or could not be made; the text says why. Pulumi shows it without a traceback."""


class Record(dict[str, Any]):
    """A function's result: a dictionary of Python names whose members are attributes as well, with its methods.

    Pulumi exports dictionaries and registers mappings; of other objects it would take what they iterate over.
    """

    def __init__(self, found: BaseModel) -> None:
        super().__init__({name: _plain(getattr(found, name)) for name in type(found).model_fields})
        self.__dict__["_found"] = found

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        if name.startswith("_") or not callable(method := getattr(self._found, name, None)):
            raise AttributeError(f"the result has no member {name!r}; it has {', '.join(self)}")
        return method


def invoke(name: str, arguments: Mapping[str, object]) -> Any:
    """Return what the function finds. `arguments` have Python names. Raises `ConnectLookupError`."""
    for argument, value in arguments.items():
        if isinstance(value, pulumi.Output):
            raise ConnectLookupError(
                f"{name}: {argument} is an output, which is not known while the program runs. "
                "Use the form of the function that ends in _output."
            )
    if runs_under_mocks():
        token, given = _request(name, arguments)
        return _mocked(name, pulumi.runtime.invoke(token, given).value)
    try:
        return Record(LOOP.run(_call(name, arguments)))
    except Exception as error:  # noqa: BLE001 - shown in words; a traceback would quote values
        failure = _lookup_error(error, name)
    raise failure


def invoke_output(name: str, arguments: Mapping[str, object]) -> pulumi.Output[Any]:
    """Return what the function finds as soon as its arguments are known; secret arguments make it secret."""
    if runs_under_mocks():
        token, given = _request(name, arguments)
        return pulumi.runtime.invoke_output(token, given).apply(lambda answer: _mocked(name, answer))

    async def look(known: Mapping[str, object]) -> Any:
        try:
            given = _members(known)
            for argument, value in given.items():
                # Marked if it is secret, so that no error shows it.
                if await pulumi.Output.from_input(arguments[argument]).is_secret():
                    given[argument] = wrap_rpc_secret(value)
            return Record(await LOOP.wait(_call(name, given)))
        except Exception as error:  # noqa: BLE001 - shown in words; a traceback would quote values
            failure = _lookup_error(error, name)
        raise failure

    # `apply` waits for an awaitable that a callback returns, which its type does not tell
    return pulumi.Output.all(**arguments).apply(cast("Any", look))


def _call(name: str, arguments: Mapping[str, object]) -> Coroutine[object, object, Any]:
    """Return the call, ready to run. Errors of the configuration are raised on the calling thread."""
    from commercetools_connect.core.preview import invalid_inputs
    from commercetools_connect.frontends.dynamic.codec import decode
    from commercetools_connect.lookups.registry import FUNCTIONS
    from commercetools_connect.resources.configuration import CONNECTION
    from commercetools_connect.resources.connections import connection_failures

    given = {camel_case(argument): decode(value) for argument, value in _members(arguments).items()}
    connection = given.pop(CONNECTION, None)
    if failures := connection_failures(connection):
        raise invalid_inputs([replace(each, path=(CONNECTION, *each.path)) for each in failures])
    return FUNCTIONS[name].call(_sessions().connections().provider(connection).session, given)


def _members(arguments: Mapping[str, object]) -> dict[str, object]:
    """Return the arguments that are given; the members of a connection with Pulumi's names."""
    given = {argument: value for argument, value in arguments.items() if value is not None}
    if isinstance(members := given.get("connection"), Mapping):
        given["connection"] = {camel_case(name): value for name, value in members.items()}
    return given


def _request(name: str, arguments: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """Return the token and the arguments by which Pulumi knows a call; the plugin's are the same."""
    given = {camel_case(argument): value for argument, value in _members(arguments).items()}
    return f"{NAMESPACE}:index:{name}", given


def _mocked(name: str, answer: object) -> Record:
    """Return what the mocks of a unit test answer; members that they leave out are `None`."""
    from commercetools_connect.frontends.dynamic.codec import decode
    from commercetools_connect.frontends.dynamic.mocked import MockedAnswerError, result_of
    from commercetools_connect.lookups.registry import FUNCTIONS

    try:
        return Record(result_of(FUNCTIONS[name].result, decode(answer)))
    except MockedAnswerError as error:
        failure = ConnectLookupError(f"{name}: the answer of the mocks {error}")
    raise failure


@cache
def _sessions() -> Sessions:
    """Return the providers of this process, made when a function is first called."""
    from commercetools_connect.frontends.dynamic.config import Sessions

    sessions = Sessions(os.environ)
    sessions.configure(pulumi.runtime.get_config)
    LOOP.at_end(sessions.aclose)
    return sessions


def _lookup_error(error: Exception, name: str) -> ConnectLookupError:
    from commercetools_connect.frontends.outcome import error_message

    return ConnectLookupError(f"{name}: {error_message(error, name)}")


def _plain(value: object) -> object:
    if hasattr(type(value), "model_fields"):
        return Record(value)  # type: ignore[arg-type]  # only pydantic's models have that
    if isinstance(value, Mapping):
        return {key: _plain(child) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(child) for child in value]
    return value
