"""Laying a target's configuration over the shared one, member by member."""

from __future__ import annotations

from collections.abc import Mapping

from commercetools_connect.contract.values import UNKNOWN

__all__ = ["merge"]


def merge(shared: object, own: object) -> object:
    """Return `own` laid over `shared`: maps are merged member by member at any depth, all else is replaced.

    What is not a map is a leaf, whatever it is: a secret, an output that is not known yet, a list. An absent or
    null member of `own` leaves the shared one as it is; to blank a value, write `""`. What is laid over something
    `UNKNOWN` is not known either.
    """
    if own is None or shared is UNKNOWN:
        return shared
    if not isinstance(shared, Mapping) or not isinstance(own, Mapping):
        return own
    return {
        **shared,
        **{key: merge(shared.get(key), value) for key, value in own.items() if value is not None},
    }
