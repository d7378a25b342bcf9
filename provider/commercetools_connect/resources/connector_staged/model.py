"""ConnectorStaged: inputs, outputs, content hash and input checks (API §4.1)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Final

from pydantic import Field, StrictBool

from commercetools_connect.api import ConnectorStaged
from commercetools_connect.api.secret_registry import credentials_in_url, without_credentials
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import (
    UNKNOWN,
    PlainValue,
    PropertyMap,
    PropertyValue,
    Secret,
    Unknown,
    as_map,
    has_unknown,
    unwrap_secrets,
)
from commercetools_connect.resources.inputs import (
    Count,
    Email,
    InputModel,
    Key,
    ProjectIdentifier,
    Region,
    Text,
    member_names,
    pick,
)
from commercetools_connect.resources.reconcile import Snapshot
from commercetools_connect.resources.schema import (
    ReportEntryState,
    ResourceSchema,
    StateModel,
    report_entries,
    restore_secrets,
    to_plain,
)


class CreatorInputs(InputModel):
    """Who made the connector."""

    email: Email = Field(description="E-mail address of the creator.")
    name: str | None = Field(default=None, description="Name of the creator.")
    title: str | None = Field(default=None, description="Title of the creator.")
    company: str | None = Field(default=None, description="Company of the creator.")
    logo_url: str | None = Field(default=None, description="Address of the company's logo.")
    no_of_contributors: Count | None = Field(default=None, ge=1, description="Number of contributors, at least 1.")
    support_url: str | None = Field(default=None, description="Address where users of the connector find help.")


class RepositoryInputs(InputModel):
    """Git repository and tag of the connector's code."""

    url: Text = Field(
        description="HTTPS or SSH address of the Git repository, ending in .git. Private repositories need the "
        "SSH address and read access for the GitHub machine user connect-mu."
    )
    tag: Text = Field(description="Git tag of the release.")


class ConnectorStagedInputs(InputModel):
    """A connector draft: the editable definition of a connector."""

    key: Key = Field(
        description="User-defined key, 2 to 256 characters. Default: derived from project, stack, name and the "
        "provider's id in the state, so that no other stack has the same key."
    )
    name: Text = Field(description="Name of the connector.")
    description: str | None = Field(default=None, description="What the connector does.")
    creator: CreatorInputs = Field(description="Who made the connector.")
    repository: RepositoryInputs = Field(description="Git repository and tag of the connector's code.")
    integration_types: tuple[Text, ...] | None = Field(
        default=None, description="Kinds of integration, such as tax or psp."
    )
    supported_regions: tuple[Region, ...] | None = Field(
        default=None, min_length=1, description="Regions that the connector can be deployed to. Default: all."
    )
    private_projects: tuple[ProjectIdentifier, ...] | None = Field(
        default=None, description="Projects that may deploy the connector, each as region:projectKey."
    )
    documentation_url: str | None = Field(default=None, description="Address of the connector's documentation.")
    force_destroy: StrictBool = Field(
        default=False,
        description="If true, a delete does not check whether the connector is in use. Not sent to Connect.",
    )
    adopt: StrictBool = Field(
        default=False,
        description="If true, the create takes over an existing ConnectorStaged with the same key. "
        "Not sent to Connect.",
    )


class StandardKeyState(StateModel):
    """A setting whose value Connect shows."""

    key: str = Field(description="Name of the setting.")
    description: str | None = Field(default=None, description="Meaning of the setting.")
    required: bool | None = Field(default=None, description="Whether a deployment must set a value.")
    default: str | None = Field(default=None, description="Value in deployments that set none.")


class SecuredKeyState(StateModel):
    """A setting whose value Connect keeps secret."""

    key: str = Field(description="Name of the setting.")
    description: str | None = Field(default=None, description="Meaning of the setting.")
    required: bool | None = Field(default=None, description="Whether a deployment must set a value.")


class GlobalKeysState(StateModel):
    """Settings that all applications share."""

    standard_configuration: tuple[StandardKeyState, ...] = Field(description="The readable settings.")
    secured_configuration: tuple[SecuredKeyState, ...] = Field(description="The secret settings.")


class ApplicationKeysState(GlobalKeysState):
    """An application of a connector, and its settings."""

    application_name: str = Field(description="Name of the application.")
    application_type: str | None = Field(default=None, description="Such as service, job or event.")


class ConnectorStagedState(StateModel):
    """The outputs of a ConnectorStaged that are not inputs."""

    connector_staged_id: str = Field(description="Id of the ConnectorStaged. It is also the id of the resource.")
    content_hash: str = Field(
        description="Hash of everything that a publication publishes. It changes if there is "
        "something new to publish."
    )
    own_content_hash: str | None = Field(
        default=None,
        description="The contentHash after the last write of this resource. If the ConnectorStaged has another "
        "content, another client has changed it, and the provider refuses a delete.",
    )
    owner_project: str | None = Field(
        default=None,
        description="Project whose credentials own the ConnectorStaged, if the configuration names a project.",
    )
    status: str = Field(
        description="Status of the ConnectorStaged as the API names it, such as Draft or Published."
    )
    previewable: str = Field(description="Whether a preview can be deployed: true, false or pending.")
    has_changes: bool = Field(description="Whether the ConnectorStaged differs from the published connector.")
    already_listed: bool = Field(description="Whether the connector is or was listed in the marketplace.")
    private: bool = Field(description="Whether only the private projects may deploy the connector.")
    configurations: tuple[ApplicationKeysState, ...] = Field(
        description="Applications and their settings, as Connect read them from connect.yaml."
    )
    global_configuration: GlobalKeysState = Field(
        description="Settings that all applications share, as Connect read them from connect.yaml."
    )
    api_client_scopes: tuple[str, ...] = Field(
        description="Scopes of the API client that Connect creates for each deployment."
    )
    publishing_report: tuple[ReportEntryState, ...] = Field(description="Entries of the last publishing report.")
    previewable_report: tuple[ReportEntryState, ...] = Field(description="Entries of the last preview report.")


CONNECTOR_STAGED: Final = ResourceSchema(
    description=(
        "The editable definition of a connector, with the Git tag of its code. A delete also deletes the "
        "published connector; the provider refuses it while the connector is in use. Import by id or by "
        "`key=<key>`."
    ),
    inputs=ConnectorStagedInputs,
    state=ConnectorStagedState,
    filled_in=frozenset({"key"}),
    replaced_by=frozenset({"key"}),
    type_names={"ApplicationKeysState": "ConnectorApplication", "GlobalKeysState": "ConnectorGlobalConfiguration"},
)


INPUT_NAMES: Final = member_names(ConnectorStagedInputs)

OWN_INPUTS: Final = frozenset({"forceDestroy", "adopt"})
"""Inputs that are never sent."""

BLANK: Final[tuple[PlainValue, ...]] = ("", [], None)


def outputs(staged: ConnectorStaged, last_applied: PropertyMap) -> PropertyMap:
    """Return all outputs; `last_applied` are the inputs that the API is known to hold."""
    return {
        **last_applied,
        "connectorStagedId": staged.id,
        "contentHash": content_hash(last_applied),
        "status": escape_untrusted(staged.status),
        "previewable": escape_untrusted(staged.is_previewable),
        "hasChanges": staged.has_changes,
        "alreadyListed": staged.already_listed,
        "private": staged.private,
        "configurations": [to_plain(application) for application in staged.configurations],
        "globalConfiguration": to_plain(staged.global_configuration),
        "apiClientScopes": list(staged.api_client.scopes) if staged.api_client else [],
        "publishingReport": report_entries(staged.publishing_report.entries),
        "previewableReport": report_entries(staged.previewable_report.entries),
    }


OWN_CONTENT: Final = "ownContentHash"
"""The output that keeps the content hash of what this resource wrote last; a refresh does not move it."""


def with_own_content(shown: PropertyMap, before: PropertyMap | None = None) -> PropertyMap:
    """Return the outputs with the hash of the content that this resource wrote last.

    `before` are the outputs that a read starts from; without them this resource has just written what is shown.
    A state of 0.1.0 has no such hash: the content that it shows counts.
    """
    if before is None:
        return {**shown, OWN_CONTENT: shown["contentHash"]}
    own = before.get(OWN_CONTENT) or before.get("contentHash") or shown["contentHash"]
    return {**shown, OWN_CONTENT: own}


def observed_inputs(staged: ConnectorStaged, declared: PropertyMap) -> PropertyMap:
    """Return the declared inputs as the API shows them; with nothing declared (an import), all that are set.

    A repository URL with credentials is marked as a secret.
    """
    shown = to_plain(staged)
    # members of an object that are not set are left out: empty and absent mean the same to the API
    seen = {
        name: {member: child for member, child in value.items() if child not in BLANK}
        if isinstance(value := shown[name], Mapping)
        else value
        for name in INPUT_NAMES
        if name in shown
    }
    if not declared:
        declared = {name: value for name, value in seen.items() if value not in BLANK}
    observed = {
        name: value if name in OWN_INPUTS else _observed_part(seen.get(name), value)
        for name, value in pick(declared, INPUT_NAMES).items()
    }
    repository = observed.get("repository")
    if isinstance(repository, Mapping) and credentials_in_url(str(url := repository.get("url"))):
        observed["repository"] = {**repository, "url": Secret(unwrap_secrets(url))}
    return observed


def snapshot_of(staged: ConnectorStaged) -> Snapshot:
    """Return what a message may compare of a ConnectorStaged."""
    runs = {"status": staged.status, "isPreviewable": staged.is_previewable}
    return Snapshot(staged.version, {**observed_inputs(staged, {}), **runs})


def declared_by_either(before: PropertyMap, declared: PropertyMap) -> PropertyMap:
    """Return the inputs that the last run or this one declares: all paths that a state shows."""
    creators = [before.get("creator"), declared.get("creator")]
    maps = [each.value if isinstance(each, Secret) else each for each in creators]
    creator = {name: value for each in maps if isinstance(each, Mapping) for name, value in each.items()}
    either = {**pick(before, INPUT_NAMES), **pick(declared, INPUT_NAMES)}
    if creator:
        either["creator"] = Secret(creator) if any(isinstance(each, Secret) for each in creators) else creator
    return either


def _observed_part(seen: PlainValue, declared: PropertyValue) -> PropertyValue:
    """Return only the members of an object that the program declares; others belong to other clients."""
    if isinstance(declared, Secret):
        return Secret(_observed_part(seen, declared.value))
    if isinstance(declared, Mapping):
        members = as_map(seen)
        return {
            name: _observed_part(members.get(name), value) for name, value in declared.items() if value is not None
        }
    return None if seen == "" else restore_secrets(seen, declared)


PUBLISHED: Final = tuple(name for name in INPUT_NAMES if name != "key" and name not in OWN_INPUTS)
"""The members that a publication publishes. Private projects are among them: publishing again is harmless (API §19
#14), a project without access is not."""

UNORDERED: Final = frozenset({"integrationTypes", "supportedRegions", "privateProjects"})
"""Members whose order means nothing."""

HASH_LENGTH: Final = 16


def content_hash(members: PropertyMap) -> str | Unknown:
    """Return a hash of everything that a publication publishes, or `UNKNOWN` while a part of it is unknown."""
    content = {
        name: _canonical_content(name, unwrap_secrets(members[name]))
        for name in PUBLISHED
        if members.get(name) is not None
    }
    if has_unknown(content):
        return UNKNOWN
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]


def _canonical_content(name: str, value: PlainValue) -> PlainValue:
    if isinstance(value, Mapping):
        # engines send every number as a double; `3.0` is the same content as `3`
        return {
            key: int(child) if isinstance(child, float) and child.is_integer() else child
            for key, child in value.items()
            if child is not None
        }
    if name in UNORDERED and isinstance(value, list):
        return sorted(value, key=str)
    return value


REPOSITORY_URL: Final = re.compile(r"((https)|(git@[\w.-]+))(:(//)?)([\w.@:/\-~]+)(\.git)")
"""What the official CLI accepts, and hosts with `-`. What the server accepts is not published: this only warns."""

TAG: Final = re.compile(
    r"(?!@$)(?!.*(?:\.\.|@\{|//|/\.|\.lock(?:/|$)))[^\s\x00-\x20\x7f~^:?*\[\\./-][^\s\x00-\x20\x7f~^:?*\[\\]{0,254}(?<![./])"
)
"""Names that Git takes. The official CLI takes fewer, such as no `@` at the beginning (API §4.4)."""

PLAIN_CREDENTIALS: Final = (
    "repository.url holds credentials and is not marked as a secret: Pulumi shows them in state and diffs. "
    "Set the URL with `pulumi config set --secret` and read it with `require_secret`, or use "
    "git@host:owner/name.git"
)

REQUIRED_TEXTS: Final = frozenset({"key", "name"})
"""Texts that are invalid when empty; any other empty text is the same as absent."""


def repository_warnings(inputs: PropertyMap) -> tuple[str, ...]:
    """Return what Connect will probably refuse about the repository."""
    given = inputs.get("repository")
    repository = unwrap_secrets(given)
    if not isinstance(repository, Mapping):
        return ()
    warnings = []
    if isinstance(given, Mapping) and isinstance(plain := given.get("url"), str) and credentials_in_url(plain):
        warnings.append(PLAIN_CREDENTIALS)
    url, tag = repository.get("url"), repository.get("tag")
    if isinstance(url, str) and not REPOSITORY_URL.fullmatch(url):
        warnings.append(
            "repository.url: Connect expects https://host/owner/name.git or, for private repositories, "
            "git@host:owner/name.git"
        )
    if isinstance(tag, str) and not TAG.fullmatch(tag):
        warnings.append("repository.tag: Git takes no tag of this name; write the name as `git tag` lists it")
    return tuple(warnings)


def canonical_inputs(inputs: PropertyMap) -> dict[str, PropertyValue]:
    """Return the inputs as the API can hold them: without empty texts, each member of a list once."""
    plain = {
        name: value for name, value in inputs.items() if name in REQUIRED_TEXTS or unwrap_secrets(value) != ""
    }
    for name in UNORDERED & plain.keys():
        members = plain[name]
        if isinstance(members, list) and all(isinstance(each, str) for each in members):
            plain[name] = list(dict.fromkeys(members))
    creator = plain.get("creator")
    if isinstance(creator, Mapping):
        texts = creator.items()
        plain["creator"] = {name: text for name, text in texts if name == "email" or unwrap_secrets(text) != ""}
    return plain


def specification_problem(staged: ConnectorStaged) -> str | None:
    """Return what to do about a connect.yaml that Connect could not read; `None` when it could.

    It shows in an empty list of applications (API §4.2, §19 #41).
    """
    if staged.configurations:
        return None
    url = without_credentials(staged.repository.url)
    source = escape_untrusted(f"{url} at tag {staged.repository.tag}")
    return (
        f"ConnectorStaged {staged.key or staged.id}: Connect finds no usable connect.yaml in {source}, so the "
        "connector has no applications.\nPut connect.yaml into the root folder of the repository, or correct it "
        "(`commercetools connect validate` of commercetools' own CLI names the lines), tag that commit and run "
        "`pulumi up` again."
    )
