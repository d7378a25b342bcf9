"""Every kind of object as its users see it. A new one is one line here, beside the one in `provider`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commercetools_connect.resources.connector_publication.state import CONNECTOR_PUBLICATION
from commercetools_connect.resources.connector_staged.state import CONNECTOR_STAGED
from commercetools_connect.resources.deployment.state import DEPLOYMENT
from commercetools_connect.resources.rollout_gate.state import ROLLOUT_GATE
from commercetools_connect.resources.state import Declaration

__all__ = ["DECLARATIONS"]

DECLARATIONS: Final[Mapping[str, Declaration]] = {
    "ConnectorStaged": CONNECTOR_STAGED,
    "ConnectorPublication": CONNECTOR_PUBLICATION,
    "Deployment": DEPLOYMENT,
    "RolloutGate": ROLLOUT_GATE,
}
