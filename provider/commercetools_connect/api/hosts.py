"""Which hosts a connection talks to (API §1.1), and which ones may be given credentials at all. Pure.

Credentials go to `https://connect.<region>.commercetools.com` and `https://auth.<region>.commercetools.com`, to an
https host that the user names as connectUrl or authUrl, and to this machine itself; nowhere else.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

import httpx

from commercetools_connect.api.settings import setting
from commercetools_connect.contract.errors import ConfigurationError, quote_foreign

__all__ = [
    "KNOWN_REGIONS",
    "REMOVED_REGIONS",
    "Hosts",
    "checked_url",
    "identity",
    "is_loopback",
    "region_of",
    "resolve",
]

KNOWN_REGIONS: Final = frozenset(
    {"europe-west1.gcp", "us-central1.gcp", "australia-southeast1.gcp", "us-east-2.aws", "eu-central-1.aws"},
)
"""The regions of Connect (API §1.1). Others are tried as well: new ones appear before we know them."""

REMOVED_REGIONS: Final = frozenset({"eastus.azure", "germanywestcentral.azure"})
"""Regions that Connect had for some weeks of 2024 (API §1.1)."""

_DOMAIN = ".commercetools.com"
_REGION = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_PORTS = {"http": 80, "https": 443}
_KINDS = {"connectUrl": "connect", "authUrl": "auth", "apiUrl": "api"}


@dataclass(frozen=True)
class Hosts:
    """Where the Connect API and its tokens are: URLs without a trailing slash, and the region if it is known."""

    connect_url: str
    auth_url: str
    region: str | None = None


def resolve(*, region: str = "", api_url: str = "", auth_url: str = "", connect_url: str = "") -> Hosts:
    """Derive the hosts from what a user configured; `""` stands for not configured.

    An explicit connectUrl or authUrl wins over the region, and the region comes from `region`, `apiUrl`, or the
    host of the explicit URLs. A connectUrl on this machine brings its own tokens (the emulator).

    Raises `ConfigurationError` when the hosts cannot be told or must not be given credentials.
    """
    connect = checked_url(connect_url, "connectUrl") if connect_url.strip() else ""
    auth = checked_url(auth_url, "authUrl") if auth_url.strip() else ""
    if connect and not auth and is_loopback(connect):
        auth = connect
    if connect and auth:
        return Hosts(connect, auth, region_of(connect) or region.strip() or region_of(auth) or None)
    home = _home_region(region.strip(), api_url.strip()) or region_of(connect) or region_of(auth)
    if not home:
        raise _unknown_home(connect)
    return Hosts(
        connect or f"https://connect.{home}{_DOMAIN}",
        auth or f"https://auth.{home}{_DOMAIN}",
        region_of(connect) or home,
    )


def checked_url(text: str, name: str) -> str:
    """Return the URL in its one normal spelling, or say why credentials may not be sent there.

    `name` is the configuration key it was given as: connectUrl, authUrl or apiUrl.
    """
    url = _parse(text, name)
    host = url.raw_host.decode("ascii").rstrip(".")
    if url.scheme == "http" and not _is_loopback_host(host):
        raise _refused(
            name, f"would send credentials to {quote_foreign(host, 100)!r} without encryption", "Use https."
        )
    if host.endswith(_DOMAIN):
        _check_kind(url, host, name)
    bracketed = f"[{host}]" if ":" in host else host
    return f"{url.scheme}://{bracketed}{_port(url)}{url.path.rstrip('/')}"


def identity(connect_url: str) -> str:
    """Return what tells one Connect host from another, whatever the spelling of its URL.

    For a host of the vendor it is the name, `connect.us-central1.gcp.commercetools.com`. For a
    host of the user's own, its port and path belong to it; all names of this machine are one.
    """
    url = httpx.URL(checked_url(connect_url, "connectUrl"))
    host = "localhost" if _is_loopback_host(url.host) else url.host
    return f"{host}{_port(url)}{url.path.rstrip('/')}"


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this machine."""
    return _is_loopback_host(httpx.URL(url).host)


def _port(url: httpx.URL) -> str:
    return "" if url.port in {None, _PORTS[url.scheme]} else f":{url.port}"


def _is_loopback_host(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _parse(text: str, name: str) -> httpx.URL:
    # The library that will send the request must be the one that reads the host, or they might differ.
    try:
        url = httpx.URL(text.strip())
        host = url.raw_host.decode("ascii").rstrip(".")
    except (httpx.InvalidURL, ValueError):
        raise _refused(name, "is not a URL", "Write it like https://host.example.") from None
    if url.scheme not in {"http", "https"}:
        raise _refused(name, "is not an https URL", "Write it like https://host.example.")
    if url.userinfo:
        raise _refused(name, "carries a user name or password", "Take out what stands before '@'.")
    if url.query or url.fragment:
        raise _refused(name, "carries a query or a fragment", "Take out what follows '?' or '#'.")
    if not (_HOST.fullmatch(host) or _is_address(host)):
        raise _refused(name, "has no valid host name", "Write it like https://host.example.")
    return url


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_kind(url: httpx.URL, host: str, name: str) -> None:
    kind, _, region = host.removesuffix(_DOMAIN).partition(".")
    expected = _KINDS[name]
    if kind != expected or not _REGION.fullmatch(region):
        raise _refused(
            name,
            f"names {host!r}, which is not the {expected} host of a region",
            f"Write https://{expected}.<region>.commercetools.com, or give only the region.",
        )
    if url.scheme != "https" or _port(url) or url.path.rstrip("/"):
        raise _refused(name, "has a port or a path that the host does not have", f"Write https://{host}.")
    _check_region(region)


def _check_region(region: str) -> None:
    if region in REMOVED_REGIONS:
        raise ConfigurationError(
            f"commercetools Connect is no longer offered in the region {region!r}.",
            f"Use a project in one of {', '.join(sorted(KNOWN_REGIONS))}.",
        )
    if not _REGION.fullmatch(region):
        raise ConfigurationError(
            f"{quote_foreign(region, 80)!r} is not a region ({setting('region')}).",
            f"Write it as commercetools does, for example one of {', '.join(sorted(KNOWN_REGIONS))}.",
        )


def _home_region(region: str, api_url: str) -> str:
    from_api = region_of(checked_url(api_url, "apiUrl")) if api_url else ""
    if api_url and not from_api:
        raise _refused(
            "apiUrl",
            "does not tell the region",
            f"Write https://api.<region>.commercetools.com, or give {setting('connectUrl')} and "
            f"{setting('authUrl')}.",
        )
    if region:
        _check_region(region)
    if region and from_api and region != from_api:
        raise ConfigurationError(
            f"{setting('region')} says {region!r}, but {setting('apiUrl')} says {from_api!r}.",
            "Give one of them, or make them agree.",
        )
    return region or from_api


def region_of(url: str) -> str:
    """Return the region that a URL of the vendor belongs to, `""` for any other URL."""
    host = httpx.URL(url).host if url else ""
    kind, _, region = host.removesuffix(_DOMAIN).partition(".")
    return region if host.endswith(_DOMAIN) and kind in _KINDS.values() else ""


def _unknown_home(connect: str) -> ConfigurationError:
    if connect:
        return ConfigurationError(
            f"{setting('connectUrl')} is given, but not where its tokens come from.",
            f"Give {setting('authUrl')} too, or {setting('region')}.",
        )
    return ConfigurationError(
        "It is not known which commercetools region to talk to.",
        f"Set {setting('region')}, for example europe-west1.gcp, or {setting('apiUrl')}.",
    )


def _refused(name: str, why: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"{setting(name)} {why}.", remedy)
