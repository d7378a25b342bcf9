"""Results of a resource, in the form that the engine takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from commercetools_connect.contract.paths import Path, format_path
from commercetools_connect.contract.results import Change, CheckFailure, Diff, State
from commercetools_connect.contract.values import UNKNOWN, Tree, Value
from commercetools_connect.plugin.protocol import provider_pb2
from commercetools_connect.resources.state import Declaration

__all__ = ["check_failures", "diff_response", "foreseen", "sealed"]

Kind = provider_pb2.PropertyDiff.Kind

IN_PLACE: Final = {Change.ADD: Kind.ADD, Change.UPDATE: Kind.UPDATE, Change.DELETE: Kind.DELETE}
REPLACING: Final = {
    Change.ADD: Kind.ADD_REPLACE,
    Change.UPDATE: Kind.UPDATE_REPLACE,
    Change.DELETE: Kind.DELETE_REPLACE,
}


def check_failures(failures: Iterable[CheckFailure]) -> list[provider_pb2.CheckFailure]:
    """Write mistakes. The engine prints the value of a property that a failure names, so none names one."""
    return [provider_pb2.CheckFailure(property="", reason=str(each)) for each in failures]


def diff_response(diff: Diff) -> provider_pb2.DiffResponse:
    """Write what an update would change, path by path; the paths' first steps are the changed properties."""
    changes = provider_pb2.DiffResponse.DIFF_SOME if diff else provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=changes,
        diffs=diff.properties,
        replaces=diff.replaced_properties,
        deleteBeforeReplace=diff.delete_before_replace,
        hasDetailedDiff=True,
        detailedDiff={
            format_path(path): provider_pb2.PropertyDiff(kind=_kind(path, change, diff.replaces))
            for path, change in diff.changes.items()
        },
    )


def foreseen(declaration: Declaration, inputs: Tree, certain: Tree) -> Tree:
    """Return what a preview knows: the inputs, what is certain, and of the rest that it will be."""
    unknown: dict[str, Value] = dict.fromkeys(declaration.output_names, UNKNOWN)
    known = {name: value for name, value in certain.items() if value is not None}
    return {**unknown, **declaration.seal(inputs), **known}


def sealed(declaration: Declaration, state: State) -> State:
    """Return the state with every secret in it marked as one."""
    return replace(state, outputs=declaration.seal(state.outputs), inputs=declaration.seal(state.inputs))


def _kind(path: Path, change: Change, replaces: frozenset[Path]) -> provider_pb2.PropertyDiff.Kind.ValueType:
    forced = any(path[: len(each)] == each for each in replaces)
    return (REPLACING if forced else IN_PLACE)[change]
