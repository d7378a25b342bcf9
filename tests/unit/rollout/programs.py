"""Rollouts that tests start from."""

from __future__ import annotations

from typing import Any

__all__ = ["CREATOR", "rollout", "target"]

CREATOR = {"email": "dev@acme.example"}


def target(name: str, /, **changes: Any) -> dict[str, Any]:
    """Return a target with everything that it needs; `None` takes a member away."""
    whole = {
        "name": name,
        "region": "europe-west1.gcp",
        "hostRegion": "europe-west1.gcp",
        "projectKey": f"acme-{name}",
        "clientId": f"{name}-client",
        "clientSecret": f"{name}-secret",
        **changes,
    }
    return {member: value for member, value in whole.items() if value is not None}


def rollout(*targets: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the inputs of a rollout of a published connector; `None` takes a member away."""
    whole = {
        "connector": {"key": "greeter"},
        "connectorTag": "v1.4.0",
        "configurations": {"service": {"standardConfiguration": {"SHOP": "Acme"}}},
        "targets": list(targets) or [target("dev"), target("eu"), target("us")],
        **changes,
    }
    return {member: value for member, value in whole.items() if value is not None}
