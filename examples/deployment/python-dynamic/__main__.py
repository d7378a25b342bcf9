"""A published connector, deployed."""

import pulumi

from commercetools_connect.dynamic import Deployment

config = pulumi.Config()

assistant = Deployment(
    "assistant",
    region="europe-west1.gcp",
    type="sandbox",
    connector={"key": config.require("connectorKey")},
    configurations={
        "service": {
            "standard_configuration": {"SHOP_NAME": "Acme"},
            "secured_configuration": {"API_TOKEN": config.require_secret("apiToken")},
        },
    },
)

pulumi.export("assistantUrls", assistant.urls)
