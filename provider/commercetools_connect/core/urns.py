"""Names that Pulumi states have: the package, the types of both frontends, and URNs taken apart. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PACKAGE: Final = "commercetools-connect"
"""Name of the Pulumi package; part of every token, and so of every state: frozen for ever."""

DYNAMIC_TYPE: Final = f"pulumi-python:dynamic/{PACKAGE}"
"""Before the name of a kind: its type in states that the dynamic frontend made."""

PROVIDER_TYPE: Final = f"pulumi:providers:{PACKAGE}"
"""Type of the provider resources of the plugin."""

ENGINE_NAMES: Final = frozenset({"version", "pluginDownloadURL"})
"""Names that the engine and some SDKs add to configuration and arguments."""

PARTS: Final = 4


@dataclass(frozen=True)
class Urn:
    """`urn:pulumi:<stack>::<project>::<parent's type>$<type>::<name>`, taken apart."""

    text: str
    stack: str = ""
    project: str = ""
    type: str = ""
    name: str = ""
    parents: str = ""
    """The types of its parents, from the topmost down, with `$` between them."""

    @classmethod
    def parse(cls, text: str) -> Urn:
        """Read a URN; a name may contain `::` itself. A text of another form gives empty parts."""
        parts = text.split("::", PARTS - 1)
        if len(parts) < PARTS:
            return cls(text)
        head, project, types, name = parts
        parents, _, own = types.rpartition("$")
        return cls(text, head.removeprefix("urn:pulumi:"), project, own, name, parents)

    def child(self, name: str) -> Urn:
        """Return what is known of the URN of a child of that name: all but its own type and the text."""
        parents = "$".join(each for each in (self.parents, self.type) if each)
        return Urn("", self.stack, self.project, name=name, parents=parents)

    @property
    def kind(self) -> str:
        """The resource's kind, `Deployment` of `commercetools-connect:index:Deployment`."""
        return self.type.rpartition(":")[2]
