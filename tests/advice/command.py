"""Remedies of the command `commercetools-connect`, and of look-ups."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from commercetools_connect.api.models.objects import Connector, Deployment, DeploymentRevision
from commercetools_connect.cli.common import connection_from, write_text
from commercetools_connect.cli.doctor_targets import Needs, stack_targets
from commercetools_connect.cli.estate import read_estate
from commercetools_connect.cli.logs import _require_application
from commercetools_connect.cli.pulumi_run import read_deployments, read_run
from commercetools_connect.cli.rollback import choose
from commercetools_connect.cli.stack import Stack, find_project
from commercetools_connect.cli.summary import append_to
from commercetools_connect.lookups.template import configuration_template
from tests.advice.story import Steps, Story, story
from tests.support.world import World

COMMAND: list[Story] = []
CREDENTIALS = {"CTP_CLIENT_ID": "a", "CTP_CLIENT_SECRET": "b"}
LOCAL = {"CTP_CONNECT_URL": "http://127.0.0.1:8085"}
REGION = "europe-west1.gcp"
ENTRY = {"projectKey": "acme-dev", "region": REGION, "credentials": "ACME"}
ACME = {"ACME_CLIENT_ID": "a", "ACME_CLIENT_SECRET": "b"}
LOCAL_CONFIG = {"connectUrl": "http://127.0.0.1:8085", "clientId": "a", "clientSecret": "b"}
EVENT = json.dumps({"summaryEvent": {"result": "succeeded"}})


@story("Give --region, or set CTP_API_URL or CTP_CONNECT_URL.", COMMAND)
def no_place(_: World) -> Steps:
    yield lambda: connection_from(CREDENTIALS)
    connection_from(CREDENTIALS, REGION)
    connection_from({**CREDENTIALS, "CTP_API_URL": f"https://api.{REGION}.commercetools.com"})
    connection_from({**CREDENTIALS, **LOCAL})


@story("Set them in the environment, from an API client of the project.", COMMAND)
def no_credentials_in_the_environment(_: World) -> Steps:
    yield lambda: connection_from(LOCAL)
    connection_from({**CREDENTIALS, **LOCAL})


@story("To call commercetools, unset CTP_CONNECT_URL; to call the emulator or proxy, leave --region out.", COMMAND)
def two_places(_: World) -> Steps:
    yield lambda: connection_from({**CREDENTIALS, **LOCAL}, REGION)
    connection_from(CREDENTIALS, REGION)
    connection_from({**CREDENTIALS, **LOCAL})


@story("Write a list of {projectKey, region, credentials}; docs/rollout.md shows one.", COMMAND)
def a_file_that_is_not_an_estate(_: World) -> Steps:
    with file() as path:
        yield lambda: read_estate(path, ACME)
        for text in ("{[", json.dumps([{"region": REGION}]), json.dumps([{**ENTRY, "region": None}])):
            path.write_text(text)
            yield partial(read_estate, path, ACME)
        path.write_text(json.dumps([ENTRY]))
        read_estate(path, ACME)


@story("Set them from an API client of the project, or name other variables with `credentials`.", COMMAND)
def an_estate_without_credentials(_: World) -> Steps:
    with file(json.dumps([ENTRY])) as path:
        yield lambda: read_estate(path, {"OTHER_CLIENT_ID": "a", "OTHER_CLIENT_SECRET": "b"})
        read_estate(path, ACME)
        path.write_text(json.dumps([{**ENTRY, "credentials": "OTHER"}]))
        read_estate(path, {"OTHER_CLIENT_ID": "a", "OTHER_CLIENT_SECRET": "b"})


@story("Give the file that `pulumi up --event-log FILE` has written, with PULUMI_DEBUG_COMMANDS=true.", COMMAND)
def a_file_of_something_else(_: World) -> Steps:
    yield lambda: read_run(["nonsense", EVENT])
    assert read_run([EVENT]).result == "succeeded"


@story(
    "Write it again: `pulumi stack export --file FILE`, with the version of Pulumi that runs the stack.", COMMAND
)
def a_state_of_something_else(_: World) -> Steps:
    odd = {"urn": "urn", "type": "commercetools-connect:index:Deployment", "outputs": {"status": {}}}
    yield lambda: read_deployments("nonsense")
    yield lambda: read_deployments(json.dumps({"deployment": {"resources": [odd]}}))
    assert read_deployments(json.dumps({"version": 3, "deployment": {"resources": []}})) == ()


@story("Give it a `name`, or check the environment only, with --environment.", COMMAND)
def a_project_without_a_name(_: World) -> Steps:
    with file("runtime: yaml", "Pulumi.yaml") as path:
        yield lambda: find_project(path.parent)
        path.write_text("name: shop\nruntime: yaml")
        assert find_project(path.parent) == "shop"


@story("Correct the name of the setting, or remove it.", COMMAND)
def a_stack_with_an_unknown_setting(_: World) -> Steps:
    def require_known(**config: str) -> None:
        targets = stack_targets(Stack("shop", "dev", config={**LOCAL_CONFIG, **config}), {}, Needs())
        for error in (each.error for each in targets if each.error is not None):
            raise error

    yield lambda: require_known(projektKey="acme-dev")
    require_known(projectKey="acme-dev")
    require_known()


@story("Name a file in a folder that exists and that you may write to.", COMMAND)
def a_page_without_a_folder(_: World) -> Steps:
    with file() as path:
        yield lambda: write_text(path / "none" / "status.html", "")
        write_text(path.parent / "status.html", "")


@story("--github is for steps of GitHub Actions.", COMMAND)
def a_summary_outside_of_github(_: World) -> Steps:
    with file("") as path:
        yield lambda: append_to("GITHUB_STEP_SUMMARY", {}, "text")
        append_to("GITHUB_STEP_SUMMARY", {"GITHUB_STEP_SUMMARY": str(path)}, "text")


@story("Name one with --application: service.", COMMAND)
def logs_on_aws_at_a_terminal(_: World) -> Steps:
    deployment = deployed(deployedRegion="eu-central-1.aws")
    yield lambda: _require_application(deployment, None)
    _require_application(deployment, "service")


@story("It has service.", COMMAND)
def logs_of_a_misspelt_application(_: World) -> Steps:
    yield lambda: _require_application(deployed(), "servce")
    _require_application(deployed(), "service")


@story("There are: 1 (", COMMAND)
def a_rollback_to_nowhere(_: World) -> Steps:
    revisions = [DeploymentRevision(revision="1")]
    yield lambda: choose(revisions, deployed(), "7")
    assert choose(revisions, deployed(), "1").revision == "1"


@story("Taxes at v2 has these settings: configurations.api.standardConfiguration.MODE.", COMMAND)
def a_template_with_a_misspelt_setting(_: World) -> Steps:
    application = {"applicationName": "api", "standardConfiguration": [{"key": "MODE"}]}
    repository = {"url": "u", "tag": "v2"}
    connector = {
        "id": "1",
        "version": 1,
        "name": "Taxes",
        "repository": repository,
        "configurations": [application],
    }
    template = configuration_template(Connector.model_validate(connector))
    yield lambda: template.fill({"api": {"MOD": "x"}})
    template.fill({"api": {"MODE": "x"}})


def deployed(**changes: Any) -> Deployment:
    members = {"id": "1", "version": 1, "status": "Deployed", "applications": [{"applicationName": "service"}]}
    return Deployment.model_validate({**members, **changes})


@contextmanager
def file(text: str | None = None, name: str = "file") -> Iterator[Path]:
    """Give a path in a new folder, to a file with that text if there is one."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        if text is not None:
            path.write_text(text)
        yield path
