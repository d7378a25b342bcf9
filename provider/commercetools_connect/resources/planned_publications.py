"""Publications that the program declares, as far as this process or the whole run knows them.

A Deployment may ask for a tag that is published only later in the same `up`. When
the program takes the tag from the publication, the engine checks the publication first.

Each host has connectors of its own, which may have the keys of another host's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Protocol

from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.values import (
    UNKNOWN,
    PlainValue,
    PropertyMap,
    PropertyValue,
    has_unknown,
    unwrap_secrets,
)


class PublicationProgress(Enum):
    """How far a publication of this run is."""

    DONE = "done"
    PLANNED = "planned"
    UNDER_WAY = "under way"


@dataclass(frozen=True)
class PlannedPublication:
    """One publication that the program declares; what only the apply shows is `UNKNOWN`.

    `private`: it is made only for the private projects of the ConnectorStaged. `host`: the host of Connect that it
    is on, `""` while that is not known.
    """

    connector_id: PlainValue
    tag: PlainValue
    staged: bool
    progress: PublicationProgress
    private: bool = True
    host: str = ""

    def to_text(self) -> str:
        """Return it as text for another process."""
        named = [None if each is UNKNOWN else each for each in (self.connector_id, self.tag)]
        return json.dumps([*named, self.staged, self.progress.value, self.private, self.host])

    @classmethod
    def of_text(cls, text: str) -> PlannedPublication:
        """Return what `to_text` has written. Raises `ValueError` for anything else."""
        connector_id, tag, staged, progress, private, host = json.loads(text)
        return cls(
            UNKNOWN if connector_id is None else connector_id,
            UNKNOWN if tag is None else tag,
            staged=bool(staged),
            progress=PublicationProgress(progress),
            private=bool(private),
            host=str(host),
        )


class SharedPublications(Protocol):
    """Publications of all processes of one run."""

    def post_publication(self, resource: str, publication: PlannedPublication) -> None:
        """Share a publication; it replaces the one shared of the same resource. Never fails."""
        ...

    def publications_elsewhere(self) -> Iterable[PlannedPublication]:
        """Return what the other processes have shared so far. Never fails."""
        ...


@dataclass
class PlannedPublications:
    """The publications and ConnectorStaged objects that the program declares, as one host of Connect sees them.

    - `host`: only what is on that host counts, or is on one that is not known yet; `""` is any host.
    - `complete`: this process serves every publication of the program.
    - `shared`: shared by all processes of this run; with one, a publication that no process declares is not made.
    """

    host: str = ""
    complete: bool = False
    shared: SharedPublications | None = None
    _publications: dict[str, PlannedPublication] = field(default_factory=dict)
    _drafts: dict[tuple[str, str], PropertyMap] = field(default_factory=dict)

    def at(self, host: str) -> PlannedPublications:
        """Return the same publications as another host sees them; what one of both records, both know."""
        return replace(self, host=host)

    @property
    def are_all_known(self) -> bool:
        """Whether a publication that is not declared here is none of this program."""
        return self.complete or self.shared is not None

    def declare(self, context: OperationContext, news: PropertyMap, progress: PublicationProgress) -> None:
        """Record a publication; its inputs may hold `UNKNOWN`."""
        connector_id, tag, target = (
            unwrap_secrets(news.get(name)) for name in ("connectorStagedId", "tag", "target")
        )
        publication = PlannedPublication(
            connector_id,
            tag,
            staged=target == "preview",
            progress=progress,
            private=target != "marketplace",
            host=self.host,
        )
        resource = context.urn or context.name
        if self._publications.get(resource) == publication:
            return
        self._publications[resource] = publication
        if self.shared is not None:
            self.shared.post_publication(resource, publication)

    def declare_draft(self, name: PropertyValue, inputs: PropertyMap) -> None:
        """Record a ConnectorStaged under its id or its key, which are its connector's too (API §2)."""
        name = unwrap_secrets(name)
        if isinstance(name, str) and name:
            self._drafts.pop(("", name), None)  # its host may not have been known before
            self._drafts[self.host, name] = inputs

    def names(self, name: str) -> frozenset[str]:
        """Return the id and the key of a connector, from either of them, as far as the program declares them."""
        drafts = self._drafts_here
        keys = {name, unwrap_secrets(drafts.get(name, {}).get("key"))}
        found = {each for each, inputs in drafts.items() if unwrap_secrets(inputs.get("key")) in keys}
        return frozenset({name, *found, *(each for each in keys if isinstance(each, str))})

    def to_come(self, names: frozenset[str], tag: str | None, *, staged: bool) -> PlannedPublication | None:
        """Return the publication of this run that will make the tag, or any tag, available, if there is one.

        `names` are the connector's id and key.
        """
        for publication in self._of(names, staged=staged):
            if publication.progress is not PublicationProgress.DONE and (
                tag is None or publication.tag in (UNKNOWN, tag)
            ):
                return publication
        return None

    def is_coming(self, names: frozenset[str], *, staged: bool) -> bool:
        """Return whether this run publishes a connector of one of these names, or creates its ConnectorStaged."""
        return self.to_come(names, None, staged=staged) is not None or not names.isdisjoint(self._drafts_here)

    def is_declared(self, names: frozenset[str], *, staged: bool) -> bool:
        """Return whether the connector's publication is declared, so that nothing else publishes it."""
        return any(publication.connector_id is not UNKNOWN for publication in self._of(names, staged=staged))

    def is_public(self, names: frozenset[str]) -> bool:
        """Return whether the program publishes the connector for everybody."""
        return any(not publication.private for publication in self._of(names, staged=False))

    def draft(self, names: frozenset[str]) -> Mapping[str, PlainValue]:
        """Return what the program declares of the ConnectorStaged and is known; empty if it declares none."""
        drafts = self._drafts_here
        found = next((drafts[name] for name in sorted(names) if name in drafts), {})
        return {name: unwrap_secrets(value) for name, value in found.items() if not has_unknown(value)}

    @property
    def _drafts_here(self) -> Mapping[str, PropertyMap]:
        return {name: inputs for (host, name), inputs in self._drafts.items() if self._is_here(host)}

    def _is_here(self, host: str) -> bool:
        return "" in (host, self.host) or host == self.host

    def _of(self, names: frozenset[str], *, staged: bool) -> Iterator[PlannedPublication]:
        others = self.shared.publications_elsewhere() if self.shared is not None else ()
        for publication in (*self._publications.values(), *others):
            named = publication.connector_id is UNKNOWN or publication.connector_id in names
            if named and publication.staged == staged and self._is_here(publication.host):
                yield publication
