"""A Deployment as the API shows it (API §4.7), for the program in `trees`."""

from __future__ import annotations

from typing import Any, Final

from commercetools_connect.api import Deployment

__all__ = ["RUNNING", "SHOWN", "values"]


def values(**pairs: str) -> list[dict[str, str]]:
    """Return settings in the API's form."""
    return [{"key": key, "value": value} for key, value in pairs.items()]


MASKED = "****"

SHOWN: Final[dict[str, Any]] = {
    "id": "d-1",
    "key": "tax-dev",
    "version": 11,
    "type": "sandbox",
    "status": "Deployed",
    "deployedRegion": "europe-west1.gcp",
    "preview": False,
    "connector": {
        "id": "c-1",
        "key": "acme-tax",
        "version": 4,
        "name": "Acme tax",
        "repository": {"url": "u", "tag": "v1.2.0"},
        "configurations": [
            {"applicationName": "service", "applicationType": "service"},
            {"applicationName": "nightly-job", "applicationType": "job"},
            {"applicationName": "event", "applicationType": "event"},
            {"applicationName": "enabler", "applicationType": "assets"},
        ],
    },
    "globalConfiguration": {
        "standardConfiguration": values(LOG_LEVEL="info", REGION="eu"),
        "securedConfiguration": values(SHARED=MASKED),
    },
    "applications": [
        {
            "id": "a-1",
            "applicationName": "service",
            "standardConfiguration": values(TAX_MODE="gross", RETRIES="3", TIMEOUT="10"),
            "securedConfiguration": values(TAX_API_KEY=MASKED, OTHER=MASKED),
            "url": "https://service-1.europe-west1.gcp.sandbox.commercetools.app/service",
        },
        {"id": "a-2", "applicationName": "nightly-job", "schedule": "0 3 * * *"},
        {
            "id": "a-3",
            "applicationName": "event",
            "topic": "projects/x/topics/y",
            "retryPolicy": {
                "strategy": "exponential-backoff",
                "minBackoffSeconds": 10,
                "maxBackoffSeconds": 60,
                "maxAttempts": 5,
            },
        },
        {"id": "a-4", "applicationName": "enabler", "url": "https://assets-1.commercetools.app/"},
    ],
    "details": {"build": {"id": "b-7", "report": {"entries": [{"type": "Warning", "title": "postDeploy\x1b"}]}}},
    "apiClient": {"name": "client-9", "scopes": ["view_products"]},
}

RUNNING: Final = Deployment.model_validate(SHOWN)
