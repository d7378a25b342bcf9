"""Provider: configured once, then asked for resources by name; the table of all kinds of resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from commercetools_connect.api import ConnectClient
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.core.clock import Clock, SystemClock
from commercetools_connect.core.preview import PreviewValidation
from commercetools_connect.core.resource import Resource
from commercetools_connect.core.values import PropertyMap
from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.connector_publication.model import CONNECTOR_PUBLICATION
from commercetools_connect.resources.connector_publication.resource import ConnectorPublicationResource
from commercetools_connect.resources.connector_staged.model import CONNECTOR_STAGED
from commercetools_connect.resources.connector_staged.resource import ConnectorStagedResource
from commercetools_connect.resources.deployment.model import DEPLOYMENT
from commercetools_connect.resources.deployment.resource import DeploymentResource
from commercetools_connect.resources.planned_publications import PlannedPublications
from commercetools_connect.resources.redacting import RedactingResource
from commercetools_connect.resources.rollout_gate.model import ROLLOUT_GATE
from commercetools_connect.resources.rollout_gate.resource import RolloutGateResource
from commercetools_connect.resources.run_registry import RunRegistry
from commercetools_connect.resources.schema import ResourceSchema
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import Watcher

REGISTRY: Final[Mapping[str, tuple[Callable[[Session], Resource], ResourceSchema]]] = {
    "ConnectorStaged": (ConnectorStagedResource, CONNECTOR_STAGED),
    "ConnectorPublication": (ConnectorPublicationResource, CONNECTOR_PUBLICATION),
    "Deployment": (DeploymentResource, DEPLOYMENT),
    "RolloutGate": (RolloutGateResource, ROLLOUT_GATE),
}
"""Every kind of object that can be declared. A new one is one line here."""

RESOURCE_NAMES: Final = tuple(REGISTRY)
RESOURCE_SCHEMAS: Final = {name: schema for name, (_, schema) in REGISTRY.items()}


class Provider:
    """The resources of one configuration; they share one client and one watcher."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._resources: dict[str, Resource] = {
            name: RedactingResource(kind(session), schema, session.secrets)
            for name, (kind, schema) in REGISTRY.items()
        }

    @classmethod
    def configure(
        cls,
        values: PropertyMap,
        environ: Mapping[str, str],
        clock: Clock | None = None,
        publications: PlannedPublications | None = None,
        *,
        registry: RunRegistry | None = None,
        secrets: SecretRegistry | None = None,
        beside: Provider | None = None,
        connect: Callable[..., ConnectClient] = ConnectClient,
    ) -> Provider:
        """Return a provider for the configuration; no network is touched.

        `values` are the configuration's own names (`clientId` …); `environ` is asked where they are silent.
        `publications`, `registry` and `secrets` are shared by the providers of one process that serve one program.
        `beside` is another one of these, with which all that belongs to the process is shared.
        `connect` makes the client as `ConnectClient` does; tests give it another network.
        Raises `ConfigurationError` for what contradicts itself; missing credentials are an error only when a
        call needs them.
        """
        configuration = ProviderConfiguration.read(values, environ)
        if beside is not None:
            other = beside.session
            registry, publications, secrets, clock = other.registry, other.publications, other.secrets, other.clock
        registry = registry or RunRegistry()
        publications = publications or PlannedPublications()
        if registry.is_shared:
            publications.shared = registry
        clock = clock or SystemClock()
        connection = configuration.connection()
        secrets = SecretRegistry() if secrets is None else secrets
        secrets.learn(values)
        shared = {} if beside is None else {"network": beside.session.client.network}
        client = connect(connection, clock=clock, secrets=secrets, **shared)
        watcher = Watcher(client, clock, configuration.seconds_between_polls())
        host = f"connect.{connection.region}.commercetools.com" if connection.region else ""
        session = Session(
            client,
            watcher,
            clock,
            configuration.project_key,
            host,
            frozenset(configuration.experimental.replace(",", " ").split()),
            registry=registry,
            publications=publications.at(host or connection.connect_url),
            skip_plan_time_validation=configuration.skip_plan_time_validation,
            adopt=configuration.adopt_list(),
            strict_preview=configuration.strict_preview,
            offline_preview=configuration.offline_preview,
            secrets=secrets,
        )
        if beside is not None:
            session.keys, session.reported = beside.session.keys, beside.session.reported
            session.validation.warned = beside.session.validation.warned
        return cls(session)

    @property
    def session(self) -> Session:
        """What its resources share, for lookups."""
        return self._session

    @property
    def validation(self) -> PreviewValidation:
        """How its resources are validated by reading."""
        return self._session.validation

    def resource(self, name: str) -> Resource:
        """Return the resource of that name, one of `RESOURCE_NAMES`."""
        return self._resources[name]

    async def aclose(self) -> None:
        """Close the connections, and leave the run."""
        self._session.registry.close()
        await self._session.client.aclose()
