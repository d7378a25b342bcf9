"""What differs between what the API holds and what the program says, path by path. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from commercetools_connect.contract.paths import Path
from commercetools_connect.contract.results import Change
from commercetools_connect.contract.values import Value, has_unknown, reveal, same

__all__ = ["compare"]


def compare(held: Value, wanted: Value, *, unordered: Collection[str] = (), path: Path = ()) -> dict[Path, Change]:
    """Return every path at which `wanted` differs from `held`, and how.

    Maps are compared member by member; an empty map and no map are the same. Lists are compared as wholes; those
    named in `unordered` without regard to order. A value that is not known yet counts as changed.
    """
    return _compare(reveal(held), reveal(wanted), unordered, path)


def _compare(held: Value, wanted: Value, unordered: Collection[str], path: Path) -> dict[Path, Change]:
    if _is_map(held) and _is_map(wanted) and not (held is None and wanted is None):
        before, after = _members(held), _members(wanted)
        names = [*before, *(name for name in after if name not in before)]
        parts = (_compare(before.get(name), after.get(name), unordered, (*path, name)) for name in names)
        return {where: change for part in parts for where, change in part.items()}
    if path and path[-1] in unordered:
        held, wanted = _ordered(held), _ordered(wanted)
    if same(held, wanted):
        return {}
    if held is None:
        return {path: Change.ADD}
    return {path: Change.DELETE if wanted is None else Change.UPDATE}


def _is_map(value: Value) -> bool:
    return value is None or isinstance(value, Mapping)


def _members(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}


def _ordered(value: Value) -> Value:
    if isinstance(value, list) and not has_unknown(value):
        return sorted(value, key=str)
    return value
