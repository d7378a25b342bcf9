"""What others did to an object while we worked on it; who did it, the API does not tell (API §2, §10). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from commercetools_connect.api import ApiError
from commercetools_connect.contract.errors import ProviderError
from commercetools_connect.contract.paths import format_path
from commercetools_connect.contract.values import Tree
from commercetools_connect.resources.differences import compare

__all__ = ["Meanwhile", "Sight"]


@dataclass(frozen=True)
class Sight:
    """An object as it was once read: its version, and what of it may be named in a message. Nothing secured."""

    version: int
    shown: Tree


@dataclass
class Meanwhile:
    """The changes that others made during one operation on `what`."""

    what: str
    _seen: list[str] = field(default_factory=list)

    def note(self, before: Sight, now: Sight) -> str:
        """Remember that an update was refused for its version, and return it in words, without values."""
        paths = ", ".join(sorted(format_path(path) for path in compare(before.shown, now.shown)))
        change = f"version {before.version} → {now.version} ({paths or 'nothing that shows'})"
        if now.version == before.version:
            change = f"version {before.version} was refused, and is still the one that is read"
        self._seen.append(change)
        return f"{self.what} was changed by someone else, or by a run that ended, in the meantime: {change}"

    def explain(self, trouble: ApiError) -> ProviderError:
        """Return the error for an operation that others were always ahead of."""
        if not self._seen:
            return trouble
        return ProviderError(
            f"{trouble.message}\n{self.what} was changed by someone else each time: {'; '.join(self._seen)}.",
            "Find out who else manages it (another stack, the Merchant Center, a pipeline), let only one do so, "
            "and run `pulumi up` again.",
        )
