"""Writes docs/errors.md from the tables that the client decides with: `make docs`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from commercetools_connect.api.codes import CODES, CodeEntry
from commercetools_connect.api.repeats import RULES
from commercetools_connect.api.rulings import ruling, ruling_of_page
from commercetools_connect.contract import errors
from tests.site.blocks import DOCS
from tests.site.meanings import MEANINGS
from tests.site.tables import sentence, table

__all__ = ["ERRORS_PAGE", "render"]

ERRORS_PAGE = DOCS / "errors.md"

HEAD = """# Errors, and what to do

Generated from the tables that the client decides with (`make docs`); do not edit.

An error of Connect is told in these parts: what was tried on which object, Connect's own message with the HTTP
status and the code, the correlation id (give it to the vendor's support), and the step that helps. It never
holds a secret, the body of a request or an access token.

**What is in the state afterwards:** an error of a create that Connect has refused leaves nothing behind. Where an
object exists and is not what was asked for, it stays in the state, and the next `pulumi up` goes on from there.

## Codes of Connect

The code decides, not the HTTP status. If an answer has several codes, the first one that is known here decides.
"""

WITHOUT = """
## Answers without a code that is known

| answer | in the API's own form | any other, such as a proxy's page |
|---|---|---|
"""

REPEATS = """
## What is tried again by itself

Up to five attempts. What the server asks for in `Retry-After` is waited for, up to two minutes.
"""

OWN = """
## The provider's own errors

These end an operation without an answer of Connect, or after one that is no error.
"""

ACCESS = "Give the API client the scopes that the message names; they depend on the call."
ANSWERS = (400, 401, 403, 404, 409, 429, 500, 502, 503)
MISUSED = {"ProviderError", "NotReachedError"}
"""Only their kinds are met."""


def render() -> str:
    """Return the page."""
    codes = [(f"`{code}`", MEANINGS[code], _told(entry)) for code, entry in CODES.items()]
    repeated = [
        (each.value, _yes(rule.again(writes=False)), _yes(rule.again(writes=True)), _yes(rule.may_be_done))
        for each, rule in RULES.items()
    ]
    return "\n".join(
        [
            HEAD,
            *table(("code", "what it means", "what to do"), codes),
            WITHOUT.rstrip("\n"),
            *(
                f"| {status} | {_told(ruling(status, []))} | {_told(ruling_of_page(status))} |"
                for status in ANSWERS
            ),
            REPEATS,
            *table(("what happened", "a read", "a write", "a write may have had its effect"), repeated),
            "\nA write that may have had its effect is never sent again by itself: the provider looks first.",
            OWN,
            *table(("error", "what it means"), _own()),
            "",
        ]
    )


def _told(entry: CodeEntry) -> str:
    return entry.remedy or ACCESS


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _own() -> Iterator[tuple[str, str]]:
    for name in errors.__all__:
        kind = getattr(errors, name)
        if inspect.isclass(kind) and name not in MISUSED:
            yield name.removesuffix("Error"), sentence(kind)
