"""What this run of the engine publishes, as far as this process serves it.

A Deployment may ask for a tag that is published only later in the same `up`. The engine tells a provider about the
publication first, when the program takes the tag from it, and so this process knows what is to come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.values import UNKNOWN, Plain, Tree, Value, has_unknown, reveal

__all__ = ["Progress", "Release", "Releases"]


class Progress(Enum):
    """How far a publication of this run is."""

    DONE = "done"
    FORESEEN = "foreseen"
    UNDER_WAY = "under way"


@dataclass(frozen=True)
class Release:
    """One publication that the program declares; what only the apply will tell is `UNKNOWN`."""

    connector_id: Plain
    tag: Plain
    staged: bool
    progress: Progress


@dataclass
class Releases:
    """The publications and drafts that the program declares.

    - `complete`: this process serves every publication of the program; what is not declared here is not made.
    """

    complete: bool = False
    _releases: dict[str, Release] = field(default_factory=dict)
    _drafts: dict[str, Tree] = field(default_factory=dict)

    def declare(self, operation: Operation, news: Tree, progress: Progress) -> None:
        """Note a publication; its inputs may hold what is not known yet."""
        connector_id, tag, target = (reveal(news.get(name)) for name in ("connectorStagedId", "tag", "target"))
        release = Release(connector_id, tag, staged=target == "preview", progress=progress)
        self._releases[operation.urn or operation.name] = release

    def declare_draft(self, name: Value, inputs: Tree) -> None:
        """Note a draft under its id or its key, which are its connector's too (API §2)."""
        name = reveal(name)
        if isinstance(name, str) and name:
            self._drafts[name] = inputs

    def to_come(self, names: frozenset[str], tag: str | None, *, staged: bool) -> Release | None:
        """Return the publication of this run that will make the tag, or any tag, available, if there is one.

        `names` are the connector's id and key.
        """
        for release in self._of(names, staged=staged):
            if release.progress is not Progress.DONE and (tag is None or release.tag in (UNKNOWN, tag)):
                return release
        return None

    def is_declared(self, names: frozenset[str], *, staged: bool) -> bool:
        """Tell whether the connector's publication is declared here, so that nothing else publishes it."""
        return any(release.connector_id is not UNKNOWN for release in self._of(names, staged=staged))

    def draft(self, names: frozenset[str]) -> Mapping[str, Plain]:
        """Return what the program declares of the connector's draft and is known; empty if it declares none."""
        found = next((self._drafts[name] for name in sorted(names) if name in self._drafts), {})
        return {name: reveal(value) for name, value in found.items() if not has_unknown(value)}

    def _of(self, names: frozenset[str], *, staged: bool) -> Iterator[Release]:
        for release in self._releases.values():
            named = release.connector_id is UNKNOWN or release.connector_id in names
            if named and release.staged == staged:
                yield release
