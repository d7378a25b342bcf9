"""One deployment of a published connector."""

import pulumi

from commercetools_connect.dynamic import Deployment

config = pulumi.Config()

deployment = Deployment(
    "deployment",
    region=config.require("region"),
    type="sandbox",  # or production, with the resource option protect
    connector={"key": config.require("connectorKey")},
    connector_tag=config.require("tag"),
    configurations={
        "service": {
            "standard_configuration": {"SHOP_NAME": config.require("shopName")},
            "secured_configuration": {"API_TOKEN": config.require_secret("apiToken")},
        },
    },
)

pulumi.export("key", deployment.key)
pulumi.export("urls", deployment.urls)
pulumi.export("runningTag", deployment.deployed_tag)
