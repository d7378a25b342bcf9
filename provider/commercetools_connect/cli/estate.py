"""Estate file of `commercetools-connect status` and `doctor`: many projects, each with its own connection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import AfterValidator, Field, ValidationError

from commercetools_connect.api import Connection
from commercetools_connect.cli.common import read_text
from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.core.text import format_path
from commercetools_connect.resources.configuration import ProviderConfiguration
from commercetools_connect.resources.inputs import InputModel, ProjectKey, Region, Text, list_failures

HELP: Final = "Write a list of {projectKey, region, credentials}; docs/rollout.md shows one."

PREFIX: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")


def _prefix(value: str) -> str:
    if not PREFIX.fullmatch(value):
        raise ValueError("must be the beginning of the names of two variables, such as ACME, and no credentials")
    return value


class ProjectEntry(InputModel):
    """One project of an estate."""

    project_key: ProjectKey = Field(description="Key of the project.")
    region: Region | None = Field(default=None, description="Region that hosts it.")
    connect_url: Text | None = Field(default=None, description="Address of the Connect API, instead of region.")
    auth_url: Text | None = Field(default=None, description="Address of the token host, with connectUrl.")
    credentials: Annotated[str, AfterValidator(_prefix)] = Field(
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

    Raises `ConfigurationError` that names everything wrong in it, by file, line and member, and shows no value.
    """
    text = read_text(path, HELP)
    try:
        root = yaml.compose(text, yaml.SafeLoader)
        content = yaml.safe_load(text)
        places = _MemberLines(path, root)
        entries = EstateFile.model_validate({"projects": content} if isinstance(content, list) else content)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise ConfigurationError(f"{where} is neither YAML nor JSON.", HELP) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if not isinstance(error, ValidationError):
            raise ConfigurationError(f"{path} is neither YAML nor JSON.", HELP) from None
        failures = [f"{places.of(each.path)}: {each}" for each in list_failures(EstateFile, error)]
        raise ConfigurationError("\n".join(failures), HELP) from None
    found = [_project(entry, environ) for entry in entries.projects]
    refused = [(index, each) for index, each in enumerate(found) if isinstance(each, ConfigurationError)]
    if refused:
        members = [(("projects", index), error.message) for index, error in refused]
        said = [f"{places.of(member)}: {format_path(member)}: {message}" for member, message in members]
        remedies = dict.fromkeys(error.remedy for _, error in refused if error.remedy)
        raise ConfigurationError("\n".join(said), " ".join(remedies))
    return tuple(each for each in found if isinstance(each, EstateProject))


def _project(entry: ProjectEntry, environ: Mapping[str, str]) -> EstateProject | ConfigurationError:
    """Return a project, or why it cannot be called."""
    try:
        return EstateProject(entry.project_key, _connection(entry, environ))
    except ConfigurationError as error:
        return error


@dataclass(frozen=True)
class _MemberLines:
    """The lines of a file in which its members begin."""

    path: Path
    root: yaml.Node | None

    def of(self, member: Sequence[str | int]) -> str:
        """Return the file and the line of a member; of the nearest one around it if it is missing."""
        node = line = self.root
        steps = list(member)
        if isinstance(self.root, yaml.SequenceNode):
            steps = steps[1:]  # the list is the whole file
        for step in steps:
            if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = line = node.value[step]
            elif isinstance(node, yaml.MappingNode):
                pair = next((each for each in node.value if each[0].value == str(step)), None)
                if pair is None:
                    break
                line, node = pair
            else:
                break
        return str(self.path) if line is None else f"{self.path}:{line.start_mark.line + 1}"


def _connection(entry: ProjectEntry, environ: Mapping[str, str]) -> Connection:
    variables = {
        "clientId": f"{entry.credentials}_CLIENT_ID",
        "clientSecret": f"{entry.credentials}_CLIENT_SECRET",
    }
    missing = [variable for variable in variables.values() if not environ.get(variable)]
    if missing:
        raise ConfigurationError(
            f"{' and '.join(missing)} must be set in the environment.",
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
        raise ConfigurationError("needs region, or connectUrl and authUrl.", HELP)
    return connection
