"""The provider's configuration: where commercetools is, who calls, and for which project.

Names are shared with the existing commercetools Terraform provider, so that a team's environment fits both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field, SecretStr, ValidationError

from commercetools_connect.api import Connection, resolve
from commercetools_connect.api.hosts import is_loopback
from commercetools_connect.api.settings import ENVIRONMENT_NAMES
from commercetools_connect.contract.errors import ConfigurationError
from commercetools_connect.contract.values import Tree, reveal
from commercetools_connect.resources.inputs import InputModel, list_mistakes
from commercetools_connect.resources.secrecy import SECRET

__all__ = ["POLL_INTERVAL", "ProviderConfiguration", "poll_interval"]

ADDRESSES: Final = frozenset({"region", "apiUrl", "authUrl", "connectUrl"})

POLL_INTERVAL: Final = 4.5
"""Seconds. An end is noticed half of it late, on average, and a call: 2.5 s in all with calls of 250 ms."""

SHORTEST_POLL_INTERVAL: Final = 1.0
EMULATOR_POLL_INTERVAL: Final = 0.2


class ProviderConfiguration(InputModel):
    """The provider's configuration as given; nothing here calls anything."""

    client_id: str = Field(default="", description="Id of the API client that calls Connect.")
    client_secret: Annotated[SecretStr, SECRET] = Field(
        default=SecretStr(""), description="Secret of the API client."
    )
    project_key: str = Field(default="", description="Project to deploy to unless a Deployment names another.")
    scopes: str = Field(
        default="", description="Scopes to ask for, separated by spaces; all of the client if absent."
    )
    region: str = Field(default="", description="Region that hosts the project, such as europe-west1.gcp.")
    api_url: str = Field(
        default="", description="Address of the HTTP API, from which the Connect host is derived."
    )
    auth_url: str = Field(default="", description="Address of the token host.")
    connect_url: str = Field(default="", description="Address of the Connect API, for an emulator or a proxy.")
    poll_interval: float | None = Field(
        default=None,
        gt=0,
        le=60,
        description=f"Seconds between two looks at what is waited for, at least {SHORTEST_POLL_INTERVAL:g}; "
        f"default {POLL_INTERVAL:g}. For an emulator on this machine as short as you like; default "
        f"{EMULATOR_POLL_INTERVAL:g}.",
    )
    skip_plan_time_validation: bool = Field(
        default=False,
        description="Do not check configurations of Deployments against their connectors at preview, unless a "
        "Deployment says otherwise.",
    )

    experimental: str = Field(
        default="",
        description="Names of experimental functions to switch on, separated by spaces: getDeploymentRevisions.",
    )

    @classmethod
    def read(cls, values: Tree, environ: Mapping[str, str]) -> ProviderConfiguration:
        """Return the configuration from explicit values and, where those are silent, the environment.

        Raises `ConfigurationError` that names every mistake and shows no value.
        """
        plain = {name: reveal(value) for name, value in values.items()}
        given = {name: value for name, value in plain.items() if value not in (None, "")}
        fallback = {
            name: environ[variable] for name, variable in ENVIRONMENT_NAMES.items() if environ.get(variable)
        }
        if ADDRESSES & given.keys():
            # one address from the configuration and another from the environment would name no place at all
            fallback = {name: value for name, value in fallback.items() if name not in ADDRESSES}
        try:
            return cls.model_validate({**fallback, **given})
        except ValidationError as error:
            mistakes = "\n".join(f"commercetools-connect:{mistake}" for mistake in list_mistakes(cls, error))
            raise ConfigurationError(mistakes, "Correct it with `pulumi config set`.") from None

    def connection(self) -> Connection:
        """Return where and as whom to call. Raises `ConfigurationError` for addresses that must not be called."""
        given = (self.region, self.api_url, self.auth_url, self.connect_url)
        hosts = (
            resolve(region=self.region, api_url=self.api_url, auth_url=self.auth_url, connect_url=self.connect_url)
            if any(given)
            else None
        )
        return Connection(
            connect_url=hosts.connect_url if hosts else "",
            auth_url=hosts.auth_url if hosts else "",
            client_id=self.client_id,
            client_secret=self.client_secret.get_secret_value(),
            scopes=self.scopes,
            project_key=self.project_key,
        )

    def switched_on(self) -> frozenset[str]:
        """Return the names of what may be used although it may change."""
        return frozenset(self.experimental.replace(",", " ").split())

    def seconds_between_polls(self) -> float:
        """Return the interval between two looks."""
        return poll_interval(self.connect_url, self.poll_interval)


def poll_interval(connect_url: str, asked: float | None = None) -> float:
    """Return the seconds between two looks at this address; an emulator on this machine is asked more often."""
    if connect_url and is_loopback(connect_url):
        return asked or EMULATOR_POLL_INTERVAL
    return max(asked or POLL_INTERVAL, SHORTEST_POLL_INTERVAL)
