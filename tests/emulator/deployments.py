"""What tests of Deployments share: their addresses, and what is sent and read."""

from __future__ import annotations

from typing import Any

__all__ = ["DEPLOYMENTS", "KEY", "REGION", "TAX", "all_applications", "application", "values"]

REGION = "europe-west1.gcp"
DEPLOYMENTS = "/acme-dev/deployments"
TAX = "/acme-dev/deployments/key=tax"
KEY = [{"key": "TAX_API_KEY", "value": "s3cret"}]


def values(entries: Any) -> dict[str, str]:
    return {entry["key"]: entry["value"] for entry in entries}


def application(deployment: Any, name: str = "service") -> Any:
    return next(each for each in deployment["applications"] if each["applicationName"] == name)


def all_applications(*names: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = [{"applicationName": name} for name in names]
    for entry in entries:
        if entry["applicationName"] == "service":
            entry["securedConfiguration"] = KEY
    return entries
