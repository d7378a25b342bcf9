"""Errors of operations through a connection: they name the connection, its settings and the object's project."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager

from commercetools_connect.api import AuthenticationFailedError, ForbiddenError
from commercetools_connect.api.hosts import setting
from commercetools_connect.core.errors import ConfigurationError, InitFailedError, ProviderError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import PropertyMap, PropertyValue, unwrap_secrets
from commercetools_connect.resources.configuration import CONNECTION, of_connection
from commercetools_connect.resources.connections import Place


def describe(connection: PropertyValue) -> str:
    """Return how messages name a connection; never its members."""
    plain = unwrap_secrets(connection)
    if plain is None:
        return "the provider's own configuration"
    return f"the connection {escape_untrusted(plain, 80)}" if isinstance(plain, str) else "its inline connection"


@contextmanager
def naming(connection: PropertyValue, project: str) -> Iterator[None]:
    """Raise errors of the block so that they are about a connection, and about the project of the object.

    An error about settings names those of the connection; one about its rights also says whose credentials they
    are. Several operations may have failed with one and the same error, so another one is raised in its place.
    """
    plain = unwrap_secrets(connection)
    if plain is None:
        yield
        return
    try:
        yield
    except InitFailedError as error:
        error.reasons = error.args = tuple(of_connection(each, connection) for each in error.reasons)
        raise
    except ProviderError as error:
        found = copy.copy(error)
        found.message, found.remedy = (of_connection(each, connection) for each in (error.message, error.remedy))
        if isinstance(error, (AuthenticationFailedError, ForbiddenError)):
            at = f", for project {project}" if project else ""
            found.message += f" The credentials are those of {describe(connection)}{at}."
        found.args = (found.message, found.remedy)
        raise found from error


def moved_object(
    what: str, outputs: PropertyMap, connection: PropertyValue, owner: Place, now: Place
) -> ConfigurationError:
    """Return the error for a `connection` that leads an object away from the project that owns it."""
    before, after = (unwrap_secrets(each) for each in (outputs.get(CONNECTION), connection))
    is_own = before is None and after is None
    if is_own:
        keep = f"set it back to {owner.project}"
    elif before is None:
        keep = f"take `{CONNECTION}` out"
    else:
        keep = f"put `{CONNECTION}` back to {before if isinstance(before, str) else 'the former members'}"
    return ConfigurationError(
        f"{setting('projectKey') if is_own else CONNECTION}: {what} belongs to {owner}, and "
        f"{describe(connection)} leads to {now}. A connection never moves an object, and nothing was changed.",
        f"Keep credentials of its owner: {keep}, or give this resource a `{CONNECTION}` to {owner.project}. In a "
        f"Rollout, keep a target of {owner.project}, with `enabled: false` if need be, and name it in "
        f"`draft.owners`. If {now.project} shall have a connector of its own, declare it as a resource "
        "with a new name and a new key, move publications and deployments to it, and remove this one after that.",
    )
