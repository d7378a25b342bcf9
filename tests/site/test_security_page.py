"""The page about security names scopes that exist, and all that a task needs."""

from __future__ import annotations

from typing import get_args

from commercetools_connect.emulator.scopes import Operation
from tests.site.scopes import scopes_of, scopes_on_the_page


def test_every_scope_of_the_table_is_one_of_the_api() -> None:
    assert scopes_on_the_page() == set(get_args(Operation))


def test_a_deployment_with_expect_needs_the_scopes_of_what_it_looks_at() -> None:
    assert scopes_of("deploy with [`expect`](wiring.md)") == {"manage_extensions", "manage_subscriptions"}
