"""A published connector, deployed."""

import pulumi
import pulumi_commercetools_connect as connect

config = pulumi.Config()

assistant = connect.Deployment(
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
