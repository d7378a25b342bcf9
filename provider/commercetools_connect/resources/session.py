"""Session that the resources of one configured provider share: client, watcher, caches and run registry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, TypeAlias, TypeVar, cast

from commercetools_connect.api import ConnectClient
from commercetools_connect.api.hosts import setting
from commercetools_connect.api.http import is_loopback
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.core.clock import Clock
from commercetools_connect.core.concurrency import KeyedLocks
from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.core.preview import PreviewValidation
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.values import PropertyMap, PropertyValue, unwrap_secrets
from commercetools_connect.resources.keys import ResourceKeys
from commercetools_connect.resources.ownership import AdoptList
from commercetools_connect.resources.planned_publications import PlannedPublications
from commercetools_connect.resources.run_registry import RunRegistry
from commercetools_connect.waiters import Reader, Watcher
from commercetools_connect.waiters.wiring import LOOK_INTERVAL, WiringReader

T = TypeVar("T")

ReadKey: TypeAlias = tuple[str, ...]


class ReadCache:
    """Remembers what was read, by key, for as long as the provider is configured. Belongs to one event loop.

    A caller that comes while another one reads waits for that answer. A read that raises is not remembered.
    """

    def __init__(self) -> None:
        self._found: dict[ReadKey, object] = {}
        self._turns: KeyedLocks[ReadKey] = KeyedLocks()
        self._changes = 0

    async def get(self, key: ReadKey, read: Callable[[], Awaitable[T]]) -> T:
        """Return what is remembered under the key, after reading it if nothing is."""
        async with self._turns.get(key):
            if key in self._found:
                return cast(T, self._found[key])
            changes = self._changes
            found = await read()
            if changes == self._changes:  # else it may have been read just before the change
                self._found[key] = found
            return found

    def known(self, key: ReadKey) -> object | None:
        """Return what is remembered under the key, if anything is."""
        return self._found.get(key)

    @property
    def changes(self) -> int:
        """How often everything was forgotten."""
        return self._changes

    def remember(self, key: ReadKey, found: object, changes: int) -> None:
        """Store what was read in another way, unless an object has changed since `changes` was read."""
        if changes == self._changes:
            self._found[key] = found

    def forget(self) -> None:
        """Forget everything: an object has changed, which may be stored under several keys."""
        self._found.clear()
        self._changes += 1


HOST: Final = "connectHost"
OWNER: Final = "ownerProject"


@dataclass
class Session:
    """One configured provider at work.

    - `project_key`: the provider's own project, used where a Deployment names none.
    - `host`: which commercetools host this is, `""` for an emulator or a proxy, which may move.
    - `experimental`: names of the functions that are switched on although they may change.
    - `reader`: reads that may be served from a list, a few seconds old but never older than our own writes.
    - `registry`: which resource of this run manages which object.
    - `keys`: which key each resource of this run has.
    - `reads`: what this run has read of connectors, for all their deployments.
    - `publications`: what this run publishes.
    - `skip_plan_time_validation`: for the Deployments that do not say it themselves.
    - `adopt`: the objects that a create may take over because the user named them.
    - `strict_preview`, `offline_preview`: as in `PreviewValidation`.
    - `secrets`: every secret that this process was given, shared as the client's.
    - `reported`: the messages that this process has reported once.
    - `route`: returns the session of a connection that a program names or holds; see `Connections`, which sets it.
    """

    client: ConnectClient
    watcher: Watcher
    clock: Clock
    project_key: str | None = None
    host: str = ""
    experimental: frozenset[str] = frozenset()
    registry: RunRegistry = field(default_factory=RunRegistry)
    keys: ResourceKeys = field(default_factory=ResourceKeys)
    reads: ReadCache = field(default_factory=ReadCache)
    publications: PlannedPublications = field(default_factory=PlannedPublications)
    skip_plan_time_validation: bool = False
    adopt: AdoptList = field(default_factory=AdoptList)
    strict_preview: bool = False
    offline_preview: bool = False
    secrets: SecretRegistry = field(default_factory=SecretRegistry)
    reported: set[str] = field(default_factory=set)
    route: Callable[[PropertyValue], Session] | None = field(default=None, repr=False)
    reader: Reader = field(init=False)
    validation: PreviewValidation = field(init=False)

    def __post_init__(self) -> None:
        self.reader = Reader(self.client, self.clock)
        self.validation = PreviewValidation(
            self.strict_preview,
            self.offline_preview,
            self.client.no_answer,
            place=self.host or self.client.connection.connect_url,
        )

    def for_connection(self, connection: PropertyValue) -> Session:
        """Return the session of a connection that an input names or holds; this one where there is none.

        Raises `ConfigurationError` for a name that is not configured and for members that contradict each other.
        """
        if connection is None:
            return self
        if self.route is None:
            raise ConfigurationError("connections are not known here")
        return self.route(connection)

    @cached_property
    def wiring(self) -> WiringReader:
        """The lists of Extensions and Subscriptions, shared by all deployments and functions."""
        near = is_loopback(self.client.connection.connect_url)
        interval = min(LOOK_INTERVAL, 2 * self.watcher.interval) if near else LOOK_INTERVAL
        return WiringReader(self.client.wiring(), self.clock, interval)

    def stamp(self, outputs: PropertyMap) -> PropertyMap:
        """Return the outputs with the name of the host that they are true for."""
        return {**outputs, HOST: self.host} if self.host else outputs

    def stamp_owner(self, outputs: PropertyMap) -> PropertyMap:
        """Return the outputs of a draft or its publication, stamped, with the project whose credentials own it."""
        owner = {OWNER: self.project_key} if self.project_key else {}
        return {**self.stamp(outputs), **owner}

    async def ensure_proven_gone(self, kind: str, context: OperationContext, outputs: PropertyMap) -> None:
        """Raise `ConfigurationError` when "not found" does not mean that the object of a state is gone.

        Another host does not know it: a `connectUrl` may lead anywhere. Drafts belong to the project of the API
        client that made them (API §1.3), and other credentials do not see them.
        """
        host, owner = (unwrap_secrets(outputs.get(name)) for name in (HOST, OWNER))
        if host and host != self.host:
            raise ConfigurationError(
                f"{kind} {context.name} was not found, but it was made on {host}, and it is not known where "
                f"{self.client.connection.connect_url} leads. Nothing was changed.",
                f"Set {setting('region')} back, without connectUrl. If it is gone, remove it from the state "
                "(`pulumi state delete`).",
            )
        if not owner:
            return
        if owner == self.project_key:
            projects = await self.client.projects()
            if projects is None or owner in projects:
                return
            ours = f"the credentials are those of {', '.join(sorted(projects)) or 'no project'}"
        else:
            ours = f"the configuration names {f'project {self.project_key}' if self.project_key else 'no project'}"
        raise ConfigurationError(
            f"{kind} {context.name} was not found, but it belongs to project {owner}, and {ours}: it may not be "
            "visible. Nothing was changed.",
            f"Use projectKey and credentials of {owner} for this resource.",
        )

    def ensure_same_host(self, kind: str, context: OperationContext, outputs: PropertyMap) -> None:
        """Raise `ConfigurationError` for a state that was made on another commercetools host.

        An object that is not found there is not gone. An emulator on this machine is another host as well: its
        address in the environment wins over the configured region.
        """
        host = unwrap_secrets(outputs.get(HOST))
        address = self.client.connection.connect_url
        place = self.host or (address if address and is_loopback(address) else "")
        if host and place and host != place:
            raise ConfigurationError(
                f"{kind} {context.name} was made on {host}, but the configuration leads to {place}.",
                "Set commercetools-connect:region (or apiUrl) back, or move the resource to a stack of its own."
                if self.host
                else "Unset connectUrl (CTP_CONNECT_URL) to call commercetools, or take another stack for it.",
            )

    def warn_once(self, context: OperationContext, message: str) -> None:
        """Report a warning that many resources of the run have, once."""
        if message not in self.reported:
            self.reported.add(message)
            context.reporter.warning(message)

    def inform_once(self, context: OperationContext, message: str) -> None:
        """Report information that both a check and the create after it find, once."""
        if message not in self.reported:
            self.reported.add(message)
            context.reporter.info(message)

    def warn_of_registry(self, context: OperationContext) -> None:
        """Warn once if the processes of this run cannot share their events."""
        if problem := self.registry.problem:
            self.warn_once(
                context,
                f"the provider processes of this run cannot tell each other what they create and delete: "
                f"{problem}. A resource that changes its name and its provider in one run is not recognised",
            )

    def deadline(self, context: OperationContext) -> float | None:
        """Return the moment, on the clock's `monotonic`, at which the user wants the operation to have ended."""
        return None if context.time_limit is None else self.clock.monotonic() + context.time_limit
