"""Keys and ids: default keys, and what an import accepts."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Final

from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import State
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import PropertyMap, PropertyValue

KEY_PATTERN: Final = re.compile(r"[A-Za-z0-9_-]{2,256}")
"""API §2: 2 to 256 letters, digits, `_` and `-`."""

PROJECT_KEY_PATTERN: Final = re.compile(r"[A-Za-z0-9_-]{2,36}")

HASH_LENGTH: Final = 8

READABLE_LENGTH: Final = 80
"""A derived key is shorter than the API allows: it is read by people in lists and messages."""


def derive_key(project: str, stack: str, name: str, *, parents: str = "", provider_id: str = "") -> str:
    """Return the same readable, unique key for the same resource of the same stack, on every machine.

    The shape is `<project>-<stack>-<name>` with every other character replaced by `-`, cut, and 8 hex digits of
    the SHA-256 of the raw names, so that names which are equal after cutting have different keys.

    `provider_id` is the id that the state gives the provider resource. With it the hash is also of that id and of
    `parents`, the types of the resource's parents in its URN: no other stack derives such a key, not even one of
    the same name. Without it any stack with these names derives the same key.
    """
    raw = (project, stack, parents, name, provider_id) if provider_id else (project, stack, name)
    digest = hashlib.sha256("\0".join(raw).encode()).hexdigest()[:HASH_LENGTH]
    readable = _readable(project, stack, name)
    return f"{readable}-{digest}" if readable else digest


def is_derived(key: str, project: str, stack: str, name: str) -> bool:
    """Return whether the key may be derived from these names; the hash is not verified."""
    readable = _readable(project, stack, name)
    start = f"{readable}-" if readable else ""
    return key.startswith(start) and re.fullmatch(f"[0-9a-f]{{{HASH_LENGTH}}}", key[len(start) :]) is not None


def key_prefix(project: str, stack: str) -> str:
    """Return what every derived key of a stack begins with; keys of other stacks may begin with it as well."""
    return f"{_sanitised(f'{project}-{stack}').strip('-')}-"[:READABLE_LENGTH]


@dataclass
class ResourceKeys:
    """Keys that the checks of this run have found, by URN.

    Before a replacement the engine checks a resource twice, and gives the old inputs only to the first check. The
    second one must find the same key: the diff between the two has compared it.
    """

    _keys: dict[str, PropertyValue] = field(default_factory=dict)

    def key_of(self, context: OperationContext, olds: PropertyMap, key: PropertyValue) -> PropertyValue:
        """Return the key of a check: the program's, else the one the state has already, else the derived one.

        A key that is in the state stays, also when the stack is renamed or the program names it no longer: another
        one would be another object.
        """
        if key is not None:
            return key
        found_before = None if olds else self._keys.get(context.urn)
        key = olds.get("key") or found_before or context.default_key
        if olds and context.urn:
            self._keys[context.urn] = key
        return key


def _readable(project: str, stack: str, name: str) -> str:
    return _sanitised(f"{project}-{stack}-{name}").strip("-")[:READABLE_LENGTH]


def _sanitised(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)


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
        raise invalid_import_id(kind, state.id, f"{remedy}{hint}")


def invalid_import_id(kind: str, given: str, remedy: str) -> InvalidInputError:
    """Return the error for a text that is not an id of that kind of object."""
    return InvalidInputError(f"{escape_untrusted(given)!r} is not an id of a {kind}.", remedy)
