"""Our own workflows: sound as far as that can be known here, and only we can make a release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sdk.toolchains import needs_go
from tests.support.locked_venv import ROOT
from tests.support.workflows import (
    expressions_in_scripts,
    linted,
    missing_commands,
    schema_complaints,
    steps,
    unpinned_actions,
)

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
RELEASE = yaml.safe_load((FOLDER / "release.yml").read_text())["jobs"]
PUBLISHING = {"pypi", "github"}
every_workflow = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def document(file: Path) -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(file.read_text())
    return loaded


def permissions() -> Iterator[tuple[str, str, str]]:
    """Yield job, scope and access of each permission that a workflow gives."""
    for file in FILES:
        for name, job in document(file)["jobs"].items():
            for scope, access in job["permissions"].items():
                yield f"{file.stem}/{name}", scope, access


def before(job: str) -> set[str]:
    """Return all jobs that have to succeed before this one begins."""
    needed = RELEASE[job].get("needs", [])
    direct = {needed} if isinstance(needed, str) else set(needed)
    return direct.union(*(before(each) for each in direct))


def test_the_workflows_fit_githubs_schema() -> None:
    assert schema_complaints(FILES) == ""


def test_actionlint_has_no_complaint() -> None:
    needs_go()

    assert linted(FILES) == ""


@every_workflow
def test_no_value_becomes_code(file: Path) -> None:
    """Titles, branches and tags are written by others; they reach scripts as environment variables only."""
    assert expressions_in_scripts(file) == []


@every_workflow
def test_actions_are_named_by_commit(file: Path) -> None:
    assert unpinned_actions(file) == []


@every_workflow
def test_every_command_of_this_repository_is_there(file: Path) -> None:
    assert missing_commands(file) == []


@every_workflow
def test_nothing_from_outside_contributors_runs_with_our_rights(file: Path) -> None:
    """Events that hand secrets to code of a fork start nothing here."""
    events = document(file)[True]  # YAML 1.1 reads `on` as a truth value

    assert set(events) <= {"pull_request", "push", "schedule"}


@every_workflow
def test_every_job_says_how_long_it_may_take(file: Path) -> None:
    assert all(job.get("timeout-minutes", 999) <= 120 for job in document(file)["jobs"].values())


@every_workflow
def test_a_checkout_leaves_no_credentials_behind(file: Path) -> None:
    checkouts = [step for step in steps(file) if str(step.content.get("uses", "")).startswith("actions/checkout@")]

    assert all(step.content["with"]["persist-credentials"] is False for step in checkouts)


@every_workflow
def test_there_is_no_secret_to_steal(file: Path) -> None:
    """PyPI and the signatures trust an identity; only the token of the run itself is used."""
    assert "secrets." not in file.read_text()


def test_rights_are_given_where_they_are_used_and_nowhere_else() -> None:
    """By default there are none at all."""
    assert all(document(file)["permissions"] == {} for file in FILES)
    assert {each for each in permissions() if each[2] != "read"} == {
        ("release/sign", "attestations", "write"),
        ("release/sign", "id-token", "write"),
        ("release/pypi", "id-token", "write"),
        ("release/github", "contents", "write"),
    }


def test_what_can_sign_or_publish_runs_no_code_of_the_repository() -> None:
    """So neither a dependency nor a test can use the identity: these jobs have not even a checkout."""
    strong = {job.partition("/")[2] for job, _, access in permissions() if access == "write"}

    assert strong == {"sign", *PUBLISHING}
    for name in strong:
        used = [str(step.get("uses", "")).partition("@")[0] for step in RELEASE[name]["steps"]]
        assert "actions/checkout" not in used
        assert not [step for step in RELEASE[name]["steps"] if "make" in str(step.get("run", ""))]


def test_only_what_was_checked_and_signed_is_published() -> None:
    for job in PUBLISHING:
        assert {"check", "build", "sdks", "sign"} <= before(job)
        sources = [step["with"]["name"] for step in RELEASE[job]["steps"] if "download-artifact" in str(step)]
        assert set(sources) <= {"release", "notes"}


def test_a_person_says_yes_before_anything_is_published() -> None:
    """Each publishing job waits in an environment, whose rules GitHub keeps."""
    assert all(RELEASE[job].get("environment") for job in PUBLISHING)
    assert not [name for name, job in RELEASE.items() if name not in PUBLISHING and "environment" in job]


def test_no_cache_reaches_a_release() -> None:
    """Other workflows can write into it."""
    setups = [step for job in RELEASE.values() for step in job["steps"] if "actions/setup-" in str(step)]

    assert setups
    for step in setups:
        assert not step["with"].get("cache", "setup-go" in step["uses"])  # Go's is on unless said otherwise


def test_what_the_page_about_security_verifies_is_what_the_release_signs() -> None:
    """By the workflow's name, the tag that starts it, and the names of the files."""
    page, release = (ROOT / "docs" / "security.md").read_text(), (FOLDER / "release.yml").read_text()
    repository = re.findall(r"^repository=(.*)$", page, flags=re.MULTILINE)
    version = re.findall(r"^version=(.*)$", page, flags=re.MULTILINE)

    addresses = metadata("commercetools-connect-provider").get_all("Project-URL", [])
    assert f"Repository, https://github.com/{repository[0]}" in addresses
    assert re.fullmatch(r"v\d+\.\d+\.\d+", version[0])
    assert "workflow=$repository/.github/workflows/release.yml" in page
    assert "$workflow@refs/tags/$version" in page
    for name in ("SHA256SUMS", "SHA256SUMS.sigstore.json"):
        assert name in page
        assert name in release


def test_archives_are_built_for_every_platform_where_we_run() -> None:
    """By the names that Pulumi looks for."""
    platforms = {each["platform"] for each in RELEASE["build"]["strategy"]["matrix"]["include"]}

    assert platforms == {"linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64"}
