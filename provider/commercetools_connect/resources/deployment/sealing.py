"""Keeping the secured values of a Deployment to ourselves. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from commercetools_connect.api import Deployment
from commercetools_connect.api.redaction import Redactor
from commercetools_connect.contract.values import Plain, Secret, Tree, Value, reveal
from commercetools_connect.resources import secrecy
from commercetools_connect.resources.deployment.inputs import CONFIGURED, DeploymentInputs
from commercetools_connect.resources.secrecy import restore_secrets

__all__ = ["conceal", "seal", "secured_values", "without_secured"]


def seal(held: Tree) -> dict[str, Value]:
    """Return the inputs with every secured value wrapped in `Secret`, however they came."""
    return secrecy.seal(DeploymentInputs, held)


def secured_values(tree: Tree) -> frozenset[str]:
    """Return every secured value that the tree knows, and every text that the program marks as secret."""
    return frozenset(_marked_texts(tree)) | frozenset(
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


def _marked_texts(value: Value, *, marked: bool = False) -> Iterator[str]:
    if isinstance(value, Secret):
        yield from _marked_texts(value.value, marked=True)
    elif isinstance(value, str):
        if marked and value:
            yield value
    elif isinstance(value, (Mapping, list)):
        for child in value.values() if isinstance(value, Mapping) else value:
            yield from _marked_texts(child, marked=marked)


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
