"""The names under which a user configures a connection, for texts that say what is missing."""

from __future__ import annotations

from typing import Final

__all__ = ["ENVIRONMENT_NAMES", "setting"]

ENVIRONMENT_NAMES: Final = {
    "clientId": "CTP_CLIENT_ID",
    "clientSecret": "CTP_CLIENT_SECRET",
    "projectKey": "CTP_PROJECT_KEY",
    "scopes": "CTP_SCOPES",
    "apiUrl": "CTP_API_URL",
    "authUrl": "CTP_AUTH_URL",
    "connectUrl": "CTP_CONNECT_URL",
}
"""Configuration key → environment variable; shared with other tools for commercetools. `region` has none."""


def setting(name: str) -> str:
    """Return how to speak of a configuration key: `commercetools-connect:clientId (CTP_CLIENT_ID)`."""
    environment = ENVIRONMENT_NAMES.get(name)
    return f"commercetools-connect:{name}" + (f" ({environment})" if environment else "")
