"""Deploys a published connector in a shop."""

import pulumi
import pulumi_commercetools_connect as connect


def declare(shop: str, token: pulumi.Input[str]) -> connect.Deployment:
    """Declare the deployment of a shop, with the tag that is published now."""
    connector = connect.get_connector(key="greeter")
    return connect.Deployment(
        shop,
        region="europe-west1.gcp",
        type="production" if shop == "acme-eu" else "sandbox",
        connector={"id": connector.id},
        connector_tag=connector.repository.tag,
        configurations={
            "service": {
                "standard_configuration": {"SHOP_NAME": shop},
                "secured_configuration": {"API_TOKEN": token},
            },
        },
    )
