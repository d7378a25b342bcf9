"""Arguments that only the dynamic classes have, and the internal property that sends them to the provider.

A dynamic provider does not get the name, the stack or the time limits of the resource that it serves: inside its
process Pulumi's own `get_stack()` returns the word "stack". So the constructor writes them into one internal
property, which travels with the inputs, is kept in the state and is never displayed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeAlias, TypedDict

from commercetools_connect.core.text import parse_duration, suggest
from commercetools_connect.core.values import as_map

ConfigurationValue: TypeAlias = "str | int | float | bool"
"""A configuration value; Connect stores text, so `True` becomes `"true"` and `3` becomes `"3"`."""

Duration: TypeAlias = "str | int | float | timedelta"
"""A time limit: seconds, or text such as `30m`, `1h30m`, `90s`."""

DECLARATION: Final = "__declaration"
"""Name of the internal property. Kept in states, so frozen."""

OPERATIONS: Final = ("create", "update", "delete")


class TimeoutsArgs(TypedDict, total=False):
    """How long an operation may take as a whole. Without one, each wait has its own limit of 20 or 30 minutes."""

    create: Duration
    """Limit for a create."""
    update: Duration
    """Limit for an update."""
    delete: Duration
    """Limit for a delete."""


@dataclass(frozen=True)
class DeclaredOptions:
    """How the program declared a resource.

    - `name`: its name in the program.
    - `default_key`: the key it gets when the program gives none.
    - `time_limits`: seconds by operation (`create`, `update`, `delete`), where the program sets them.
    """

    name: str = ""
    default_key: str = ""
    time_limits: Mapping[str, float] = field(default_factory=dict)

    def to_property(self) -> dict[str, object]:
        """Return the form that travels."""
        return {"name": self.name, "derivedKey": self.default_key, "timeLimits": dict(self.time_limits)}

    @classmethod
    def of(cls, properties: Mapping[str, object]) -> DeclaredOptions:
        """Read it from a resource's properties; what is missing or odd is left out."""
        found = as_map(properties.get(DECLARATION))
        limits = as_map(found.get("timeLimits"))
        return cls(
            name=str(found.get("name") or ""),
            default_key=str(found.get("derivedKey") or ""),
            time_limits={str(key): float(each) for key, each in limits.items() if isinstance(each, (int, float))},
        )


def seconds_by_operation(timeouts: Mapping[str, object] | None) -> dict[str, float]:
    """Return the limits in seconds. Raises `ValueError` that says what is wrong and what can be written."""
    limits = {}
    for name, value in (timeouts or {}).items():
        if value is None:
            continue
        if name not in OPERATIONS:
            raise ValueError(f"timeouts: there is no operation {name!r}{suggest(name, OPERATIONS)}")
        seconds = parse_duration(value)
        if seconds is None or seconds <= 0:
            forms = "write a positive number of seconds, or text such as '30m', '1h30m'"
            raise ValueError(f"timeouts: {name} is {value!r}; {forms}")
        limits[name] = seconds
    return limits
