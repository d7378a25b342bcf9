"""What the processes of one run of the engine tell each other about objects.

The engine starts a process for each provider of a program: the default one, each explicit one, and one more for
all dynamic resources. A resource that changes its name and its provider at once is created by one process and
deleted by another, and with one key for both that is the same object. All of them know the address of their
engine, which no other run has at the same time; files that carry it in their names are where they meet.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Final

__all__ = ["Book", "Note", "NoticeBoard", "Verb"]

NUMBERS: Final = count(1)
"""One process may serve several runs, one after another."""


class Verb(str, Enum):
    """What a resource does with an object."""

    HOLD = "hold"
    KEEP = "keep"
    CREATE = "create"
    RELEASE = "release"


@dataclass(frozen=True)
class Note:
    """`who`, a resource, holds, keeps or was created as the object; released is whatever it kept."""

    verb: Verb
    object_id: str
    who: str


@dataclass
class Book:
    """What one process has noted."""

    holders: dict[str, str] = field(default_factory=dict)
    _created: set[str] = field(default_factory=set)
    _kept: dict[str, str] = field(default_factory=dict)

    def write(self, note: Note) -> None:
        """Take a note."""
        if note.verb is Verb.RELEASE:
            self._kept = {object_id: keeper for object_id, keeper in self._kept.items() if keeper != note.who}
            return
        self.holders[note.object_id] = note.who
        if note.verb is Verb.KEEP:
            self._kept[note.object_id] = note.who
        elif note.verb is Verb.CREATE:
            self._created.add(note.object_id)

    def keeps_any(self, who: str) -> bool:
        """Tell whether the resource keeps an object."""
        return who in self._kept.values()

    def must_stay(self, object_id: str) -> bool:
        """Tell whether a create returned the object, or a resource keeps it."""
        return object_id in self._created or object_id in self._kept


class NoticeBoard:
    """The notes of all processes of one run, which is known by its engine's address.

    Notes are appended to a file of this process and read from those of the others, each line once. Where files
    cannot be kept safely there is no board, and every process knows only of itself.
    """

    def __init__(self, address: str, folder: Path | None = None) -> None:
        """Meet in `folder`; by default in one of this user's among the temporary files. Never fails."""
        self._prefix = re.sub(r"[^A-Za-z0-9.-]+", "_", address) + "~"
        self._folder = folder or _own_folder()
        self._own = f"{self._prefix}{os.getpid()}~{next(NUMBERS)}"
        self._file: int | None = None
        self._books: dict[str, tuple[Book, int]] = {}
        self._sweep()

    def post(self, note: Note) -> None:
        """Tell the others. Never fails."""
        line = json.dumps(astuple(note)) + "\n"
        with suppress(OSError):  # a full disk is no reason not to deploy
            if self._file is None and self._folder is not None:
                self._file = os.open(
                    self._folder / self._own, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600
                )
            if self._file is not None:
                os.write(self._file, line.encode())

    def others(self) -> list[Book]:
        """Return what the other processes have noted so far. Never fails."""
        for path in self._files():
            if path.name != self._own and path.name.startswith(self._prefix):
                with suppress(OSError, ValueError):  # one that is gone or broken hides none of the others
                    self._read_on(path)
        return [book for book, _ in self._books.values()]

    def close(self) -> None:
        """Take this process's own notes away."""
        if self._file is not None and self._folder is not None:
            os.close(self._file)
            self._file = None
            with suppress(OSError):
                (self._folder / self._own).unlink()

    def _files(self) -> list[Path]:
        with suppress(OSError):
            return [*self._folder.iterdir()] if self._folder is not None else []
        return []

    def _read_on(self, path: Path) -> None:
        book, position = self._books.get(path.name, (Book(), 0))
        with path.open("rb") as file:
            file.seek(position)
            news = file.read()
        whole = news[: news.rfind(b"\n") + 1]  # the last line may still be under way
        for line in whole.splitlines():
            verb, object_id, who = json.loads(line)
            book.write(Note(Verb(verb), object_id, who))
        self._books[path.name] = (book, position + len(whole))

    def _sweep(self) -> None:
        """Remove what killed processes have left of an engine that had our engine's address before.

        Only now: a process that is killed in the middle of this run may have created what another one deletes.
        """
        for path in self._files():
            if path.name.startswith(self._prefix):
                with suppress(OSError, ValueError, IndexError):
                    if not _is_alive(int(path.name.split("~")[1])):
                        path.unlink()


def _own_folder() -> Path | None:
    """Return a folder that belongs to this user alone, `None` if there can be none."""
    user = os.getuid() if hasattr(os, "getuid") else 0  # on Windows the temporary folder is the user's own
    folder = Path(tempfile.gettempdir()) / f"commercetools-connect-{user}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    theirs = hasattr(os, "getuid") and (found.st_uid != user or found.st_mode & 0o077)
    return None if theirs or folder.is_symlink() else folder


def _is_alive(pid: int) -> bool:
    if os.name == "nt":
        return False  # a file that a live process has open cannot be removed there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
