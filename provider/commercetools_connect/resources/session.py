"""What the resources of one configured provider share: the client, the watcher, time and the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from commercetools_connect.api import ConnectClient
from commercetools_connect.contract.clock import Clock
from commercetools_connect.contract.errors import ConfigurationError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.values import Tree, reveal
from commercetools_connect.resources.ledger import Ledger
from commercetools_connect.resources.releases import Releases
from commercetools_connect.resources.shared_reads import SharedReads
from commercetools_connect.waiters import Reader, Watcher

__all__ = ["Session"]

HOST: Final = "connectHost"


@dataclass
class Session:
    """One configured provider at work.

    - `project_key`: the provider's own project, used where a Deployment names none.
    - `host`: which commercetools host this is, `""` for an emulator or a proxy, which may move.
    - `experimental`: names of the functions that are switched on although they may change.
    - `reader`: looks that may be served from a list, a few seconds old but never older than our own writes.
    - `ledger`: which resource of this run manages which object.
    - `reads`: what this run has read of connectors, for all their deployments.
    - `releases`: what this run publishes.
    - `skip_plan_time_validation`: for the Deployments that do not say it themselves.
    """

    client: ConnectClient
    watcher: Watcher
    clock: Clock
    project_key: str | None = None
    host: str = ""
    experimental: frozenset[str] = frozenset()
    ledger: Ledger = field(default_factory=Ledger)
    reads: SharedReads = field(default_factory=SharedReads)
    releases: Releases = field(default_factory=Releases)
    skip_plan_time_validation: bool = False
    _said: set[str] = field(default_factory=set)
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = Reader(self.client, self.clock)

    def stamp(self, outputs: Tree) -> Tree:
        """Return the outputs with the name of the host that they are true for."""
        return {**outputs, HOST: self.host} if self.host else outputs

    def require_home(self, kind: str, operation: Operation, outputs: Tree) -> None:
        """Raise `ConfigurationError` for a state that was made on another commercetools host.

        What is not found there is not gone: it is elsewhere.
        """
        home = reveal(outputs.get(HOST))
        if home and self.host and home != self.host:
            raise ConfigurationError(
                f"{kind} {operation.name} was made on {home}, but the configuration leads to {self.host}.",
                "Set commercetools-connect:region (or apiUrl) back, or move the resource to a stack of its own.",
            )

    def warn_once(self, operation: Operation, message: str) -> None:
        """Say something that is true for many resources of the run, only once."""
        if message not in self._said:
            self._said.add(message)
            operation.reporter.warning(message)

    def deadline(self, operation: Operation) -> float | None:
        """Return the moment, on the clock's `monotonic`, at which the user wants the operation to have ended."""
        return None if operation.time_limit is None else self.clock.monotonic() + operation.time_limit
