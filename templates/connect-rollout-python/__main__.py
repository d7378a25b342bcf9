"""One version of a connector across projects and regions, in waves: rollout.yaml says who and when."""

from pathlib import Path
from typing import Any

import pulumi
import yaml

from commercetools_connect.dynamic import Rollout

config = pulumi.Config()
plan = yaml.safe_load((Path(__file__).parent / (config.get("rolloutFile") or "rollout.yaml")).read_text())


def target(declared: dict[str, Any]) -> Any:
    """Complete what the file says: the connection of the same name, and what this shop has for itself."""
    name = declared["name"]
    own = {
        "standard_configuration": {"SHOP_NAME": name},
        "secured_configuration": {"API_TOKEN": config.require_secret(f"{name}-token")},
    }
    return {"connection": name, "configurations": {"service": own}, **declared}


release = Rollout(
    "release",
    connector={"key": config.require("connectorKey")},
    connector_tag=config.require("tag"),
    configurations={"service": {}},  # what all of them share
    canary=plan["canary"],
    waves=plan["waves"],
    targets=[target(each) for each in plan["targets"]],
)

pulumi.export("targets", release.targets)
pulumi.export("summary", release.summary)
