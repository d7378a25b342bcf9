"""Credentials go to the hosts of the region, or to where the user says; nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.api import KNOWN_REGIONS, Connection, resolve
from commercetools_connect.api.hosts import REMOVED_REGIONS, Hosts
from commercetools_connect.core.errors import ConfigurationError

REGION = "europe-west1.gcp"
CONNECT = f"https://connect.{REGION}.commercetools.com"
AUTH = f"https://auth.{REGION}.commercetools.com"
EMULATOR = "http://127.0.0.1:8085"


@pytest.mark.parametrize("region", sorted(KNOWN_REGIONS))
def test_a_region_is_enough(region: str) -> None:
    assert resolve(region=region) == Hosts(
        f"https://connect.{region}.commercetools.com", f"https://auth.{region}.commercetools.com", region
    )


def test_a_region_that_appeared_after_this_release_works() -> None:
    assert resolve(region="asia-east1.gcp").connect_url == "https://connect.asia-east1.gcp.commercetools.com"


@pytest.mark.parametrize(
    "given_as",
    [
        {"api_url": f"https://api.{REGION}.commercetools.com"},
        {"api_url": f" HTTPS://API.{REGION}.commercetools.com:443/ "},
        {"api_url": f"https://api.{REGION}.commercetools.com", "region": REGION},
        {"auth_url": AUTH},
        {"connect_url": CONNECT},
        {"connect_url": f"{CONNECT}/", "auth_url": f"{AUTH}./"},
    ],
)
def test_every_way_to_say_it_leads_to_the_same_hosts(given_as: dict[str, str]) -> None:
    assert resolve(**given_as) == Hosts(CONNECT, AUTH, REGION)


@pytest.mark.parametrize("local", [EMULATOR, "http://localhost:9", "http://[::1]:9", "https://127.9.9.9"])
def test_the_emulator_brings_its_own_tokens_beside_any_configuration(local: str) -> None:
    assert resolve(connect_url=local) == Hosts(local, local, None)
    assert resolve(connect_url=local, region=REGION).auth_url == local


def test_an_explicit_url_wins_over_the_region_for_all_calls() -> None:
    proxy = "https://proxy.example:8443/connect"
    assert resolve(connect_url=proxy) == Hosts(proxy, proxy, None)
    assert resolve(region=REGION, connect_url=proxy) == Hosts(proxy, proxy, None)
    assert resolve(region=REGION, connect_url=proxy, auth_url=AUTH) == Hosts(proxy, AUTH, REGION)
    assert resolve(connect_url=proxy, auth_url="https://login.example") == Hosts(
        proxy, "https://login.example", None
    )
    assert resolve(connect_url=EMULATOR, auth_url=AUTH) == Hosts(EMULATOR, AUTH, REGION)


@pytest.mark.parametrize("region", sorted(REMOVED_REGIONS))
@pytest.mark.parametrize("setting", ["region", "api_url", "connect_url"])
def test_a_region_that_connect_left_is_named_as_such(region: str, setting: str) -> None:
    kind = {"api_url": "api", "connect_url": "connect"}.get(setting)
    value = f"https://{kind}.{region}.commercetools.com" if kind else region
    with pytest.raises(ConfigurationError, match="no longer offered") as caught:
        resolve(**{setting: value})
    assert REGION in caught.value.remedy


@pytest.mark.parametrize(
    ("given_as", "says"),
    [
        ({}, "which commercetools region"),
        ({"region": REGION, "api_url": "https://api.us-central1.gcp.commercetools.com"}, "says"),
        ({"api_url": "https://api.example.com"}, "does not tell the region"),
        ({"region": "evil.com/x"}, "is not a region"),
        ({"region": "evil.com#"}, "is not a region"),
        ({"region": "x@evil.com"}, "is not a region"),
        ({"region": "europe"}, "is not a region"),
        ({"region": "..gcp"}, "is not a region"),
    ],
)
def test_an_unusable_region_or_host_is_an_error_with_a_remedy(given_as: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as caught:
        resolve(**given_as)
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["connect_url", "auth_url"])
@pytest.mark.parametrize(
    "url",
    [
        "http://connect.europe-west1.gcp.commercetools.com",
        "http://proxy.example",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://0.0.0.0:8085",
        "http://10.0.0.1",
        "https://user:pa55word@proxy.example",
        "https://connect.europe-west1.gcp.commercetools.com@evil.example",
        "https://connect.europe-west1.gcp.commercetools.com\\@evil.example",
        "https://proxy.example?token=pa55word",
        "https://proxy.example#pa55word",
        "ftp://proxy.example",
        "file:///etc/passwd",
        "proxy.example",
        "https://",
        "https://pa55 word",
        "https://pa55word\n.example",
        "https://proxy.example:port",
        "https://api.europe-west1.gcp.commercetools.com",
        "https://mc.europe-west1.gcp.commercetools.com",
        "https://connect.commercetools.com",
        "https://auth.commercetools.com",
        "https://connect.europe-west1.gcp.commercetools.com/path",
        "https://auth.europe-west1.gcp.commercetools.com/path",
        "https://connect.europe-west1.gcp.commercetools.com:8443",
        "https://auth.europe-west1.gcp.commercetools.com:8443",
    ],
)
def test_credentials_never_go_to_a_url_that_is_not_safe(name: str, url: str) -> None:
    for attempt in (lambda: resolve(region=REGION, **{name: url}), lambda: Connection(**{name: url})):
        with pytest.raises(ConfigurationError) as caught:
            attempt()
        assert caught.value.remedy
        assert "pa55" not in str(caught.value)


def test_the_connect_host_is_no_token_host_and_the_other_way_round() -> None:
    with pytest.raises(ConfigurationError, match=r"auth\.<region>"):
        resolve(auth_url=CONNECT)
    with pytest.raises(ConfigurationError, match=r"connect\.<region>"):
        resolve(connect_url=AUTH)


@given(st.text(max_size=40))
def test_with_any_text_as_region_credentials_stay_with_the_vendor(region: str) -> None:
    try:
        hosts = resolve(region=region)
    except ConfigurationError:
        return
    for kind, url in (("connect", hosts.connect_url), ("auth", hosts.auth_url)):
        assert url == f"https://{kind}.{hosts.region}.commercetools.com"


@pytest.mark.parametrize(
    ("url", "region"),
    [
        (CONNECT, REGION),
        (f"HTTPS://CONNECT.{REGION}.CommerceTools.com:443/", REGION),
        ("http://127.0.0.1:8085", ""),
        ("https://proxy.example:8443/a/", ""),
    ],
)
def test_a_connection_knows_its_region_however_the_url_is_written(url: str, region: str) -> None:
    assert Connection(url, AUTH).region == region
