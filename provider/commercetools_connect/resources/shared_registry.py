"""Events that the provider processes of one engine run share through files.

The engine starts a process for each provider of a program: the default one, each explicit one, and one more for
all dynamic resources. A resource that changes its name and its provider at once is created by one process and
deleted by another, and with one key for both that is the same object. Every process knows the address of its
engine, which no other run has at the same time; the address is part of the names of the files.
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

NUMBERS: Final = count(1)
"""One process may serve several runs, one after another."""


class EventKind(str, Enum):
    """What a resource did with an object or a key.

    - `KEY`: the program gives this key to the resource.
    - `CLAIM`: the program declares the resource, and its state names the object.
    - `KEEP`: as `CLAIM`, and this run continues with the object.
    - `CREATE`: a create of this run returned the object.
    - `RELEASE`: the engine replaces the resource; it keeps nothing.
    - `CONTEST`: a create was refused because of the object.
    - `PUBLISH`: the program declares the publication that the subject describes.
    - `REFUSE`: a create or delete was refused; the subject is the object as `CTP_ADOPT` names it.
    """

    KEY = "key"
    CLAIM = "claim"
    KEEP = "keep"
    CREATE = "create"
    RELEASE = "release"
    CONTEST = "contest"
    PUBLISH = "publish"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Event:
    """`resource` did `kind` with `subject`: an object's id, or a key."""

    kind: EventKind
    subject: str
    resource: str


@dataclass
class RegistryView:
    """The events of one process, ready to be asked."""

    claims: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    contested: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    publications: dict[str, str] = field(default_factory=dict)
    _key_of: dict[str, str] = field(default_factory=dict)
    _created: set[str] = field(default_factory=set)
    _kept: dict[str, str] = field(default_factory=dict)

    def record(self, event: Event) -> None:
        """Take an event into account."""
        if event.kind is EventKind.RELEASE:
            self._kept = {subject: keeper for subject, keeper in self._kept.items() if keeper != event.resource}
        elif event.kind is EventKind.KEY:
            self._take_key(event)
        elif event.kind is EventKind.CONTEST:
            self.contested[event.subject] = event.resource
        elif event.kind is EventKind.PUBLISH:
            self.publications[event.resource] = event.subject
        elif event.kind is EventKind.REFUSE:
            self.refused[event.subject] = event.resource
        else:
            self.claims[event.subject] = event.resource
            if event.kind is EventKind.KEEP:
                self._kept[event.subject] = event.resource
            elif event.kind is EventKind.CREATE:
                self._created.add(event.subject)

    def _take_key(self, event: Event) -> None:
        """Give the key to the resource unless another one has it; a resource has one key at a time."""
        before = self._key_of.get(event.resource)
        if before not in (None, event.subject) and self.keys.get(str(before)) == event.resource:
            del self.keys[str(before)]
        self._key_of[event.resource] = event.subject
        self.keys.setdefault(event.subject, event.resource)

    def keeps_any(self, resource: str) -> bool:
        """Return whether the resource keeps an object."""
        return resource in self._kept.values()

    def keeper_of(self, object_id: str) -> str:
        """Return the resource that keeps or created the object, `""` if none does."""
        return self._kept.get(object_id) or (self.claims.get(object_id, "") if object_id in self._created else "")

    def is_protected(self, object_id: str) -> bool:
        """Return whether a create of this run returned the object, or a resource keeps it."""
        return object_id in self._created or object_id in self._kept


class SharedRegistry:
    """The events of all processes of one engine run; the engine's address identifies the run.

    Each process appends its events to a file of its own and reads those of the others, each line once. Where no
    file can be kept safely, `problem` says why, and every process knows only its own events.
    """

    def __init__(self, address: str, folder: Path | None = None) -> None:
        """Use `folder`; by default one of this user below the temporary folder or the home. Raises nothing."""
        self.problem = ""
        self._prefix = re.sub(r"[^A-Za-z0-9.-]+", "_", address) + "~"
        self._folder = folder or self._user_folder()
        self._own = f"{self._prefix}{os.getpid()}~{next(NUMBERS)}"
        self._file: int | None = None
        self._views: dict[str, tuple[RegistryView, int]] = {}
        self._remove_leftovers()

    def post(self, event: Event) -> None:
        """Write an event for the other processes. Raises nothing: `problem` describes a file that fails."""
        if self._folder is None:
            return
        line = json.dumps(astuple(event)) + "\n"
        try:
            if self._file is None:
                self._file = os.open(
                    self._folder / self._own, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600
                )
            os.write(self._file, line.encode())
        except OSError as error:  # a full disk does not stop a deployment
            self.problem = f"{self._folder} cannot be written ({error.strerror})"

    def others(self) -> list[RegistryView]:
        """Return a view for each other process, with its events so far. Raises nothing."""
        for path in self._files():
            if path.name != self._own and path.name.startswith(self._prefix):
                with suppress(OSError, ValueError):  # a file that is gone or broken hides none of the others
                    self._read_on(path)
        return [view for view, _ in self._views.values()]

    def close(self) -> None:
        """Remove the file of this process."""
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
        view, position = self._views.get(path.name, (RegistryView(), 0))
        with path.open("rb") as file:
            file.seek(position)
            news = file.read()
        whole = news[: news.rfind(b"\n") + 1]  # the other process may still be writing the last line
        for line in whole.splitlines():
            kind, subject, resource = json.loads(line)
            view.record(Event(EventKind(kind), subject, resource))
        self._views[path.name] = (view, position + len(whole))

    def _remove_leftovers(self) -> None:
        """Remove the files of killed processes whose engine had our engine's address.

        Only now: a process that is killed in the middle of this run may have created what another one deletes.
        """
        for path in self._files():
            if path.name.startswith(self._prefix):
                with suppress(OSError, ValueError, IndexError):
                    if not _is_alive(int(path.name.split("~")[1])):
                        path.unlink()

    def _user_folder(self) -> Path | None:
        """Return a folder that only this user can use, `None` if there is none.

        If another user has taken its name in the temporary folder, the folder is in the user's home.
        """
        user = os.getuid() if hasattr(os, "getuid") else 0  # on Windows the temporary folder is the user's own
        places = [Path(tempfile.gettempdir()) / f"commercetools-connect-{user}"]
        with suppress(RuntimeError):  # no home
            places.append(Path.home() / ".cache" / "commercetools-connect" / "runs")
        problems = []
        for place in places:
            problem = _why_unusable(place, user)
            if not problem:
                return place
            problems.append(problem)
        self.problem = ", and ".join(problems)
        return None


def _why_unusable(folder: Path, user: int) -> str:
    """Make the folder if need be, and return why this user cannot have it alone; `""` if this user can."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        return f"{folder} cannot be used ({error.strerror})"
    foreign = hasattr(os, "getuid") and (found.st_uid != user or found.st_mode & 0o077)
    return f"{folder} does not belong to this user alone" if foreign or folder.is_symlink() else ""


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
