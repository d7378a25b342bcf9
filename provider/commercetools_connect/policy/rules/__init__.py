"""The rules, each a pure function with its declaration; `ALL` has them in the order of the documentation."""

from __future__ import annotations

from typing import Final

from commercetools_connect.policy.model import Rule
from commercetools_connect.policy.rules.estate import ONE_API_CLIENT_PER_CONNECTOR, PREVIEW_DEPLOYMENTS, TAGS_AGREE
from commercetools_connect.policy.rules.places import ALLOWED_PROJECTS, ALLOWED_REGIONS
from commercetools_connect.policy.rules.production import (
    PRODUCTION_CONNECTOR,
    PRODUCTION_NAMES_TAG,
    PRODUCTION_NOT_STAGED,
    PRODUCTION_PROTECTED,
)
from commercetools_connect.policy.rules.secrecy import (
    NO_SECRETS_IN_STANDARD,
    SECURED_ARE_SECRETS,
    SECURED_NOT_STANDARD,
)
from commercetools_connect.policy.rules.sources import IMMUTABLE_TAGS, REPOSITORY_URLS

__all__ = ["ALL"]

ALL: Final[tuple[Rule, ...]] = (
    NO_SECRETS_IN_STANDARD,
    SECURED_NOT_STANDARD,
    SECURED_ARE_SECRETS,
    PRODUCTION_PROTECTED,
    PRODUCTION_NAMES_TAG,
    PRODUCTION_NOT_STAGED,
    PRODUCTION_CONNECTOR,
    IMMUTABLE_TAGS,
    REPOSITORY_URLS,
    ALLOWED_REGIONS,
    ALLOWED_PROJECTS,
    ONE_API_CLIENT_PER_CONNECTOR,
    PREVIEW_DEPLOYMENTS,
    TAGS_AGREE,
)
