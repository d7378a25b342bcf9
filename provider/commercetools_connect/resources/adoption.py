"""When a create may take over an object that already exists under its key. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from commercetools_connect.contract.errors import ConflictError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.paths import Path, format_path
from commercetools_connect.contract.results import Change

__all__ = ["may_take_over"]


class Keyed(Protocol):
    """Inputs with a key."""

    @property
    def key(self) -> str:
        """The key under which the object was found."""
        ...

    @property
    def adopt(self) -> bool:
        """Whether the program asks for the take-over."""
        ...


def may_take_over(operation: Operation, what: str, inputs: Keyed, differences: Mapping[Path, Change]) -> None:
    """Raise `ConflictError` unless the object may be taken over; say so if it is.

    It may when its key was derived (an interrupted run left it), when the program says `adopt`, or when all
    declared fields that can be compared are equal.
    """
    if inputs.key == operation.derived_key:
        operation.reporter.info(f"going on with the existing {what}")
        return
    if inputs.adopt or not differences:
        operation.reporter.warning(f"took over the existing {what}; this program manages it from now on")
        return
    paths = ", ".join(sorted(format_path(path) for path in differences))
    raise ConflictError(
        f"{what} already exists and differs from the program in: {paths}.",
        "If this program shall manage it from now on, set adopt to true; otherwise choose another key.",
    )
