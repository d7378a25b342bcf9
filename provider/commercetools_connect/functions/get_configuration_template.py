"""`getConfigurationTemplate`: what a deployment of a connector can be given, ready to be filled in."""

from __future__ import annotations

from typing import Final

from pydantic import Field, StrictBool

from commercetools_connect.functions.finding import Reference, expected, place
from commercetools_connect.functions.function import Function
from commercetools_connect.functions.template import ConfigurationTemplate, configuration_template
from commercetools_connect.resources.session import Session

__all__ = ["GET_CONFIGURATION_TEMPLATE"]


class ConfigurationTemplateInputs(Reference):
    """Which connector, by exactly one of id and key."""

    staged: StrictBool = Field(default=False, description="Of the draft instead of the published connector.")


async def _find(session: Session, inputs: ConfigurationTemplateInputs) -> ConfigurationTemplate:
    client = session.client
    if inputs.staged:
        draft = await expected(
            f"ConnectorStaged with {inputs.ref}",
            place(session),
            "Check id or key and the region; listConnectorStaged shows what there is.",
            lambda: client.get_draft(inputs.ref),
        )
        return configuration_template(draft)
    connector = await expected(
        f"published Connector with {inputs.ref}",
        place(session),
        "Check id or key and the region; searchConnectors shows what there is. For a draft, set staged.",
        lambda: client.get_connector(inputs.ref),
    )
    return configuration_template(connector)


GET_CONFIGURATION_TEMPLATE: Final = Function(
    name="getConfigurationTemplate",
    description=(
        "Return the applications and settings of a connector as a `configurations` value to fill in: with every "
        "application and all defaults, and what each setting is for, whether it is required or secured."
    ),
    inputs=ConfigurationTemplateInputs,
    result=ConfigurationTemplate,
    find=_find,
)
