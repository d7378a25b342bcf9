"""Proof that the new Deployment of a delete-first replacement can be created.

Two Deployments of one project cannot have the same key, so the old one must be undeployed before the new one can
be created. It is undeployed only after everything that the create needs has been read: an error must not take a
live deployment away. What is published or decided in the same run is proven right before the delete.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from commercetools_connect.api import ApiError, ById, ByKey, NotFoundError, Ref
from commercetools_connect.api.endpoints import WRITE_DEPLOYMENTS
from commercetools_connect.core.errors import ConfigurationError, InvalidInputError
from commercetools_connect.core.values import PropertyMap, as_map, has_unknown
from commercetools_connect.resources.deployment.connector_version import (
    ConnectorVersion,
    fetch_version,
    judge_available,
    kind_of,
)
from commercetools_connect.resources.deployment.model import DeploymentType
from commercetools_connect.resources.deployment.validation import region_doubt, validate
from commercetools_connect.resources.inputs import text_of, value_of
from commercetools_connect.resources.managed import find_by_key
from commercetools_connect.resources.reconcile import is_rejection
from commercetools_connect.resources.session import Session

NOT_PROVEN_YET: Final = (
    "it is not proven yet that the replacement can be created: {reasons}. It is checked right before the old "
    "deployment is undeployed; without a proof the old one stays"
)

ACCEPT: Final = "set acceptUnprovenReplacement to true to replace it without this proof"


@dataclass
class Proof:
    """Reasons against a replacement.

    - `failures`: reasons for which the create would be refused.
    - `doubts`: what cannot be read or proven; the user may accept these.
    - `pending`: what only this run will tell.
    """

    failures: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)


def replacement_error(subject: str, proof: Proof) -> InvalidInputError | None:
    """Return the error for a replacement that must not begin, `None` if there is no reason against it."""
    reasons = [*proof.failures, *proof.doubts]
    if not reasons:
        return None
    ways = ["Correct the program."]
    if proof.doubts and not proof.failures:
        ways.append(f"If you are sure that the create will succeed, {ACCEPT}.")
    return InvalidInputError(
        "\n".join(
            [
                f"{subject} is not replaced: the old deployment would be undeployed first, and the new one could "
                "not be created, or nothing proves that it could. The old one stays as it is.",
                *reasons,
            ]
        ),
        " ".join(ways),
    )


async def prove(
    session: Session, desired: PropertyMap, own_id: str, old_type: str, *, deleting: bool = False
) -> Proof:
    """Return the reasons against replacing the Deployment `own_id` by what is `desired`, delete first.

    Reads everything that the create needs, again with each call. `deleting`: the old deployment is deleted next,
    so what this run has yet to do is no proof.
    """
    proof = Proof()
    if has_unknown(desired):
        names = sorted(name for name, value in desired.items() if has_unknown(value))
        (proof.failures if deleting else proof.pending).append(f"{', '.join(names)} not known before the `up`")
        return proof
    version = await _read_version(session, desired, proof)
    if version is not None:
        await _check_request(session, desired, version, proof, deleting=deleting)
    await _check_rights(session, desired, proof)
    await _check_key(session, desired, own_id, proof)
    await _check_type(session, desired, own_id, old_type, proof)
    if value_of(desired, "acceptUnprovenReplacement") is True:
        proof.doubts.clear()
    if deleting:
        proof.failures += proof.pending
    return proof


async def _read_version(session: Session, desired: PropertyMap, proof: Proof) -> ConnectorVersion | None:
    """Return the version that the create will run, once it is there."""
    reference = as_map(value_of(desired, "connector"))
    staged = reference.get("staged") is True
    name = reference.get("id") or reference.get("key")
    ref: Ref = ById(str(name)) if reference.get("id") else ByKey(str(name))
    try:
        found = await fetch_version(session, ref, staged=staged)
    except NotFoundError:
        missing = f"connector: there is no {kind_of(staged=staged)} with {ref}"
        if session.publications.is_coming(frozenset({str(name)}), staged=staged):
            proof.pending.append(missing)
        else:
            proof.failures.append(missing)
        return None
    except (ApiError, ConfigurationError) as error:
        # another 4xx than these says that the reference cannot be right
        wrong = isinstance(error, ApiError) and is_rejection(error)
        (proof.failures if wrong else proof.doubts).append(f"connector: it cannot be read: {error}")
        return None
    tag = value_of(desired, "connectorTag")
    asked = tag if isinstance(tag, str) else None
    answer = judge_available(session.publications, found, asked, staged=staged, replacing=True)
    if isinstance(answer, ConnectorVersion):
        return answer
    (proof.pending if isinstance(answer, str) else proof.failures).append(str(answer))
    return None


async def _check_request(
    session: Session, desired: PropertyMap, version: ConnectorVersion, proof: Proof, *, deleting: bool
) -> None:
    """Validate as the create does, against what is published; what is only declared so far is still to come."""
    published = validate(await _with_projects(session, version), desired, declared={})
    declared = session.publications.draft(version.names)
    later = validate(version, desired, declared=declared) if declared else published
    proof.failures += map(str, published if deleting else later)
    if not deleting:
        proof.pending += [str(each) for each in published if each not in later]
    if doubt := region_doubt(desired, version.supported_regions):
        proof.doubts.append(doubt)


async def _with_projects(session: Session, version: ConnectorVersion) -> ConnectorVersion:
    """Return the version with the projects that may deploy it: a published connector does not name them."""
    if not version.private or version.private_projects or not version.id:
        return version
    try:
        connector_staged = await session.client.get_connector_staged(ById(version.id))
    except (ApiError, ConfigurationError):
        return version  # it belongs to another project; that its connector can be read says that it is shared
    return replace(version, private_projects=connector_staged.private_projects)


async def _check_rights(session: Session, desired: PropertyMap, proof: Proof) -> None:
    """Make sure that the token may deploy, where the token host names its scopes (API §1.3)."""
    project_key = text_of(desired, "projectKey")
    try:
        scopes = await session.client.scopes()
    except (ApiError, ConfigurationError) as error:
        proof.doubts.append(f"credentials: {error}")
        return
    if scopes is not None and not any(f"{scope}:{project_key}" in scopes for scope in WRITE_DEPLOYMENTS):
        proof.failures.append(
            f"credentials: the token may not deploy to {project_key}; it needs one of the scopes "
            + ", ".join(f"{scope}:{project_key}" for scope in WRITE_DEPLOYMENTS)
        )


async def _check_key(session: Session, desired: PropertyMap, own_id: str, proof: Proof) -> None:
    """Make sure that nothing but the old deployment has the key."""
    project_key, key = text_of(desired, "projectKey"), text_of(desired, "key")
    try:
        found = await find_by_key(key, partial(session.client.get_deployment, project_key))
    except (ApiError, ConfigurationError) as error:
        proof.doubts.append(f"key: it cannot be looked up: {error}")
        return
    if found is not None and f"{project_key}/{found.id}" != own_id:
        proof.failures.append(f"key: {key} belongs to another deployment: {found.id}")


async def _check_type(session: Session, desired: PropertyMap, own_id: str, old_type: str, proof: Proof) -> None:
    """Make sure that the project may have deployments of the new type: only one that exists proves it.

    A connector that was deployed as a preview and is published now goes on as a sandbox, the API's default type.
    """
    kind, project_key = text_of(desired, "type"), text_of(desired, "projectKey")
    published = (old_type, kind) == (DeploymentType.PREVIEW.value, DeploymentType.SANDBOX.value)
    if published or kind in (old_type, DeploymentType.PREVIEW.value):
        return
    try:
        async for each in session.client.list_deployments(project_key):
            if each.type == kind and f"{project_key}/{each.id}" != own_id:
                return
    except (ApiError, ConfigurationError) as error:
        proof.doubts.append(f"type: the project's deployments cannot be listed: {error}")
        return
    proof.doubts.append(
        f"type: project {project_key} has no deployment of type {kind}, so nothing proves that this type is "
        "switched on there"
    )
