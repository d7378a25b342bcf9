"""What may be said about an exception that nobody foresaw: its type and where it was, never its text.

The text may quote a value, and the value may be secret.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final

import commercetools_connect

__all__ = ["Unforeseen"]

PACKAGE: Final = __name__.split(".", maxsplit=1)[0]
ID_LENGTH: Final = 8


class Unforeseen:
    """A mistake of ours, in the words and with the id that both doors tell.

    - `message`: one line for the user. `doing` in it is such as "the update of Deployment api".
    - `id`: what a user reports; the same mistake has the same id in every run of a version.
    - `way`: our frames and those of libraries on the way to it, for a log that only developers read.
    """

    def __init__(self, error: BaseException, doing: str) -> None:
        kind, version = type(error).__name__, commercetools_connect.__version__
        places = [*_own_lines(error.__traceback__)]
        self.id = hashlib.sha256("\n".join([version, kind, *places]).encode()).hexdigest()[:ID_LENGTH]
        self.way = f"[{self.id}] {kind} in {doing}\n{''.join(traceback.format_tb(error.__traceback__))}"
        where = places[-1] if places else "an unknown place"
        self.message = (
            f"unexpected {kind} in {doing}, at {where}: a mistake in commercetools-connect {version}; "
            f"please report it with the id {self.id}"
        )


def _own_lines(found: TracebackType | None) -> Iterator[str]:
    """Give `package/file.py:line` of each of our own frames; frames of libraries tell users nothing."""
    while found is not None:
        frame = found.tb_frame
        if str(frame.f_globals.get("__name__", "")).split(".")[0] == PACKAGE:
            parts = Path(frame.f_code.co_filename).parts
            start = len(parts) - 1 - parts[::-1].index(PACKAGE) if PACKAGE in parts else -1
            yield f"{'/'.join(parts[start:])}:{found.tb_lineno}"
        found = found.tb_next
