"""One connector version in several projects and regions, the canary first."""

import pulumi
import pulumi_commercetools_connect as connect

config = pulumi.Config()


def target(shop: str, region: str, wave: str | None = None) -> connect.RolloutTargetArgsDict:
    """Return a shop with its own client, and its own values laid over those that all share."""
    return {
        "name": f"acme-{shop}",
        "wave": wave,
        "region": region,
        "connect_url": config.require("connectUrl"),  # for shops in regions of commercetools: host_region
        "project_key": f"acme-{shop}",
        "client_id": config.require(f"{shop}ClientId"),
        "client_secret": config.require_secret(f"{shop}ClientSecret"),
        "configurations": {
            "service": {
                "standard_configuration": {"SHOP_NAME": f"acme-{shop}"},
                "secured_configuration": {"API_TOKEN": config.require_secret(f"{shop}Token")},
            },
        },
    }


release = connect.Rollout(
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
        target("dev", "europe-west1.gcp"),
        target("eu", "europe-west1.gcp", wave="europe"),
        target("us", "us-east-2.aws"),
    ],
)

pulumi.export("targets", release.targets)
pulumi.export("summary", release.summary)
