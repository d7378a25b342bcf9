"""What a client needs to know to talk to Connect: hosts, credentials, and the project most calls are about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from commercetools_connect.api.hosts import checked_url, identity, region_of
from commercetools_connect.api.settings import setting
from commercetools_connect.contract.errors import ConfigurationError, InvalidInputError, quote_foreign

__all__ = ["Connection", "checked_project_key", "host_identity"]

_PROJECT_KEY = re.compile(r"[a-zA-Z0-9_-]{2,36}")


@dataclass(frozen=True)
class Connection:
    """A way to reach Connect; everything may be `""` until a call needs it.

    `connect_url` and `auth_url` come from `hosts.resolve` and are normalised; a URL that must not be given
    credentials raises `ConfigurationError` here, too. `scopes` are separated by spaces.
    """

    connect_url: str = ""
    auth_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    scopes: str = ""
    project_key: str = ""

    def __post_init__(self) -> None:
        for attribute, name in (("connect_url", "connectUrl"), ("auth_url", "authUrl")):
            if url := getattr(self, attribute):
                object.__setattr__(self, attribute, checked_url(url, name))

    @property
    def region(self) -> str:
        """The region of the Connect host, `""` where it is not one of the vendor's."""
        return region_of(self.connect_url)

    def require_hosts(self) -> None:
        """Raise `ConfigurationError` when it is not known where to call."""
        if not (self.connect_url and self.auth_url):
            raise ConfigurationError(
                "It is not known which commercetools region to talk to.",
                f"Set {setting('region')}, for example europe-west1.gcp, or {setting('apiUrl')}.",
            )

    def require_credentials(self) -> None:
        """Raise `ConfigurationError` naming every credential that is missing, and where it can be given."""
        given = {"clientId": self.client_id, "clientSecret": self.client_secret}
        missing = [setting(name) for name, value in given.items() if not value]
        if missing:
            raise ConfigurationError(
                f"Connect cannot be called without credentials: {' and '.join(missing)} "
                f"{'is' if len(missing) == 1 else 'are'} missing.",
                "Set them in the stack's configuration (the secret with --secret) or in the environment.",
            )


def host_identity(connection: Connection) -> str:
    """Return what a state remembers of the host it was made on; see `hosts.identity`."""
    connection.require_hosts()
    return identity(connection.connect_url)


def checked_project_key(project_key: str) -> str:
    """Return the key of a project if it can be one (API §4.4 ProjectIdentifier).

    Raises `ConfigurationError` when there is none, `InvalidInputError` when it cannot be one.
    """
    if not project_key:
        raise ConfigurationError(
            "This call is about a project, and no project key is given.",
            f"Set {setting('projectKey')}, or `projectKey` of the resource.",
        )
    if not _PROJECT_KEY.fullmatch(project_key):
        raise InvalidInputError(
            f"{quote_foreign(project_key, 80)!r} is not the key of a commercetools project.",
            "A project key has 2 to 36 letters, digits, '_' or '-', and no region before it.",
        )
    return project_key
