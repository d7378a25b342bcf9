"""Secrets in the inputs of a rollout: marks belong on values, names must be readable. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from commercetools_connect.contract.values import UNKNOWN, Secret, Tree, Value, reveal

__all__ = ["open_structure"]

NAMES: Final = ("name", "wave", "enabled", "aliases")
"""Members of targets and waves that stand in the names of resources, or decide which there are."""


def open_structure(inputs: Tree) -> dict[str, Value]:
    """Return the inputs with each secret mark moved to the values in it, and none on names.

    SDKs mark a whole object as soon as a part of it is secret, and a program may read all its targets from one
    secret; what has to be planned is then still to be seen.
    """
    spread = {name: _spread(value) for name, value in inputs.items()}
    for name in ("targets", "waves"):
        listed = spread.get(name)
        if isinstance(listed, list):
            spread[name] = [_named(each) for each in listed]
    draft = spread.get("draft")
    if isinstance(draft, Mapping) and "target" in draft:
        spread["draft"] = {**draft, "target": reveal(draft["target"])}
    if "canary" in spread:
        spread["canary"] = reveal(spread["canary"])
    return spread


def _named(value: Value) -> Value:
    if not isinstance(value, Mapping):
        return value
    return {name: reveal(child) if name in NAMES else child for name, child in value.items()}


def _spread(value: Value, *, secret: bool = False) -> Value:
    if isinstance(value, Secret):
        return _spread(value.value, secret=True)
    if isinstance(value, Mapping):
        return {key: _spread(child, secret=secret) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_spread(child, secret=secret) for child in value]
    return Secret(value) if secret and value is not None and value is not UNKNOWN else value
