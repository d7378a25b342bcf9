"""One connector, from draft to live deployment."""

import pulumi

from commercetools_connect.dynamic import (
    ConnectorPublication,
    ConnectorStaged,
    Deployment,
)

config = pulumi.Config()

staged = ConnectorStaged(
    "greeter",
    name="Greeter",
    creator={"email": "dev@acme.example", "company": "Acme"},
    repository={
        "url": "https://github.com/acme/demo-connector.git",
        "tag": config.require("tag"),
    },
    private_projects=["europe-west1.gcp:demo-project"],
)

publication = ConnectorPublication(
    "greeter",
    connector_staged_id=staged.id,
    tag=staged.repository["tag"],
    content_hash=staged.content_hash,
    target="private",
)

deployment = Deployment(
    "greeter",
    region="europe-west1.gcp",
    connector={"id": publication.connector_id},
    connector_tag=publication.published_tag,
    configurations={
        "service": {
            "standard_configuration": {"SHOP_NAME": "Acme"},
            "secured_configuration": {"API_TOKEN": config.require_secret("apiToken")},
        },
    },
)

pulumi.export("urls", deployment.urls)
pulumi.export("runningTag", deployment.deployed_tag)
