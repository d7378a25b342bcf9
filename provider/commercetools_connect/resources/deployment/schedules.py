"""Whether a text is a schedule that Connect can take (API §13.2). Pure."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["schedule_problem"]

NICKNAMES: Final = frozenset(
    {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly", "@reboot"}
)
EVERY: Final = re.compile(r"@every (\d+(ns|us|µs|ms|s|m|h))+")

COMMON_FIELDS: Final = 5
MOST_FIELDS: Final = 7
"""With seconds, with a year or with both; which is which differs between cron implementations."""

FIELD_NAMES: Final = ("minute (0-59)", "hour (0-23)", "day of month (1-31)", "month (1-12)", "day of week (0-7)")


def schedule_problem(text: str) -> str | None:
    """Return what is wrong with a schedule, as the end of a sentence; `None` if nothing certainly is.

    Five fields are read as cron reads them. Longer ones are left to the server.
    """
    text = text.strip()
    if text.startswith("@"):
        known = text in NICKNAMES or EVERY.fullmatch(text) is not None
        return None if known else f"is not one of {', '.join(sorted(NICKNAMES))} or @every <duration>"
    fields = text.split()
    if not COMMON_FIELDS <= len(fields) <= MOST_FIELDS:
        return f"is no cron expression: it has {len(fields)} fields instead of 5, such as 0 3 * * *"
    if len(fields) > COMMON_FIELDS:
        return None
    wrong = [FIELD_NAMES[at] for at in range(COMMON_FIELDS) if not _is_field(fields[at], at)]
    return f"is no cron expression: {' and '.join(wrong)} cannot be read" if wrong else None


def _is_field(field: str, position: int) -> bool:
    """Tell whether a field can stand at this position of a cron expression."""
    from croniter import croniter  # noqa: PLC0415 - few deployments have a schedule, and all would wait for it

    fields = ["*"] * COMMON_FIELDS
    fields[position] = field
    return bool(croniter.is_valid(" ".join(fields)))
