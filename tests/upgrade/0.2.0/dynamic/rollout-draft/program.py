"""A Rollout of three targets in two host regions that publishes its connector on both hosts."""

import pulumi

from commercetools_connect.dynamic import Rollout

config = pulumi.Config()


def target(name, region, host_region):
    return {
        "name": name,
        "region": region,
        "host_region": host_region,
        "connection": name,
        "project_key": name,
        "configurations": {
            "service": {
                "standard_configuration": {"SHOP_NAME": name},
                "secured_configuration": {"API_TOKEN": config.require_secret(f"{name}-token")},
            },
        },
    }


release = Rollout(
    "release",
    draft={
        "name": "Greeter",
        "repository_url": "https://github.com/acme/demo-connector.git",
        "creator": {"email": "dev@acme.example"},
    },
    connector_tag="v1.0.0",
    configurations={"service": {"standard_configuration": {"GREETING": "Hello"}}},
    canary=["acme-dev"],
    waves=[{"name": "canary", "bake_time": 0}, {"name": "rest"}],
    targets=[
        target("acme-dev", "europe-west1.gcp", "europe-west1.gcp"),
        target("acme-eu", "eu-central-1.aws", "europe-west1.gcp"),
        target("acme-us", "us-central1.gcp", "us-central1.gcp"),
    ],
)
pulumi.export("targets", release.targets)
pulumi.export("summary", release.summary)
