"""Whether the version that a Deployment asks for is there, is still to come in this run, or cannot be. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from commercetools_connect.contract.errors import quote_foreign
from commercetools_connect.contract.results import CheckFailure
from commercetools_connect.resources.deployment.metadata import Metadata
from commercetools_connect.resources.releases import Progress, Releases

__all__ = ["Availability"]


@dataclass(frozen=True)
class Availability:
    """What is published (staged: previewable) now, against the `asked` tag; `None` asks for whatever is there."""

    releases: Releases
    found: Metadata
    asked: str | None

    def judge(self, *, staged: bool, replacing: bool) -> Metadata | CheckFailure | str:
        """Return the version that will run, a mistake if the asked one cannot be, or why that is not known yet.

        `replacing`: something is deleted for it, so a doubt is a mistake.
        """
        coming = self.releases.to_come(self.found.names, self.asked, staged=staged)
        if self.found.tag and (self.asked == self.found.tag or (self.asked is None and coming is None)):
            return self.found
        wanted = f"tag {self.asked}" if self.asked else "the connector"
        done = "made previewable" if staged else "published"
        if coming is not None and not (replacing and coming.progress is Progress.UNDER_WAY):
            return f"{self.found.name}: {wanted} is {done} in this same `pulumi up`"
        if coming is not None:
            reason = "is being published at this moment; take it from the ConnectorPublication's publishedTag"
            return CheckFailure(("connectorTag",), reason)
        declared = self.releases.is_declared(self.found.names, staged=staged)
        if replacing or self.releases.complete or declared:
            return self._never(staged=staged)
        return f"{self.found.name}: {self._what_there_is(staged=staged)}, so {wanted} must be {done} first"

    def _never(self, *, staged: bool) -> CheckFailure:
        there = self._what_there_is(staged=staged)
        if self.asked is None:
            return CheckFailure(("connector",), f"{there}, and this program does not change that")
        reason = f"{self.asked} is not available, and this program does not publish it; {there}"
        return CheckFailure(("connectorTag",), reason)

    def _what_there_is(self, *, staged: bool) -> str:
        words = "previewable" if staged else "published"
        return f"{quote_foreign(self.found.tag) or 'nothing'} is {words}"
