"""How Pulumi marks values: the same on an engine's wire, in states and in what policies see."""

from __future__ import annotations

from typing import Final

__all__ = ["SECRET_MARK", "SIGNATURE", "UNKNOWN_TEXT", "UNKNOWN_TEXTS"]

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""The key of an object that is something else than an object; its value says what."""

SECRET_MARK: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - says that there is one, and is none
"""The value of `SIGNATURE` in the envelope of a secret."""

UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_TEXTS: Final = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)
"""Texts that stand for a value which only an apply will tell; the engine has one per type."""
