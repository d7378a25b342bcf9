"""Keys that look like secrets are noticed; keys that only tell something about one are not."""

from __future__ import annotations

import pytest

from commercetools_connect.core.text import looks_secret


@pytest.mark.parametrize(
    "key",
    [
        "API_TOKEN",
        "CLIENT_SECRET",
        "clientSecret",
        "DB_PASSWORD",
        "APIKEY",
        "STRIPE_API_KEY",
        "privateKey",
        "CREDENTIALS",
    ],
)
def test_a_secret_by_its_name(key: str) -> None:
    assert looks_secret(key)


@pytest.mark.parametrize(
    "key",
    [
        "SHOP_NAME",
        "TOKEN_URL",
        "SECRET_NAME",
        "CLIENT_ID",
        "TOKEN_TTL_SECONDS",
        "KEY",
        "SORT_KEY",
        "TOKENIZER",
        "1",
        "_",
    ],
)
def test_a_key_that_names_no_secret_is_not_taken_for_one(key: str) -> None:
    assert not looks_secret(key)
