"""Which call may be repeated after which trouble: the whole rule, as one table. Pure.

| what happened | a read, a token request | a write |
|---|---|---|
| never sent: host not reached, refused, no connection free | again | again |
| throttled: 429, turned away unread | again | again |
| no answer: timed out, broken off | again | not: it may have had its effect |
| unreadable: not JSON, not decompressible | again | not: the same |
| server trouble: 5xx, or a code that says so | again | not: the same |
| another shape: JSON that is not what the call answers | not: it would come again | not |
| not the API: a page, a redirect, a 404 without a code | not | not: and it may have had its effect |
| refused: any other 4xx in the API's words | not | not: it had none |
| untrusted: the certificate, or the URL's scheme | not | not: never sent |

A write that "may have had its effect" is never sent again by itself: a resource looks first whether it had (API
§19 #40). How often and after how long "again" is, `retries` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

__all__ = ["RULES", "Rule", "Trouble"]


class Trouble(Enum):
    """What came of a call, other than success."""

    NEVER_SENT = "never sent"
    THROTTLED = "throttled"
    NO_ANSWER = "no answer"
    UNREADABLE = "unreadable"
    SERVER = "server trouble"
    OTHER_SHAPE = "another shape"
    NOT_THE_API = "not the API"
    REFUSED = "refused"
    UNTRUSTED = "untrusted"


@dataclass(frozen=True)
class Rule:
    """What a trouble means for a call.

    - `may_pass`: the same call may succeed later, as it is.
    - `may_be_done`: the server may have acted; a write is then uncertain.
    """

    may_pass: bool
    may_be_done: bool

    def again(self, *, writes: bool) -> bool:
        """Tell whether the call may be sent once more without looking first."""
        return self.may_pass and not (writes and self.may_be_done)


RULES: Final[Mapping[Trouble, Rule]] = {
    Trouble.NEVER_SENT: Rule(may_pass=True, may_be_done=False),
    Trouble.THROTTLED: Rule(may_pass=True, may_be_done=False),
    Trouble.NO_ANSWER: Rule(may_pass=True, may_be_done=True),
    Trouble.UNREADABLE: Rule(may_pass=True, may_be_done=True),
    Trouble.SERVER: Rule(may_pass=True, may_be_done=True),
    Trouble.OTHER_SHAPE: Rule(may_pass=False, may_be_done=True),
    Trouble.NOT_THE_API: Rule(may_pass=False, may_be_done=True),
    Trouble.REFUSED: Rule(may_pass=False, may_be_done=False),
    Trouble.UNTRUSTED: Rule(may_pass=False, may_be_done=False),
}
