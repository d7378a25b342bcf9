"""Functions, as a program calls them: in the program's own process, with the configuration that resources use.

The program's thread waits for a plain call. The form for outputs lets the program go on meanwhile, and in a
preview is not run for what is not known yet.
"""

# ruff: noqa: PLC0415 - what talks to Connect is imported when a function is called: other programs need not pay

from __future__ import annotations

import os
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any, cast

import pulumi
import pulumi.runtime
from pulumi.runtime.rpc import wrap_rpc_secret

from commercetools_connect.dynamic.loop import LOOP
from commercetools_connect.dynamic.records import present
from commercetools_connect.dynamic.shapes import camel_case

if TYPE_CHECKING:
    from commercetools_connect.dynamic.sessions import Sessions

__all__ = ["ConnectLookupError", "invoke", "invoke_output"]


class ConnectLookupError(pulumi.RunError):
    """A look-up found nothing, or could not be made; the text says why. Pulumi shows it without a traceback."""


class _Configured:
    """The providers of this process, made when a function is first called."""

    sessions: Sessions | None = None


def invoke(name: str, arguments: Mapping[str, object], connection: str | None) -> Any:
    """Return what the function finds. `arguments` have Python names. Raises `ConnectLookupError`."""
    for argument, value in arguments.items():
        if isinstance(value, pulumi.Output):
            raise ConnectLookupError(
                f"{name}: {argument} is an output, which is not known while the program runs. "
                "Use the form of the function that ends in _output."
            )
    try:
        return present(LOOP.run(_call(name, arguments, connection)))
    except Exception as error:  # noqa: BLE001 - told in words; a traceback would quote values
        failure = _told(error, name)
    raise failure


def invoke_output(name: str, arguments: Mapping[str, object], connection: str | None) -> pulumi.Output[Any]:
    """Return what the function finds as soon as its arguments are known; secret arguments make it secret."""

    async def look(known: Mapping[str, object]) -> Any:
        try:
            given = {argument: await _marked(arguments[argument], value) for argument, value in known.items()}
            return present(await LOOP.wait(_call(name, given, connection)))
        except Exception as error:  # noqa: BLE001 - told in words; a traceback would quote values
            failure = _told(error, name)
        raise failure

    # `apply` waits for an awaitable that a callback returns, which its type does not tell
    callback = cast("Any", look)
    return pulumi.Output.all(**arguments).apply(callback)


def _call(name: str, arguments: Mapping[str, object], connection: str | None) -> Coroutine[object, object, Any]:
    """Return the call, ready to run. What is wrong with the configuration is found on the calling thread."""
    from commercetools_connect.dynamic.codec import decode
    from commercetools_connect.functions.registry import FUNCTIONS

    provider = _sessions().provider(connection)
    given = {camel_case(argument): decode(value) for argument, value in arguments.items() if value is not None}
    return FUNCTIONS[name].call(provider.session, given)


async def _marked(argument: object, known: object) -> object:
    """Return the value of an argument, marked if it is secret, so that no error shows it."""
    secret = known is not None and await pulumi.Output.from_input(argument).is_secret()
    return wrap_rpc_secret(known) if secret else known


def _sessions() -> Sessions:
    if _Configured.sessions is None:
        from commercetools_connect.dynamic.sessions import Sessions

        _Configured.sessions = Sessions(os.environ)
        _Configured.sessions.configure(pulumi.runtime.get_config)
        LOOP.at_end(_Configured.sessions.aclose)
    return _Configured.sessions


def _told(error: Exception, name: str) -> ConnectLookupError:
    from commercetools_connect.dynamic.failures import describe

    return ConnectLookupError(f"{name}: {describe(error, name)}")
