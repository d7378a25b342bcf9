"""What a resource answers to a door. All frozen: a result is a fact, not a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from commercetools_connect.contract.foreign import quote_foreign
from commercetools_connect.contract.paths import Path, format_path
from commercetools_connect.contract.values import Tree

__all__ = ["Change", "CheckFailure", "Checked", "Diff", "State"]


@dataclass(frozen=True)
class CheckFailure:
    """One mistake in the program's inputs: where, and what to write instead."""

    path: Path
    reason: str

    def __str__(self) -> str:
        where = quote_foreign(format_path(self.path))
        return f"{where}: {self.reason}" if where else self.reason


@dataclass(frozen=True)
class Checked:
    """The inputs as they will be used (defaults filled in), and every mistake in them."""

    inputs: Tree
    failures: tuple[CheckFailure, ...] = ()
    warnings: tuple[str, ...] = ()


class Change(Enum):
    """What happens to one property."""

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
    """A resource as the engine keeps it.

    Outputs named like an input mean "what the API holds, as far as known"; a diff compares new inputs with
    them. `inputs` is what the program wrote (after check), or what a read would write; a door that is not given
    the old inputs (the dynamic one) leaves it empty.
    """

    id: str
    outputs: Tree
    inputs: Tree = field(default_factory=dict)
