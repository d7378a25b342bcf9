"""Moments on the command line: `2026-11-20T10:00`, or how long ago, `90m`. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Final

import typer

__all__ = ["RETENTION", "moment", "wire_date"]

RETENTION: Final = timedelta(days=30)
"""How far back logs go (API §3.1)."""

AGO: Final = re.compile(r"(\d+)([smhdw])")
UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(text: str, now: datetime, option: str) -> datetime:
    """Return the moment that a user means; without an offset it is in UTC. Raises `typer.BadParameter`."""
    if ago := AGO.fullmatch(text.strip()):
        return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        # Python 3.10 reads no Z
        found = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text.strip()))
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no moment: write 2026-11-20T10:00 (UTC), 2026-11-20T10:00+01:00, or how long ago, "
            "such as 90m, 12h or 7d",
            param_hint=option,
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def wire_date(found: datetime) -> str:
    """Write a moment as the API does."""
    return found.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
