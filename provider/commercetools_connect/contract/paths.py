"""Property paths as Pulumi writes them: `configurations.service.securedConfiguration["api key"]`, `tags[0]`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

__all__ = ["Path", "format_path"]

Path: TypeAlias = tuple[str | int, ...]

_PLAIN_MEMBER = re.compile(r"[A-Za-z_$][\w$-]*")


def format_path(path: Iterable[str | int]) -> str:
    r"""Write a path in the engine's notation; names that are not plain identifiers are quoted.

    In quotes the engine knows one escape, `\"`; a backslash before anything else is a backslash.
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_MEMBER.fullmatch(step):
            text += f".{step}" if text else step
        else:
            quoted = step.replace('"', '\\"')
            text += f'["{quoted}"]'
    return text
