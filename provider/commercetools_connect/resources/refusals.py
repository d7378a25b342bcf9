"""Saying why the service did not do what was asked of a draft. Pure."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from commercetools_connect.api import (
    ApiError,
    AuthenticationFailedError,
    ConnectorStaged,
    ConnectorStatus,
    ForbiddenError,
    RateLimitedError,
    RefusedError,
)
from commercetools_connect.contract.errors import ProviderError, quote_foreign

__all__ = ["CERTIFYING", "comments", "explain", "is_refusal", "may_be_answered_by_looking"]

CERTIFYING: Final = frozenset({ConnectorStatus.READY_FOR_CERTIFICATION, ConnectorStatus.IN_CERTIFICATION})
"""The states in which people decide (API §8.1)."""

NOT_ABOUT_THE_DRAFT: Final = (AuthenticationFailedError, ForbiddenError, RateLimitedError)


def is_refusal(error: ApiError) -> bool:
    """Tell whether the service understood and said no; its code may mean trouble elsewhere (API §19 #1)."""
    if isinstance(error, NOT_ABOUT_THE_DRAFT):
        return False
    answered = error.status is not None and bool(error.codes)
    return isinstance(error, RefusedError) or (answered and _is_client_error(error.status))


def may_be_answered_by_looking(error: ApiError) -> bool:
    """Tell whether reading the draft again can show what became of the call, or why it was refused."""
    return error.uncertain or is_refusal(error)


def explain(error: ApiError, draft: ConnectorStaged, wish: str) -> ProviderError:
    """Return the error for a refusal; `wish` completes "Connect refused to …".

    During a certification the cause is most likely that: people at commercetools decide, and no call hurries them.
    """
    if draft.status not in CERTIFYING:
        return ProviderError(f"Connect refused to {wish}: {error.message}", error.remedy)
    return ProviderError(
        f"Connect refused to {wish}, which is {draft.status}: {error.message}",
        "People at commercetools decide about a certification, in days to weeks. Follow it in the Merchant "
        "Center, and run `pulumi up` again when it is decided, or ask them to end it.",
    )


def comments(draft: ConnectorStaged) -> list[str]:
    """Return what was said in the draft's certification, a line each, safe to print."""
    said = draft.certification_info.comments
    return [quote_foreign(f"  {each.datetime} {each.user_id}: {each.comment}") for each in said]


def _is_client_error(status: int | None) -> bool:
    return status is not None and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
