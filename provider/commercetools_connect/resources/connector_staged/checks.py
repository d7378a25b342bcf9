"""Mistakes in a ConnectorStaged's inputs that a model of single fields does not see. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from commercetools_connect.contract.values import Tree, reveal

__all__ = ["repository_warnings"]

REPOSITORY_URL: Final = re.compile(r"((https)|(git@[\w.]+))(:(//)?)([\w.@:/\-~]+)(\.git)")
TAG: Final = re.compile(r"(?!.*\.{2,})(?!\*)[^\W_][\w.@/-]{0,254}")
"""What the official CLI accepts; what the server accepts is not published, so these only warn (API §4.4)."""


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
