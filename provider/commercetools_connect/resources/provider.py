"""The provider as a front door sees it: configured once, then asked for resources by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from commercetools_connect.api import ConnectClient
from commercetools_connect.contract.clock import Clock, SystemClock
from commercetools_connect.contract.resource import Resource
from commercetools_connect.contract.values import Tree
from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.connector_publication.handler import ConnectorPublication
from commercetools_connect.resources.connector_staged.handler import ConnectorStaged
from commercetools_connect.resources.deployment.handler import Deployment
from commercetools_connect.resources.ledger import Ledger
from commercetools_connect.resources.releases import Releases
from commercetools_connect.resources.rollout_gate.handler import RolloutGate
from commercetools_connect.resources.session import Session
from commercetools_connect.waiters import Watcher

__all__ = ["RESOURCE_NAMES", "Provider"]

REGISTRY: Final[Mapping[str, Callable[[Session], Resource]]] = {
    "ConnectorStaged": ConnectorStaged,
    "ConnectorPublication": ConnectorPublication,
    "Deployment": Deployment,
    "RolloutGate": RolloutGate,
}
"""Every kind of object that can be declared. A new one is one line here."""

RESOURCE_NAMES: Final = tuple(REGISTRY)


class Provider:
    """The resources of one configuration; they share one client and one watcher."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._resources: dict[str, Resource] = {name: kind(session) for name, kind in REGISTRY.items()}

    @classmethod
    def configure(
        cls,
        values: Tree,
        environ: Mapping[str, str],
        clock: Clock | None = None,
        releases: Releases | None = None,
        *,
        ledger: Ledger | None = None,
        connect: Callable[..., ConnectClient] = ConnectClient,
    ) -> Provider:
        """Return a provider for the configuration; no network is touched.

        `values` are the configuration's own names (`clientId` …); `environ` is asked where they are silent.
        `releases` and `ledger` are shared by the providers of one process that serve one program.
        `connect` makes the client as `ConnectClient` does; tests give it another network.
        Raises `ConfigurationError` for what contradicts itself; missing credentials are an error only when a
        call needs them.
        """
        configuration = ProviderConfiguration.read(values, environ)
        clock = clock or SystemClock()
        connection = configuration.connection()
        client = connect(connection, clock=clock)
        watcher = Watcher(client, clock, configuration.seconds_between_polls())
        host = f"connect.{connection.region}.commercetools.com" if connection.region else ""
        session = Session(
            client,
            watcher,
            clock,
            configuration.project_key,
            host,
            configuration.switched_on(),
            ledger=ledger or Ledger(),
            releases=releases or Releases(),
            skip_plan_time_validation=configuration.skip_plan_time_validation,
        )
        return cls(session)

    @property
    def session(self) -> Session:
        """What its resources share, for whoever looks something up in the same place."""
        return self._session

    def resource(self, name: str) -> Resource:
        """Return the resource of that name, one of `RESOURCE_NAMES`."""
        return self._resources[name]

    async def aclose(self) -> None:
        """Close the connections, and leave the run."""
        self._session.ledger.close()
        await self._session.client.aclose()
