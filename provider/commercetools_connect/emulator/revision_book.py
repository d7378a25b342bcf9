"""What each Deployment was after each successful run: the targets of a rollback (API §4.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from commercetools_connect.emulator.entities import Deployment, Revision


class RevisionBook:
    """The revisions of each Deployment, counted from 1, oldest first."""

    def __init__(self) -> None:
        self._revisions: dict[str, list[Revision]] = {}

    def record(self, deployment: Deployment, at: float) -> None:
        """Note what runs since `at`."""
        revisions = self._revisions.setdefault(deployment.id, [])
        revisions.append(
            Revision(
                revision=len(revisions) + 1,
                created_at=at,
                connector=deployment.connector,
                applications=deployment.applications,
                global_values=deployment.global_values,
            )
        )

    def newest_first(self, deployment_id: str, at: float | None = None) -> Sequence[Revision]:
        """Return the revisions that exist, or those that existed at a moment."""
        revisions = reversed(self._revisions.get(deployment_id, []))
        return [each for each in revisions if at is None or each.created_at <= at]

    def forget(self, deployment_id: str) -> None:
        """Drop the revisions of a Deployment that is gone."""
        self._revisions.pop(deployment_id, None)

    def dump(self) -> dict[str, list[Revision]]:
        """Return what `load` needs."""
        return {name: list(revisions) for name, revisions in self._revisions.items()}

    def load(self, revisions: Mapping[str, Sequence[Revision]]) -> None:
        """Replace all revisions."""
        self._revisions = {name: list(each) for name, each in revisions.items()}
