"""What a model of single fields does not see in a ConnectorStaged: spellings, and an unusable repository. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from commercetools_connect.api import ConnectorStaged
from commercetools_connect.contract.errors import quote_foreign
from commercetools_connect.contract.values import Tree, Value, reveal
from commercetools_connect.resources.connector_staged.content import UNORDERED

__all__ = ["canonical", "repository_warnings", "specification_problem"]

REPOSITORY_URL: Final = re.compile(r"((https)|(git@[\w.]+))(:(//)?)([\w.@:/\-~]+)(\.git)")
TAG: Final = re.compile(r"(?!.*\.{2,})(?!\*)[^\W_][\w.@/-]{0,254}")
"""What the official CLI accepts; what the server accepts is not published, so these only warn (API §4.4)."""

REQUIRED_TEXTS: Final = frozenset({"key", "name"})
"""Empty, they are a mistake and not an absence."""


def repository_warnings(inputs: Tree) -> tuple[str, ...]:
    """Say what the service will probably refuse about the repository."""
    repository = reveal(inputs.get("repository"))
    if not isinstance(repository, Mapping):
        return ()
    warnings = []
    url, tag = repository.get("url"), repository.get("tag")
    if isinstance(url, str) and not REPOSITORY_URL.fullmatch(url):
        warnings.append(
            "repository.url: Connect expects https://host/owner/name.git or, for private repositories, "
            "git@host:owner/name.git"
        )
    if isinstance(tag, str) and not TAG.fullmatch(tag):
        warnings.append("repository.tag: this does not look like the name of a Git tag")
    return tuple(warnings)


def canonical(inputs: Tree) -> dict[str, Value]:
    """Return the inputs as the API can hold them: an empty text is no text, a list names each member once."""
    plain = {name: value for name, value in inputs.items() if name in REQUIRED_TEXTS or reveal(value) != ""}
    for name in UNORDERED & plain.keys():
        members = plain[name]
        if isinstance(members, list) and all(isinstance(each, str) for each in members):
            plain[name] = list(dict.fromkeys(members))
    creator = plain.get("creator")
    if isinstance(creator, Mapping):
        texts = creator.items()
        plain["creator"] = {name: text for name, text in texts if name == "email" or reveal(text) != ""}
    return plain


def specification_problem(draft: ConnectorStaged) -> str | None:
    """Say what to do about a connect.yaml that the service could not read; `None` when it could.

    It shows in an empty list of applications (API §4.2, §19 #41).
    """
    if draft.configurations:
        return None
    source = quote_foreign(f"{draft.repository.url} at tag {draft.repository.tag}")
    return (
        f"ConnectorStaged {draft.key or draft.id}: Connect finds no usable connect.yaml in {source}, so the "
        "connector has no applications.\nPut connect.yaml into the root folder of the repository, or correct it "
        "(`commercetools connect validate` names the lines), tag that commit and run `pulumi up` again."
    )
