"""Writes the two pages that the Pulumi Registry shows of a package: `make docs`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from commercetools_connect import __version__
from commercetools_connect.plugin.schema_examples import LANGUAGES, PIPELINE
from tests.site.blocks import DOCS
from tests.site.reference import SCHEMA
from tests.site.tables import table

__all__ = ["render"]

INDEX = """---
title: commercetools Connect
meta_desc: Declare commercetools Connect in Pulumi, connector drafts, their publication and their deployments.
layout: package
---

Declare connectors of commercetools Connect, their publication and their deployments. `pulumi up` makes it so and
comes back when it is really live.

## Example

{{< chooser language "@LANGUAGES@" >}}
@EXAMPLES@
{{< /chooser >}}
"""

INSTALLATION = """---
title: commercetools Connect Installation & Configuration
meta_desc: How to install the commercetools Connect provider for Pulumi, and how to configure it.
layout: package
---

## Installation

The provider is a resource plugin and runs with programs in every Pulumi language. Its SDKs are in no package
index yet: in the folder of a program, Pulumi makes one for the program's language.

```sh
pulumi plugin install resource commercetools-connect v@VERSION@ \\
  --file pulumi-resource-commercetools-connect-v@VERSION@-linux-amd64.tar.gz
pulumi package add commercetools-connect
```

YAML programs need no SDK.

## Configuration

An API client of commercetools, and the region that hosts the project:

```sh
pulumi config set commercetools-connect:clientId my-client
pulumi config set commercetools-connect:clientSecret --secret
pulumi config set commercetools-connect:projectKey my-project
pulumi config set commercetools-connect:region europe-west1.gcp
```

@FIELDS@

The client needs `manage_connectors` for drafts and publications, `view_connectors` and
`manage_connectors_deployments` for deployments, and `manage_api_clients` for a connector that gets its own API
client.
"""


def render() -> dict[Path, str]:
    """Return both pages."""
    rows = [(f"`{name}`", field["description"]) for name, field in SCHEMA["config"]["variables"].items()]
    index = INDEX.replace("@LANGUAGES@", ",".join(LANGUAGES)).replace("@EXAMPLES@", "\n".join(_examples()))
    installation = INSTALLATION.replace("@VERSION@", __version__)
    return {
        DOCS / "_index.md": index,
        DOCS / "installation-configuration.md": installation.replace(
            "@FIELDS@", "\n".join(table(("name", "meaning"), rows))
        ),
    }


def _examples() -> Iterator[str]:
    for language in LANGUAGES:
        program = PIPELINE.program(language).read_text(encoding="utf-8").rstrip("\n")
        yield f"{{{{% choosable language {language} %}}}}\n"
        yield f"```{language}\n{program}\n```\n\n{{{{% /choosable %}}}}"
