"""Mistakes at preview: a Deployment that a program wants, against the connector version that will run.

The version is the deployment's own while neither the tag nor the deployment moves; else what is published (staged:
previewable), if that is the tag that is asked for. A tag that this same `up` publishes is checked right before the
request is made. Whatever cannot be looked at is said once and is no mistake.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from commercetools_connect.api import ById, ByKey, Deployment, DeploymentStatus, NotFoundError
from commercetools_connect.contract.operation import Operation
from commercetools_connect.contract.paths import Path, format_path
from commercetools_connect.contract.results import CheckFailure, Diff, State
from commercetools_connect.contract.secret_names import looks_secret
from commercetools_connect.contract.validation import refusal
from commercetools_connect.contract.values import UNKNOWN, Plain, Tree, reveal
from commercetools_connect.resources.deployment.availability import Availability
from commercetools_connect.resources.deployment.behaviour import behaviour_mistakes
from commercetools_connect.resources.deployment.holders import holders_of, members
from commercetools_connect.resources.deployment.lookup import Unreadable, briefly, version_to_deploy
from commercetools_connect.resources.deployment.metadata import ConfigurationKey, Metadata
from commercetools_connect.resources.deployment.mistakes import (
    configuration_mistakes,
    missing_failure,
    missing_keys,
    still_missing,
    unnamed_applications,
)
from commercetools_connect.resources.deployment.places import place_mistakes, region_doubt
from commercetools_connect.resources.deployment.plan import deployed_after
from commercetools_connect.resources.deployment.removed import removed_keys
from commercetools_connect.resources.deployment.work import split_id
from commercetools_connect.resources.session import Session

__all__ = ["REMEDY", "Examination", "require_no_mistakes"]

REMEDY: Final = "Correct the program; skipPlanTimeValidation turns these checks off."

EXAMINED: Final = frozenset({"configurations", "globalConfiguration", "connectorTag"})
"""Inputs whose change can be a mistake that the connector tells."""


def is_examined(session: Session, wanted: Tree) -> bool:
    """Tell whether the user wants these checks; what the Deployment says comes before what the provider says."""
    own = reveal(wanted.get("skipPlanTimeValidation"))
    return not (own if isinstance(own, bool) else session.skip_plan_time_validation)


def require_no_mistakes(
    session: Session, wanted: Tree, version: Metadata, running: Deployment | None, held: Tree | None
) -> None:
    """Raise `InvalidInputError` with every mistake in a request that is about to be made; the same as a preview's.

    `version` is what the request will run, `running` what it changes (`None`: it creates) and `held` what the
    state has of that.
    """
    if not is_examined(session, wanted):
        return
    failures = [each for holder in holders_of(wanted) for each in behaviour_mistakes(holder)]
    failures += configuration_mistakes(version, wanted)
    missing = missing_keys(version, wanted)
    if running is None:
        failures += place_mistakes(version, wanted, session.releases.draft(version.names))
        failures += map(missing_failure, missing)
    else:
        moves = running.connector.repository.tag != version.tag
        deployed = deployed_after(running, version if moves else None)
        failures += still_missing(missing, running, deployed, removed_keys(held or {}, wanted))
    if failures:
        raise refusal(failures, REMEDY)


@dataclass
class Examination:
    """One look at a Deployment before it is made or changed. `state` is what there is, `None` before a create."""

    session: Session
    operation: Operation
    wanted: Tree
    state: State | None = None
    _running: Deployment | Unreadable | None = field(default=None, init=False)

    async def of_create(self) -> tuple[CheckFailure, ...]:
        """Return every mistake for which a create would be refused."""
        if not is_examined(self.session, self.wanted):
            return ()
        return tuple(await self._create(replacing=False))

    async def of_change(self, found: Diff) -> tuple[CheckFailure, ...]:
        """Return every mistake in what an update changes; of what replaces, every mistake of a create."""
        if self.state is None or not self._is_concerned(self.state, found):
            return ()
        if found.replaces:
            return tuple(await self._create(replacing=True))
        failures = await self._change()
        self._say_secret_names(failures, found)
        return tuple(failures)

    async def _change(self) -> list[CheckFailure]:
        failures = [*self._behaviour()]
        outputs = self.state.outputs if self.state else {}
        tag, running = reveal(self.wanted.get("connectorTag")), reveal(outputs.get("deployedTag"))
        if tag is UNKNOWN:
            return failures
        moves = tag not in (None, running)
        version = await (self._version_after_move() if moves else self._version_that_runs())
        if isinstance(version, Metadata):
            failures += configuration_mistakes(version, self.wanted)
            failures += await self._missing(version, moves=moves)
        elif isinstance(version, CheckFailure):
            failures.append(version)
        return failures

    async def running(self) -> Deployment | Unreadable:
        """Return the Deployment as it is, read once. `state` must be given."""
        if self._running is None and self.state is not None:
            project_key, deployment_id = split_id(self.state.id, self.session.project_key)
            self._running = await briefly(lambda: self.session.reader.deployment(project_key, deployment_id))
        return self._running or Unreadable("there is none")

    def _is_concerned(self, state: State, found: Diff) -> bool:
        """Tell whether a change can be a mistake; one that failed may have failed for a mistake of before."""
        failed = reveal(state.outputs.get("status")) == DeploymentStatus.FAILED
        changed = bool(found.replaces) or failed or any(path[0] in EXAMINED for path in found.changes)
        return changed and is_examined(self.session, self.wanted)

    async def _create(self, *, replacing: bool) -> list[CheckFailure]:
        version = await self._version_to_create(replacing=replacing)
        failures = [*self._behaviour(), *await self._against(version, replacing=replacing)]
        if isinstance(version, Metadata) and not failures:
            self._say_unnamed(version)
        self._say_secret_names(failures, None)
        return failures

    async def _against(self, version: Metadata | CheckFailure | None, *, replacing: bool) -> list[CheckFailure]:
        if doubt := region_doubt(self.wanted, version.supported_regions if isinstance(version, Metadata) else ()):
            self.operation.reporter.warning(doubt)
        if not isinstance(version, Metadata):
            return [version] if version is not None else []
        failures = [*configuration_mistakes(version, self.wanted), *self._places(version)]
        if missing := missing_keys(version, self.wanted):
            failures += [*map(missing_failure, missing)] if replacing else await self._not_held_by_key(missing)
        return failures

    async def _version_to_create(self, *, replacing: bool) -> Metadata | CheckFailure | None:
        reference = members(reveal(self.wanted.get("connector")))
        name, staged = reference.get("id") or reference.get("key"), reference.get("staged") or False
        if not isinstance(name, str) or not isinstance(staged, bool):
            if UNKNOWN in (name, staged):
                self._later("the connector is published in this same `pulumi up`")
            return None
        ref = ById(name) if reference.get("id") else ByKey(name)
        return await self._available(
            await version_to_deploy(self.session, ref, staged=staged), replacing=replacing
        )

    async def _version_after_move(self) -> Metadata | CheckFailure | None:
        """Return the version that the connector of the running deployment moves to."""
        outputs = self.state.outputs if self.state else {}
        connector_id = reveal(outputs.get("connectorId"))
        if not isinstance(connector_id, str) or not connector_id:
            return await self._version_to_create(replacing=False)
        staged = members(reveal(outputs.get("connector"))).get("staged") is True
        found = await version_to_deploy(self.session, ById(connector_id), staged=staged)
        return await self._available(found, replacing=False)

    async def _version_that_runs(self) -> Metadata | None:
        """Return the deployment's own version, which all deployments of that version of the connector share."""
        outputs = self.state.outputs if self.state else {}
        key = (
            "running",
            *(str(reveal(outputs.get(name))) for name in ("connectorId", "connectorVersion", "deployedTag")),
        )

        async def read() -> Metadata | Unreadable:
            running = await self.running()
            return running if isinstance(running, Unreadable) else Metadata.of_deployment(running)

        found = await self.session.reads.get(key, read)
        if isinstance(found, Unreadable):
            self._unchecked(found)
            return None
        return found

    async def _available(self, found: Metadata | Unreadable, *, replacing: bool) -> Metadata | CheckFailure | None:
        """Return the version if it is the one that will run, a mistake if there can be none, else say why not."""
        if isinstance(found, Unreadable):
            self._unchecked(found)
            return None
        tag = reveal(self.wanted.get("connectorTag"))
        if tag is UNKNOWN:
            return None
        asked = tag if isinstance(tag, str) else None
        answer = Availability(self.session.releases, found, asked).judge(
            staged=self._is_staged(), replacing=replacing
        )
        if isinstance(answer, str):
            self._later(answer)
            return None
        return answer

    def _is_staged(self) -> bool:
        return members(reveal(self.wanted.get("connector"))).get("staged") is True

    async def _missing(self, version: Metadata, *, moves: bool) -> list[CheckFailure]:
        """Return the required keys that neither the program nor what runs gives a value."""
        outputs = self.state.outputs if self.state else {}
        missing = missing_keys(
            version, self.wanted, None if moves else _names(reveal(outputs.get("applications")))
        )
        if not missing:
            return []
        running = await self.running()
        if isinstance(running, Unreadable):
            self._unchecked(running)
            return []
        deployed = deployed_after(running, version if moves else None)
        return [*still_missing(missing, running, deployed, removed_keys(outputs, self.wanted))]

    async def _not_held_by_key(self, missing: list[ConfigurationKey]) -> list[CheckFailure]:
        """Leave out what a Deployment under the same key holds already: the create would take it over."""
        project_key, key = (reveal(self.wanted.get(name)) for name in ("projectKey", "key"))
        if not isinstance(project_key, str) or not isinstance(key, str):
            return []
        found = await briefly(lambda: self._find(project_key, key))
        if isinstance(found, Unreadable):
            self._unchecked(found)
            return []
        if found is None:
            return [*map(missing_failure, missing)]
        return [*still_missing(missing, found, deployed_after(found, None), ())]

    async def _find(self, project_key: str, key: str) -> Deployment | None:
        try:
            return await self.session.client.get_deployment(project_key, ByKey(key))
        except NotFoundError:
            return None

    def _places(self, version: Metadata) -> Iterator[CheckFailure]:
        """Return mistakes about region and project; a draft that others manage may change in this same run."""
        declared = self.session.releases.draft(version.names)
        certain = "privateProjects" in declared
        for failure in place_mistakes(version, self.wanted, declared):
            if failure.path == ("projectKey",) and not certain:
                self.operation.reporter.warning(str(failure))
            else:
                yield failure

    def _behaviour(self) -> Iterator[CheckFailure]:
        for holder in holders_of(self.wanted):
            yield from behaviour_mistakes(holder)

    def _say_unnamed(self, version: Metadata) -> None:
        if names := unnamed_applications(version, self.wanted):
            self.operation.reporter.info(
                f"deployed with their defaults, as the program does not name them: {', '.join(names)}"
            )

    def _say_secret_names(self, failures: Collection[CheckFailure], found: Diff | None) -> None:
        """Warn of standard values, new or changed ones, whose names say that they are secrets."""
        told = {failure.path for failure in failures}
        for holder in holders_of(self.wanted):
            for key in holder.values("standardConfiguration"):
                path: Path = (*holder.path, "standardConfiguration", key)
                if path not in told and looks_secret(key) and (found is None or path in found.changes):
                    self.operation.reporter.warning(
                        f"{format_path(path)} looks like a secret, but everybody who sees the deployment can read "
                        "standardConfiguration; use securedConfiguration if the connector has the key there"
                    )

    def _later(self, reason: str) -> None:
        self.session.warn_once(
            self.operation, f"{reason}; the configuration is checked then, before anything is deployed"
        )

    def _unchecked(self, why: Unreadable) -> None:
        self.session.warn_once(self.operation, f"the configuration is not checked at preview: {why.reason}")


def _names(applications: Plain) -> frozenset[str] | None:
    """Return the names of deployed applications, as an output has them; `None` if it does not."""
    if not isinstance(applications, list):
        return None
    names = (members(each).get("name") for each in applications)
    return frozenset(name for name in names if isinstance(name, str))
