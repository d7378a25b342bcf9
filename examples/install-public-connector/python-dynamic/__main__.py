"""A public connector of the marketplace, installed in two projects with their own API clients.

The clients are in the configuration, one connection for each project:

    pulumi config set --secret --path 'commercetools-connect:connections["shop-eu"].clientId' …
"""

import pulumi

from commercetools_connect.dynamic import Deployment, get_configuration_template, search_connectors

config = pulumi.Config()
shops = {"shop-eu": "europe-west1.gcp", "shop-us": "us-central1.gcp"}

(connector,) = search_connectors(
    text=config.require("connector"), creator_company=config.require("company"), connection="shop-eu"
).connectors
template = get_configuration_template(id=connector.id, connection="shop-eu")

for shop, region in shops.items():
    deployment = Deployment(
        shop,
        connection=shop,
        project_key=shop,
        region=region,
        connector={"id": connector.id},
        configurations=template.fill(
            {"service": {"SHOP_NAME": shop, "API_TOKEN": config.require_secret("apiToken")}}
        ),
    )
    pulumi.export(shop, deployment.urls)

pulumi.export("installed", f"{connector.name} {template.tag}")
