"""The schedules that connect.yaml accepts (API §13.2, §22)."""

from __future__ import annotations

import re
from typing import Final

MAX_LENGTH: Final = 1000
"""More characters than any schedule has; the pattern takes quadratic time."""

FORMS: Final = "5 to 7 fields of digits and *, such as 0 3 * * 1-5 (no names), @daily and its like, or @every 30m"

_NICKNAME = r"@(annually|yearly|monthly|weekly|daily|hourly|reboot)"
_EVERY = r"@every ([0-9]+(ns|us|µs|ms|s|m|h))+"
_FIELD = r"([0-9]+,)+[0-9]+|([0-9]+|\*)[/-][0-9]+|[0-9]+|\*"
_SCHEDULE = re.compile(rf"{_NICKNAME}|{_EVERY}|(({_FIELD}) ?){{5,7}}")


def is_schedule(text: str) -> bool:
    """Tell whether the pattern of connect.yaml finds a schedule anywhere in `text`.

    The pattern is not anchored and its blanks are optional, so it also takes `CRON_TZ=UTC 0 3 * * *` and `12345`.
    """
    return len(text) <= MAX_LENGTH and _SCHEDULE.search(text) is not None
