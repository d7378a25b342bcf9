"""Errors of calls through a connection: they name the connection, its settings and the object's project."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from commercetools_connect.api import AuthenticationFailedError, ForbiddenError
from commercetools_connect.core.errors import InitFailedError, ProviderError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import PropertyValue, unwrap_secrets
from commercetools_connect.resources.configuration import of_connection

ErrorT = TypeVar("ErrorT", bound=ProviderError)

NAMED: Final = "is_named"
"""Attribute of an error that names its connection already: the one that was used is the innermost."""


def describe(connection: PropertyValue) -> str:
    """Return how messages name a connection; never its members."""
    plain = unwrap_secrets(connection)
    if plain is None:
        return "the provider's own configuration"
    return f"the connection {escape_untrusted(plain, 80)}" if isinstance(plain, str) else "its inline connection"


def named(error: ErrorT, connection: PropertyValue, project: str) -> ErrorT:
    """Return the error so that it is about a connection, and about the project of the object.

    An error about settings names those of the connection; one about its rights also says whose credentials they
    are. Several operations may have failed with one and the same error, so it is a copy. An error without a
    connection, and one that names another already, is returned as it is.
    """
    if unwrap_secrets(connection) is None or getattr(error, NAMED, False):
        return error
    found = copy.copy(error)
    found.message, found.remedy = (of_connection(each, connection) for each in (error.message, error.remedy))
    if isinstance(error, (AuthenticationFailedError, ForbiddenError)):
        at = f", for project {project}" if project else ""
        found.message += f" The credentials are those of {describe(connection)}{at}."
    found.args = (found.message, found.remedy)
    setattr(found, NAMED, True)
    return found


@contextmanager
def naming(connection: PropertyValue, project: str) -> Iterator[None]:
    """Raise errors of the block as `named` returns them."""
    try:
        yield
    except InitFailedError as error:
        error.reasons = error.args = tuple(of_connection(each, connection) for each in error.reasons)
        raise
    except ProviderError as error:
        found = named(error, connection, project)
        if found is error:
            raise
        raise found from error
