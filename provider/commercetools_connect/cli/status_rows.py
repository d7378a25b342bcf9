"""Rows of `commercetools-connect status`, as the table, the JSON output and the page show them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from enum import IntEnum
from typing import Final

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


class EstateVerdict(IntEnum):
    """The state of a row, and the exit code for it; 2 is for errors on the command line."""

    CURRENT = 0
    UNASKED = 1
    BEHIND = 3
    BROKEN = 4


WORST_FIRST: Final = (EstateVerdict.BROKEN, EstateVerdict.UNASKED, EstateVerdict.BEHIND)


@dataclass(frozen=True)
class EstateRow:
    """One deployment; or, with a `message` and no deployment, a project that could not be asked.

    `deployment` is its key, or its id where it has no key. `reported_at` is when Connect wrote the newest line of
    its report, in ISO 8601: Connect tells no other time of a deployment.
    """

    project: str
    verdict: EstateVerdict
    deployment: str = ""
    key: str = ""
    id: str = ""
    region: str = ""
    type: str = ""
    connector: str = ""
    tag: str = ""
    published_tag: str = ""
    status: str = ""
    reported_at: str = ""
    message: str = ""
    remedy: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it under the names that programs read."""
        members = asdict(self)
        published, reported = members.pop("published_tag"), members.pop("reported_at")
        verdict = self.verdict.name.lower()
        return {**members, "publishedTag": published, "reportedAt": reported, "verdict": verdict}


def counts_of(rows: Sequence[EstateRow]) -> str:
    """Return how many rows have each verdict: `2 current, 1 behind`."""
    counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in EstateVerdict}
    return ", ".join(f"{count} {each.name.lower()}" for each, count in counts.items() if count) or "none"


def age_of(moment: str, now: datetime) -> str:
    """Return how long ago a moment in ISO 8601 was, in its largest unit: `5 min`; `""` for any other text."""
    try:
        then = datetime.fromisoformat(moment.replace("Z", "+00:00"))
        seconds = int((now - (then if then.tzinfo else then.replace(tzinfo=timezone.utc))).total_seconds())
    except (ValueError, OverflowError):
        return ""
    for length, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{max(seconds, 0)} s"
