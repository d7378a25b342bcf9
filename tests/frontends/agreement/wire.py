"""Property values as an engine handles them between two calls: envelopes of secrets, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.marks import SECRETS_MARK, SIGNATURE

__all__ = ["annotated", "is_secret", "revealed", "secret", "secret_paths"]


def secret(value: object) -> dict[str, object]:
    """Return a value in its envelope."""
    return {SIGNATURE: SECRETS_MARK, "value": value}


def is_secret(value: object) -> bool:
    return isinstance(value, Mapping) and SIGNATURE in value


def revealed(value: Any) -> Any:
    """Return the value without envelopes, as a provider gets it that does not accept secrets."""
    if is_secret(value):
        return revealed(value["value"])
    if isinstance(value, Mapping):
        return {key: revealed(child) for key, child in value.items()}
    if isinstance(value, list):
        return [revealed(child) for child in value]
    return value


def annotated(outputs: Any, inputs: Any, *, deep: bool) -> Any:
    """Return outputs with an envelope wherever the input of the same name has one, as the engine does it.

    `deep`: at any depth, for a provider that does not accept secrets; else among the outputs themselves only.
    """
    if is_secret(inputs) and not is_secret(outputs):
        return secret(outputs)
    if isinstance(outputs, Mapping) and isinstance(inputs, Mapping) and not is_secret(outputs):
        marks = inputs if deep else {key: child for key, child in inputs.items() if is_secret(child)}
        return {key: annotated(child, marks.get(key), deep=deep) for key, child in outputs.items()}
    return outputs


def secret_paths(value: Any, path: str = "") -> set[str]:
    """Return where the envelopes are."""
    if is_secret(value):
        return {path}
    if isinstance(value, Mapping):
        return {found for key, child in value.items() for found in secret_paths(child, f"{path}/{key}")}
    if isinstance(value, list):
        return {found for index, child in enumerate(value) for found in secret_paths(child, f"{path}/{index}")}
    return set()
