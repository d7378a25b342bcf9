"""What the program's side of a resource tells the provider's side besides the inputs.

A dynamic provider is not told the name, the stack or the time limits of the resource that it serves: inside its
process Pulumi's own `get_stack()` answers the word "stack". So the constructor writes them into one internal
property, which travels with the inputs, is kept in the state and is never displayed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

__all__ = ["CONNECTION", "DECLARATION", "Declaration"]

DECLARATION: Final = "__declaration"
"""Name of the internal property. Kept in states: frozen for ever."""

CONNECTION: Final = "connection"
"""Name of the input that selects the credentials; it belongs to this door, resources do not know it."""


@dataclass(frozen=True)
class Declaration:
    """How the program declared a resource.

    - `name`: its name in the program.
    - `derived_key`: the key it gets when the program gives none.
    - `time_limits`: seconds by operation (`create`, `update`, `delete`), where the program sets them.
    """

    name: str = ""
    derived_key: str = ""
    time_limits: Mapping[str, float] = field(default_factory=dict)

    def to_property(self) -> dict[str, object]:
        """Return the form that travels."""
        return {"name": self.name, "derivedKey": self.derived_key, "timeLimits": dict(self.time_limits)}

    @classmethod
    def of(cls, properties: Mapping[str, object]) -> Declaration:
        """Read it from a resource's properties; what is missing or odd is left out."""
        found = properties.get(DECLARATION)
        found = found if isinstance(found, Mapping) else {}
        limits = found.get("timeLimits")
        limits = limits if isinstance(limits, Mapping) else {}
        return cls(
            name=str(found.get("name") or ""),
            derived_key=str(found.get("derivedKey") or ""),
            time_limits={
                str(operation): float(seconds)
                for operation, seconds in limits.items()
                if isinstance(seconds, (int, float))
            },
        )
