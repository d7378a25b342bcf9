"""The Git repositories that this emulator can reach: a table instead of a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from commercetools_connect.emulator import connect_yaml
from commercetools_connect.emulator.entities import Repository
from commercetools_connect.emulator.errors import ApiError, refused
from commercetools_connect.emulator.model import Model
from commercetools_connect.emulator.specification import Specification
from commercetools_connect.emulator.yaml_core import MAX_LENGTH

FILE_MISSING = "Connector specification file not found"
FILE_INVALID = "Connector specification file validation check failed"


class RepositoryFixture(Model):
    """A tag of a repository; `connectYaml` is the text of the file, null if the tag has none."""

    url: str
    tag: str
    connect_yaml: str | None = None


@dataclass(frozen=True)
class Reading:
    """What is in connect.yaml, or why it is not usable: a title, then the problems line by line."""

    specification: Specification | None
    problem: str | None = None

    @property
    def problems(self) -> list[str]:
        """The lines `[path.to.field]: reason` of a file that Connect refuses."""
        return (self.problem or "").splitlines()[1:]


class Repositories:
    """All reachable tags."""

    def __init__(self) -> None:
        self.fixtures: Sequence[RepositoryFixture] = ()

    def read(self, repository: Repository) -> Reading | None:
        """Read connect.yaml at a tag; None if the tag cannot be reached."""
        for fixture in self.fixtures:
            if (fixture.url, fixture.tag) == (repository.url, repository.tag):
                return _read(fixture.connect_yaml)
        return None

    def refused_files(self) -> list[tuple[RepositoryFixture, list[str]]]:
        """Return the tags whose connect.yaml Connect would refuse, each with the problems of the file."""
        readings = [(each, _read(each.connect_yaml).problems) for each in self.fixtures]
        return [(fixture, problems) for fixture, problems in readings if problems]

    def read_or_refuse(self, repository: Repository, *, strict: bool) -> Reading:
        """Like `read`; refuse what cannot be reached, and if `strict` also what is missing or invalid.

        This is assumption 41.
        """
        reading = self.read(repository)
        if reading is None:
            raise refused("GitRepositoryNotReachable", "Repository with the tag is not reachable")
        if strict and reading.specification is None:
            raise _file_error(reading)
        return reading


def _read(text: str | None) -> Reading:
    """Read a file; the same text is read once, because most tests publish the same few tags over and over."""
    if text is not None and len(text) > MAX_LENGTH:  # refused at once, and too long to be kept
        return _read_again.__wrapped__(text)
    return _read_again(text)


@lru_cache(maxsize=512)
def _read_again(text: str | None) -> Reading:
    if text is None:
        return Reading(None, FILE_MISSING)
    try:
        return Reading(connect_yaml.parse(text))
    except connect_yaml.InvalidConnectYamlError as error:
        return Reading(None, "\n".join([FILE_INVALID, *error.problems]))


def _file_error(reading: Reading) -> ApiError:
    title, _, problems = (reading.problem or FILE_MISSING).partition("\n")
    if title == FILE_MISSING:
        return refused("ConnectorSpecificationFileNotFound", title)
    return refused(
        "ConnectorSpecificationFileNotValid",
        "Connector specification file is not valid",
        detailedErrorMessage=problems,
    )
