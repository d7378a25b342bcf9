"""What may have been meant by a name that nobody knows. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from commercetools_connect.contract.errors import quote_foreign

__all__ = ["nearest", "suggest"]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like this one, whatever its case; `None` if none comes near."""
    by_folded = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1)
    return by_folded[near[0]] if near else None


def suggest(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown name: what was probably meant, else what there is."""
    known = list(known)
    near = nearest(name, known)
    if near is not None:
        return f"; did you mean {quote_foreign(near)}?"
    return f"; there is {', '.join(map(quote_foreign, sorted(known)))}" if known else ""
