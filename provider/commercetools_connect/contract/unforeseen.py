"""What may be said about an exception that nobody foresaw: its type and where it was, never its text.

The text may quote a value, and the value may be secret.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Final

__all__ = ["innermost_own_line"]

PACKAGE: Final = __name__.split(".", maxsplit=1)[0]


def innermost_own_line(traceback: TracebackType | None) -> str:
    """Return `package/file.py:line` of the last of our own frames; frames of libraries tell users nothing."""
    where = "an unknown place"
    while traceback is not None:
        frame = traceback.tb_frame
        if str(frame.f_globals.get("__name__", "")).split(".")[0] == PACKAGE:
            parts = Path(frame.f_code.co_filename).parts
            start = len(parts) - 1 - parts[::-1].index(PACKAGE) if PACKAGE in parts else -1
            where = f"{'/'.join(parts[start:])}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return where
