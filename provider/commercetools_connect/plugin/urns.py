"""Names of resources as the engine writes them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DYNAMIC_TYPE", "PACKAGE", "Urn"]

PACKAGE = "commercetools-connect"
"""Name of the Pulumi package; part of every token, and so of every state: frozen for ever."""

DYNAMIC_TYPE = f"pulumi-python:dynamic/{PACKAGE}"
"""Before the name of a kind: its type in states that the door for Python programs made."""

PARTS = 4


@dataclass(frozen=True)
class Urn:
    """`urn:pulumi:<stack>::<project>::<parent's type>$<type>::<name>`, taken apart."""

    text: str
    stack: str = ""
    project: str = ""
    type: str = ""
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> Urn:
        """Read a URN; a name may contain `::` itself. What is no URN gives empty parts."""
        parts = text.split("::", PARTS - 1)
        if len(parts) < PARTS:
            return cls(text)
        head, project, types, name = parts
        return cls(text, head.removeprefix("urn:pulumi:"), project, types.rpartition("$")[2], name)

    @property
    def kind(self) -> str:
        """The resource's kind, `Deployment` of `commercetools-connect:index:Deployment`."""
        return self.type.rpartition(":")[2]
