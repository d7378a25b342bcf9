"""Validation of a Deployment at preview, against the connector version that will run.

The version is the deployment's own while neither the tag nor the deployment moves; else what is published (staged:
previewable), if that is the tag that is asked for. A tag that this same `up` publishes is checked right before the
request is made. `PreviewValidation` decides whether what cannot be read is a failure.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias

from commercetools_connect.api import ById, ByKey, Deployment, DeploymentStatus, ForbiddenError, NotFoundError
from commercetools_connect.api.wiring import WiringKind
from commercetools_connect.core.errors import ConfigurationError, InvalidInputError, ProviderError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import CheckFailure, Diff, State
from commercetools_connect.core.text import looks_secret
from commercetools_connect.core.values import (
    UNKNOWN,
    PropertyMap,
    PropertyValue,
    as_map,
    has_unknown,
    unwrap_secrets,
)
from commercetools_connect.resources.configuration import about_connection
from commercetools_connect.resources.deployment.configuration_values import (
    GLOBAL,
    ConfigurationValues,
)
from commercetools_connect.resources.deployment.connector_version import (
    ConnectorVersion,
    MissingConnector,
    Unavailable,
    judge_available,
    judge_missing,
    version_for_preview,
    with_timeout,
)
from commercetools_connect.resources.deployment.operation import DeploymentOperation, split_id
from commercetools_connect.resources.deployment.plan import keys_after
from commercetools_connect.resources.deployment.validation import (
    Running,
    missing_keys,
    project_failure,
    region_doubt,
    schedule_doubts,
    unnamed_applications,
    validate,
)
from commercetools_connect.resources.inner_connections import connection_in
from commercetools_connect.resources.inputs import value_of
from commercetools_connect.resources.managed import find_by_key
from commercetools_connect.resources.session import Session

REMEDY: Final = "Correct the program; skipPlanTimeValidation turns these checks off."

VALIDATED: Final = frozenset({"configurations", "globalConfiguration", "connectorTag", "expect"})
"""Inputs that are validated against the connector."""

Version: TypeAlias = "ConnectorVersion | tuple[CheckFailure, ...]"
"""The version that will run, else the failures for which none can; no failure where that is not known yet."""


NOT_CHECKED: Final[Running] = {}
"""What `validate` is given in place of a Deployment that cannot be read: no key counts as missing."""


def is_validated(session: Session, own: PropertyValue) -> bool:
    """Tell whether the user wants these checks; what the Deployment says comes before what the provider says."""
    return not (own if isinstance(own, bool) else session.skip_plan_time_validation)


@dataclass
class DeploymentValidator:
    """The preview of one Deployment. `state` is what there is, `None` before a create."""

    session: Session
    context: OperationContext
    desired: PropertyMap
    state: State | None = None
    configuration: ConfigurationValues = field(init=False)
    outputs: PropertyMap = field(init=False)
    _running: Deployment | Unavailable | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.configuration = ConfigurationValues.of(self.desired)
        self.outputs = self.state.outputs if self.state else {}

    async def validate_create(self) -> tuple[CheckFailure, ...]:
        """Return every failure for which a create would be refused."""
        if not is_validated(self.session, value_of(self.desired, "skipPlanTimeValidation")):
            return ()
        self._warn_of_schedules()
        if self.session.offline_preview:
            return tuple(validate(None, self.desired))
        reads, client = self.session.reads, self.session.client
        projects = await with_timeout(self.session, lambda: reads.get(("projects",), client.projects))
        if isinstance(projects, Unavailable):  # without a token nothing can be read
            return (*validate(None, self.desired), *self._unchecked(projects))
        failure = project_failure(self.desired, projects)
        if failure is not None:
            return (failure, *await self._create())
        return (*await self._wiring_access(), *await self._create())

    async def validate_update(self, found: Diff) -> tuple[CheckFailure, ...]:
        """Return every failure in what an update in place changes."""
        # an update of one that failed may repeat an earlier failure
        failed = value_of(self.outputs, "status") == DeploymentStatus.FAILED
        changed = failed or any(path[0] in VALIDATED for path in found.changes)
        wanted = is_validated(self.session, value_of(self.desired, "skipPlanTimeValidation"))
        if found.replaces or not changed or not wanted:
            return ()
        self._warn_of_schedules()
        if self.session.offline_preview:
            return tuple(validate(None, self.desired))
        failures = await self._update()
        self._warn_of_secret_names(failures, found)
        if any(path[0] == "expect" for path in found.changes):
            failures += await self._wiring_access()
        return tuple(failures)

    async def running(self) -> Deployment | Unavailable:
        """Return the Deployment as it is, read once. `state` must be given."""
        if self.session.offline_preview:
            return Unavailable(ConfigurationError("offlinePreview is set"))
        if self._running is None and self.state is not None:
            project_key, deployment_id = split_id(self.state.id, self.session.project_key)
            self._running = await with_timeout(
                self.session, lambda: self.session.reader.deployment(project_key, deployment_id)
            )
            if isinstance(self._running, Unavailable) and isinstance(self._running.error, NotFoundError):
                key = unwrap_secrets(self.state.outputs.get("key"))
                self._running = Unavailable(
                    DeploymentOperation.gone(f"Deployment {key} ({deployment_id}) in project {project_key}")
                )
        return self._running or Unavailable(InvalidInputError("There is no deployment yet."))

    async def _wiring_access(self) -> tuple[CheckFailure, ...]:
        """Return the failure of a token that may not list what is expected, if it is one; else warn."""
        project, expect = value_of(self.desired, "projectKey"), as_map(value_of(self.desired, "expect"))
        kinds = [kind for kind in WiringKind if any(as_map(each).get(kind.value) for each in expect.values())]
        connection = connection_in(self.desired.get("expect"))
        if not isinstance(project, str) or not kinds or has_unknown(connection):
            return ()
        try:
            await self.session.for_connection(connection).wiring.require_scopes(project, kinds)
        except ProviderError as error:
            return self.session.validation.judge(self.context, about_connection(error, connection, project))
        return ()

    async def _create(self) -> list[CheckFailure]:
        version = await self._version_to_create()
        if doubt := region_doubt(
            self.desired, version.supported_regions if isinstance(version, ConnectorVersion) else ()
        ):
            self.context.reporter.warning(doubt)
        if not isinstance(version, ConnectorVersion):
            failures = [*validate(None, self.desired), *version]
        else:
            failures = await self._validate_create(version)
            names = unnamed_applications(version, self.configuration)
            if names and not failures:
                self.context.reporter.info(
                    f"deployed with their defaults, as the program does not name them: {', '.join(names)}"
                )
        self._warn_of_secret_names(failures, None)
        return failures

    async def _validate_create(self, version: ConnectorVersion) -> list[CheckFailure]:
        running: Running | None = None
        unread: tuple[CheckFailure, ...] = ()
        if missing_keys(version, self.configuration):
            running, unread = await self._keys_under_own_key()
        declared = self.session.publications.draft(version.names)
        failures = []
        for failure in validate(version, self.desired, running, None, declared):
            # a ConnectorStaged that another program manages may change in this same run
            if failure.path == ("projectKey",) and "privateProjects" not in declared:
                self.context.reporter.warning(str(failure))
            else:
                failures.append(failure)
        return [*failures, *unread]

    async def _update(self) -> list[CheckFailure]:
        tag, deployed = (
            value_of(self.desired, "connectorTag"),
            value_of(self.outputs, "deployedTag"),
        )
        if tag is UNKNOWN:
            return validate(None, self.desired)
        moves = tag not in (None, deployed)
        version = await (self._version_after_move() if moves else self._version_that_runs())
        if not isinstance(version, ConnectorVersion):
            return [*validate(None, self.desired), *version]
        applications = value_of(self.outputs, "applications")
        names = None
        if isinstance(applications, list) and not moves:
            names = {str(as_map(each).get("name")): () for each in applications}
        running = NOT_CHECKED
        unread: tuple[CheckFailure, ...] = ()
        if missing_keys(version, self.configuration, None if names is None else {**names, GLOBAL: ()}):
            read = await self.running()
            if isinstance(read, Unavailable):
                unread = self._unchecked(read)
            else:
                running = keys_after(read, version)
        return [*validate(version, self.desired, running, self.outputs), *unread]

    async def _version_to_create(self) -> Version:
        reference = as_map(value_of(self.desired, "connector"))
        name, staged = reference.get("id") or reference.get("key"), reference.get("staged") or False
        if not isinstance(name, str) or not isinstance(staged, bool):
            if UNKNOWN in (name, staged):
                self._warn_of_deferral("the connector is published in this same `pulumi up`")
            return ()
        ref = ById(name) if reference.get("id") else ByKey(name)
        return self._available(await version_for_preview(self.session, ref, staged=staged))

    async def _version_after_move(self) -> Version:
        """Return the version that the connector of the running deployment moves to."""
        connector_id = value_of(self.outputs, "connectorId")
        if not isinstance(connector_id, str) or not connector_id:
            return await self._version_to_create()
        staged = as_map(value_of(self.outputs, "connector")).get("staged") is True
        found = await version_for_preview(self.session, ById(connector_id), staged=staged)
        return self._available(found)

    async def _version_that_runs(self) -> Version:
        """Return the deployment's own version, which a project's deployments of that version share."""
        names = ("projectKey", "connectorId", "connectorVersion", "deployedTag")
        key = ("running", *(str(value_of(self.outputs, name)) for name in names))

        async def read() -> ConnectorVersion | Unavailable:
            running = await self.running()
            if isinstance(running, Deployment):
                return ConnectorVersion.of_deployment(running)
            if isinstance(running.error, ForbiddenError):
                return running
            raise running.error  # it may pass, or concern this deployment alone: the next one reads for itself

        found = await with_timeout(self.session, lambda: self.session.reads.get(key, read))
        return self._unchecked(found) if isinstance(found, Unavailable) else found

    def _available(self, found: ConnectorVersion | MissingConnector | Unavailable) -> Version:
        """Return the version if it is the one that will run, else the failure if there can be none."""
        if isinstance(found, Unavailable):
            return self._unchecked(found)
        tag = value_of(self.desired, "connectorTag")
        asked = tag if isinstance(tag, str) else None
        if isinstance(found, MissingConnector):
            parts = {name: value_of(self.desired, name) for name in ("region", "projectKey")}
            place = ":".join(value if isinstance(value, str) else f"<{name}>" for name, value in parts.items())
            answer, coming = judge_missing(self.session.publications, found, asked, place)
            if isinstance(answer, CheckFailure):
                return (answer,)
            if not coming:
                self.session.warn_once(self.context, answer)
                return ()
        elif tag is UNKNOWN:
            return ()
        else:
            staged = as_map(value_of(self.desired, "connector")).get("staged") is True
            judged = judge_available(self.session.publications, found, asked, staged=staged, replacing=False)
            if not isinstance(judged, str):
                return (judged,) if isinstance(judged, CheckFailure) else judged
            answer = judged
        self._warn_of_deferral(answer)
        return ()

    async def _keys_under_own_key(self) -> tuple[Running | None, tuple[CheckFailure, ...]]:
        """Return what a Deployment under the same key holds already: the create would take it over."""
        project_key, key = (value_of(self.desired, name) for name in ("projectKey", "key"))
        if key is UNKNOWN and self.context.default_key is UNKNOWN:
            return None, ()  # the key of a stack that is just being made: nothing can be under it
        if not isinstance(project_key, str) or not isinstance(key, str):
            return NOT_CHECKED, ()
        read = partial(self.session.client.get_deployment, project_key)
        found = await with_timeout(self.session, lambda: find_by_key(key, read))
        if isinstance(found, Unavailable):
            return NOT_CHECKED, self._unchecked(found)
        return (None if found is None else keys_after(found, None)), ()

    def _warn_of_schedules(self) -> None:
        for doubt in schedule_doubts(self.configuration):
            self.context.reporter.warning(str(doubt))

    def _warn_of_secret_names(self, failures: Collection[CheckFailure], found: Diff | None) -> None:
        """Warn of standard values, new or changed ones, whose names say that they are secrets."""
        reported = {failure.path for failure in failures}
        for key in self.configuration.standard:
            if key.path not in reported and looks_secret(key.key) and (found is None or key.path in found.changes):
                self.context.reporter.warning(
                    f"{key} looks like a secret, but everybody who sees the deployment can read "
                    "standardConfiguration; use securedConfiguration if the connector has the key there"
                )

    def _warn_of_deferral(self, reason: str) -> None:
        self.session.warn_once(
            self.context, f"{reason}; the configuration is checked then, before anything is deployed"
        )

    def _unchecked(self, why: Unavailable) -> tuple[CheckFailure, ...]:
        """Return the failure that an error of a read proves, if it proves one; else warn."""
        return self.session.validation.judge(self.context, why.error)
