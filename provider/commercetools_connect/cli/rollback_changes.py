"""What a rollback would change, in lines that show no secured value. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from commercetools_connect.api import (
    ApplicationDeployment,
    Deployment,
    DeploymentRevision,
    DeploymentRevisionApplication,
    DeploymentStatus,
)
from commercetools_connect.contract.errors import InvalidInputError, quote_foreign

__all__ = ["changes_of", "choose"]


def choose(revisions: Sequence[DeploymentRevision], deployment: Deployment, named: str) -> DeploymentRevision:
    """Return the named revision; without a name the newest one that is not what runs.

    `revisions` come newest first. While a deployment runs well, the newest one is what runs. Raises
    `InvalidInputError` that lists what there is.
    """
    if named:
        for revision in revisions:
            if revision.revision == named:
                return revision
        raise InvalidInputError(f"There is no revision {quote_foreign(named)}.", _listed(revisions))
    candidates = revisions[1:] if deployment.status == DeploymentStatus.DEPLOYED else revisions
    if not candidates:
        raise InvalidInputError("There is no revision to go back to.", _listed(revisions))
    return candidates[0]


def changes_of(deployment: Deployment, revision: DeploymentRevision) -> list[str]:
    """Return a line for each difference between what runs and the revision."""
    now = {each.application_name: each for each in deployment.applications}
    then = {each.application_name: each for each in revision.applications}
    lines = [*_changed("tag", deployment.connector.repository.tag, revision.connector.repository.tag)]
    for name in sorted({*now, *then}):
        if name not in then:
            lines.append(f"{quote_foreign(name)}: is removed")
        elif name not in now:
            lines.append(f"{quote_foreign(name)}: comes back")
        else:
            lines += _application(name, now[name], then[name])
    shared = (deployment.global_configuration, revision.global_configuration)
    lines += _values("global", *(_by_key(each.standard_configuration) for each in shared))
    return lines


def _application(name: str, now: ApplicationDeployment, then: DeploymentRevisionApplication) -> Iterator[str]:
    yield from _values(name, _by_key(now.standard_configuration), _by_key(then.standard_configuration))
    yield from _changed(f"{name}.schedule", now.schedule, then.schedule)
    for key in sorted({*now.secured_keys} ^ {*then.secured_keys}):
        what = "comes back" if key in then.secured_keys else "is removed"
        yield f"{quote_foreign(f'{name}.{key}')} (secured): {what}"


def _values(name: str, now: Mapping[str, str], then: Mapping[str, str]) -> Iterator[str]:
    for key in sorted({*now, *then}):
        yield from _changed(f"{name}.{key}", now.get(key, ""), then.get(key, ""))


def _changed(what: str, now: str, then: str) -> Iterator[str]:
    if now != then:
        yield f"{quote_foreign(what)}: {quote_foreign(now) or 'nothing'} -> {quote_foreign(then) or 'nothing'}"


def _by_key(values: Sequence[object]) -> dict[str, str]:
    return {str(getattr(each, "key", "")): str(getattr(each, "value", "")) for each in values}


def _listed(revisions: Sequence[DeploymentRevision]) -> str:
    known = [
        f"{quote_foreign(each.revision)} ({quote_foreign(each.connector.repository.tag)}, {each.created_at[:10]})"
        for each in revisions
    ]
    return f"There are: {', '.join(known)}." if known else "Connect lists none for this deployment."
