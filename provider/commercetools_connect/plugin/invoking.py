"""Functions, as the engine calls them: arguments in, a result or every mistake out."""

from __future__ import annotations

from typing import Any, Final

from google.protobuf.struct_pb2 import Struct

from commercetools_connect.contract.errors import ConfigurationError, InvalidInputError
from commercetools_connect.contract.values import UNKNOWN, Secret, Tree, Value, has_unknown
from commercetools_connect.functions.function import Function
from commercetools_connect.functions.registry import FUNCTIONS
from commercetools_connect.plugin.answers import check_failures
from commercetools_connect.plugin.codec import decode_tree, encode_tree
from commercetools_connect.plugin.protocol import provider_pb2
from commercetools_connect.plugin.urns import PACKAGE
from commercetools_connect.resources.provider import Provider

__all__ = ["NOT_OURS", "function_name", "invoke"]

NOT_OURS: Final = frozenset({"version", "pluginDownloadURL"})
"""Arguments of the engine's own that some SDKs let through."""


async def invoke(token: str, arguments: Struct, provider: Provider | None) -> provider_pb2.InvokeResponse:
    """Return the function's result; what is computed from a secret is secret as well.

    Raises `InvalidInputError` for a function that does not exist, `ConfigurationError` before a Configure, and
    whatever the function raises.
    """
    function = _function(token)
    given = {name: value for name, value in decode_tree(arguments).items() if name not in NOT_OURS}
    if found := function.mistakes(given):
        return provider_pb2.InvokeResponse(failures=check_failures(found))
    if has_unknown(given):
        # engines and SDKs leave such a call out; for one that does not, the result is not known either
        unknown: Tree = dict.fromkeys(function.output_names, UNKNOWN)
        return _answer(unknown)
    if provider is None:
        raise ConfigurationError(f"{PACKAGE} was asked for {function.name} before it was configured")
    found_out = await function.call(provider.session, given)
    result: dict[str, Value] = found_out.model_dump(mode="json", by_alias=True, exclude_none=True)
    if _has_secret(given):
        result = {name: Secret(value) for name, value in result.items()}
    return _answer(result)


def function_name(token: str) -> str:
    """Return `getConnector` for `commercetools-connect:index:getConnector`."""
    return token.rpartition(":")[2]


def _function(token: str) -> Function[Any, Any]:
    function = FUNCTIONS.get(function_name(token))
    if function is None or not token.startswith(f"{PACKAGE}:"):
        known = ", ".join(f"{PACKAGE}:index:{name}" for name in FUNCTIONS)
        raise InvalidInputError(
            f"this version of {PACKAGE} has no function {token!r}.",
            f"Known are {known}; a newer version may know more.",
        )
    return function


def _answer(result: Tree) -> provider_pb2.InvokeResponse:
    response = provider_pb2.InvokeResponse()
    getattr(response, "return").CopyFrom(encode_tree(result))  # a word of Python, so no argument's name
    return response


def _has_secret(value: Value) -> bool:
    if isinstance(value, dict):
        return any(_has_secret(child) for child in value.values())
    if isinstance(value, list):
        return any(_has_secret(child) for child in value)
    return isinstance(value, Secret)
