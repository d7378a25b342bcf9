"""A connector's way to production, in one `up`: preview, publish, sandbox, production.

Each step waits for the one before it; what fails ends the `up`, and the next one goes on from there.
"""

from typing import Any

import pulumi

from commercetools_connect.dynamic import ConnectorPublication, ConnectorStaged, Deployment, RolloutGate

config = pulumi.Config()
connect = pulumi.Config("commercetools-connect")
tag = config.require("tag")


def configurations(stage: str) -> dict[str, Any]:
    """Return the values of a stage, with its own secret."""
    return {
        "service": {
            "standard_configuration": {"SHOP_NAME": f"Acme {stage}"},
            "secured_configuration": {"API_TOKEN": config.require_secret(f"{stage}ApiToken")},
        },
    }


staged = ConnectorStaged(
    "connector",
    name=config.require("name"),
    creator={"email": config.require("email")},
    repository={"url": config.require("repository"), "tag": tag},
    private_projects=[f"{connect.get('region') or 'europe-west1.gcp'}:{connect.require('projectKey')}"],
)

previewable = ConnectorPublication(
    "previewable",
    connector_staged_id=staged.id,
    tag=staged.repository["tag"],
    content_hash=staged.content_hash,
    target="preview",
)
preview = Deployment(
    "preview",
    region=config.require("region"),
    connector={"id": previewable.connector_id, "staged": True},
    connector_tag=previewable.published_tag,
    configurations=configurations("sandbox"),
)

published = ConnectorPublication(
    "published",
    connector_staged_id=staged.id,
    tag=staged.repository["tag"],
    content_hash=staged.content_hash,
    target="private",
    opts=pulumi.ResourceOptions(depends_on=[preview]),
)
sandbox = Deployment(
    "sandbox",
    region=config.require("region"),
    type="sandbox",
    connector={"id": published.connector_id},
    connector_tag=published.published_tag,
    configurations=configurations("sandbox"),
)

gate = RolloutGate(
    "sandbox",
    wave="sandbox",
    connector_tag=tag,
    bake_time=config.require("bakeTime"),
    # checks=[{"application": "service", "path": "/health"}],
    deployments=[
        {
            "target": "sandbox",
            "project": sandbox.project_key,
            "region": sandbox.region,
            "status": sandbox.status,
            "deployed_tag": sandbox.deployed_tag,
            "build_id": sandbox.build_id,
            "urls": sandbox.urls,
        }
    ],
)
production = Deployment(
    "production",
    region=config.require("region"),
    type="production",
    connector={"id": published.connector_id},
    connector_tag=published.published_tag,
    configurations=configurations("production"),
    # Before a `pulumi destroy`: pulumi config set protect false && pulumi up
    opts=pulumi.ResourceOptions(depends_on=[gate], protect=config.get_bool("protect") is not False),
)

pulumi.export("key", production.key)
pulumi.export("urls", production.urls)
pulumi.export("runningTag", production.deployed_tag)
