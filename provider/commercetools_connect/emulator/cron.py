"""The schedules that connect.yaml accepts (API §13.2)."""

from __future__ import annotations

import re

_NICKNAMES = {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly", "@reboot"}
_EVERY = re.compile(r"@every (\d+(ns|us|µs|ms|s|m|h))+")
_RANGE = r"(\*|\?|L|\w+(-\w+)?)"
_PART = re.compile(rf"{_RANGE}(/\d+)?(,{_RANGE}(/\d+)?)*")
_FIELD_COUNTS = range(5, 8)


def is_schedule(text: str) -> bool:
    """Tell whether `text` is a cron expression of 5 to 7 fields, a nickname or `@every <duration>`."""
    text = text.strip()
    if text.startswith("@"):
        return text in _NICKNAMES or _EVERY.fullmatch(text) is not None
    fields = text.split()
    return len(fields) in _FIELD_COUNTS and all(_PART.fullmatch(field) for field in fields)
