"""The class `Deployment` for Python programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

import pulumi

from commercetools_connect.dynamic.args import (
    ApplicationConfigurationArgs,
    ConnectorArgs,
    GlobalConfigurationArgs,
    TimeoutsArgs,
)
from commercetools_connect.dynamic.declaring import ConnectResource, replaced_in_turn
from commercetools_connect.dynamic.shapes import APPLICATIONS, CONNECTOR, GLOBAL_CONFIGURATION

if TYPE_CHECKING:
    from commercetools_connect.functions.template import TemplateConfiguration

__all__ = ["Deployment"]

OUTPUTS: Final = (
    "deploymentId",
    "status",
    "applications",
    "urls",
    "connectorId",
    "connectorKey",
    "connectorVersion",
    "deployedTag",
    "buildId",
    "report",
    "apiClientName",
    "securedKeys",
)


class Deployment(ConnectResource, kind="Deployment"):
    """A running installation of a connector in one project and region.

    It is done when it is live, at the tag that was asked for. Changes are made in place, so the applications'
    URLs stay, except for changes of key, type, region, project and connector, which replace it.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        connector: pulumi.Input[ConnectorArgs],
        region: pulumi.Input[str],
        key: pulumi.Input[str] | None = None,
        project_key: pulumi.Input[str] | None = None,
        type: pulumi.Input[Literal["preview", "sandbox", "production"]] | None = None,
        connector_tag: pulumi.Input[str] | None = None,
        configurations: pulumi.Input[
            Mapping[str, pulumi.Input[ApplicationConfigurationArgs | TemplateConfiguration]]
        ]
        | None = None,
        global_configuration: pulumi.Input[GlobalConfigurationArgs | TemplateConfiguration] | None = None,
        redeploy_trigger: pulumi.Input[object] | None = None,
        skip_scripts: pulumi.Input[bool] | None = None,
        fail_on_script_warning: pulumi.Input[bool] | None = None,
        skip_plan_time_validation: pulumi.Input[bool] | None = None,
        adopt: pulumi.Input[bool] | None = None,
        connection: str | None = None,
        timeouts: TimeoutsArgs | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a deployment.

        :param resource_name: Name in the program; must be unique among the resources of this type.
        :param connector: Which connector, by `id` or `key`; `staged` for a previewable draft.
        :param region: Region to deploy to, such as `europe-west1.gcp`. A change replaces the deployment.
        :param key: User-defined key of 2 to 256 letters, digits, `_` and `-`. If absent, it is derived from
            project, stack and resource name. A change replaces the deployment.
        :param project_key: Project to deploy to; the configuration's own if absent. A change replaces.
        :param type: `preview`, `sandbox` or `production`. Default `sandbox`, or `preview` when the connector is
            staged. A change replaces the deployment.
        :param connector_tag: Git tag that must run; normally `publication.published_tag`. If absent, the latest
            one at creation, which stays.
        :param configurations: Values by application name. Those in `secured_configuration` are made secret.
        :param global_configuration: Values of the keys that all applications share.
        :param redeploy_trigger: Any value; a change redeploys and sends the whole configuration again. For secrets
            that are rotated elsewhere, and for security rebuilds.
        :param skip_scripts: Do not run the connector's `postDeploy` and `preUndeploy` scripts on a redeploy.
        :param fail_on_script_warning: Treat a failed script as a failed deployment.
        :param skip_plan_time_validation: Do not check the configuration against the connector before it is
            deployed. Default: what the configuration's `skipPlanTimeValidation` says.
        :param adopt: Take over an existing deployment of the same key.
        :param connection: Name of one of the `commercetools-connect:connections` in the configuration, to use
            other credentials than the stack's.
        :param timeouts: How long a create, update or delete may take as a whole.
        :param opts: Options of the resource.
        """
        inputs: dict[str, object] = {
            "key": key,
            "projectKey": project_key,
            "region": region,
            "type": type,
            "connector": CONNECTOR(connector),
            "connectorTag": connector_tag,
            "configurations": APPLICATIONS(configurations),
            "globalConfiguration": GLOBAL_CONFIGURATION(global_configuration),
            "redeployTrigger": redeploy_trigger,
            "skipScripts": skip_scripts,
            "failOnScriptWarning": fail_on_script_warning,
            "skipPlanTimeValidation": skip_plan_time_validation,
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
    def deployment_id(self) -> pulumi.Output[str]:
        """Id of the deployment in Connect; the resource's own `id` also names the project."""
        return self._output("deploymentId")

    @property
    def status(self) -> pulumi.Output[str]:
        """Status of the deployment, in the API's words, such as `Deployed`."""
        return self._output("status")

    @property
    def applications(self) -> pulumi.Output[Sequence[Mapping[str, object]]]:
        """The running applications: `name`, `type`, and `url`, `topic` or `schedule` where there is one."""
        return self._output("applications")

    @property
    def urls(self) -> pulumi.Output[Mapping[str, str]]:
        """Address of each application that has one, by application name; stays over redeploys."""
        return self._output("urls")

    @property
    def connector_id(self) -> pulumi.Output[str]:
        """Id of the connector that runs."""
        return self._output("connectorId")

    @property
    def connector_key(self) -> pulumi.Output[str | None]:
        """Key of the connector that runs."""
        return self._output("connectorKey")

    @property
    @pulumi.getter(name="connectorVersion")
    def connector_version(self) -> pulumi.Output[int]:
        """Version of the connector that runs."""
        return self._output("connectorVersion")

    @property
    def deployed_tag(self) -> pulumi.Output[str]:
        """Git tag that really runs."""
        return self._output("deployedTag")

    @property
    def build_id(self) -> pulumi.Output[str | None]:
        """Id of the build that runs, for support requests."""
        return self._output("buildId")

    @property
    def report(self) -> pulumi.Output[Sequence[Mapping[str, object]]]:
        """Entries of the last deployment report."""
        return self._output("report")

    @property
    def api_client_name(self) -> pulumi.Output[str | None]:
        """Name of the API client that Connect made for the deployment."""
        return self._output("apiClientName")

    @property
    def secured_keys(self) -> pulumi.Output[Mapping[str, object]]:
        """Names of the secured keys that are set, by application; never their values."""
        return self._output("securedKeys")

    @property
    def key(self) -> pulumi.Output[str]:
        """User-defined key of the deployment, given or derived."""
        return self._output("key")

    @property
    def project_key(self) -> pulumi.Output[str]:
        """Project that the deployment runs in."""
        return self._output("projectKey")

    @property
    def region(self) -> pulumi.Output[str]:
        """Region that the deployment runs in."""
        return self._output("region")

    @property
    def type(self) -> pulumi.Output[str]:
        """What the deployment is for: `preview`, `sandbox` or `production`."""
        return self._output("type")

    @property
    def connector(self) -> pulumi.Output[Mapping[str, object]]:
        """Which connector was asked for."""
        return self._output("connector")

    @property
    def connector_tag(self) -> pulumi.Output[str | None]:
        """Git tag that was asked for."""
        return self._output("connectorTag")

    @property
    def configurations(self) -> pulumi.Output[Mapping[str, Mapping[str, object]] | None]:
        """Values by application name, with the API's names for the members; secret if any value in it is."""
        return self._output("configurations")

    @property
    def global_configuration(self) -> pulumi.Output[Mapping[str, object] | None]:
        """Values of the keys that all applications share; secret if any value in it is."""
        return self._output("globalConfiguration")

    @property
    def redeploy_trigger(self) -> pulumi.Output[object]:
        """The value whose change redeploys."""
        return self._output("redeployTrigger")

    @property
    def skip_scripts(self) -> pulumi.Output[bool | None]:
        """Whether the connector's scripts are left out on a redeploy."""
        return self._output("skipScripts")

    @property
    def fail_on_script_warning(self) -> pulumi.Output[bool | None]:
        """Whether a failed script counts as a failed deployment."""
        return self._output("failOnScriptWarning")

    @property
    def skip_plan_time_validation(self) -> pulumi.Output[bool | None]:
        """Whether the configuration is not checked at preview."""
        return self._output("skipPlanTimeValidation")

    @property
    def adopt(self) -> pulumi.Output[bool | None]:
        """Whether an existing deployment of the same key is taken over."""
        return self._output("adopt")
