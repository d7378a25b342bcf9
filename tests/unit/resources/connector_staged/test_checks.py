"""What commercetools will probably refuse about a repository is said before, as a warning."""

from __future__ import annotations

import pytest

from commercetools_connect.core.values import UNKNOWN, PropertyValue, Secret
from commercetools_connect.resources.connector_staged.model import repository_warnings

URL, TAG = "https://github.com/acme/tax.git", "v1.2.0"


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "git@github.com:acme/tax-connector.git",
        "https://git.acme.example/team/a.b/tax_1.git",
        "git@gitlab.my-company.example:team/tax.git",
    ],
)
@pytest.mark.parametrize(
    "tag", [TAG, "1", "release/2026-11", "v1.0.0-rc.1@x", "a" * 255, "@acme/app@1.0.0", "_v1", "v1.0.0+build.5"]
)
def test_what_git_takes_gives_no_warning(url: str, tag: str) -> None:
    assert repository_warnings({"repository": {"url": url, "tag": tag}}) == ()


@pytest.mark.parametrize(
    "url",
    ["https://github.com/acme/tax", "http://github.com/acme/tax.git", "github.com/acme/tax.git", " ", URL + "\n"],
)
def test_an_address_of_another_form_gives_one(url: str) -> None:
    (warning,) = repository_warnings({"repository": {"url": url, "tag": TAG}})
    assert warning.startswith("repository.url: ")


@pytest.mark.parametrize(
    "tag", ["v1..2", "*", "-v1", "a b", "v1\n", "a" * 256, "", "v1/", "v1.lock", "@", "a@{1}", "/v1", "v:1"]
)
def test_a_tag_of_another_form_gives_one(tag: str) -> None:
    (warning,) = repository_warnings({"repository": {"url": URL, "tag": tag}})
    assert warning.startswith("repository.tag: ")


@pytest.mark.parametrize(
    "repository",
    [None, UNKNOWN, "text", {}, {"url": UNKNOWN, "tag": None}, Secret({"url": URL, "tag": TAG}), {"url": 3}],
)
def test_what_cannot_be_judged_gives_none(repository: PropertyValue) -> None:
    assert repository_warnings({"repository": repository}) == ()


def test_a_token_in_an_address_is_not_shown() -> None:
    url = "https://x-access-token:s3cr3t@github.com/acme/tax"
    assert "s3cr3t" not in "".join(repository_warnings({"repository": {"url": Secret(url), "tag": TAG}}))
