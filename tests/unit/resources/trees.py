"""What programs write: one full and valid tree of inputs for each resource."""

from __future__ import annotations

from typing import TypeAlias

from commercetools_connect.core.values import PropertyValue, Secret
from commercetools_connect.resources.connector_publication.model import ConnectorPublicationInputs
from commercetools_connect.resources.connector_staged.model import ConnectorStagedInputs
from commercetools_connect.resources.deployment.model import DeploymentInputs
from commercetools_connect.resources.inputs import InputModel
from commercetools_connect.resources.rollout_gate.model import RolloutGateInputs

__all__ = ["DEPLOYMENT", "FULL", "GATE", "HIDDEN", "PUBLICATION", "STAGED", "TreeDict"]

TreeDict: TypeAlias = dict[str, PropertyValue]

HIDDEN = "s3cr3t-Zx81"

STAGED: TreeDict = {
    "key": "acme-tax",
    "name": "Acme tax",
    "description": "Calculates tax",
    "creator": {
        "email": "dev@acme.example",
        "name": "A. Dev",
        "title": "Engineer",
        "company": "Acme",
        "logoUrl": "https://acme.example/logo.svg",
        "noOfContributors": 3,
        "supportUrl": "https://acme.example/help",
    },
    "repository": {"url": "git@github.com:acme/tax-connector.git", "tag": "v1.2.0"},
    "integrationTypes": ["tax", "erp"],
    "supportedRegions": ["europe-west1.gcp", "us-east-2.aws"],
    "privateProjects": ["europe-west1.gcp:acme-dev", "europe-west1.gcp:acme-prod"],
    "documentationUrl": "https://acme.example/docs",
    "forceDestroy": False,
    "adopt": False,
}

PUBLICATION: TreeDict = {
    "connectorStagedId": "0b7c2f7e-0000-4000-8000-000000000001",
    "tag": "v1.2.0",
    "contentHash": "0123456789abcdef",
    "target": "private",
    "waitFor": "validation",
}

DEPLOYMENT: TreeDict = {
    "key": "tax-dev",
    "projectKey": "acme-dev",
    "region": "europe-west1.gcp",
    "type": "sandbox",
    "connector": {"key": "acme-tax", "staged": False},
    "connectorTag": "v1.2.0",
    "configurations": {
        "service": {
            "standardConfiguration": {"TAX_MODE": "gross", "RETRIES": "3"},
            "securedConfiguration": {"TAX_API_KEY": Secret(HIDDEN)},
        },
        "nightly-job": {"schedule": "0 3 * * *"},
        "event": {
            "retryPolicy": {
                "strategy": "exponential-backoff",
                "minBackoffSeconds": 10,
                "maxBackoffSeconds": 60,
                "maxAttempts": 5,
            }
        },
    },
    "globalConfiguration": {
        "standardConfiguration": {"LOG_LEVEL": "info"},
        "securedConfiguration": {"SHARED": Secret(HIDDEN)},
    },
    "redeployTrigger": {"rotation": 7, "images": ["a", "b"]},
    "expect": {"service": {"extension": True}, "event": {"subscription": ["acme-orders"]}},
    "skipScripts": False,
    "failOnScriptWarning": True,
    "skipPlanTimeValidation": False,
    "acceptUnprovenReplacement": False,
    "adopt": False,
}

GATE: TreeDict = {
    "wave": "europe",
    "connectorTag": "v1.2.0",
    "deployments": [
        {
            "target": "dev",
            "project": "acme-dev",
            "region": "europe-west1.gcp",
            "status": "Deployed",
            "deployedTag": "v1.2.0",
            "buildId": "b-1",
            "urls": {"service": "https://service.acme.example"},
            "applications": [
                {
                    "name": "service",
                    "type": "service",
                    "url": "https://service.acme.example",
                    "topic": "",
                    "schedule": "",
                }
            ],
            "expect": {"service": {"extension": True}},
        }
    ],
    "wired": True,
    "triggers": {"rotation": 7},
    "bakeTime": "10m",
    "checks": [
        {
            "application": "service",
            "path": "/health",
            "method": "HEAD",
            "expectedStatus": [200, 204],
            "tries": 3,
            "pause": 5,
            "timeLimit": "10s",
        }
    ],
    "previous": [
        {
            "target": "test",
            "project": "acme-test",
            "region": "europe-west1.gcp",
            "wave": "canary",
            "fromTag": "v1.1.0",
            "toTag": "v1.2.0",
            "status": "Deployed",
            "changedAt": "2026-09-21T14:13:20+00:00",
        }
    ],
}

FULL: dict[type[InputModel], TreeDict] = {
    ConnectorStagedInputs: STAGED,
    ConnectorPublicationInputs: PUBLICATION,
    DeploymentInputs: DEPLOYMENT,
    RolloutGateInputs: GATE,
}
