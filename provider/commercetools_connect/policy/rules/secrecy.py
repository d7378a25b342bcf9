"""Secrets stay where Connect keeps them: who sees a deployment can read its standard values (API §12.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from commercetools_connect.core.text import Path, format_path, looks_secret
from commercetools_connect.policy.guessing import looks_like
from commercetools_connect.policy.model import (
    DEPLOYMENT,
    Finding,
    RemedyRule,
    Resource,
    ResourceRule,
    Settings,
    StackRule,
    configuration_groups,
    known,
    number,
    texts,
)

__all__ = ["NO_SECRETS_IN_STANDARD", "SECURED_ARE_SECRETS", "SECURED_NOT_STANDARD"]


def _secrets_in_standard(resource: Resource, settings: Settings) -> Iterator[str]:
    if resource.kind != DEPLOYMENT:
        return
    allowed = frozenset(texts(settings["allowedKeys"]))
    length, entropy = int(number(settings["minimumLength"])), number(settings["minimumEntropy"])
    for group in configuration_groups(resource):
        for path, value in group.values("standardConfiguration"):
            key = str(path[-1])
            if key in allowed:
                continue
            if looks_secret(key):
                yield f"{format_path(path)}: the key looks like a secret's"
            elif what := looks_like(known(value), length, entropy):
                yield f"{format_path(path)}: the value looks like {what}"


NO_SECRETS_IN_STANDARD: Final = ResourceRule(
    name="no-secrets-in-standard-configuration",
    description="No standard value looks like a secret, because a deployment shows its standard values.",
    remedy="Move it to securedConfiguration, or name the key in allowedKeys if it is no secret.",
    schema={
        "allowedKeys": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Keys that hold no secret although they look so.",
        },
        "minimumLength": {
            "type": "integer",
            "minimum": 8,
            "default": 20,
            "description": "Shorter words are never taken for random text.",
        },
        "minimumEntropy": {
            "type": "number",
            "minimum": 0,
            "default": 3.8,
            "description": "A word with at least this many bits per character is taken for random text.",
        },
    },
    look=_secrets_in_standard,
)


def _secured_in_standard(resources: Sequence[Resource], settings: Settings) -> Iterator[Finding]:
    deployments = [each for each in resources if each.kind == DEPLOYMENT]
    length = number(settings["minimumLength"])
    secured: dict[str, str] = {}
    for deployment in deployments:
        for group in configuration_groups(deployment):
            for path, value in group.values("securedConfiguration"):
                if len(known(value)) >= length:
                    secured.setdefault(known(value), f"{format_path(path)} of {deployment.name}")
    for deployment in deployments:
        for group in configuration_groups(deployment):
            for path, value in group.values("standardConfiguration"):
                for where in (where for secret, where in secured.items() if secret in known(value)):
                    yield Finding(f"{format_path(path)} holds the value of {where}", deployment.urn)


SECURED_NOT_STANDARD: Final = StackRule(
    name="secured-values-are-nowhere-standard",
    description="A value that is secured in one place is not a standard value in another.",
    remedy="Give the standard key a value of its own, or secure it there too.",
    schema={
        "minimumLength": {
            "type": "integer",
            "minimum": 1,
            "default": 8,
            "description": "Shorter values, such as true, are not compared.",
        },
    },
    look=_secured_in_standard,
)


def _unsealed(resource: Resource) -> Iterator[Path]:
    """Yield where secured values are known and not secret, neither themselves nor with what holds them."""
    for group in configuration_groups(resource) if resource.kind == DEPLOYMENT else ():
        for path, value in group.values("securedConfiguration"):
            if isinstance(value, (str, int, float)):
                yield path


SECURED_ARE_SECRETS: Final = RemedyRule(
    name="secured-values-are-secrets",
    description="Every secured value is a Pulumi secret: encrypted in the state, and never shown.",
    remedy="Nothing: values that are not marked as secret are marked.",
    level="remediate",
    look=_unsealed,
)
