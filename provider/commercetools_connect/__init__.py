"""commercetools Connect as code: a Pulumi provider for connectors, publications and deployments."""

__version__ = "0.2.0"
