"""What the Pulumi registry and package indexes are told: who made the package, where it is, what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import commercetools_connect
from commercetools_connect.plugin.schema_types import Json
from commercetools_connect.plugin.urns import PACKAGE

__all__ = ["HOME", "METADATA"]

OWNER: Final = "commercetools-connect-as-code"
NAME: Final = f"pulumi-{PACKAGE}"
HOME: Final = f"https://github.com/{OWNER}/{NAME}"
"""Home of the project: source, releases, and the first part of the Go SDK's import path."""

LANGUAGES: Final[Mapping[str, Json]] = {
    # Generated SDKs say their version themselves, so that a program asks for the plugin that fits.
    "python": {
        # Not commercetools_connect: that is the distribution with the plugin and the dynamic resources.
        "packageName": NAME.replace("-", "_"),
        "pythonRequires": ">=3.10",
        "pyproject": {"enabled": True},
        "inputTypes": "classes-and-dicts",
        "respectSchemaVersion": True,
    },
    # Without a name the package would be in Pulumi's own npm scope.
    "nodejs": {"packageName": NAME, "typescriptVersion": "^5.0.0", "respectSchemaVersion": True},
    "go": {
        "modulePath": f"{HOME.removeprefix('https://')}/sdk/go",
        "importBasePath": f"{HOME.removeprefix('https://')}/sdk/go/commercetoolsconnect",
        "generateResourceContainerTypes": True,
        "respectSchemaVersion": True,
    },
    # NuGet reserves Pulumi.* for Pulumi.
    "csharp": {"rootNamespace": "ConnectAsCode", "respectSchemaVersion": True},
}

METADATA: Final[Mapping[str, Json]] = {
    "name": PACKAGE,
    "displayName": "commercetools Connect",
    "version": commercetools_connect.__version__,
    "description": "Declare commercetools Connect: connector drafts, their publication and their deployments.",
    "keywords": ["pulumi", "commercetools", "connect", "category/infrastructure", "kind/native"],
    "homepage": HOME,
    "license": "Apache-2.0",
    "repository": HOME,
    "publisher": "commercetools Connect as code",
    "logoUrl": f"https://raw.githubusercontent.com/{OWNER}/{NAME}/main/docs/logo.png",
    "pluginDownloadURL": f"github://api.github.com/{OWNER}/{NAME}",
    # The Go SDK is a module of its own, in sdk/go.
    "meta": {"supportPack": True},
    "language": LANGUAGES,
}
"""The members of the schema that no model knows."""
