"""A misspelt name is reported with what was meant, or with what there is."""

from __future__ import annotations

from commercetools_connect.core.text import suggest


def test_the_nearest_name_is_suggested_in_any_case() -> None:
    assert suggest("shop_nam", ["SHOP_NAME", "GREETING"]) == "; did you mean SHOP_NAME?"


def test_where_none_is_near_all_are_named_as_far_as_there_is_package() -> None:
    assert suggest("colour", ["b", "a"]) == "; known: a, b"
    assert suggest("colour", [f"k{n:02}" for n in range(20)]).endswith("k11, …")
    assert suggest("colour", []) == ""


def test_names_of_a_server_are_printed_safely() -> None:
    assert suggest("x", ["ab\x1b[31m\n"]) == "; known: ab\\u001b[31m "
