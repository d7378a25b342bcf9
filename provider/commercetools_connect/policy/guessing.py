"""Whether a value looks like a secret: it has the shape of a known token, or is too random for a word. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

__all__ = ["looks_like"]

SHAPES: Final = {
    name: re.compile(shape)
    for name, shape in {
        "a private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----",
        "an address with a password": r"[a-z][a-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@",
        "an authorization header": r"\b(?:[Bb]asic|[Bb]earer) +[A-Za-z0-9+/._~-]{16,}",
        "a JSON web token": r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*",
        "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{22,})",
        "a GitLab token": r"\bglpat-[\w-]{20,}",
        "an AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
        "a Google API key": r"\bAIza[\w-]{35}",
        "a Google access token": r"\bya29\.[\w-]{20,}",
        "a Slack token": r"\bxox[abeoprs]-[\w-]{10,}",
        "a Slack webhook": r"hooks\.slack\.com/services/\w+/\w+/\w+",
        "a Stripe key": r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}",
        "a webhook secret": r"\bwhsec_[A-Za-z0-9+/=]{16,}",
        "a SendGrid key": r"\bSG\.[\w-]{16,}\.[\w-]{16,}",
        "an npm token": r"\bnpm_[A-Za-z0-9]{36}\b",
        "an API key": r"\bsk-[\w-]{20,}",
    }.items()
}

_WORD: Final = re.compile(r"[A-Za-z0-9_+=-]+")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX: Final = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_HEX_ENTROPY: Final = 3.0
"""Bits per character; random hexadecimal text of 32 characters has at least 3.2, and 4 at most."""

_READABLE: Final = re.compile(r"[A-Z][a-z]+|[a-z]{2,}|[A-Z]{2,}(?![a-z])|[A-Z](?=\d)|\d+|[-_+=]")
"""The parts of names that people give, such as OrderCreatedV2 or My-Shop-2024; random text has more than these."""


def looks_like(value: str, length: int, entropy: float) -> str:
    """Return what a value looks like, such as `a GitHub token`; `""`: not like a secret.

    Words of at least `length` characters count as random from `entropy` bits per character on. Ids in the form of
    a UUID are no secrets.
    """
    for name, shape in SHAPES.items():
        if shape.search(value):
            return name
    return "a random text" if any(_is_random(word, length, entropy) for word in _words(value)) else ""


def _words(value: str) -> Iterator[str]:
    yield from (word for word in _WORD.findall(_UUID.sub(" ", value)))


def _is_random(word: str, length: int, entropy: float) -> bool:
    if _HEX.fullmatch(word):
        return len(word) >= length and not word.isdigit() and _entropy(word) >= _HEX_ENTROPY
    mixed = all(any(map(has, word)) for has in (str.isdigit, str.isupper, str.islower))
    return len(word) >= length and mixed and bool(_READABLE.sub("", word)) and _entropy(word) >= entropy


def _entropy(word: str) -> float:
    """Return Shannon's entropy of the characters in bits per character."""
    return -sum(n / len(word) * math.log2(n / len(word)) for n in Counter(word).values())
