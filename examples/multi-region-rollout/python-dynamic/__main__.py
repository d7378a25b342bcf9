"""One connector version in several projects and regions, the canary first.

Each target names one of the stack's connections:

    pulumi config set --path 'commercetools-connect:connections.acme-dev.clientId' …
    pulumi config set --secret --path 'commercetools-connect:connections.acme-dev.clientSecret' …
"""

from typing import Any

import pulumi

from commercetools_connect.dynamic import Rollout

config = pulumi.Config()


def target(name: str, region: str, **own: object) -> Any:
    return {"name": name, "region": region, "connection": name, **own}


def shop(name: str) -> dict[str, Any]:
    """Values of one shop, laid over those that all share."""
    return {
        "service": {
            "standard_configuration": {"SHOP_NAME": name},
            "secured_configuration": {"API_TOKEN": config.require_secret(f"{name}-token")},
        }
    }


release = Rollout(
    "release",
    connector={"key": config.require("connectorKey")},
    connector_tag=config.require("tag"),
    configurations={"service": {"standard_configuration": {"SHOP_NAME": "Acme"}}},
    canary=["acme-dev"],
    waves=[
        {"name": "canary", "bake_time": config.require("bakeTime")},
        {"name": "europe"},
        {"name": "rest"},
    ],
    targets=[
        target("acme-dev", "europe-west1.gcp", configurations=shop("acme-dev")),
        target("acme-eu", "europe-west1.gcp", wave="europe", configurations=shop("acme-eu")),
        target("acme-us", "us-east-2.aws", configurations=shop("acme-us")),
        target("acme-au", "australia-southeast1.gcp", configurations=shop("acme-au")),
    ],
)

pulumi.export("targets", release.targets)
pulumi.export("summary", release.summary)
