"""Who manages which object in this run of the engine.

The engine replaces a resource on `--target-replace`, on a taint and for another provider *without* asking for a
diff: it creates first and then deletes the old one. With one key for both, the create finds the live object, and
the delete that follows would remove it. Neither call tells so; only the run as a whole does. That delete may come
in a later run, when the first one failed halfway: the engine then asks to update the object and to delete it. It
may also come to another process of the same run.
"""

from __future__ import annotations

from collections.abc import Iterator

from commercetools_connect.contract.errors import ConflictError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.results import Diff
from commercetools_connect.contract.values import Tree
from commercetools_connect.resources.noticeboard import Book, Note, NoticeBoard, Verb

__all__ = ["Ledger"]


class Ledger:
    """The ids that this run has met, each with the resource that holds it."""

    def __init__(self, board: NoticeBoard | None = None) -> None:
        """Share what is noted on the `board`; without one, this process is all there is of the run."""
        self._own = Book()
        self._board = board

    def hold(self, kind: str, operation: Operation, object_id: str) -> None:
        """Note that the resource is in the program and manages the object."""
        self._note(Verb.HOLD, object_id, _who(kind, operation))

    def keep(self, kind: str, operation: Operation, object_id: str) -> None:
        """Note besides that this run goes on with the object as it is, or brings it in line in place."""
        self._note(Verb.KEEP, object_id, _who(kind, operation))

    def note_check(self, kind: str, operation: Operation, olds: Tree) -> None:
        """Note a check: one without old inputs says that whatever there was of the resource is replaced."""
        me = _who(kind, operation)
        if not olds and self._own.keeps_any(me):
            self._note(Verb.RELEASE, "", me)

    def note_diff(self, kind: str, operation: Operation, object_id: str, found: Diff) -> None:
        """Note what a diff has found: the object is kept unless it is replaced."""
        if found.replaces:
            self.hold(kind, operation, object_id)
        else:
            self.keep(kind, operation, object_id)

    def require_free(self, kind: str, operation: Operation, object_id: str) -> None:
        """Raise `ConflictError` when another resource holds the object."""
        me = _who(kind, operation)
        for book in self._books():
            holder = book.holders.get(object_id, me)
            if holder != me:
                raise ConflictError(
                    f"{kind} {operation.name}: the object {object_id} is already managed as {holder}.",
                    "If it was renamed, add an alias; otherwise give it a key of its own, or delete the other one "
                    "first.",
                )

    def claim(self, kind: str, operation: Operation, object_id: str) -> None:
        """Note that a create returns the object. Raises `ConflictError` when another resource holds it."""
        self.require_free(kind, operation, object_id)
        self._note(Verb.CREATE, object_id, _who(kind, operation))

    def must_stay(self, object_id: str) -> bool:
        """Tell whether a create of this run returned the object or this run keeps it: it outlives a delete."""
        return any(book.must_stay(object_id) for book in self._books())

    def close(self) -> None:
        """Leave the run."""
        if self._board is not None:
            self._board.close()

    def _note(self, verb: Verb, object_id: str, who: str) -> None:
        note = Note(verb, object_id, who)
        self._own.write(note)
        if self._board is not None:
            self._board.post(note)

    def _books(self) -> Iterator[Book]:
        yield self._own
        if self._board is not None:
            yield from self._board.others()


def _who(kind: str, operation: Operation) -> str:
    return operation.urn or f"{kind} {operation.name}"
