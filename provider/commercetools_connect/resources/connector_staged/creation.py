"""Creating a draft, once, whatever happens to the answer."""

from __future__ import annotations

from typing import Final

from commercetools_connect.api import ApiError, ByKey, DuplicateFieldError, NotFoundError
from commercetools_connect.api import ConnectorStaged as Draft
from commercetools_connect.resources.connector_staged.inputs import ConnectorStagedInputs
from commercetools_connect.resources.connector_staged.plan import new_draft
from commercetools_connect.resources.session import Session

__all__ = ["create_once", "find"]

MAX_ATTEMPTS: Final = 3

PAUSE: Final = 2.0
"""Seconds before a POST is made again that had no effect."""


async def find(session: Session, key: str) -> Draft | None:
    """Return the draft of that key, if there is one."""
    try:
        return await session.client.get_draft(ByKey(key))
    except NotFoundError:
        return None


async def create_once(session: Session, inputs: ConnectorStagedInputs) -> Draft:
    """Create the draft; nothing stands under its key yet.

    After an uncertain answer the key is looked up before anything else: what is there now is ours. Raises what
    the last POST ended in.
    """
    uncertain: ApiError | None = None
    for attempt in range(MAX_ATTEMPTS):
        if attempt:
            await session.clock.sleep(PAUSE)
        try:
            return await session.client.create_draft(new_draft(inputs))
        except ApiError as error:
            ours = error.uncertain or (uncertain is not None and isinstance(error, DuplicateFieldError))
            if not ours:
                raise
            uncertain = error
        found = await _find_ours(session, inputs.key, uncertain)
        if found is not None:
            return found
    raise uncertain or LookupError("no attempt was made")


async def _find_ours(session: Session, key: str, uncertain: ApiError) -> Draft | None:
    try:
        return await find(session, key)
    except ApiError:
        raise uncertain from None  # it says that something may exist; a failed look says less
