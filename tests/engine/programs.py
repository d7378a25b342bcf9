"""The program of most engine tests: one connector, from draft to live deployment, with every part adjustable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pulumi

from commercetools_connect.dynamic import ConnectorPublication, ConnectorStaged, Deployment

__all__ = ["CANARY", "REPOSITORY", "chain"]

REPOSITORY = "https://github.com/acme/demo-connector.git"
PROJECT = "europe-west1.gcp:demo-project"
CANARY = "c4n4ry-5ecret"


def chain(
    *,
    name: str = "greeter",
    tag: str = "v1.0.0",
    token: str = CANARY,
    shop: str = "Acme",
    target: Literal["preview", "private", "marketplace"] = "private",
    staged_arguments: Mapping[str, Any] | None = None,
    deployment_arguments: Mapping[str, Any] | None = None,
    second_connection: str = "",
) -> ConnectorPublication:
    """Declare draft, publication and deployment; and a second deployment through another connection.

    Return the publication.
    """
    staged = ConnectorStaged(
        name,
        **{
            "name": "Greeter",
            "creator": {"email": "dev@acme.example"},
            "repository": {"url": REPOSITORY, "tag": tag},
            "private_projects": [PROJECT],
            **(staged_arguments or {}),
        },
    )
    publication = ConnectorPublication(
        name,
        connector_staged_id=staged.id,
        tag=staged.repository["tag"],
        content_hash=staged.content_hash,
        target=target,
    )
    arguments = {
        "region": "europe-west1.gcp",
        "connector": {"id": publication.connector_id, "staged": target == "preview"},
        "connector_tag": publication.published_tag,
        "configurations": {
            "service": {
                "standard_configuration": {"SHOP_NAME": shop},
                "secured_configuration": {"API_TOKEN": pulumi.Output.secret(token)},
            }
        },
        **(deployment_arguments or {}),
    }
    deployment = Deployment(name, **arguments)
    if second_connection:
        other = Deployment(f"{name}-2", connection=second_connection, **arguments)
        pulumi.export("other", other.status)
    pulumi.export("urls", deployment.urls)
    pulumi.export("status", deployment.status)
    pulumi.export("tag", deployment.deployed_tag)
    return publication
