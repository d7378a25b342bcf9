"""What every contender sends: nothing here is the provider's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import httpx

__all__ = ["PROJECT", "REGION", "deployment_draft", "token_of"]

PROJECT: Final = "demo-project"
REGION: Final = "europe-west1.gcp"


def deployment_draft(connector_id: str, key: str) -> dict[str, Any]:
    """Return the body that creates a Deployment of the bench's connector."""
    values = {
        "applicationName": "service",
        "standardConfiguration": [{"key": "SHOP_NAME", "value": "Acme"}],
        "securedConfiguration": [{"key": "API_TOKEN", "value": "anything"}],
    }
    return {"key": key, "region": REGION, "connector": {"id": connector_id}, "configurations": [values]}


def token_of(url: str) -> str:
    """Return a token of the emulator's demo client."""
    grant: Mapping[str, str] = {"grant_type": "client_credentials"}
    auth = ("demo-client", "demo-secret")
    answer = httpx.post(f"{url}/oauth/token", auth=auth, data=grant, trust_env=False, timeout=60)
    return str(answer.raise_for_status().json()["access_token"])
