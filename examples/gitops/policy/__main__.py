"""What this organisation allows."""

from pulumi_policy import PolicyPack

from commercetools_connect.policy.pack import policies

PolicyPack(
    "commercetools-connect",
    policies=policies(
        settings={
            "allowed-regions": {"regions": ["europe-west1.gcp", "us-east-2.aws"]},
            "allowed-projects": {"projects": ["acme-dev", "acme-eu", "acme-us"]},
            # it is published by its own repository, for our projects only
            "production-connector-is-published": {"trustedConnectors": ["greeter"]},
        },
    ),
)
