"""Drafts, publications and deployments with explicit and with derived keys, in two projects."""

import pulumi

from commercetools_connect.dynamic import ConnectorPublication, ConnectorStaged, Deployment

token = pulumi.Config().require_secret("apiToken")


def publish(name, key=None):
    staged = ConnectorStaged(
        name,
        key=key,
        name="Greeter",
        creator={"email": "dev@acme.example"},
        repository={"url": "https://github.com/acme/demo-connector.git", "tag": "v1.0.0"},
        private_projects=["europe-west1.gcp:demo-project", "europe-west1.gcp:other-project"],
    )
    return ConnectorPublication(
        name,
        connector_staged_id=staged.id,
        tag=staged.repository["tag"],
        content_hash=staged.content_hash,
        target="private",
    )


def deploy(name, publication, connector, **own):
    return Deployment(
        name,
        region="europe-west1.gcp",
        connector=connector,
        connector_tag=publication.published_tag,
        configurations={
            "service": {
                "standard_configuration": {"SHOP_NAME": name},
                "secured_configuration": {"API_TOKEN": token},
            },
        },
        **own,
    )


explicit = publish("explicit", "greeter")
derived = publish("derived")

deployments = [
    deploy("explicit", explicit, {"key": explicit.connector_key}, key="shop"),
    deploy("derived", derived, {"id": derived.connector_id}),
    deploy("explicit-elsewhere", explicit, {"id": explicit.connector_id}, key="shop", connection="other"),
    deploy("derived-elsewhere", derived, {"id": derived.connector_id}, connection="other"),
]
pulumi.export("keys", [each.key for each in deployments])
