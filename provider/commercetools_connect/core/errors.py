"""Error tree: every error that a user can see.

    Exception
    ├── ProviderError                   expected; its text is for the user; nothing exists or nothing changed
    │   ├── InvalidInputError           the program asks for something that cannot be
    │   ├── ConfigurationError          the provider's own configuration lacks something a call needs
    │   ├── ConflictError               an object of that key exists and may not be taken over
    │   ├── GoneError                   the object that should be changed does not exist any more
    │   ├── NotReachedError             a wait ended without what it waited for (`waiters`)
    │   │   ├── RunFailedError          the server says: failed, rejected, cancelled
    │   │   ├── WaitTimedOutError       the time limit ended first
    │   │   └── WaitCancelledError      a stop was requested
    │   └── ApiError                    a call did not do what it should (`api.errors` draws this branch)
    └── InitFailedError                 the object exists and is not as desired; its state is kept

Texts say what happened, to which object, and one next step, without secrets, request bodies and tracebacks.
Untrusted text goes through `escape_untrusted` first. A text may quote a value, so frontends redact it.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Final

import commercetools_connect
from commercetools_connect.core.results import State


class ProviderError(Exception):
    """Expected failure; nothing exists, or nothing changed.

    `message` says what happened and to which object; `remedy` says what to do next.

    - `maybe_temporary`: it may be a temporary state of this machine or of the server, or a missing permission to
      read. In a preview it does not prove that the program is wrong.
    - `affects_every_call`: it concerns every call and not one object, so that one report of it is enough.
    """

    maybe_temporary: ClassVar[bool] = False
    affects_every_call: ClassVar[bool] = False

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}" if self.remedy else self.message


class InvalidInputError(ProviderError):
    """The program asks for something that cannot be; found without asking the server, or by reading from it."""


class ConfigurationError(ProviderError):
    """The provider's configuration lacks something that a call needs, or contradicts itself."""


class ConflictError(ProviderError):
    """An object exists where a new one should be, and adopting it would not be safe."""


class GoneError(ProviderError):
    """The object that should be changed does not exist any more; a refresh will show it."""


class NotReachedError(ProviderError):
    """A wait ended without what it waited for; the object exists."""


class RunFailedError(NotReachedError):
    """The server ended the run with a failure status; `message` carries its report."""


class WaitTimedOutError(NotReachedError):
    """The time limit ended before the run did; the run goes on at the server."""


class WaitCancelledError(NotReachedError):
    """A stop of the wait was requested; the run goes on at the server."""


class InitFailedError(Exception):
    """The object exists but is not as asked; the next `pulumi up` continues with the object in the state."""

    def __init__(self, state: State, reasons: Sequence[str]) -> None:
        super().__init__(*reasons)
        self.state = state
        self.reasons = tuple(reasons)

    def __str__(self) -> str:
        return "\n".join(self.reasons)


PYTHON_PACKAGE: Final = __name__.split(".", maxsplit=1)[0]
ID_LENGTH: Final = 8


class InternalError:
    """Bug of the provider, with the message and the id that both frontends show.

    - `message`: one line for the user. `doing` in it is such as "the update of Deployment api".
    - `id`: what a user reports; the same bug has the same id in every run of a version.
    - `frames`: the traceback, for a log that only developers read.
    """

    def __init__(self, error: BaseException, doing: str) -> None:
        kind, version = type(error).__name__, commercetools_connect.__version__
        places = [*_own_lines(error.__traceback__)]
        self.id = hashlib.sha256("\n".join([version, kind, *places]).encode()).hexdigest()[:ID_LENGTH]
        self.frames = f"[{self.id}] {kind} in {doing}\n{''.join(traceback.format_tb(error.__traceback__))}"
        where = places[-1] if places else "an unknown place"
        self.message = (
            f"unexpected {kind} in {doing}, at {where}: a mistake in commercetools-connect {version}; "
            f"please report it with the id {self.id}"
        )


def _own_lines(found: TracebackType | None) -> Iterator[str]:
    """Yield `package/file.py:line` of each of our own frames; frames of libraries do not help users."""
    while found is not None:
        frame = found.tb_frame
        if str(frame.f_globals.get("__name__", "")).split(".")[0] == PYTHON_PACKAGE:
            parts = Path(frame.f_code.co_filename).parts
            start = len(parts) - 1 - parts[::-1].index(PYTHON_PACKAGE) if PYTHON_PACKAGE in parts else -1
            yield f"{'/'.join(parts[start:])}:{found.tb_lineno}"
        found = found.tb_next
