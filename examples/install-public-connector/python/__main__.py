"""A public connector of the marketplace, installed in two projects with their own API clients."""

import pulumi
import pulumi_commercetools_connect as connect

config = pulumi.Config()
shops = {"shop-eu": "europe-west1.gcp", "shop-us": "us-central1.gcp"}

providers = {
    shop: connect.Provider(
        shop,
        client_id=config.require(f"{shop}-clientId"),
        client_secret=config.require_secret(f"{shop}-clientSecret"),
        project_key=shop,
        region=region,
        connect_url=config.get("connectUrl"),  # an emulator's; commercetools itself needs none
    )
    for shop, region in shops.items()
}
look = pulumi.InvokeOutputOptions(provider=providers["shop-eu"])

found = connect.search_connectors_output(
    text=config.require("connector"), creator_company=config.require("company"), opts=look
)
connector = found.connectors[0]
template = connect.get_configuration_template_output(id=connector.id, opts=look)
defaults = template.configurations["service"].standard_configuration


def settings_of(shop: str) -> pulumi.Output[dict[str, str]]:
    return defaults.apply(lambda values: {**values, "SHOP_NAME": shop})


for shop, region in shops.items():
    deployment = connect.Deployment(
        shop,
        region=region,
        connector={"id": connector.id},
        configurations={
            "service": {
                "standard_configuration": settings_of(shop),
                "secured_configuration": {"API_TOKEN": config.require_secret("apiToken")},
            },
        },
        opts=pulumi.ResourceOptions(provider=providers[shop]),
    )
    pulumi.export(shop, deployment.urls)

pulumi.export("installed", pulumi.Output.concat(connector.name, " ", template.tag))
