"""What a program writes for a ConnectorStaged (API §4.1)."""

from __future__ import annotations

from pydantic import Field, StrictBool

from commercetools_connect.resources.fields import Count, Email, Key, ProjectIdentifier, Region, Text
from commercetools_connect.resources.inputs import InputModel

__all__ = ["ConnectorStagedInputs", "CreatorInputs", "RepositoryInputs"]


class CreatorInputs(InputModel):
    """Who made the connector."""

    email: Email = Field(description="E-mail address of the creator.")
    name: str | None = Field(default=None, description="Name of the creator.")
    title: str | None = Field(default=None, description="Title of the creator.")
    company: str | None = Field(default=None, description="Company of the creator.")
    logo_url: str | None = Field(default=None, description="Address of the company's logo.")
    no_of_contributors: Count | None = Field(default=None, ge=1, description="Number of contributors, at least 1.")
    support_url: str | None = Field(default=None, description="Where users of the connector find help.")


class RepositoryInputs(InputModel):
    """Where the connector's code is."""

    url: Text = Field(
        description="HTTPS or SSH address of the Git repository, ending in .git. Private repositories need the "
        "SSH address and read access for the GitHub machine user connect-mu."
    )
    tag: Text = Field(description="Git tag of the release.")


class ConnectorStagedInputs(InputModel):
    """A connector draft: the editable definition of a connector."""

    key: Key = Field(
        description="User-defined key, 2 to 256 characters. Derived from project, stack and name if absent."
    )
    name: Text = Field(description="Name of the connector.")
    description: str | None = Field(default=None, description="What the connector does.")
    creator: CreatorInputs = Field(description="Who made the connector.")
    repository: RepositoryInputs = Field(description="Where the connector's code is.")
    integration_types: tuple[Text, ...] | None = Field(
        default=None, description="Kinds of integration, such as tax or psp."
    )
    supported_regions: tuple[Region, ...] | None = Field(
        default=None, min_length=1, description="Regions the connector can be deployed to; all if absent."
    )
    private_projects: tuple[ProjectIdentifier, ...] | None = Field(
        default=None, description="Projects that may deploy the connector, each as region:projectKey."
    )
    documentation_url: str | None = Field(default=None, description="Where the connector is documented.")
    force_destroy: StrictBool = Field(
        default=False, description="Delete although the provider would refuse to. Never sent."
    )
    adopt: StrictBool = Field(
        default=False, description="Take over an existing draft of the same key. Never sent."
    )
