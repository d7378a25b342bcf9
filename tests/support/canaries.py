"""Finds secrets in text, in every form in which they may have been written down.

Written apart from the provider's own redaction, so that neither repeats the other's mistakes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

__all__ = ["Canaries", "secrets_of", "text_of"]

SHORTEST = 8
"""Characters; what is shorter stands in many texts by chance."""


class Canaries:
    """Secrets that must stand nowhere."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._forms: dict[str, str] = {}
        for secret in secrets:
            for form, name in _forms(secret) if len(secret) >= SHORTEST else ():
                self._forms.setdefault(form, name)

    def found_in(self, text: str) -> list[str]:
        """Return the forms in which any of them stands in the text; by their names, never by their values."""
        return sorted({name for form, name in self._forms.items() if form in text})


def _forms(secret: str) -> Iterator[tuple[str, str]]:
    yield secret, "plain"
    yield quote(secret, safe=""), "URL-encoded"
    yield quote(secret), "URL-encoded"
    yield quote_plus(secret), "URL-encoded"
    yield json.dumps(secret)[1:-1], "JSON-encoded"
    yield json.dumps(json.dumps(secret))[3:-3], "JSON-encoded"
    raw = secret.encode()
    yield raw.hex(), "hexadecimal"
    for shift in range(3):
        # in the middle of a longer text its first and last characters depend on its neighbours
        inner = base64.b64encode(b"\0" * shift + raw + b"\0" * 3).decode()[
            shift and 4 : (shift + len(raw)) // 3 * 4
        ]
        yield inner, "base64-encoded"
        yield inner.translate(str.maketrans("+/", "-_")), "base64-encoded"


def secrets_of(dump: Any) -> Iterator[str]:
    """Yield every secret that an emulator knows: client secrets, tokens, secured values."""
    for client in dump["clients"]:
        yield client["clientSecret"]
    for token in dump["tokens"]:
        yield token["value"]
    for deployment in dump["deployments"]:
        for settings in (*deployment["applications"], deployment["globalValues"]):
            yield from settings["secured"].values()


def text_of(folder: Path) -> str:
    """Return the text of every file below a folder; what is not text is read as far as possible."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return "\n".join(path.read_text(errors="replace") for path in files)
