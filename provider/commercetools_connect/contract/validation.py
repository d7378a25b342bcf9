"""Mistakes that only a look at the server shows, found before a create; bounded, and never in the way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from commercetools_connect.contract.errors import InvalidInputError, ProviderError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.resource import Resource
from commercetools_connect.contract.results import CheckFailure
from commercetools_connect.contract.values import Tree

__all__ = ["VALIDATION_LIMIT", "find_failures", "refusal"]

VALIDATION_LIMIT: Final = 5.0
"""Seconds. A preview on a train must not feel broken."""


async def find_failures(resource: Resource, operation: Operation, news: Tree) -> tuple[CheckFailure, ...]:
    """Return what `resource.validate` finds in `VALIDATION_LIMIT` seconds.

    Without network, credentials or permission there is one warning and no failure: the create asks again.
    """
    bounded = replace(operation, time_limit=VALIDATION_LIMIT)
    try:
        return await asyncio.wait_for(resource.validate(bounded, news), VALIDATION_LIMIT)
    except InvalidInputError as mistake:
        return (CheckFailure((), str(mistake)),)
    except ProviderError as trouble:
        operation.reporter.warning(f"not everything could be checked before the create: {trouble.message}")
    except asyncio.TimeoutError:
        operation.reporter.warning(
            f"not everything could be checked before the create: no answer within {VALIDATION_LIMIT:g} s"
        )
    return ()


def refusal(failures: Sequence[CheckFailure], remedy: str = "") -> InvalidInputError:
    """Return the error that tells all of the mistakes, at least one."""
    lines = [*map(str, failures)]
    return InvalidInputError("\n".join([f"{len(lines)} mistakes:", *lines] if len(lines) > 1 else lines), remedy)
