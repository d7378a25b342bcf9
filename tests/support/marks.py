"""How Pulumi marks values, written out once more: a test that took ours would agree with any mistake in them."""

from __future__ import annotations

__all__ = ["SECRETS_MARK", "SIGNATURE", "UNKNOWN"]

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRETS_MARK = "1b47061264138c4ac30d75fd1eb44270"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
