"""The class `ConnectorPublication` for Python programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import pulumi

from commercetools_connect.dynamic.args import TimeoutsArgs
from commercetools_connect.dynamic.declaring import ConnectResource

__all__ = ["ConnectorPublication"]

OUTPUTS: Final = (
    "connectorId",
    "connectorKey",
    "publishedTag",
    "connectorVersion",
    "status",
    "certified",
    "listed",
    "report",
)


class ConnectorPublication(ConnectResource, kind="ConnectorPublication"):
    """A promise: this draft is available at this tag.

    It is done when the connector really is at that tag, not when a publication was asked for. A draft that is
    there already causes no request.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        connector_staged_id: pulumi.Input[str],
        tag: pulumi.Input[str],
        target: pulumi.Input[Literal["preview", "private", "marketplace"]],
        content_hash: pulumi.Input[str] | None = None,
        wait_for: pulumi.Input[Literal["validation", "certification"]] | None = None,
        connection: str | None = None,
        timeouts: TimeoutsArgs | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare that a draft is available.

        :param resource_name: Name in the program; must be unique among the resources of this type.
        :param connector_staged_id: Id of the draft; normally `staged.id`. A change replaces the publication.
        :param tag: Git tag to make available; normally `staged.repository["tag"]`.
        :param target: `preview` for deployments of type preview, `private` for the draft's private projects,
            `marketplace` for everyone.
        :param content_hash: Normally `staged.content_hash`; then other edits than the tag are published too.
        :param wait_for: For the marketplace: `validation` (default) is done when the automatic checks have passed,
            `certification` when people at commercetools have approved, which takes days to weeks.
        :param connection: Name of one of the `commercetools-connect:connections` in the configuration, to use
            other credentials than the stack's.
        :param timeouts: How long a create, update or delete may take as a whole.
        :param opts: Options of the resource.
        """
        inputs: dict[str, object] = {
            "connectorStagedId": connector_staged_id,
            "tag": tag,
            "contentHash": content_hash,
            "target": target,
            "waitFor": wait_for,
        }
        super().__init__(resource_name, inputs, OUTPUTS, timeouts=timeouts, connection=connection, opts=opts)

    @property
    def connector_id(self) -> pulumi.Output[str]:
        """Id of the published connector, or of the draft for the target `preview`."""
        return self._output("connectorId")

    @property
    def connector_key(self) -> pulumi.Output[str | None]:
        """Key of the connector."""
        return self._output("connectorKey")

    @property
    def published_tag(self) -> pulumi.Output[str]:
        """Git tag that is really available; give it to a deployment's `connector_tag`."""
        return self._output("publishedTag")

    @property
    @pulumi.getter(name="connectorVersion")
    def connector_version(self) -> pulumi.Output[int]:
        """Version of the connector, a number that grows with every change of it."""
        return self._output("connectorVersion")

    @property
    def status(self) -> pulumi.Output[str]:
        """Status of the draft, in the API's words."""
        return self._output("status")

    @property
    def certified(self) -> pulumi.Output[bool]:
        """Whether commercetools has certified the connector."""
        return self._output("certified")

    @property
    def listed(self) -> pulumi.Output[bool]:
        """Whether the connector is listed in the marketplace."""
        return self._output("listed")

    @property
    def report(self) -> pulumi.Output[Sequence[Mapping[str, object]]]:
        """Entries of the last report of the publication or preview."""
        return self._output("report")

    @property
    def connector_staged_id(self) -> pulumi.Output[str]:
        """Id of the draft."""
        return self._output("connectorStagedId")

    @property
    def tag(self) -> pulumi.Output[str]:
        """Git tag that was asked for."""
        return self._output("tag")

    @property
    def content_hash(self) -> pulumi.Output[str | None]:
        """Content hash of the draft that was asked for."""
        return self._output("contentHash")

    @property
    def target(self) -> pulumi.Output[str]:
        """Where the draft is available: `preview`, `private` or `marketplace`."""
        return self._output("target")

    @property
    def wait_for(self) -> pulumi.Output[str | None]:
        """How far a publication for the marketplace must have come to be called done."""
        return self._output("waitFor")
