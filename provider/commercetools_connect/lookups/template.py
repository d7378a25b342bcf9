"""Function `getConfigurationTemplate`: the settings of a connector as a template of `configurations`.

The values in it may be passed on as they are: every application is there, since one that is left out is silently
not deployed (API §4.6), with the defaults of its settings. What has no default is left out, not filled with a
placeholder that could go live; `settings` tells what there is to fill.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from pydantic import Field, StrictBool

from commercetools_connect.api import (
    Connector,
    ConnectorConfigurationApplication,
    ConnectorGlobalConfiguration,
    ConnectorStaged,
    StandardConfigurationKey,
)
from commercetools_connect.core.errors import InvalidInputError
from commercetools_connect.core.text import escape_untrusted, format_path, suggest
from commercetools_connect.lookups.function import Reference, lookup, require_found
from commercetools_connect.resources.schema import StateModel
from commercetools_connect.resources.session import Session

ValueT = TypeVar("ValueT")

STANDARD: Final = "standard_configuration"
SECURED: Final = "secured_configuration"


class TemplateSetting(StateModel):
    """A setting that a deployment can have a value for."""

    path: str = Field(description="Path of the value, such as configurations.api.standardConfiguration.MODE.")
    application: str | None = Field(
        default=None, description="Application of the setting. Absent for a global setting."
    )
    key: str = Field(description="Name of the setting.")
    secured: bool = Field(description="Whether the value is secret. Secret values belong in securedConfiguration.")
    required: bool = Field(description="Whether a deployment must set a value.")
    default: str | None = Field(default=None, description="Value in deployments that set none.")
    description: str = Field(description="Meaning of the setting.")


class TemplateConfiguration(StateModel):
    """Values to start from."""

    standard_configuration: dict[str, str] = Field(description="The default of each setting that has one, by key.")
    secured_configuration: dict[str, str] = Field(description="Empty: secured settings have no defaults.")


class ConfigurationTemplate(StateModel):
    """What a deployment of a connector can be given."""

    connector_id: str = Field(description="Id of the connector.")
    connector_key: str | None = Field(default=None, description="Key of the connector.")
    connector_name: str = Field(description="Name of the connector.")
    tag: str | None = Field(default=None, description="Git tag of the template.")
    configurations: dict[str, TemplateConfiguration] = Field(
        description="A `configurations` value with every application and all defaults. Fill in the "
        "required settings."
    )
    global_configuration: TemplateConfiguration | None = Field(
        default=None,
        description="A `globalConfiguration` value with all defaults. Absent if the connector has "
        "no global settings.",
    )
    settings: tuple[TemplateSetting, ...] = Field(description="Every setting with its description.")
    required: tuple[str, ...] = Field(description="Paths of the settings that are required and have no default.")

    def fill(self, values: Mapping[str, Mapping[str, ValueT]]) -> dict[str, Any]:
        """Return a `configurations` value from application → key → value, each where it belongs.

        Defaults fill in what is not given; a value may be anything that a deployment takes, outputs included.
        Raises `InvalidInputError` that names everything unknown, and everything that is required and missing.
        """
        failures = [
            f"{application}: there is no such application{suggest(application, self.configurations)}"
            for application in values
            if application not in self.configurations
        ]
        filled: dict[str, Any] = {}
        for application in self.configurations:
            filled[application], found = self._filled(application, values.get(application, {}))
            failures += found
        self._require_none(failures)
        return filled

    def fill_global(self, values: Mapping[str, ValueT]) -> dict[str, Any]:
        """Return a `globalConfiguration` value from key → value, with defaults for what is not given.

        Raises `InvalidInputError` that names everything unknown, and everything that is required and missing.
        """
        filled, failures = self._filled(None, values)
        self._require_none(failures)
        return filled

    def _require_none(self, failures: list[str]) -> None:
        if failures:
            raise InvalidInputError(
                "\n".join(failures),
                f"{escape_untrusted(self.connector_name)} at {escape_untrusted(self.tag or 'no tag')} has these "
                f"settings: {', '.join(escape_untrusted(each.path) for each in self.settings) or 'none'}.",
            )

    def _filled(self, application: str | None, values: Mapping[str, ValueT]) -> tuple[dict[str, Any], list[str]]:
        settings = {each.key: each for each in self.settings if each.application == application}
        place = (application,) if application is not None else ()
        filled: dict[str, dict[str, Any]] = {STANDARD: {}, SECURED: {}}
        failures = [
            f"{format_path((*place, key))}: there is no such setting{suggest(key, settings)}"
            for key in values
            if key not in settings
        ]
        for key, setting in settings.items():
            value = values.get(key)
            given = setting.default if value is None else value
            if given is not None:
                filled[SECURED if setting.secured else STANDARD][key] = given
            elif setting.required:
                kind = ", secured" if setting.secured else ""
                about = f" ({escape_untrusted(setting.description, 120)})" if setting.description else ""
                failures.append(f"{format_path((*place, key))}: is required{kind}{about}")
        return filled, failures


def configuration_template(connector: Connector | ConnectorStaged) -> ConfigurationTemplate:
    """Return the template for a connector, or for a ConnectorStaged, as it is."""
    settings: list[TemplateSetting] = []
    for each in connector.configurations:
        settings += _settings(each, ("configurations", each.application_name))
    shared = connector.global_configuration
    settings_of_all = [*_settings(shared, ("globalConfiguration",))]
    settings += settings_of_all
    return ConfigurationTemplate.model_validate(
        {
            "connectorId": connector.id,
            "connectorKey": connector.key or None,
            "connectorName": connector.name,
            "tag": connector.repository.tag or None,
            "configurations": {each.application_name: _defaults_of(each) for each in connector.configurations},
            "globalConfiguration": _defaults_of(shared) if settings_of_all else None,
            "settings": settings,
            "required": [each.path for each in settings if each.required and each.default is None],
        }
    )


def _settings(
    asking: ConnectorConfigurationApplication | ConnectorGlobalConfiguration, place: tuple[str, ...]
) -> Iterator[TemplateSetting]:
    for key in (*asking.standard_configuration, *asking.secured_configuration):
        is_standard = isinstance(key, StandardConfigurationKey)
        member = "standardConfiguration" if is_standard else "securedConfiguration"
        yield TemplateSetting.model_validate(
            {
                "path": format_path((*place, member, key.key)),
                "application": place[1] if len(place) > 1 else None,
                "key": key.key,
                "secured": not is_standard,
                "required": key.required,
                "default": key.default if isinstance(key, StandardConfigurationKey) else None,
                "description": key.description,
            }
        )


def _defaults_of(
    asking: ConnectorConfigurationApplication | ConnectorGlobalConfiguration,
) -> TemplateConfiguration:
    defaults = {key.key: key.default for key in asking.standard_configuration if key.default is not None}
    return TemplateConfiguration.model_validate({"standardConfiguration": defaults, "securedConfiguration": {}})


class ConfigurationTemplateInputs(Reference):
    """Which connector, by exactly one of id and key."""

    staged: StrictBool = Field(
        default=False, description="If true, read the ConnectorStaged instead of the published connector."
    )


@lookup("getConfigurationTemplate")
async def get_configuration_template(
    session: Session, inputs: ConfigurationTemplateInputs
) -> ConfigurationTemplate:
    """Return the applications and settings of a connector as a `configurations` value to fill in.

    The value has all defaults. Also returns the meaning of each setting, and whether it is required or secured.
    """
    client, remedy = session.client, "Check id or key and the region; {} shows what there is."
    if inputs.staged:
        what, help_ = f"ConnectorStaged with {inputs.ref}", remedy.format("listConnectorStaged")
        return configuration_template(
            await require_found(session, what, help_, client.get_connector_staged(inputs.ref))
        )
    what, help_ = f"published Connector with {inputs.ref}", remedy.format("searchConnectors")
    help_ += " For a draft, set staged."
    return configuration_template(await require_found(session, what, help_, client.get_connector(inputs.ref)))
