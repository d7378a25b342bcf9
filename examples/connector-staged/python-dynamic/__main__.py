"""A connector draft, kept as declared."""

import pulumi

from commercetools_connect.dynamic import ConnectorStaged

draft = ConnectorStaged(
    "draft",
    name="Tax calculator",
    description="Calculates taxes for carts.",
    creator={"email": "dev@acme.example", "company": "Acme"},
    repository={"url": "https://github.com/acme/demo-connector.git", "tag": "v1.0.0"},
    integration_types=["tax"],
    supported_regions=["europe-west1.gcp"],
    private_projects=["europe-west1.gcp:demo-project"],
)

pulumi.export("status", draft.status)
