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

from collections.abc import Sequence

from commercetools_connect.contract.foreign import quote_foreign
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
