"""Connection settings: hosts (API §1.1), which of them get credentials, and the configuration keys. Pure.

Credentials go to `https://connect.<region>.commercetools.com` and `https://auth.<region>.commercetools.com`, to an
https host that the user names as connectUrl or authUrl, and to this machine itself; nowhere else.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Final

from commercetools_connect.api.http import URL, InvalidURL, is_loopback, is_loopback_host
from commercetools_connect.core.errors import ConfigurationError, InvalidInputError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.urns import PACKAGE

DOCTOR: Final = "`commercetools-connect doctor` shows what these settings and credentials reach."
"""The next step after an error about settings or credentials."""

ENVIRONMENT_NAMES: Final = {
    "clientId": "CTP_CLIENT_ID",
    "clientSecret": "CTP_CLIENT_SECRET",
    "projectKey": "CTP_PROJECT_KEY",
    "scopes": "CTP_SCOPES",
    "apiUrl": "CTP_API_URL",
    "authUrl": "CTP_AUTH_URL",
    "connectUrl": "CTP_CONNECT_URL",
    "strictPreview": "CTP_STRICT_PREVIEW",
    "offlinePreview": "CTP_OFFLINE_PREVIEW",
    "adopt": "CTP_ADOPT",
    "connections": "CTP_CONNECTIONS",
}
"""Configuration key → environment variable; shared with other tools for commercetools. `region` has none."""


def setting(name: str) -> str:
    """Return how messages name a configuration key: `commercetools-connect:clientId (CTP_CLIENT_ID)`."""
    environment = ENVIRONMENT_NAMES.get(name)
    return f"{PACKAGE}:{name}" + (f" ({environment})" if environment else "")


KNOWN_REGIONS: Final = frozenset(
    {"europe-west1.gcp", "us-central1.gcp", "australia-southeast1.gcp", "us-east-2.aws", "eu-central-1.aws"},
)
"""The regions of Connect (API §1.1). The client tries others as well: commercetools may add new ones."""

REMOVED_REGIONS: Final = frozenset({"eastus.azure", "germanywestcentral.azure"})
"""Regions that Connect had for some weeks of 2024 (API §1.1)."""

_DOMAIN = ".commercetools.com"
_REGION = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_PORTS = {"http": 80, "https": 443}
_PROJECT_KEY = re.compile(r"[a-zA-Z0-9_-]{2,36}")
_KINDS = {"connectUrl": "connect", "authUrl": "auth", "apiUrl": "api"}
_NO_REGION = (
    "It is not known which commercetools region to talk to.",
    f"Set {setting('region')}, for example europe-west1.gcp, or {setting('apiUrl')}. {DOCTOR}",
)


@dataclass(frozen=True)
class Hosts:
    """URLs of the Connect API and of its token host, without a trailing slash, and the region if it is known."""

    connect_url: str
    auth_url: str
    region: str | None = None


def resolve(*, region: str = "", api_url: str = "", auth_url: str = "", connect_url: str = "") -> Hosts:
    """Derive the hosts from what a user configured; `""` means not configured.

    An explicit connectUrl or authUrl wins over the region, and the region comes from `region`, `apiUrl`, or the
    host of the explicit URLs. A connectUrl that is not a host of the vendor is an emulator or a proxy: it brings
    its own tokens, and `region` loses for all calls.

    Raises `ConfigurationError` when the hosts are not known or must not be given credentials.
    """
    connect = checked_url(connect_url, "connectUrl") if connect_url.strip() else ""
    auth = checked_url(auth_url, "authUrl") if auth_url.strip() else ""
    if connect and not auth and not region_of(connect):
        auth = connect
    if connect and auth:
        return Hosts(connect, auth, region_of(connect) or region_of(auth) or None)
    found = _configured_region(region.strip(), api_url.strip()) or region_of(connect) or region_of(auth)
    if not found:
        raise ConfigurationError(*_NO_REGION)
    return Hosts(
        connect or f"https://connect.{found}{_DOMAIN}",
        auth or f"https://auth.{found}{_DOMAIN}",
        region_of(connect) or found,
    )


def checked_url(text: str, name: str) -> str:
    """Return the URL in its normal form. Raises `ConfigurationError` when credentials must not be sent there.

    `name` is the configuration key it was given as: connectUrl, authUrl or apiUrl.
    """
    url = _parse(text, name)
    host = url.raw_host.decode("ascii").rstrip(".")
    if url.scheme == "http" and not is_loopback_host(host):
        raise _refused(
            name, f"would send credentials to {escape_untrusted(host, 100)!r} without encryption", "Use https."
        )
    if host.endswith(_DOMAIN):
        _check_kind(url, host, name)
    bracketed = f"[{host}]" if ":" in host else host
    return f"{url.scheme}://{bracketed}{_port(url)}{url.path.rstrip('/')}"


def _port(url: URL) -> str:
    return "" if url.port in {None, _PORTS[url.scheme]} else f":{url.port}"


def _parse(text: str, name: str) -> URL:
    # The library that sends the request must parse the host: two parsers might read two hosts.
    try:
        url = URL(text.strip())
        host = url.raw_host.decode("ascii").rstrip(".")
    except (InvalidURL, ValueError):
        raise _refused(name, "is not a URL", "Write it like https://host.example.") from None
    if url.scheme not in {"http", "https"}:
        raise _refused(name, "is not an https URL", "Write it like https://host.example.")
    if url.userinfo:
        raise _refused(name, "carries a user name or password", "Take out what stands before '@'.")
    if url.query or url.fragment:
        raise _refused(name, "carries a query or a fragment", "Take out what follows '?' or '#'.")
    try:
        valid = bool(_HOST.fullmatch(host) or ipaddress.ip_address(host))
    except ValueError:
        valid = False
    if not valid:
        raise _refused(name, "has no valid host name", "Write it like https://host.example.")
    return url


def _check_kind(url: URL, host: str, name: str) -> None:
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
            f"{escape_untrusted(region, 80)!r} is not a region ({setting('region')}).",
            f"Write it as commercetools does, for example one of {', '.join(sorted(KNOWN_REGIONS))}.",
        )


def _configured_region(region: str, api_url: str) -> str:
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
    host = URL(url).host if url else ""
    kind, _, region = host.removesuffix(_DOMAIN).partition(".")
    return region if host.endswith(_DOMAIN) and kind in _KINDS.values() else ""


def _refused(name: str, why: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"{setting(name)} {why}.", remedy)


@dataclass(frozen=True)
class Connection:
    """Hosts, credentials and project of a client; everything may be `""` until a call needs it.

    `connect_url` and `auth_url` come from `hosts.resolve` in their normal form, `api_url` is what the user
    configured; a URL that must not be given credentials raises `ConfigurationError` here, too. `scopes` are
    separated by spaces.
    """

    connect_url: str = ""
    auth_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    scopes: str = ""
    project_key: str = ""
    api_url: str = ""

    def __post_init__(self) -> None:
        for attribute, name in (("connect_url", "connectUrl"), ("auth_url", "authUrl"), ("api_url", "apiUrl")):
            if url := getattr(self, attribute):
                object.__setattr__(self, attribute, checked_url(url, name))

    @property
    def region(self) -> str:
        """The region of the Connect host, `""` where it is not one of the vendor's."""
        return region_of(self.connect_url)

    @property
    def http_api_url(self) -> str:
        """The address of the HTTP API, where Extensions and Subscriptions are; `""` where it is not known.

        It is the configured apiUrl, else the host of the region, else the connectUrl. A connectUrl on this machine
        wins over an apiUrl elsewhere: its token is an emulator's.
        """
        is_local = bool(self.connect_url) and is_loopback(self.connect_url)
        if self.api_url and not (is_local and not is_loopback(self.api_url)):
            return self.api_url
        return f"https://api.{self.region}{_DOMAIN}" if self.region else self.connect_url

    def require_hosts(self) -> None:
        """Raise `ConfigurationError` when the hosts are not known."""
        if not (self.connect_url and self.auth_url):
            raise ConfigurationError(*_NO_REGION)

    def require_credentials(self) -> None:
        """Raise `ConfigurationError` naming every missing credential and its settings."""
        given = {"clientId": self.client_id, "clientSecret": self.client_secret}
        missing = [setting(name) for name, value in given.items() if not value]
        if missing:
            raise ConfigurationError(
                f"Connect cannot be called without credentials: {' and '.join(missing)} "
                f"{'is' if len(missing) == 1 else 'are'} missing.",
                "Set them in the stack's configuration (the secret with --secret) or in the environment. "
                f"{DOCTOR}",
            )


def checked_project_key(project_key: str) -> str:
    """Return a valid project key (API §4.4 ProjectIdentifier).

    Raises `ConfigurationError` when none is given, `InvalidInputError` for an invalid one.
    """
    if not project_key:
        raise ConfigurationError(
            "This call is about a project, and no project key is given.",
            f"Set {setting('projectKey')}, or `projectKey` of the resource.",
        )
    if not _PROJECT_KEY.fullmatch(project_key):
        raise InvalidInputError(
            f"{escape_untrusted(project_key, 80)!r} is not the key of a commercetools project.",
            "A project key has 2 to 36 letters, digits, '_' or '-', and no region before it.",
        )
    return project_key
