"""The list of objects that a create may take over names each of them, and a pattern names few."""

from __future__ import annotations

import pytest

from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.core.values import PropertyValue
from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.ownership import AdoptList


def adopt(value: PropertyValue, environ: dict[str, str] | None = None) -> AdoptList:
    return ProviderConfiguration.read({"adopt": value}, environ or {}).adopt_list()


@pytest.mark.parametrize(
    ("value", "entries"),
    [
        ("acme-dev/my-key", ("acme-dev/my-key",)),
        (" acme-dev/my-key , connectors/tax-* ,", ("acme-dev/my-key", "connectors/tax-*")),
        (["acme-dev/my-key", "connectors/tax"], ("acme-dev/my-key", "connectors/tax")),
        ('["acme-dev/my-key", "connectors/tax"]', ("acme-dev/my-key", "connectors/tax")),
        ("", ()),
        (None, ()),
    ],
)
def test_it_is_a_text_with_commas_or_a_list(value: PropertyValue, entries: tuple[str, ...]) -> None:
    assert adopt(value) == AdoptList(entries)


def test_the_environment_is_used_where_the_configuration_says_nothing() -> None:
    environ = {"CTP_ADOPT": "acme-dev/pr-17-*"}

    assert adopt(None, environ).matches("acme-dev", "pr-17-rest")
    assert not adopt("acme-dev/other", environ).matches("acme-dev", "pr-17-rest")


@pytest.mark.parametrize(
    ("entry", "place", "key", "matched"),
    [
        ("acme-dev/my-key", "acme-dev", "my-key", True),
        ("acme-dev/my-key", "acme-dev", "my-key-2", False),
        ("acme-dev/my-key", "acme-prod", "my-key", False),
        ("acme-dev/my-*", "acme-dev", "my-key", True),
        ("acme-dev/my-*", "acme-dev", "my-", True),
        ("acme-dev/my-*", "acme-dev", "your-my-key", False),
        ("acme-dev/my-*", "acme-dev-2", "my-key", False),
        ("connectors/tax", "connectors", "tax", True),
        ("connectors/tax", "acme-dev", "tax", False),
        ("acme-dev/tax", "connectors", "tax", False),
    ],
)
def test_an_entry_matches_what_it_names_and_nothing_else(entry: str, place: str, key: str, matched: bool) -> None:
    assert AdoptList((entry,)).matches(place, key) is matched


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("my-key", "must be <project>/<key> or connectors/<key>"),
        ("/my-key", "must be <project>/<key> or connectors/<key>"),
        ("*/my-key", "must be <project>/<key> or connectors/<key>"),
        ("*", "must be <project>/<key> or connectors/<key>"),
        ("acme-dev/*", r"can have \* only at the end, after the slash and at least 3 characters"),
        ("acme-dev/ab*", r"can have \* only at the end"),
        ("acme-dev/a*c", r"can have \* only at the end"),
        ("acme-dev/abc**", r"can have \* only at the end"),
        ("acme-dev/", "must end in a key of 2 to 256 characters"),
        ("acme-dev/my key", "must end in a key"),
        ("acme-dev/my/key", "must end in a key"),
        (["acme-dev/my-key", 7], r"adopt\[1\]: must be a string"),
        (7, "adopt: must be a list"),
        ("[1", r"adopt: must be a list"),
    ],
)
def test_a_wrong_entry_is_a_mistake_in_the_configuration(value: PropertyValue, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        adopt(value)


def test_a_wrong_entry_is_named_by_its_place_and_not_shown() -> None:
    with pytest.raises(ConfigurationError) as caught:
        adopt("acme-dev/my-key,hunter2canary")

    assert "commercetools-connect:adopt[1]: must be <project>/<key>" in str(caught.value)
    assert "canary" not in str(caught.value)
