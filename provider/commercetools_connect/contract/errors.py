"""The error tree: everything that a user can meet, in one picture.

    Exception
    ├── ProviderError                   understood; its text is for the user; nothing exists or nothing changed
    │   ├── InvalidInputError           the program asks for something that cannot be
    │   ├── ConfigurationError          the provider's own configuration lacks something a call needs
    │   ├── ConflictError               an object of that key exists and may not be taken over
    │   ├── GoneError                   the object that should be changed does not exist any more
    │   ├── NotReachedError             a wait ended without what it waited for (`waiters`)
    │   │   ├── RunFailedError          the server says: failed, rejected, cancelled
    │   │   ├── WaitTimedOutError       the time limit ended first
    │   │   └── WaitCancelledError      someone asked to stop
    │   └── ApiError                    a call did not do what it should (`api.errors` draws this branch)
    └── Partial                         the object exists, it is not what was asked; keep its state and come back

Texts carry what happened, to which object, and one next step. They never carry a secret, a request body or a
traceback. Text from elsewhere goes through `quote_foreign` first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from commercetools_connect.contract.results import State

__all__ = [
    "ConfigurationError",
    "ConflictError",
    "GoneError",
    "InvalidInputError",
    "NotReachedError",
    "Partial",
    "ProviderError",
    "RunFailedError",
    "WaitCancelledError",
    "WaitTimedOutError",
    "quote_foreign",
]

FOREIGN_TEXT_LIMIT = 500

BASIC_PLANE_END = 0xFFFF
"""The last character that four hex digits can write."""


_CI_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#(\[|vso\[|teamcity\[))")
"""How a line begins that GitHub's runners obey, and what those of Azure Pipelines and TeamCity obey anywhere."""


def quote_foreign(text: str, limit: int = FOREIGN_TEXT_LIMIT) -> str:
    """Return text of a server or a file in a form that is safe to print: one line, escaped, cut to `limit`.

    Neither a terminal nor a CI system that reads along finds a command in it.
    """
    safe = "".join(map(_harmless, text[: limit + 1]))
    safe = _CI_COMMAND.sub(_obeyed_by_nobody, safe)
    return safe if len(safe) <= limit else f"{safe[: limit - 1]}…"


def _obeyed_by_nobody(command: re.Match[str]) -> str:
    found = command.group()
    return f"{found[:-1]}\\u{ord(found[-1]):04x}"


def _harmless(char: str) -> str:
    category = unicodedata.category(char)
    if char in "\r\n\t" or category in ("Zl", "Zp"):  # U+2028 and U+2029 break a line as well
        return " "
    if not category.startswith("C"):
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= BASIC_PLANE_END else f"\\U{ord(char):08x}"


class ProviderError(Exception):
    """Something went wrong in a way that is understood; nothing exists, or nothing changed.

    `message` says what happened and to which object; `remedy` says what to do next.
    """

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
    """An object stands where a new one should be, and taking it over would not be safe."""


class GoneError(ProviderError):
    """The object that should be changed does not exist any more; a refresh will show it."""


class NotReachedError(ProviderError):
    """A wait ended without what it waited for; the object exists."""


class RunFailedError(NotReachedError):
    """The server ended the run with a failure status; `message` carries its report."""


class WaitTimedOutError(NotReachedError):
    """The time limit ended before the run did; the run goes on at the server."""


class WaitCancelledError(NotReachedError):
    """Someone asked to stop waiting; the run goes on at the server."""


class Partial(Exception):  # noqa: N818 - it is a way to end, not a fault: the object exists and is kept
    """The object exists but is not (yet) what was asked; the next `pulumi up` goes on from `state`."""

    def __init__(self, state: State, reasons: Sequence[str]) -> None:
        super().__init__(*reasons)
        self.state = state
        self.reasons = tuple(reasons)

    def __str__(self) -> str:
        return "\n".join(self.reasons)
