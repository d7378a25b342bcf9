"""Writes docs/errors.md from the tables that the client decides with: `make docs`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from commercetools_connect.api.errors import CODES, CodeEntry, classify, classify_page
from commercetools_connect.api.retry import RULES
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

OWN = """
## The provider's own errors

These errors have no answer of Connect behind them, or an answer that is not an error.
"""

ACCESS = "Give the API client the scopes that the message names; they depend on the call."
ANSWERS = (400, 401, 403, 404, 409, 429, 500, 502, 503)
MISUSED = {"ProviderError", "NotReachedError", "InternalError"}
"""Only their kinds are met."""


def render() -> str:
    """Return the page."""
    codes = [(f"`{code}`", MEANINGS[code], _handling(entry)) for code, entry in CODES.items()]
    repeated = [
        (
            each.value,
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
            *table(("what happened", "a read", "a write", "a write may have had its effect"), repeated),
            "\nIf a write may have had its effect, the provider reads the object before it sends the write again.",
            OWN,
            *table(("error", "what it means"), _own()),
            "",
        ]
    )


def _handling(entry: CodeEntry) -> str:
    return entry.remedy or ACCESS


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _own() -> Iterator[tuple[str, str]]:
    for name, kind in sorted(vars(errors).items()):
        if inspect.isclass(kind) and kind.__module__ == errors.__name__ and name not in MISUSED:
            yield name.removesuffix("Error"), sentence(kind)
