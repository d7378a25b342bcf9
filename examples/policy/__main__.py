"""The rules for Connect, with what this organisation allows."""

from pulumi_policy import PolicyPack

from commercetools_connect.policy.pack import policies

PolicyPack(
    "commercetools-connect",
    policies=policies(
        settings={
            "allowed-regions": {"regions": ["europe-west1.gcp", "us-central1.gcp", "us-east-2.aws"]},
            "repository-urls": {"hosts": ["github.com"]},
            "preview-deployments": {"maximum": 2},
        },
        levels={"one-api-client-per-connector": "advisory"},
    ),
)
