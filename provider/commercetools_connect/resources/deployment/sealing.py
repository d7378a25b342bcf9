"""Which parts of a Deployment's inputs are secret, and keeping them so. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from commercetools_connect.api import Deployment
from commercetools_connect.api.redaction import Redactor
from commercetools_connect.contract.values import UNKNOWN, Plain, Secret, Tree, Value, reveal

__all__ = ["conceal", "restore_secrets", "seal", "secured_values", "without_secured"]

CONFIGURED = ("configurations", "globalConfiguration")


def seal(held: Tree) -> dict[str, Value]:
    """Return the inputs with every secured value wrapped in `Secret`, however they came.

    What is a secret as a whole stays so.
    """
    sealed = dict(held)
    if held.get("configurations") is not None:
        sealed["configurations"] = _in_map(
            held["configurations"],
            lambda holders: {name: _in_map(holder, _seal_holder) for name, holder in holders.items()},
        )
    if held.get("globalConfiguration") is not None:
        sealed["globalConfiguration"] = _in_map(held["globalConfiguration"], _seal_holder)
    return sealed


def restore_secrets(value: Value, like: Value) -> Value:
    """Return the value with a `Secret` wherever `like` has one: reading a value does not make it public."""
    if isinstance(like, Secret):
        return value if value is None or isinstance(value, Secret) else Secret(value)
    if isinstance(value, Mapping) and isinstance(like, Mapping):
        return {name: restore_secrets(child, like.get(name)) for name, child in value.items()}
    return value


def secured_values(tree: Tree) -> frozenset[str]:
    """Return every secured value that the tree knows."""
    return frozenset(
        value
        for holder in _holders(tree)
        for value in _members(holder.get("securedConfiguration")).values()
        if isinstance(value, str) and value
    )


def without_secured(held: Tree) -> dict[str, Value]:
    """Return the inputs as if no secured value had ever been sent."""
    bare: dict[str, Value] = {name: value for name, value in held.items() if name not in CONFIGURED}
    applications = reveal(held.get("configurations"))
    if isinstance(applications, Mapping):
        bare["configurations"] = {name: _bare_holder(holder) for name, holder in applications.items()}
    if held.get("globalConfiguration") is not None:
        bare["globalConfiguration"] = _bare_holder(reveal(held["globalConfiguration"]))
    return {name: restore_secrets(value, held.get(name)) for name, value in bare.items()}


def conceal(deployment: Deployment, redactor: Redactor) -> Deployment:
    """Return the Deployment with no secret in its report: a script may print what it was given."""
    build = deployment.details.build
    entries = tuple(
        entry.model_copy(update={"title": redactor.redact(entry.title), "message": redactor.redact(entry.message)})
        for entry in build.report.entries
    )
    if entries == build.report.entries:
        return deployment
    report = build.report.model_copy(update={"entries": entries})
    details = deployment.details.model_copy(update={"build": build.model_copy(update={"report": report})})
    return deployment.model_copy(update={"details": details})


def _in_map(value: Value, change: Callable[[Mapping[str, Value]], Value]) -> Value:
    return change(value) if isinstance(value, Mapping) else value


def _seal_holder(holder: Mapping[str, Value]) -> Value:
    if "securedConfiguration" not in holder:
        return holder
    secured = _in_map(
        holder["securedConfiguration"], lambda values: {key: _seal_leaf(value) for key, value in values.items()}
    )
    return {**holder, "securedConfiguration": secured}


def _seal_leaf(value: Value) -> Value:
    return value if value is None or value is UNKNOWN or isinstance(value, Secret) else Secret(value)


def _bare_holder(holder: Plain) -> Plain:
    if not isinstance(holder, Mapping):
        return holder
    return {name: value for name, value in holder.items() if name != "securedConfiguration"}


def _holders(tree: Tree) -> Iterator[Mapping[str, Plain]]:
    for holder in (
        *_members(reveal(tree.get("configurations"))).values(),
        reveal(tree.get("globalConfiguration")),
    ):
        if isinstance(holder, Mapping):
            yield holder


def _members(value: Plain) -> Mapping[str, Plain]:
    return value if isinstance(value, Mapping) else {}
