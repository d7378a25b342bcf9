"""Provider configuration as both frontends read it: names and secret fields. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from commercetools_connect.core.text import suggest
from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.inputs import member_names, secret_names

PACKAGE: Final = "commercetools-connect"
"""Name of the Pulumi package; part of every token, and so of every state: frozen for ever."""

FIELDS: Final = member_names(ProviderConfiguration)
"""What can be configured."""

SECRET_FIELDS: Final = secret_names(ProviderConfiguration)

ENGINE_NAMES: Final = frozenset({"version", "pluginDownloadURL"})
"""Names that the engine and some SDKs add to configuration and arguments."""


def unknown_names(names: Iterable[str]) -> list[str]:
    """Return a sentence about each configured name, without the package, that the provider does not know."""
    unknown = sorted(set(names) - ENGINE_NAMES - set(FIELDS))
    return [f"{PACKAGE}:{name} is not a known setting{suggest(name, FIELDS)}" for name in unknown]
