"""A Deployment's configuration as a program wrote it, looked at without stumbling over what is unknown. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from commercetools_connect.contract.paths import Path
from commercetools_connect.contract.values import UNKNOWN, Plain, Tree, reveal
from commercetools_connect.resources.deployment.outputs import GLOBAL

__all__ = ["Holder", "holders_of", "members"]


@dataclass(frozen=True)
class Holder:
    """What a program declares for one application, or globally (`name` is `GLOBAL` then); it may be unknown."""

    name: str
    path: Path
    content: Plain

    def values(self, kind: str) -> Mapping[str, Plain]:
        """Return key → value of one kind, without keys that are null; a value may be unknown."""
        return {key: value for key, value in members(self.member(kind)).items() if value is not None}

    def member(self, name: str) -> Plain:
        """Return a member; of something unknown every member is unknown."""
        return UNKNOWN if self.content is UNKNOWN else members(self.content).get(name)

    def may_declare(self, kind: str, key: str) -> bool:
        """Tell whether the key has a value, or whether that is not known yet."""
        return self.member(kind) is UNKNOWN or key in self.values(kind)


def holders_of(wanted: Tree) -> Iterator[Holder]:
    """Return what the program declares: each application, and the global values."""
    for name, content in members(reveal(wanted.get("configurations"))).items():
        if content is not None:
            yield Holder(name, ("configurations", name), content)
    shared = reveal(wanted.get("globalConfiguration"))
    if shared is not None:
        yield Holder(GLOBAL, ("globalConfiguration",), shared)


def members(value: Plain) -> Mapping[str, Plain]:
    """Return a map's members; anything else has none."""
    return value if isinstance(value, Mapping) else {}
