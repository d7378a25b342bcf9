"""Every kind of resource, as a program of this release wrote it."""

import pulumi

from commercetools_connect.dynamic import ConnectorPublication, ConnectorStaged, Deployment, RolloutGate

token = pulumi.Config().require_secret("apiToken")

staged = ConnectorStaged(
    "greeter",
    name="Greeter",
    description="Says hello.",
    creator={"email": "dev@acme.example", "company": "Acme", "no_of_contributors": 3},
    repository={"url": "https://github.com/acme/demo-connector.git", "tag": "v1.0.0"},
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
            "secured_configuration": {"API_TOKEN": token},
        },
    },
    redeploy_trigger={"rotation": 1},
)
gate = RolloutGate(
    "greeter",
    wave="canary",
    connector_tag=publication.published_tag,
    bake_time=0,
    deployments=[
        {
            "target": "canary",
            "project": deployment.project_key,
            "region": deployment.region,
            "status": deployment.status,
            "deployed_tag": deployment.deployed_tag,
            "build_id": deployment.build_id,
            "urls": deployment.urls,
        },
    ],
)
pulumi.export("summary", gate.summary)
