"""One deployment first, another when the first is live and has run for a while."""

import pulumi

from commercetools_connect.dynamic import ApplicationConfigurationArgs, Deployment, RolloutGate

config = pulumi.Config()
tag = config.require("tag")


def configurations(shop: str) -> dict[str, ApplicationConfigurationArgs]:
    return {
        "service": {
            "standard_configuration": {"SHOP_NAME": shop},
            "secured_configuration": {"API_TOKEN": config.require_secret("apiToken")},
        },
    }


canary = Deployment(
    "canary",
    region="europe-west1.gcp",
    connector={"key": config.require("connectorKey")},
    connector_tag=tag,
    configurations=configurations("Acme test"),
)

gate = RolloutGate(
    "gate",
    wave="canary",
    connector_tag=tag,
    bake_time=config.require("bakeTime"),
    deployments=[
        {
            "target": "canary",
            "project": canary.project_key,
            "region": canary.region,
            "status": canary.status,
            "deployed_tag": canary.deployed_tag,
            "build_id": canary.build_id,
            "urls": canary.urls,
        }
    ],
)

everyone = Deployment(
    "everyone",
    region="europe-west1.gcp",
    connector={"key": config.require("connectorKey")},
    connector_tag=tag,
    configurations=configurations("Acme"),
    opts=pulumi.ResourceOptions(depends_on=[gate]),
)

pulumi.export("openedAt", gate.opened_at)
