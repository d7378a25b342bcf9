"""Versions of Pulumi and Go: read from what the tools print and from go.mod, and compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

_NUMBERS = re.compile(r"(?:\bv|\bgo|\b)(\d+)\.(\d+)(?:\.(\d+))?(-[0-9A-Za-z]|rc\d|beta\d)?")


class Version(NamedTuple):
    """A version that compares in the usual order; a pre-release comes before its release."""

    major: int
    minor: int
    patch: int = 0
    final: bool = True

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}" + ("" if self.final else " (pre-release)")


def parse(text: str) -> Version | None:
    """Return the first version in ``text`` ("v3.255.0", "go version go1.26.8 linux/amd64"), or None."""
    found = _NUMBERS.search(text)
    if found is None:
        return None
    major, minor, patch, pre = found.groups()
    return Version(int(major), int(minor), int(patch or 0), pre is None)


class Pins(NamedTuple):
    """The versions go.mod asks for, as it writes them (with a leading v where it has one)."""

    go: str
    pulumi: str
    yaml: str


def pins(go_mod: Path) -> Pins:
    """Read the pinned versions from go.mod, their only home."""
    text = go_mod.read_text(encoding="utf-8")
    return Pins(
        go=_only(r"^go (\S+)$", text),
        pulumi=_only(r"^\s*(?:require )?github\.com/pulumi/pulumi/pkg/v3 (v\S+)", text),
        yaml=_only(r"^\s*(?:require )?github\.com/pulumi/pulumi-yaml (v\S+)", text),
    )


def _only(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        raise ValueError(f"go.mod has no line like {pattern}")
    return found.group(1)
