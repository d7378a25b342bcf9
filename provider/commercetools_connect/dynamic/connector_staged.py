"""The class `ConnectorStaged` for Python programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pulumi

from commercetools_connect.dynamic.args import CreatorArgs, RepositoryArgs, TimeoutsArgs
from commercetools_connect.dynamic.declaring import ConnectResource, replaced_in_turn
from commercetools_connect.dynamic.shapes import CREATOR, REPOSITORY

__all__ = ["ConnectorStaged"]

OUTPUTS: Final = (
    "connectorStagedId",
    "contentHash",
    "status",
    "previewable",
    "hasChanges",
    "alreadyListed",
    "private",
    "configurations",
    "globalConfiguration",
    "apiClientScopes",
    "publishingReport",
    "previewableReport",
)


class ConnectorStaged(ConnectResource, kind="ConnectorStaged"):
    """A connector draft: the editable definition of a connector.

    Declaring one creates the draft and keeps it in line; nothing becomes available to anyone until a
    `ConnectorPublication` says so. Destroying one also deletes the published connector.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        creator: pulumi.Input[CreatorArgs],
        repository: pulumi.Input[RepositoryArgs],
        key: pulumi.Input[str] | None = None,
        description: pulumi.Input[str] | None = None,
        integration_types: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        supported_regions: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        private_projects: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        documentation_url: pulumi.Input[str] | None = None,
        force_destroy: pulumi.Input[bool] | None = None,
        adopt: pulumi.Input[bool] | None = None,
        connection: str | None = None,
        timeouts: TimeoutsArgs | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a connector draft.

        :param resource_name: Name in the program; must be unique among the resources of this type.
        :param name: Name of the connector, as users of Connect see it.
        :param creator: Who made the connector. `email` is required.
        :param repository: Where the code is: `url` and `tag`. A new tag here makes a new version of the draft.
        :param key: User-defined key of 2 to 256 letters, digits, `_` and `-`. If absent, it is derived from
            project, stack and resource name. A change replaces the draft.
        :param description: What the connector does.
        :param integration_types: Kinds of integration, such as `tax` or `psp`.
        :param supported_regions: Regions that the connector can be deployed to; all if absent. Connect cannot
            empty the list again: leaving it out later keeps what was set.
        :param private_projects: Projects that may deploy the connector while it is private, each as
            `region:projectKey`.
        :param documentation_url: Where the connector is documented.
        :param force_destroy: Delete although deployments of the connector were found or it is listed. Takes
            effect on destroy only if it was applied before.
        :param adopt: Take over an existing draft of the same key.
        :param connection: Name of one of the `commercetools-connect:connections` in the configuration, to use
            other credentials than the stack's.
        :param timeouts: How long a create, update or delete may take as a whole.
        :param opts: Options of the resource.
        """
        inputs: dict[str, object] = {
            "name": name,
            "creator": CREATOR(creator),
            "repository": REPOSITORY(repository),
            "key": key,
            "description": description,
            "integrationTypes": integration_types,
            "supportedRegions": supported_regions,
            "privateProjects": private_projects,
            "documentationUrl": documentation_url,
            "forceDestroy": force_destroy,
            "adopt": adopt,
        }
        super().__init__(
            resource_name,
            inputs,
            OUTPUTS,
            timeouts=timeouts,
            connection=connection,
            opts=replaced_in_turn(opts),
        )

    @property
    def connector_staged_id(self) -> pulumi.Output[str]:
        """Id of the draft, the same as `id`."""
        return self._output("connectorStagedId")

    @property
    def content_hash(self) -> pulumi.Output[str]:
        """Hash of everything that a publication publishes; changes when there is something new to publish."""
        return self._output("contentHash")

    @property
    def status(self) -> pulumi.Output[str]:
        """Status of the draft, in the API's words, such as `Draft` or `Published`."""
        return self._output("status")

    @property
    def previewable(self) -> pulumi.Output[str]:
        """Whether the draft can be deployed for preview: `true`, `false` or `pending`, as text."""
        return self._output("previewable")

    @property
    def has_changes(self) -> pulumi.Output[bool]:
        """Whether the draft differs from what is published."""
        return self._output("hasChanges")

    @property
    def already_listed(self) -> pulumi.Output[bool]:
        """Whether the connector is or was listed in the marketplace."""
        return self._output("alreadyListed")

    @property
    def private(self) -> pulumi.Output[bool]:
        """Whether only the `private_projects` may deploy the connector."""
        return self._output("private")

    @property
    def configurations(self) -> pulumi.Output[Sequence[Mapping[str, object]]]:
        """The applications and their configuration keys, as read from the repository's `connect.yaml`."""
        return self._output("configurations")

    @property
    def global_configuration(self) -> pulumi.Output[Mapping[str, object]]:
        """The configuration keys that all applications share, as read from the repository's `connect.yaml`."""
        return self._output("globalConfiguration")

    @property
    def api_client_scopes(self) -> pulumi.Output[Sequence[str]]:
        """Scopes of the API client that Connect makes for each deployment."""
        return self._output("apiClientScopes")

    @property
    def publishing_report(self) -> pulumi.Output[Sequence[Mapping[str, object]]]:
        """Entries of the last publishing report, newest last."""
        return self._output("publishingReport")

    @property
    def previewable_report(self) -> pulumi.Output[Sequence[Mapping[str, object]]]:
        """Entries of the last preview report, newest last."""
        return self._output("previewableReport")

    @property
    def key(self) -> pulumi.Output[str]:
        """User-defined key of the draft, given or derived."""
        return self._output("key")

    @property
    def name(self) -> pulumi.Output[str]:
        """Name of the connector."""
        return self._output("name")

    @property
    def description(self) -> pulumi.Output[str | None]:
        """What the connector does."""
        return self._output("description")

    @property
    def creator(self) -> pulumi.Output[Mapping[str, object]]:
        """Who made the connector, with the API's names as keys."""
        return self._output("creator")

    @property
    def repository(self) -> pulumi.Output[Mapping[str, str]]:
        """Where the code is: `repository["url"]` and `repository["tag"]`."""
        return self._output("repository")

    @property
    def integration_types(self) -> pulumi.Output[Sequence[str] | None]:
        """Kinds of integration."""
        return self._output("integrationTypes")

    @property
    def supported_regions(self) -> pulumi.Output[Sequence[str] | None]:
        """Regions that the connector can be deployed to."""
        return self._output("supportedRegions")

    @property
    def private_projects(self) -> pulumi.Output[Sequence[str] | None]:
        """Projects that may deploy the connector while it is private, each as `region:projectKey`."""
        return self._output("privateProjects")

    @property
    def documentation_url(self) -> pulumi.Output[str | None]:
        """Where the connector is documented."""
        return self._output("documentationUrl")

    @property
    def force_destroy(self) -> pulumi.Output[bool | None]:
        """Whether a destroy goes ahead although the provider would refuse to."""
        return self._output("forceDestroy")

    @property
    def adopt(self) -> pulumi.Output[bool | None]:
        """Whether an existing draft of the same key is taken over."""
        return self._output("adopt")
