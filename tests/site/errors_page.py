"""Writes docs/errors.md from the tables that the client decides with: `make docs`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from commercetools_connect.api.errors import CODES, CodeEntry, classify, classify_page
from commercetools_connect.api.retry import RULES, FailureKind
from commercetools_connect.core import errors
from tests.site.blocks import DOCS
from tests.site.meanings import MEANINGS
from tests.site.tables import sentence, table

__all__ = ["ERRORS_PAGE", "render"]

ERRORS_PAGE = DOCS / "errors.md"

HEAD = """# Errors, and what to do

Read this page if an error shows a code of Connect, or the name of an error of the provider. Generated from the
tables that the client decides with (`make docs`); do not edit.

The provider reports an error of Connect in these parts: what it tried, on which object, the message of Connect
with the HTTP status and the code, the correlation id (for the vendor's support), and what to do. A report never
contains a secret, the body of a request or an access token.

**What is in the state afterwards:** if Connect refuses a create, nothing is in the state. If an object exists
and is not as the program asks, it stays in the state, and the next `pulumi up` continues with it.

## Codes of Connect

The code decides, not the HTTP status. If an answer has several codes, the first one that is in this table decides.
"""

WITHOUT = """
## Answers without a known code

| answer | in the form of the API | in another form, such as a proxy's page |
|---|---|---|
"""

REPEATS = """
## What the provider repeats by itself

The provider makes up to five attempts. It honours `Retry-After` up to two minutes.
"""

READS_FIRST = "after a write: reads first, because it may have worked"
AFTER_A_WRITE = '"Reads first": the provider reads the object, and sends the write again only if it had no effect.'

OWN = """
## The provider's own errors

The provider raises these itself.
"""

ACCESS = "Give the API client the scopes that the message names; they depend on the call."
KINDS = {
    FailureKind.NEVER_SENT: "the host was not reached, or no connection was free",
    FailureKind.THROTTLED: "there were too many calls (HTTP 429), and this one was not processed",
    FailureKind.NO_ANSWER: "the call timed out, or the connection broke",
    FailureKind.UNREADABLE: "the answer is not JSON, or cannot be decompressed",
    FailureKind.SERVER: "the answer is HTTP 5xx, or has the code `General` or `BadGateway`",
    FailureKind.OTHER_SHAPE: "the answer is JSON, but not what this call returns",
    FailureKind.NOT_THE_API: "a page, a redirect or a 404 without a code, such as from a proxy",
    FailureKind.REFUSED: "Connect answers with any other error (4xx)",
    FailureKind.UNTRUSTED: "the certificate is not valid, or the URL has a scheme that is not allowed",
}
"""What each kind of failure is, in a user's words."""

ANSWERS = (400, 401, 403, 404, 409, 429, 500, 502, 503)
MISUSED = {"ProviderError", "NotReachedError", "InternalError"}
"""Only their kinds are met."""


def render() -> str:
    """Return the page."""
    codes = [(f"`{code}`", MEANINGS[code], _handling(entry)) for code, entry in CODES.items()]
    repeated = [
        (
            f"{each.value}: {KINDS[each]}",
            _yes(rule.transient),
            _yes(rule.transient and not rule.maybe_applied),
            _yes(rule.maybe_applied),
        )
        for each, rule in RULES.items()
    ]
    return "\n".join(
        [
            HEAD,
            *table(("code", "what it means", "what to do"), codes),
            WITHOUT.rstrip("\n"),
            *(
                f"| {status} | {_handling(classify(status, []))} | {_handling(classify_page(status))} |"
                for status in ANSWERS
            ),
            REPEATS,
            *table(("what happened", "a read is repeated", "a write is repeated", READS_FIRST), repeated),
            f"\n{AFTER_A_WRITE}",
            OWN,
            *table(("error", "what it means"), _own()),
            "",
        ]
    )


def _handling(entry: CodeEntry) -> str:
    return (entry.remedy or ACCESS).replace("see adopt", "see [adopt](adopt.md)")


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _own() -> Iterator[tuple[str, str]]:
    for name, kind in sorted(vars(errors).items()):
        if inspect.isclass(kind) and kind.__module__ == errors.__name__ and name not in MISUSED:
            yield name.removesuffix("Error"), sentence(kind)
