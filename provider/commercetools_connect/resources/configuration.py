"""The provider's configuration: where commercetools is, who calls, and for which project.

Names are shared with the existing commercetools Terraform provider, so that a team's environment fits both.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Final, TypeAlias, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, SecretStr, ValidationError

from commercetools_connect.api import AuthenticationFailedError, Connection, ForbiddenError, resolve
from commercetools_connect.api.hosts import ENVIRONMENT_NAMES
from commercetools_connect.api.http import is_loopback
from commercetools_connect.core.errors import ConfigurationError, InitFailedError, ProviderError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.urns import PACKAGE
from commercetools_connect.core.values import PropertyMap, PropertyValue, unwrap_secrets
from commercetools_connect.resources.inputs import SECRET, InputModel, list_failures, member_names, secret_names
from commercetools_connect.resources.ownership import AdoptList, adopt_entries, adopt_entry

ErrorT = TypeVar("ErrorT", bound=ProviderError)
T = TypeVar("T")

ADDRESSES: Final = frozenset({"region", "apiUrl", "authUrl", "connectUrl"})

POLL_INTERVAL: Final = 4.5
"""Seconds. The end of a run is noticed half of it and a call late: 2.5 s on average with calls of 250 ms."""

SHORTEST_POLL_INTERVAL: Final = 1.0
EMULATOR_POLL_INTERVAL: Final = 0.2

CONNECTIONS_PATH: Final = f"{PACKAGE}:connections"

AdoptEntries: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(adopt_entry)], ...],
    BeforeValidator(adopt_entries, json_schema_input_type=str),
]
"""A text with commas, which is what the schema says; a list, as stack configuration may hold one, is accepted."""


CONNECTION: Final = "connection"
"""The input that names or holds a connection."""

CONNECTION_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
NAME_FORM: Final = "a name has a letter first, then letters, digits, '_' and '-', 64 at most"


def read_connections(raw: object) -> Mapping[str, object]:
    """Return the connections by name; Pulumi gives them as JSON text.

    Raises `ValueError` that shows no value. Each connection is checked where it is used.
    """
    try:
        connections = json.loads(raw) if isinstance(raw, str) else raw
    except ValueError:
        connections = raw
    if isinstance(connections, Mapping):
        return connections
    raise ValueError(f"is not an object. {connection_hint('<name>')}")


def connection_hint(name: str) -> str:
    """Return how a member of a connection is set in the stack's configuration."""
    return (
        f"Set it member by member: `pulumi config set --secret --path '{CONNECTIONS_PATH}.{name}.clientSecret' …`."
    )


class ConnectionInputs(InputModel):
    """Where commercetools is, who calls, and for which project."""

    client_id: str = Field(default="", description="Id of the API client that calls Connect.")
    client_secret: Annotated[SecretStr, SECRET] = Field(
        default=SecretStr(""), description="Secret of the API client."
    )
    project_key: str = Field(default="", description="Project that Deployments without `projectKey` deploy to.")
    scopes: str = Field(
        default="",
        description="Scopes that the token gets, separated by spaces. Default: all scopes of the client.",
    )
    region: str = Field(default="", description="Region that hosts the project, such as europe-west1.gcp.")
    api_url: str = Field(
        default="", description="Address of the HTTP API. The provider derives the Connect host from it."
    )
    auth_url: str = Field(default="", description="Address of the token host.")
    connect_url: str = Field(default="", description="Address of the Connect API, for an emulator or a proxy.")


NamedConnections: TypeAlias = Annotated[dict[str, ConnectionInputs], PlainValidator(read_connections), SECRET]

ConnectionReference: TypeAlias = Annotated[str | ConnectionInputs, PlainValidator(lambda given: given)]
"""The name of a connection, or its members; `connections.connection_failures` checks it."""


class ConnectedInputs(InputModel):
    """What every resource and function takes besides its own inputs."""

    connection: ConnectionReference | None = Field(
        default=None,
        repr=False,
        description="Whose credentials are used, and at which address: the name of one of the configured "
        "`connections`, or the members of a connection. Without it, the provider's own configuration.",
    )


class ProviderConfiguration(ConnectionInputs):
    """The provider's configuration as given; nothing here calls anything."""

    poll_interval: float | None = Field(
        default=None,
        gt=0,
        le=60,
        description=f"Seconds between two reads while the provider waits. Default: {POLL_INTERVAL:g}, minimum: "
        f"{SHORTEST_POLL_INTERVAL:g}. For an emulator on this machine the default is "
        f"{EMULATOR_POLL_INTERVAL:g}, and there is no minimum.",
    )
    skip_plan_time_validation: bool = Field(
        default=False,
        description="If true, a preview does not check the configurations of Deployments against "
        "their connectors. "
        "A Deployment can override this value.",
    )

    strict_preview: bool = Field(
        default=False,
        description="If true, a preview fails if something cannot be checked: no network, a missing right to "
        "read, an error of the server. Otherwise it warns.",
    )
    offline_preview: bool = Field(
        default=False,
        description="If true, the provider makes no call before the apply, and one warning says what is not "
        "checked. Use it for previews without credentials.",
    )
    adopt: AdoptEntries = Field(
        default=(),
        description="Existing objects that a create may take over: `<project>/<key>` for a Deployment, "
        "`connectors/<key>` for a ConnectorStaged, separated by commas. A key may end in `*` after at least three "
        "characters.",
    )

    experimental: str = Field(
        default="",
        description="Experimental functions to enable, separated by spaces: getDeploymentRevisions.",
    )
    connections: NamedConnections = Field(
        default_factory=dict,
        description="Connections by name, for resources and functions that name one: each with the address and "
        "the credentials of a project. A connection takes nothing from the other settings but those of the "
        "program, such as `adopt` and `strictPreview`.",
    )

    @classmethod
    def read(cls, values: PropertyMap, environ: Mapping[str, str]) -> ProviderConfiguration:
        """Return the configuration from explicit values and, where those are silent, the environment.

        Raises `ConfigurationError` that names every failure and shows no value.
        """
        plain = {name: unwrap_secrets(value) for name, value in values.items()}
        given = {name: value for name, value in plain.items() if value not in (None, "")}
        fallback = {
            name: environ[variable] for name, variable in ENVIRONMENT_NAMES.items() if environ.get(variable)
        }
        # addresses from the configuration and from the environment may belong to different hosts
        if "connectUrl" in fallback and "connectUrl" not in given:
            # an emulator or proxy: a region that is configured beside it loses for all calls
            given = _without_addresses(given)
        elif ADDRESSES & given.keys():
            fallback = _without_addresses(fallback)
        try:
            return cls.model_validate({**fallback, **given})
        except ValidationError as error:
            failures = "\n".join(f"{PACKAGE}:{failure}" for failure in list_failures(cls, error))
            raise ConfigurationError(failures, "Correct it with `pulumi config set`.") from None

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
            api_url=self.api_url if hosts else "",
        )

    def adopt_list(self) -> AdoptList:
        """Return the objects that a create may take over."""
        return AdoptList(self.adopt)

    def seconds_between_polls(self) -> float:
        """Return the polling interval."""
        return poll_interval(self.connect_url, self.poll_interval)


SETTINGS: Final = member_names(ProviderConfiguration)
"""What can be configured."""

SECRET_SETTINGS: Final = secret_names(ProviderConfiguration)
OWN_SETTING: Final = re.compile(
    rf"commercetools-connect:({'|'.join(member_names(ConnectionInputs))})(?![A-Za-z])( \(CTP_[A-Z_]+\))?"
)
"""One of the provider's own settings that a connection has as well, as messages name it."""


def of_connection(text: str, connection: PropertyValue) -> str:
    """Return a text in which the connection's settings are named in place of the provider's own."""
    plain = unwrap_secrets(connection)
    if plain is None:
        return text
    path = f"{CONNECTIONS_PATH}.{escape_untrusted(plain, 80)}" if isinstance(plain, str) else CONNECTION
    return OWN_SETTING.sub(lambda found: f"{path}.{found[1]}", text)


def _without_addresses(values: Mapping[str, T]) -> dict[str, T]:
    return {name: value for name, value in values.items() if name not in ADDRESSES}


PROGRAM_FIELDS: Final = tuple(
    name
    for name in member_names(ProviderConfiguration)
    if name not in (*member_names(ConnectionInputs), "connections")
)
"""Settings that belong to the program and not to a project: they hold for connections that say nothing else."""


def poll_interval(connect_url: str, asked: float | None = None) -> float:
    """Return the seconds between two polls of this address; an emulator on this machine is polled more often."""
    if connect_url and is_loopback(connect_url):
        return asked or EMULATOR_POLL_INTERVAL
    return max(asked or POLL_INTERVAL, SHORTEST_POLL_INTERVAL)


NAMED: Final = "is_named"
"""Attribute of an error that names its connection already: the one that was used is the innermost."""


def connection_name(connection: PropertyValue) -> str:
    """Return how messages name a connection; never its members."""
    plain = unwrap_secrets(connection)
    if plain is None:
        return "the provider's own configuration"
    return f"the connection {escape_untrusted(plain, 80)}" if isinstance(plain, str) else "its inline connection"


def about_connection(error: ErrorT, connection: PropertyValue, project: str) -> ErrorT:
    """Return the error so that it is about a connection, and about the project of the object.

    An error about settings names those of the connection; one about its rights also says whose credentials they
    are. Several operations may have failed with one and the same error, so it is a copy. An error without a
    connection, and one that names another already, is returned as it is.
    """
    if unwrap_secrets(connection) is None or getattr(error, NAMED, False):
        return error
    found = copy.copy(error)
    found.message, found.remedy = (of_connection(each, connection) for each in (error.message, error.remedy))
    if isinstance(error, (AuthenticationFailedError, ForbiddenError)):
        at = f", for project {project}" if project else ""
        found.message += f" The credentials are those of {connection_name(connection)}{at}."
    found.args = (found.message, found.remedy)
    setattr(found, NAMED, True)
    return found


@contextmanager
def errors_about_connection(connection: PropertyValue, project: str) -> Iterator[None]:
    """Raise errors of the block as `about_connection` returns them."""
    try:
        yield
    except InitFailedError as error:
        error.reasons = error.args = tuple(of_connection(each, connection) for each in error.reasons)
        raise
    except ProviderError as error:
        found = about_connection(error, connection, project)
        if found is error:
            raise
        raise found from error
