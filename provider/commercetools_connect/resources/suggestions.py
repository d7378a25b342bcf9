"""What may have been meant by a name that nobody knows. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

from commercetools_connect.contract.errors import quote_foreign

__all__ = ["nearest", "suggest"]

MOST_SHOWN: Final = 12
ALIKE: Final = 0.75
"""Less alike than that is another name: `demo-project` is not a misspelt `other-project`."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like this one, whatever its case; `None` if none comes near."""
    by_folded = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=ALIKE)
    return by_folded[near[0]] if near else None


def suggest(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown name: what was probably meant, else what there is."""
    known = sorted(known)
    near = nearest(name, known)
    if near is not None:
        return f"; did you mean {quote_foreign(near)}?"
    shown = [*map(quote_foreign, known[:MOST_SHOWN]), *(["…"] if len(known) > MOST_SHOWN else [])]
    return f"; known: {', '.join(shown)}" if shown else ""
