"""Estate file of `commercetools-connect status` and `doctor`: many projects, each with its own connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from pydantic import Field, ValidationError

from commercetools_connect.api import Connection
from commercetools_connect.cli.common import read_text
from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.core.text import format_path
from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.fields import ProjectKey, Region, Text
from commercetools_connect.resources.inputs import InputModel, list_failures

HELP: Final = "Write a list of {projectKey, region, credentials}; docs/rollout.md shows one."


class ProjectEntry(InputModel):
    """One project of an estate."""

    project_key: ProjectKey = Field(description="Key of the project.")
    region: Region | None = Field(default=None, description="Region that hosts it.")
    connect_url: Text | None = Field(default=None, description="Address of the Connect API, instead of region.")
    auth_url: Text | None = Field(default=None, description="Address of the token host, with connectUrl.")
    credentials: Text = Field(
        default="CTP", description="ACME means the variables ACME_CLIENT_ID and ACME_CLIENT_SECRET."
    )


class EstateFile(InputModel):
    """The file as a whole."""

    projects: tuple[ProjectEntry, ...] = Field(min_length=1, description="The projects.")


@dataclass(frozen=True)
class EstateProject:
    """One project, and the connection to it."""

    project_key: str
    connection: Connection


def read_estate(path: Path, environ: Mapping[str, str]) -> tuple[EstateProject, ...]:
    """Read the projects of a YAML or JSON file, which is a list or an object with the list under `projects`.

    Raises `ConfigurationError` that names the file and everything wrong in it, and no value.
    """
    try:
        content = yaml.safe_load(read_text(path, HELP))
        entries = EstateFile.model_validate({"projects": content} if isinstance(content, list) else content)
    except yaml.YAMLError:
        raise ConfigurationError(f"{path} is neither YAML nor JSON.", HELP) from None
    except ValidationError as error:
        failures = "\n".join(f"{path}: {failure}" for failure in list_failures(EstateFile, error))
        raise ConfigurationError(failures, HELP) from None
    return tuple(
        EstateProject(
            entry.project_key, _connection(f"{path}: {format_path(('projects', index))}", entry, environ)
        )
        for index, entry in enumerate(entries.projects)
    )


def _connection(where: str, entry: ProjectEntry, environ: Mapping[str, str]) -> Connection:
    variables = {
        "clientId": f"{entry.credentials}_CLIENT_ID",
        "clientSecret": f"{entry.credentials}_CLIENT_SECRET",
    }
    missing = [variable for variable in variables.values() if not environ.get(variable)]
    if missing:
        raise ConfigurationError(
            f"{where}: {' and '.join(missing)} must be set in the environment.",
            "Set them from an API client of the project, or name other variables with `credentials`.",
        )
    given = {
        "region": entry.region,
        "connectUrl": entry.connect_url,
        "authUrl": entry.auth_url,
        "projectKey": entry.project_key,
        **{name: environ[variable] for name, variable in variables.items()},
    }
    connection = ProviderConfiguration.read(given, {}).connection()
    if not connection.connect_url:
        raise ConfigurationError(f"{where}: needs region, or connectUrl and authUrl.", HELP)
    return connection
