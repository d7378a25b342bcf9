"""Plugin frontend for every Pulumi language: `pulumi-resource-commercetools-connect` (gRPC)."""
