"""The class `RolloutGate` for Python programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pulumi

from commercetools_connect.dynamic.args import Duration, GateDeploymentArgs, HttpCheckArgs, TimeoutsArgs
from commercetools_connect.dynamic.declaring import ConnectResource
from commercetools_connect.dynamic.shapes import GATE_DEPLOYMENTS, HTTP_CHECKS, duration

__all__ = ["RolloutGate"]

OUTPUTS: Final = ("openedAt", "summary")


class RolloutGate(ConnectResource, kind="RolloutGate"):
    """The door between two waves of a rollout.

    It opens when every deployment of the wave runs the wanted tag, has run for a while, and answers rightly. What
    depends on it waits, and stays as it is if the gate does not open. It is no object of Connect.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        wave: pulumi.Input[str],
        connector_tag: pulumi.Input[str],
        deployments: pulumi.Input[Sequence[pulumi.Input[GateDeploymentArgs]]],
        triggers: pulumi.Input[object] | None = None,
        bake_time: Duration | None = None,
        checks: pulumi.Input[Sequence[pulumi.Input[HttpCheckArgs]]] | None = None,
        previous: pulumi.Input[Sequence[Mapping[str, object]]] | None = None,
        timeouts: TimeoutsArgs | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a gate.

        :param resource_name: Name in the program; must be unique among the resources of this type.
        :param wave: Name of the wave, for messages.
        :param connector_tag: Git tag that every deployment of the wave must run.
        :param deployments: The wave's deployments, as their resources returned them; their order means nothing.
        :param triggers: Any value; a change bakes and checks again.
        :param bake_time: How long the wave runs before it is checked: seconds, or text such as `10m`.
        :param checks: Calls to the deployments' applications that must be answered rightly.
        :param previous: The `summary` of the gate before, to be continued.
        :param timeouts: How long a create or update may take as a whole.
        :param opts: Options of the resource.
        """
        inputs: dict[str, object] = {
            "wave": wave,
            "connectorTag": connector_tag,
            "deployments": GATE_DEPLOYMENTS(deployments),
            "triggers": triggers,
            "bakeTime": duration(bake_time),
            "checks": HTTP_CHECKS(checks),
            "previous": previous,
        }
        super().__init__(resource_name, inputs, OUTPUTS, timeouts=timeouts, connection=None, opts=opts)

    @property
    def opened_at(self) -> pulumi.Output[str]:
        """When the gate opened for what runs now, in ISO 8601."""
        return self._output("openedAt")

    @property
    def summary(self) -> pulumi.Output[Sequence[Mapping[str, str]]]:
        """Who runs what: the rows of earlier waves, then those of this one."""
        return self._output("summary")
