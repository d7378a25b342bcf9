"""Connector versions that a Deployment runs or will run: how they are read, and whether they are available."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, TypeVar

from commercetools_connect import api
from commercetools_connect.core.errors import InvalidInputError, ProviderError
from commercetools_connect.core.preview import NO_ANSWER
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.resources.deployment.configuration_values import GLOBAL
from commercetools_connect.resources.deployment.model import DeploymentInputs
from commercetools_connect.resources.planned_publications import PlannedPublications, PublicationProgress
from commercetools_connect.resources.session import ReadKey, Session

Definitions: TypeAlias = "api.ConnectorConfigurationApplication | api.ConnectorGlobalConfiguration"


@dataclass(frozen=True)
class ConnectorVersion:
    """A version of a connector; `tag` is `""` when there is none to deploy.

    `private`: only for the projects of its list, which only a ConnectorStaged shows. Without `configurations`
    nothing is known of its applications: connectors of earlier versions, and a connect.yaml that could not be read
    (API §4.2).
    """

    name: str
    tag: str
    configurations: tuple[api.ConnectorConfigurationApplication, ...]
    global_configuration: api.ConnectorGlobalConfiguration
    supported_regions: tuple[str, ...] = ()
    private: bool = False
    private_projects: tuple[str, ...] = ()
    id: str = ""
    key: str = ""

    @property
    def names(self) -> frozenset[str]:
        """The connector's id and key."""
        return frozenset({self.id, self.key} - {""})

    @classmethod
    def of_connector(cls, connector: api.Connector) -> ConnectorVersion:
        """Return what is published."""
        name = f"Connector {escape_untrusted(connector.key or connector.id)}"
        return replace(cls._of(connector, name), private=connector.private)

    @classmethod
    def of_connector_staged(cls, staged: api.ConnectorStaged) -> ConnectorVersion:
        """Return what is previewable."""
        version = cls._of(staged, f"ConnectorStaged {escape_untrusted(staged.key or staged.id)}")
        tag = version.tag if staged.is_previewable == api.IsPreviewable.TRUE else ""
        return replace(version, tag=tag, private=staged.private, private_projects=staged.private_projects)

    @classmethod
    def of_deployment(cls, deployment: api.Deployment) -> ConnectorVersion:
        """Return what runs."""
        return cls._of(deployment.connector, "the connector that runs")

    @classmethod
    def _of(
        cls, source: api.Connector | api.ConnectorStaged | api.DeploymentConnector, name: str
    ) -> ConnectorVersion:
        return cls(
            name,
            source.repository.tag,
            source.configurations,
            source.global_configuration,
            source.supported_regions,
            id=source.id,
            key=source.key,
        )


def definitions_of(connector: api.DeploymentConnector | ConnectorVersion) -> Mapping[str, Definitions]:
    """Return application → its configuration keys, the global ones under `GLOBAL`."""
    applications: dict[str, Definitions] = {each.application_name: each for each in connector.configurations}
    return {**applications, GLOBAL: connector.global_configuration}


T = TypeVar("T")

PREVIEW_TIME_LIMIT: Final = 4.0
"""Seconds that a look for a preview may take; the limit of all looks together (`VALIDATION_LIMIT`) is longer."""


@dataclass(frozen=True)
class Unavailable:
    """The error of a read."""

    error: ProviderError


@dataclass(frozen=True)
class MissingConnector:
    """A connector of which the API says that it does not exist, or shows nothing to these credentials."""

    ref: api.Ref
    staged: bool

    @property
    def name(self) -> str:
        """The connector's id or key."""
        return self.ref.key if isinstance(self.ref, api.ByKey) else self.ref.id

    def __str__(self) -> str:
        return f"no {kind_of(staged=self.staged)} with {self.ref} is visible to these credentials"


async def version_for_preview(
    session: Session, ref: api.Ref, *, staged: bool
) -> ConnectorVersion | MissingConnector | Unavailable:
    """Return what is published, or previewable, for a preview: read once for all deployments of the connector."""
    key, changes = _cache_key(ref, staged=staged), session.reads.changes

    async def read() -> ConnectorVersion | MissingConnector | Unavailable:
        try:
            return await fetch_version(session, ref, staged=staged)
        except api.NotFoundError:
            return MissingConnector(ref, staged)
        except api.ForbiddenError as error:
            return Unavailable(error)  # the same for every deployment; another error may pass

    found = await with_timeout(session, lambda: session.reads.get(key, read))
    if isinstance(found, ConnectorVersion):
        _remember(session, found, changes, staged=staged)
    return found


async def with_timeout(session: Session, read: Callable[[], Awaitable[T]]) -> T | Unavailable:
    """Return what `read` returns, or why it did not within `PREVIEW_TIME_LIMIT` seconds."""
    try:
        return await asyncio.wait_for(read(), PREVIEW_TIME_LIMIT)
    except asyncio.TimeoutError:
        return Unavailable(session.client.no_answer(PREVIEW_TIME_LIMIT, NO_ANSWER))
    except ProviderError as error:
        return Unavailable(error)


async def version_for_request(
    session: Session, context: OperationContext, inputs: DeploymentInputs
) -> ConnectorVersion | None:
    """Return what is published, or for a staged connector what is previewable (API §3 rows 1, 2, 6).

    What a preview has read is good enough if it is the tag that is asked for. `None` when it may not be read: the
    server decides then, and a warning says so.
    """
    reference = inputs.connector
    ref, staged = api.ById(reference.id) if reference.id else api.ByKey(reference.key or ""), reference.staged
    known = session.reads.known(_cache_key(ref, staged=staged))
    if isinstance(known, ConnectorVersion) and known.tag and inputs.connector_tag in (None, known.tag):
        return known
    changes = session.reads.changes
    try:
        found = await fetch_version(session, ref, staged=staged)
    except api.NotFoundError as error:
        raise InvalidInputError(
            f"Deployment {inputs.key}: there is no {kind_of(staged=staged)} with {ref}.",
            "Publish it first; connectorTag set to the publishedTag of a ConnectorPublication waits for it.",
        ) from error
    except api.ForbiddenError as error:
        context.reporter.warning(f"the connector's applications cannot be read, so none are added: {error}")
        return None
    _remember(session, found, changes, staged=staged)
    return found


def ensure_tag(inputs: DeploymentInputs, version: ConnectorVersion | None) -> None:
    """Raise `InvalidInputError` unless deploying now would run the tag that is asked for."""
    if inputs.connector_tag is None or version is None or version.tag == inputs.connector_tag:
        return
    available = f"tag {version.tag}" if version.tag else "no tag"
    state = "previewable" if inputs.connector.staged else "published"
    raise InvalidInputError(
        f"Deployment {inputs.key}: connectorTag is {inputs.connector_tag}, but {available} of {version.name} is "
        f"{state}.",
        "Set connectorTag to the publishedTag of a ConnectorPublication, so that the tag is published before.",
    )


async def fetch_version(session: Session, ref: api.Ref, *, staged: bool) -> ConnectorVersion:
    """Return what is published, or previewable. Raises what the client raises."""
    if staged:
        return ConnectorVersion.of_connector_staged(await session.client.get_connector_staged(ref))
    return ConnectorVersion.of_connector(await session.client.get_connector(ref))


def kind_of(*, staged: bool) -> str:
    """Return what messages call the object."""
    return "ConnectorStaged" if staged else "published Connector"


def _remember(session: Session, found: ConnectorVersion, changes: int, *, staged: bool) -> None:
    """Note what was read under the connector's id and its key: programs name it by either."""
    refs: list[api.Ref] = [api.ById(found.id), *([api.ByKey(found.key)] if found.key else [])]
    for ref in refs:
        session.reads.remember(_cache_key(ref, staged=staged), found, changes)


def _cache_key(ref: api.Ref, *, staged: bool) -> ReadKey:
    return (
        "draft" if staged else "connector",
        type(ref).__name__,
        ref.key if isinstance(ref, api.ByKey) else ref.id,
    )


PERHAPS_PRIVATE: Final = (
    "Check the reference. If the connector exists, it is private and not shared with this project: add {place} to "
    "the `privateProjects` of its ConnectorStaged"
)


def judge_missing(
    publications: PlannedPublications, missing: MissingConnector, asked: str | None, place: str
) -> tuple[CheckFailure | str, bool]:
    """Return the failure of a connector that a preview does not find, or why it is none; and whether it is coming.

    `asked` is the tag; `place` is `region:projectKey`, as `privateProjects` name it.
    """
    names, staged = publications.names(missing.name), missing.staged
    if failure := _not_shared(publications, names, place):
        return failure, False
    if publications.to_come(names, asked, staged=staged) is not None:
        done = "made previewable" if staged else "published"
        return f"the connector with {missing.ref} is {done} in this same `pulumi up`", True
    remedy = PERHAPS_PRIVATE.format(place=place)
    if publications.is_declared(names, staged=staged):
        return CheckFailure(("connector",), f"{missing}, although this program publishes it. {remedy}"), False
    if publications.are_all_known:
        reason = f"{missing}, and this program does not publish it. {remedy}"
        return CheckFailure(("connector",), reason, revisable=True), False
    return f"{missing}; unless this same `pulumi up` publishes it, the apply will fail. {remedy}", False


def _not_shared(publications: PlannedPublications, names: frozenset[str], place: str) -> CheckFailure | None:
    """Return the failure where the program declares the ConnectorStaged for other projects only."""
    listed = publications.draft(names).get("privateProjects")
    if not isinstance(listed, list | tuple) or not listed or publications.is_public(names):
        return None
    if place.partition(":")[2] in {str(each).partition(":")[2] for each in listed}:
        return None
    reason = f"the connector is private and not shared with this project: add {place} to its privateProjects"
    return CheckFailure(("projectKey",), reason)


def judge_available(
    publications: PlannedPublications, found: ConnectorVersion, asked: str | None, *, staged: bool, replacing: bool
) -> ConnectorVersion | CheckFailure | str:
    """Return the version that will run, a failure if the `asked` tag cannot be, or why that is not known yet.

    `found` is what is published (staged: previewable) now; `None` asks for any tag. `replacing`: an object is
    deleted for it, so a doubt is a failure.
    """
    coming = publications.to_come(found.names, asked, staged=staged)
    if found.tag and (asked == found.tag or (asked is None and coming is None)):
        return found
    wanted, done = f"tag {asked}" if asked else "the connector", "made previewable" if staged else "published"
    if coming is not None and not (replacing and coming.progress is PublicationProgress.UNDER_WAY):
        return f"{found.name}: {wanted} is {done} in this same `pulumi up`"
    if coming is not None:
        reason = "is being published at this moment; take it from the ConnectorPublication's publishedTag"
        return CheckFailure(("connectorTag",), reason)
    there = f"{escape_untrusted(found.tag) or 'nothing'} is {'previewable' if staged else 'published'}"
    if not (replacing or publications.are_all_known or publications.is_declared(found.names, staged=staged)):
        return f"{found.name}: {there}, so {wanted} must be {done} first"
    if asked is None:
        reason = f"{there}, and this program does not change that"
        return CheckFailure(("connector",), reason, revisable=True)
    reason = f"{asked} is not available, and this program does not publish it; {there}"
    return CheckFailure(("connectorTag",), reason, revisable=True)
