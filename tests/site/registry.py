"""Writes the two pages that the Pulumi Registry shows of a package: `make docs`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from commercetools_connect import __version__
from commercetools_connect.frontends.plugin.schema.examples import LANGUAGES, PIPELINE
from tests.site.blocks import DOCS
from tests.site.reference import SCHEMA
from tests.site.tables import table

__all__ = ["render"]

INDEX = """---
title: commercetools Connect
meta_desc: Declare connectors of commercetools Connect, their publication and their deployments in Pulumi.
layout: package
---

Declare connectors of commercetools Connect, their publication and their deployments. `pulumi up` applies the
change and returns only when everything is live.

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

The provider is a resource plugin for programs in every Pulumi language. Its SDKs are in no package index yet. To
let Pulumi generate one for the language of a program, run this in the folder of the program:

```sh
pulumi plugin install resource commercetools-connect v@VERSION@ \\
  --file pulumi-resource-commercetools-connect-v@VERSION@-linux-amd64.tar.gz
pulumi package add commercetools-connect
```

YAML programs need no SDK.

## Configuration

Set an API client of commercetools, and the region that hosts the project:

```sh
pulumi config set commercetools-connect:clientId my-client
pulumi config set commercetools-connect:clientSecret --secret
pulumi config set commercetools-connect:projectKey my-project
pulumi config set commercetools-connect:region europe-west1.gcp
```

@FIELDS@

`connectUrl`, also from the environment, wins over `region` for all calls, the token included. Set `authUrl` as
well if tokens come from elsewhere.

The client needs `manage_connectors` for ConnectorStaged and ConnectorPublication, `view_connectors` and
`manage_connectors_deployments` for Deployment, and `manage_api_clients` for a connector that gets its own API
client. With `expect`, a Deployment also needs `manage_extensions` and `manage_subscriptions`.
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
