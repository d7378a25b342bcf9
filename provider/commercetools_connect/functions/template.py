"""A connector's settings as a template of the `configurations` that a deployment of it takes. Pure.

The values in it may be passed on as they are: every application is there, since one that is left out is silently
not deployed (API §4.6), with the defaults of its settings. What has no default is left out, not filled with a
placeholder that could go live; `settings` tells what there is to fill.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from pydantic import Field

from commercetools_connect.api import (
    Connector,
    ConnectorConfigurationApplication,
    ConnectorGlobalConfiguration,
    ConnectorStaged,
    StandardConfigurationKey,
)
from commercetools_connect.contract.errors import InvalidInputError, quote_foreign
from commercetools_connect.contract.paths import format_path
from commercetools_connect.resources.state import StateModel

__all__ = ["ConfigurationTemplate", "TemplateConfiguration", "TemplateSetting", "configuration_template"]

ValueT = TypeVar("ValueT")

STANDARD: Final = "standard_configuration"
SECURED: Final = "secured_configuration"


class TemplateSetting(StateModel):
    """One setting that a deployment can give a value."""

    path: str = Field(description="Where its value goes, such as configurations.api.standardConfiguration.MODE.")
    application: str | None = Field(
        default=None, description="Application that asks for it; absent for a global one."
    )
    key: str = Field(description="Name of the setting.")
    secured: bool = Field(description="Whether its value is secret, and goes to securedConfiguration.")
    required: bool = Field(description="Whether a deployment must give it.")
    default: str | None = Field(default=None, description="Value of a deployment that does not give it.")
    description: str = Field(description="What it is for.")


class TemplateConfiguration(StateModel):
    """Values to start from."""

    standard_configuration: dict[str, str] = Field(
        description="The default of every setting that has one, by key."
    )
    secured_configuration: dict[str, str] = Field(description="Empty: secured settings have no defaults.")


class ConfigurationTemplate(StateModel):
    """What a deployment of a connector can be given."""

    connector_id: str = Field(description="Id of the connector.")
    connector_key: str | None = Field(default=None, description="Key of the connector.")
    connector_name: str = Field(description="Name of the connector.")
    tag: str | None = Field(default=None, description="Git tag that the template is for.")
    configurations: dict[str, TemplateConfiguration] = Field(
        description="A `configurations` value with every application and all defaults; fill in what is required."
    )
    global_configuration: TemplateConfiguration | None = Field(
        default=None,
        description="A `globalConfiguration` value with all defaults; absent without global settings.",
    )
    settings: tuple[TemplateSetting, ...] = Field(description="Every setting, with what there is to know of it.")
    required: tuple[str, ...] = Field(description="Paths of what must be filled in: required, without a default.")

    def fill(self, values: Mapping[str, Mapping[str, ValueT]]) -> dict[str, Any]:
        """Return a `configurations` value from application → key → value, each where it belongs.

        Defaults fill in what is not given; a value may be anything that a deployment takes, outputs included.
        Raises `InvalidInputError` with every mistake: what is not known, and what is required and missing.
        """
        named = {setting.application for setting in self.settings} | set(self.configurations)
        unknown = [
            f"{application}: there is no such application{_suggestion(application, self.configurations)}"
            for application in values
            if application not in named
        ]
        filled: dict[str, Any] = {}
        mistakes: list[str] = []
        for application in self.configurations:
            filled[application], found = self._filled(application, values.get(application, {}))
            mistakes += found
        _require_none([*unknown, *mistakes])
        return filled

    def fill_global(self, values: Mapping[str, ValueT]) -> dict[str, Any]:
        """Return a `globalConfiguration` value from key → value; like `fill`."""
        filled, mistakes = self._filled(None, values)
        _require_none(mistakes)
        return filled

    def _filled(self, application: str | None, values: Mapping[str, ValueT]) -> tuple[dict[str, Any], list[str]]:
        settings = {each.key: each for each in self.settings if each.application == application}
        place = (application,) if application is not None else ()
        filled: dict[str, dict[str, Any]] = {STANDARD: {}, SECURED: {}}
        mistakes = [
            f"{format_path((*place, key))}: there is no such setting{_suggestion(key, settings)}"
            for key in values
            if key not in settings
        ]
        for key, setting in settings.items():
            value = values.get(key)
            given = setting.default if value is None else value
            if given is not None:
                filled[SECURED if setting.secured else STANDARD][key] = given
            elif setting.required:
                mistakes.append(f"{format_path((*place, key))}: is required{_about(setting)}")
        return filled, mistakes


def configuration_template(connector: Connector | ConnectorStaged) -> ConfigurationTemplate:
    """Return the template for a connector, or for a draft, as it is."""
    settings = [*_settings_of(connector)]
    shared = connector.global_configuration
    return ConfigurationTemplate.model_validate(
        {
            "connectorId": connector.id,
            "connectorKey": connector.key or None,
            "connectorName": connector.name,
            "tag": connector.repository.tag or None,
            "configurations": {each.application_name: _defaults_of(each) for each in connector.configurations},
            "globalConfiguration": _defaults_of(shared) if any(_keys_of(shared)) else None,
            "settings": settings,
            "required": [each.path for each in settings if each.required and each.default is None],
        }
    )


def _settings_of(connector: Connector | ConnectorStaged) -> Iterator[TemplateSetting]:
    for application in connector.configurations:
        yield from _settings(application, ("configurations", application.application_name))
    yield from _settings(connector.global_configuration, ("globalConfiguration",))


def _settings(
    asking: ConnectorConfigurationApplication | ConnectorGlobalConfiguration, place: tuple[str, ...]
) -> Iterator[TemplateSetting]:
    for key in _keys_of(asking):
        secured = not isinstance(key, StandardConfigurationKey)
        member = "securedConfiguration" if secured else "standardConfiguration"
        yield TemplateSetting.model_validate(
            {
                "path": format_path((*place, member, key.key)),
                "application": place[1] if len(place) > 1 else None,
                "key": key.key,
                "secured": secured,
                "required": key.required,
                "default": key.default if isinstance(key, StandardConfigurationKey) else None,
                "description": key.description,
            }
        )


def _keys_of(asking: ConnectorConfigurationApplication | ConnectorGlobalConfiguration) -> tuple[Any, ...]:
    return (*asking.standard_configuration, *asking.secured_configuration)


def _defaults_of(
    asking: ConnectorConfigurationApplication | ConnectorGlobalConfiguration,
) -> TemplateConfiguration:
    defaults = {key.key: key.default for key in asking.standard_configuration if key.default is not None}
    return TemplateConfiguration.model_validate({"standardConfiguration": defaults, "securedConfiguration": {}})


def _about(setting: TemplateSetting) -> str:
    kind = ", secured" if setting.secured else ""
    return f"{kind} ({quote_foreign(setting.description, 120)})" if setting.description else kind


def _suggestion(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known here: {', '.join(names)}" if names else ""


def _require_none(mistakes: list[str]) -> None:
    if mistakes:
        raise InvalidInputError("\n".join(mistakes))
