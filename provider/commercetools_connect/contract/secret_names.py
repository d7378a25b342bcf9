"""Whether a key's name says that its value is a secret. Pure; a guess."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

__all__ = ["looks_secret"]

SECRET: Final = frozenset(
    {"secret", "secrets", "password", "passwd", "passphrase", "token", "apikey", "credential", "credentials"}
)
SECRET_KEYS: Final = frozenset(
    {"api", "private", "access", "signing", "encryption", "secret", "master", "webhook"}
)
"""Words before `KEY` that make it one to be kept; a plain `KEY` is often a name."""

ABOUT: Final = frozenset(
    {"url", "uri", "endpoint", "host", "path", "id", "name", "type", "header", "field", "ttl", "timeout", "expiry",
     "seconds", "minutes", "hours", "days", "length", "size", "limit", "enabled", "required", "issuer", "audience"}
)  # fmt: skip
"""Last words of names that tell something about a secret, but not the secret."""

WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def looks_secret(key: str) -> bool:
    """Tell whether a name such as `API_TOKEN`, `clientSecret` or `DB_PASSWORD` stands for a secret."""
    words = [word.casefold() for word in WORD.findall(key)]
    if not words or words[-1] in ABOUT:
        return False
    pairs = pairwise(words)
    return bool(SECRET & set(words)) or any(first in SECRET_KEYS and second == "key" for first, second in pairs)
