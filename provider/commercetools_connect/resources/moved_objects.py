"""The error for a `connection` that would move an object: one never does."""

from __future__ import annotations

from commercetools_connect.api.hosts import setting
from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.core.values import PropertyMap, PropertyValue, unwrap_secrets
from commercetools_connect.resources.configuration import CONNECTION
from commercetools_connect.resources.connection_errors import describe
from commercetools_connect.resources.connections import ProjectAddress


def moved_object(
    what: str, outputs: PropertyMap, connection: PropertyValue, owner: ProjectAddress, now: ProjectAddress
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
