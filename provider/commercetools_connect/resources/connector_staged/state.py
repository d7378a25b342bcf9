"""What can be read of a ConnectorStaged besides its inputs."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from commercetools_connect.resources.connector_staged.inputs import ConnectorStagedInputs
from commercetools_connect.resources.state import Declaration, ReportEntryState, StateModel

__all__ = ["CONNECTOR_STAGED", "ConnectorStagedState"]


class StandardKeyState(StateModel):
    """A readable setting that an application asks for."""

    key: str = Field(description="Name of the setting.")
    description: str | None = Field(default=None, description="What it is for.")
    required: bool | None = Field(default=None, description="Whether a deployment must give it.")
    default: str | None = Field(default=None, description="Value of a deployment that does not give it.")


class SecuredKeyState(StateModel):
    """A secret setting that an application asks for."""

    key: str = Field(description="Name of the setting.")
    description: str | None = Field(default=None, description="What it is for.")
    required: bool | None = Field(default=None, description="Whether a deployment must give it.")


class GlobalKeysState(StateModel):
    """The settings that all applications share."""

    standard_configuration: tuple[StandardKeyState, ...] = Field(description="The readable settings.")
    secured_configuration: tuple[SecuredKeyState, ...] = Field(description="The secret settings.")


class ApplicationKeysState(GlobalKeysState):
    """One application of a connector, and the settings it asks for."""

    application_name: str = Field(description="Name of the application.")
    application_type: str | None = Field(default=None, description="Such as service, job or event.")


class ConnectorStagedState(StateModel):
    """The outputs of a ConnectorStaged that are not inputs."""

    connector_staged_id: str = Field(description="Id of the draft, the same as the resource's own.")
    content_hash: str = Field(
        description="Hash of all that a publication publishes; changes when there is something new to publish."
    )
    status: str = Field(description="Status of the draft in the API's words, such as Draft or Published.")
    previewable: str = Field(description="Whether the draft can be deployed for preview: true, false or pending.")
    has_changes: bool = Field(description="Whether the draft differs from what is published.")
    already_listed: bool = Field(description="Whether the connector is or was listed in the marketplace.")
    private: bool = Field(description="Whether only the private projects may deploy the connector.")
    configurations: tuple[ApplicationKeysState, ...] = Field(
        description="The applications and their settings, as read from the repository's connect.yaml."
    )
    global_configuration: GlobalKeysState = Field(
        description="The settings that all applications share, as read from the repository's connect.yaml."
    )
    api_client_scopes: tuple[str, ...] = Field(
        description="Scopes of the API client that Connect makes for each deployment."
    )
    publishing_report: tuple[ReportEntryState, ...] = Field(description="Entries of the last publishing report.")
    previewable_report: tuple[ReportEntryState, ...] = Field(description="Entries of the last preview report.")


CONNECTOR_STAGED: Final = Declaration(
    description=(
        "A connector draft: the editable definition of a connector, with the Git tag of its code. Deleting it "
        "deletes the published connector too; the provider refuses while something still uses it. Import by id or "
        "by `key=<key>`."
    ),
    inputs=ConnectorStagedInputs,
    state=ConnectorStagedState,
    filled_in=frozenset({"key"}),
    replaced_by=frozenset({"key"}),
    type_names={"ApplicationKeysState": "ConnectorApplication", "GlobalKeysState": "ConnectorGlobalConfiguration"},
)
