"""A deployment that is live when an Extension calls it."""

import pulumi
import pulumi_commercetools_connect as connect

config = pulumi.Config()

wired = connect.Deployment(
    "wired",
    key="greeter-wired",
    region="europe-west1.gcp",
    type="sandbox",
    connector={"key": config.require("connectorKey")},
    configurations={
        "service": {
            "standard_configuration": {"SHOP_NAME": "Acme"},
            "secured_configuration": {"API_TOKEN": config.require_secret("apiToken")},
        },
    },
    expect={"service": {"extension": True}},
)

pulumi.export("wiring", wired.wiring)
