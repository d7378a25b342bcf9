"""The state of one emulator, and time's effect on it."""

from __future__ import annotations

from commercetools_connect.emulator.cache import IdentityCache
from commercetools_connect.emulator.clock import Clock
from commercetools_connect.emulator.collection import Collection
from commercetools_connect.emulator.entities import (
    Connector,
    Deployment,
    DeploymentRun,
    Draft,
    Extension,
    Subscription,
)
from commercetools_connect.emulator.lifecycles import due_deployment_step, due_draft_step
from commercetools_connect.emulator.log_store import LogBook, run_lines
from commercetools_connect.emulator.outcomes import OutcomeScript
from commercetools_connect.emulator.render import deployment_body
from commercetools_connect.emulator.repositories import Repositories
from commercetools_connect.emulator.revision_book import RevisionBook
from commercetools_connect.emulator.settings import Settings
from commercetools_connect.emulator.wiring_scripts import (
    ScriptQueue,
    deploy_steps,
    execute,
    undeploy_steps,
    with_registered,
)


class World:
    """Everything that the API's calls read and change."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.settings = Settings()
        self.repositories = Repositories()
        self.outcomes = OutcomeScript()
        self.drafts: Collection[Draft] = Collection()
        self.connectors: Collection[Connector] = Collection()
        self.deployments: Collection[Deployment] = Collection()
        self.extensions: Collection[Extension] = Collection()
        self.subscriptions: Collection[Subscription] = Collection()
        self.scripts = ScriptQueue()
        self.revisions = RevisionBook()
        self.logs = LogBook()
        self.deployment_bodies = IdentityCache(deployment_body)

    def forget_deployment(self, deployment_id: str, at: float) -> None:
        """Remove a Deployment from `at` on, with its revisions, logs and scripts. What it registered stays."""
        self.deployments.remove(deployment_id, at)
        self.scripts.forget(deployment_id)
        self.revisions.forget(deployment_id)
        self.logs.forget(deployment_id)

    def note_deployed(self, deployment: Deployment, at: float) -> None:
        """See to it that a Deployment that is Deployed without a run, by a hand or a dump, has a revision."""
        if deployment.status == "Deployed" and not self.revisions.newest_first(deployment.id):
            self.revisions.record(deployment, at)

    def settle(self) -> float:
        """Let every step happen whose time has come; return the current time."""
        now = self.clock.now()
        for draft in self.drafts.due(now):
            self._settle_draft(draft, now)
        for deployment in self.deployments.due(now):
            self._settle_deployment(deployment, now)
        self._run_scripts(now)
        return now

    def _settle_draft(self, draft: Draft, now: float) -> None:
        step = due_draft_step(draft, self.connectors.get(draft.id), self.settings, now)
        if step is None:
            return
        self.drafts.put(step.draft, step.at)
        if step.connector is not None:
            self.connectors.put(step.connector, step.at)

    def _settle_deployment(self, deployment: Deployment, now: float) -> None:
        step = due_deployment_step(deployment, self.settings, now)
        if step is None:
            return
        self._run_scripts(step.at)
        if step.deployment is None:
            if deployment.run is not None:
                self.scripts.steps.extend(undeploy_steps(deployment, deployment.run, step.at))
            self._run_scripts(step.at)
            self.forget_deployment(deployment.id, step.at)
            return
        after = step.deployment
        if step.ended is not None and step.ended.lifecycle == "deploy" and after.status == "Deployed":
            self.scripts.steps.extend(deploy_steps(deployment, after, step.ended, self.settings, step.at))
            after = with_registered(after, step.ended)
        self.deployments.put(after, step.at)
        if step.ended is not None:
            self._record_run(after, step.ended, step.at)

    def _run_scripts(self, until: float) -> None:
        for step in self.scripts.due(until):
            execute(step, self.extensions, self.subscriptions)

    def _record_run(self, deployment: Deployment, run: DeploymentRun, at: float) -> None:
        self.logs.add(deployment.id, run_lines(deployment, run), at)
        if run.lifecycle == "deploy" and deployment.status == "Deployed":
            self.revisions.record(deployment, at)
