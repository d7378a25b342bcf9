"""One emulator without its HTTP: everything that a call can reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from commercetools_connect.emulator.auth import ApiClientFixture, Authority, Token
from commercetools_connect.emulator.clock import Clock, ClockState
from commercetools_connect.emulator.demo import demo_clients, demo_repositories
from commercetools_connect.emulator.entities import (
    Connector,
    Deployment,
    Draft,
    Extension,
    LogLine,
    Revision,
    ScriptStep,
    Subscription,
)
from commercetools_connect.emulator.errors import AdminError
from commercetools_connect.emulator.faults import ArmedFault, FaultRule, Faults
from commercetools_connect.emulator.journal import Journal
from commercetools_connect.emulator.model import InvalidShapeError, Model
from commercetools_connect.emulator.outcomes import ScriptedOutcome
from commercetools_connect.emulator.rate_limit import RateLimit
from commercetools_connect.emulator.registration_edits import ProjectRegistrations, add_seeded
from commercetools_connect.emulator.repositories import RepositoryFixture
from commercetools_connect.emulator.settings import Settings
from commercetools_connect.emulator.store import World


class Dump(Model):
    """The whole state, to restart with it: the emulator's disk.

    It holds what no answer ever shows: secured values, secrets of destinations, client secrets and tokens. Keep it
    like a secret.
    The journal and the past states for stale reads are not part of it.
    """

    format: Literal[1] = 1
    clock: ClockState
    settings: Settings
    clients: list[ApiClientFixture]
    tokens: list[Token]
    repositories: list[RepositoryFixture]
    outcomes: list[ScriptedOutcome]
    faults: list[ArmedFault]
    drafts: list[Draft]
    connectors: list[Connector]
    deployments: list[Deployment]
    revisions: dict[str, list[Revision]] = Field(default_factory=dict)
    logs: dict[str, list[LogLine]] = Field(default_factory=dict)
    extensions: list[Extension] = Field(default_factory=list)
    subscriptions: list[Subscription] = Field(default_factory=list)
    scripts: list[ScriptStep] = Field(default_factory=list)
    """What scripts have still to write."""


class Seed(Model):
    """What an emulator starts with: what the control calls of the same names take.

    `dump` comes first, the others on top of it.
    """

    dump: Dump | None = None
    settings: Settings | None = None
    clients: list[ApiClientFixture] | None = None
    repositories: list[RepositoryFixture] | None = None
    outcomes: list[ScriptedOutcome] | None = None
    faults: list[FaultRule] | None = None
    registrations: dict[str, ProjectRegistrations] | None = None
    """Project → the Extensions and Subscriptions that clients have made in it."""


class Backend:
    """The state of one emulator and the ways to replace parts of it."""

    def __init__(self, seed: Seed | None = None) -> None:
        """Start with a seed. Raises `InvalidShapeError` for one that contradicts itself."""
        self.journal = Journal()
        self._begin()
        if seed is not None:
            self._plant(seed)

    def _begin(self) -> None:
        self.clock = Clock()
        self.world = World(self.clock)
        self.authority = Authority()
        self.faults = Faults()
        self.rate_limit = RateLimit()
        self.authority.clients = demo_clients()
        self.world.repositories.fixtures = demo_repositories()

    def reset(self) -> None:
        """Become like a fresh emulator: without objects, faults, journal; default settings, demo client."""
        self.journal.clear()
        self._begin()

    def set_settings(self, settings: Settings) -> None:
        """Replace all settings."""
        self.world.settle()
        self.world.settings = settings
        self.clock.set_mode(settings.clock)

    def script(self, outcomes: Sequence[ScriptedOutcome]) -> None:
        """Add outcomes for runs to come."""
        self.world.outcomes.entries.extend(outcomes)

    def dump(self) -> Dump:
        """Return the whole state as it is now."""
        world = self.world
        world.settle()
        return Dump(
            clock=self.clock.dump(),
            settings=world.settings,
            clients=list(self.authority.clients),
            tokens=list(self.authority.tokens),
            repositories=list(world.repositories.fixtures),
            outcomes=list(world.outcomes.entries),
            faults=list(self.faults.armed),
            drafts=list(world.drafts.all()),
            connectors=list(world.connectors.all()),
            deployments=list(world.deployments.all()),
            revisions=world.revisions.dump(),
            logs=world.logs.dump(),
            extensions=list(world.extensions.all()),
            subscriptions=list(world.subscriptions.all()),
            scripts=list(world.scripts.steps),
        )

    def load(self, dump: Dump) -> None:
        """Replace the whole state."""
        self._begin()
        self.clock.load(dump.clock)
        world = self.world
        world.settings = dump.settings
        self.authority.clients = dump.clients
        self.authority.tokens = dump.tokens
        world.repositories.fixtures = dump.repositories
        world.outcomes.entries = list(dump.outcomes)
        self.faults.armed = list(dump.faults)
        for draft in dump.drafts:
            world.drafts.put(draft, draft.modified_at)
        for connector in dump.connectors:
            world.connectors.put(connector, connector.modified_at)
        for deployment in dump.deployments:
            world.deployments.put(deployment, deployment.modified_at)
        world.revisions.load(dump.revisions)
        for deployment in dump.deployments:
            world.note_deployed(deployment, deployment.modified_at)
        world.logs.load(dump.logs)
        for extension in dump.extensions:
            world.extensions.put(extension, extension.modified_at)
        for subscription in dump.subscriptions:
            world.subscriptions.put(subscription, subscription.modified_at)
        world.scripts.steps = list(dump.scripts)

    def _plant(self, seed: Seed) -> None:
        if seed.dump is not None:
            self.load(seed.dump)
        if seed.settings is not None:
            self.set_settings(seed.settings)
        if seed.clients is not None:
            self.authority.clients = seed.clients
        if seed.repositories is not None:
            self.world.repositories.fixtures = seed.repositories
        try:
            add_seeded(self.world, seed.registrations or {})
        except AdminError as error:
            raise InvalidShapeError(f"registrations: {error}") from None
        self.script(seed.outcomes or [])
        self.faults.arm(seed.faults or [], self.clock.now())
