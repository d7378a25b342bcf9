"""Results that a resource returns to a frontend; all are frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from commercetools_connect.core.text import Path, escape_untrusted, format_path
from commercetools_connect.core.values import PropertyMap


@dataclass(frozen=True)
class CheckFailure:
    """One invalid input of the program: where, and what to write instead.

    `revisable`: it was found before the whole program was known, and a later declaration may remove it.
    """

    path: Path
    reason: str
    revisable: bool = False

    def __str__(self) -> str:
        where = escape_untrusted(format_path(self.path))
        return f"{where}: {self.reason}" if where else self.reason


@dataclass(frozen=True)
class Checked:
    """Inputs as they will be used (defaults filled in), and everything invalid in them."""

    inputs: PropertyMap
    failures: tuple[CheckFailure, ...] = ()
    warnings: tuple[str, ...] = ()


class Change(Enum):
    """Kind of change to one property."""

    ADD = "add"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True)
class Diff:
    """What an update would change; no change at all is `Diff()`.

    `changes` names every changed path. The paths in `replaces` cannot be changed in place; they are among
    `changes`. `delete_before_replace` says that old and new cannot exist side by side.
    """

    changes: Mapping[Path, Change] = field(default_factory=dict)
    replaces: frozenset[Path] = frozenset()
    delete_before_replace: bool = False

    def __bool__(self) -> bool:
        return bool(self.changes)

    @property
    def properties(self) -> list[str]:
        """The top-level names of everything that changes, sorted."""
        return sorted({str(path[0]) for path in self.changes})

    @property
    def replaced_properties(self) -> list[str]:
        """The top-level names of everything that forces a replacement, sorted."""
        return sorted({str(path[0]) for path in self.replaces})


@dataclass(frozen=True)
class State:
    """Resource as the engine keeps it.

    An output with the name of an input is what the API has, as far as known; a diff compares new inputs with it.
    `inputs` is what the program wrote (after check), or what a read would write; a frontend that does not get the
    old inputs (the dynamic one) leaves it empty.
    """

    id: str
    outputs: PropertyMap
    inputs: PropertyMap = field(default_factory=dict)
