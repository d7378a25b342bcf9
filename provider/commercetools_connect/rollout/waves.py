"""Which targets go when. Pure, over the structure of a program: names must be known, values may be anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["CANARY", "ONLY_WAVE", "Wave", "order_waves"]

CANARY: Final = "canary"
"""Name of the first wave of a rollout that has canary targets."""

ONLY_WAVE: Final = "all"
"""Name of the wave of a rollout that names none."""


@dataclass(frozen=True)
class Wave:
    """Targets that go at the same time.

    - `settings`: what the program wrote for the wave (`bakeTime`, `checks`), empty where it wrote nothing.
    - `targets`: positions in the program's list, in the order of the targets' names.
    """

    name: str
    settings: Mapping[str, object]
    targets: tuple[int, ...]


def order_waves(
    targets: Sequence[Mapping[str, object]],
    waves: Sequence[Mapping[str, object]],
    canary: Sequence[str],
) -> tuple[Wave, ...]:
    """Return the waves in their order; one without a target is left out.

    The canary goes first, a target that names no wave goes last. The structure has been checked.
    """
    settings = {str(wave["name"]): wave for wave in waves}
    names = [name for name in settings if name != CANARY or not canary] or [ONLY_WAVE]
    order = [CANARY, *names] if canary else names
    members: dict[str, list[int]] = {name: [] for name in order}
    for position, target in enumerate(targets):
        if target.get("enabled") is not False:
            is_canary = str(target["name"]) in canary
            members[CANARY if is_canary else str(target.get("wave") or names[-1])].append(position)
    return tuple(
        Wave(name, settings.get(name, {}), _by_name(targets, found)) for name, found in members.items() if found
    )


def _by_name(targets: Sequence[Mapping[str, object]], positions: Sequence[int]) -> tuple[int, ...]:
    """Order by name: the order in the program means nothing, so it must change nothing."""
    return tuple(sorted(positions, key=lambda position: str(targets[position]["name"])))
