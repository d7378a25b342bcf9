"""Values that look like secrets, and ordinary values that do not."""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable

import pytest

from commercetools_connect.policy.guessing import looks_like

LENGTH, ENTROPY = 20, 3.8


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "a private key"),
        ("postgres://shop:hunter2@db.acme.example/shop", "an address with a password"),
        ("Bearer abcdefghijklmnop", "an authorization header"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sig", "a JSON web token"),
        ("token: ghp_" + "a1" * 18, "a GitHub token"),
        ("glpat-" + "x" * 20, "a GitLab token"),
        ("AKIA" + "ABCDEFGH12345678", "an AWS access key"),
        ("AIza" + "b" * 35, "a Google API key"),
        ("xoxb-" + "1" * 12, "a Slack token"),
        ("https://hooks.slack.com/services/T0/B0/abc", "a Slack webhook"),
        ("sk_live_" + "4" * 24, "a Stripe key"),
        ("whsec_" + "a" * 24, "a webhook secret"),
        ("npm_" + "a" * 36, "an npm token"),
        ("0123456789abcdef" * 2, "a random text"),
    ],
)
def test_a_secret_by_its_shape(value: str, what: str) -> None:
    assert looks_like(value, LENGTH, ENTROPY) == what


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Acme",
        "true",
        "europe-west1.gcp:demo-project",
        "https://api.europe-west1.gcp.commercetools.com",
        "{{url:service}}/callback",
        "https://shop.acme.example/checkout/v2/orders?channel=Web&currency=EUR",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "manage_orders:demo-project view_products:demo-project",
        "projects/acme-integration-prod/topics/OrderCreated",
        "com.acme.commerce.integration.TaxCalculatorService",
        "Please contact Support-Team-2024 for Questions about Your Order",
        "MyShopNameForTheSpringSale2024",
        "acme-shop-production-europe-west1-2024-06-01",
        "00000000000000000000000000000000",
        "dev@acme.example",
        "user@acme.example:8080/path",
    ],
)
def test_an_ordinary_value_looks_like_no_secret(value: str) -> None:
    assert looks_like(value, LENGTH, ENTROPY) == ""


def base64url(chance: random.Random) -> str:
    return base64.urlsafe_b64encode(chance.randbytes(24)).decode()


def alphanumeric(chance: random.Random) -> str:
    return "".join(chance.choices(string.ascii_letters + string.digits, k=32))


def hexadecimal(chance: random.Random) -> str:
    return chance.randbytes(16).hex()


@pytest.mark.parametrize("make", [base64url, alphanumeric, hexadecimal])
def test_of_random_secrets_of_32_characters_nearly_all_are_noticed(make: Callable[[random.Random], str]) -> None:
    """Such as the client secrets of commercetools; 19 of 20 at least, of the same 1000 in each run."""
    chance = random.Random(7)
    noticed = sum(looks_like(make(chance), LENGTH, ENTROPY) != "" for _ in range(1000))

    assert noticed >= 950
