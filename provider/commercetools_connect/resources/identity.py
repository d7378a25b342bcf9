"""What an import may give for an object of the API: its id, or `key=` and its key."""

from __future__ import annotations

import re
from typing import Final

from commercetools_connect.contract.errors import InvalidInputError, quote_foreign
from commercetools_connect.contract.results import State
from commercetools_connect.resources.keys import KEY_PATTERN

__all__ = ["BY_KEY", "UUID", "no_id_of", "require_importable"]

BY_KEY: Final = "key="

UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""API §2. The version digits are the API's business."""


def require_importable(state: State, identity: str, kind: str, remedy: str) -> None:
    """Raise `InvalidInputError` when an import names something that can be no object, before it is asked for.

    An id that is in a state came from the API, and is not questioned.
    """
    if state.outputs:
        return
    pattern = KEY_PATTERN if identity.startswith(BY_KEY) else UUID
    if not pattern.fullmatch(identity.removeprefix(BY_KEY)):
        is_key = KEY_PATTERN.fullmatch(identity)
        hint = f" If {identity} is its key, write {BY_KEY}{identity} in its place." if is_key else ""
        raise no_id_of(kind, state.id, f"{remedy}{hint}")


def no_id_of(kind: str, given: str, remedy: str) -> InvalidInputError:
    """Return the error for a text that is no id of that kind of object."""
    return InvalidInputError(f"{quote_foreign(given)!r} is no id of a {kind}.", remedy)
