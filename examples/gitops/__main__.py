"""Who runs the connector: the stack says which tag, its rollout file who and in which waves."""

from pathlib import Path
from typing import Any

import pulumi
import yaml

from commercetools_connect.dynamic import Rollout

config = pulumi.Config()
plan = yaml.safe_load((Path(__file__).parent / config.require("rolloutFile")).read_text())


def target(declared: dict[str, Any]) -> Any:
    """Complete what the file says: the connection of the same name, and what this shop has for itself."""
    name = declared["name"]
    own = {
        "standard_configuration": {"SHOP_NAME": name},
        "secured_configuration": {"API_TOKEN": config.require_secret(f"{name}-token")},
    }
    return {"type": plan["type"], "connection": name, "configurations": {"service": own}, **declared}


release = Rollout(
    "release",
    connector={"key": config.require("connectorKey")},
    connector_tag=config.require("tag"),
    configurations={"service": {}},  # what all of them share
    canary=plan.get("canary", []),
    waves=plan["waves"],
    targets=[target(each) for each in plan["targets"]],
    # its children have it from here: what is in production is deleted only after a user has removed this
    opts=pulumi.ResourceOptions(protect=plan["type"] == "production"),
)

pulumi.export("targets", release.targets)
pulumi.export("summary", release.summary)
