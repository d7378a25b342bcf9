"""`docs/migrate-from-dynamic.md`, run as it stands: its programs, and its commands one after another."""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from yaml import safe_load

from commercetools_connect.emulator import ClientSpec
from tests.engine.conftest import Harness
from tests.engine.programs import CANARY
from tests.engine.yaml_harness import YamlHarness

pytestmark = pytest.mark.long

PAGE = (Path(__file__).parents[2] / "docs" / "migrate-from-dynamic.md").read_text()
KINDS = ("ConnectorStaged", "ConnectorPublication", "Deployment")
CLIENTS: list[ClientSpec] = [
    {"clientId": "demo-client", "clientSecret": "demo-secret", "scopes": "manage_project:demo-project"},
    {"clientId": "us-client", "clientSecret": "us-s3cret", "scopes": "manage_project:demo-us"},
]


def blocks(language: str) -> list[str]:
    """Return what the page shows in that language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def dynamic_program() -> None:
    """Run the program that the page starts with."""
    (before,) = blocks("python")
    exec(compile(before, "docs/migrate-from-dynamic.md", "exec"), {})


@pytest.fixture
def before(harness: Harness) -> Harness:
    """Bring up the page's first program, with credentials for both projects."""
    harness.emulator.admin.clients(CLIENTS)
    connection = (
        f'{{"us": {{"connectUrl": "{harness.emulator.url}", "clientId": "us-client", "clientSecret": "us-s3cret", '
        '"projectKey": "demo-us", "pollInterval": 0.05}}'
    )
    harness.config = {"commercetools-connect:connections": connection, "demo:apiToken": CANARY}
    harness.program = dynamic_program
    harness.up()
    return harness


@pytest.fixture
def moved(before: Harness, engine_root: Path) -> Iterator[YamlHarness]:
    """Give a folder with the page's second program, as the same project and stack on the same backend."""
    yaml = YamlHarness(before.folder, before.emulator, engine_root, project="demo")
    yaml.make_folders()
    shutil.copy(before.folder / "test" / "Pulumi.test.yaml", yaml.folder / "program")
    (after,) = (safe_load(block) for block in blocks("yaml"))
    yaml.write(after["resources"], config=after["config"])
    yield yaml
    assert CANARY not in yaml.everything()
    assert "us-s3cret" not in yaml.everything()


def command(line: str) -> list[str]:
    """Return the arguments of a command of the page, made to run without questions."""
    _, verb, *rest = shlex.split(line)
    return [verb, *rest, *(["--yes", "--skip-preview"] if verb in ("up", "refresh") else [])]


def steps() -> list[list[str]]:
    """Return the commands of the page, in order: the old program's, the new one's and those that undo it."""
    return [command(line) for block in blocks("sh") for line in block.splitlines()]


def identities(resources: list[dict[str, Any]]) -> dict[str, str]:
    """Return kind and name → id of the objects in a state."""
    return {
        f"{each['type'].rpartition(':')[2]} {each['urn'].rpartition('::')[2]}": each["id"]
        for each in resources
        if each["type"].endswith(KINDS)
    }


def test_a_stack_moves_to_the_plugin_without_a_call_and_goes_on_there(before: Harness, moved: YamlHarness) -> None:
    """Same ids, no replacement, nothing asked of Connect; then a refresh, a change and destroy by the plugin."""
    held, urls = identities(before.resources()), before.as_anyone("GET", "/demo-project/deployments").json()
    preview, up, refresh = steps()
    before.emulator.admin.clear_journal()

    planned, said = moved.run(*preview), moved.run(*up)
    calls = before.emulator.admin.journal()
    moved.run(*refresh)
    refreshed, state = moved.preview(), moved.checkpoint()["resources"]
    moved.secret(f"{CANARY}-2")
    rotated = moved.up()
    now = before.as_anyone("GET", "/demo-project/deployments").json()
    digest = before.emulator.admin.secured("demo-project", now["results"][0]["id"])["service"]["API_TOKEN"]
    moved.run("destroy", "--yes", "--skip-preview")

    dump = before.emulator.admin.dump()
    assert not calls
    for text in (planned, said):
        assert "5 unchanged" in text
        assert not re.search("replace|delete|update[^d]", text.partition("Resources:")[2])
    assert refreshed == {}
    assert len(held) == 4
    assert identities(state) == held
    assert not [each for each in state if "__provider" in str(each) or "python" in each["type"]]
    assert "~ 2 updated" in rotated
    assert now["results"][0]["applications"][0]["url"] == urls["results"][0]["applications"][0]["url"]
    assert digest == hashlib.sha256(f"{CANARY}-2".encode()).hexdigest()
    assert not dump["deployments"]
    assert not dump["drafts"]


def test_the_old_program_brings_the_stack_back_without_a_write(before: Harness, moved: YamlHarness) -> None:
    """Nothing is created or deleted; afterwards the old program has nothing to do, and can refresh and destroy."""
    _, up, refresh = steps()
    held = identities(before.resources())
    moved.run(*up)
    moved.run(*refresh)
    before.emulator.admin.clear_journal()

    before.up()

    writes = [
        call for call in before.emulator.admin.journal() if call["method"] != "GET" and "oauth" not in call["path"]
    ]
    assert not writes
    assert identities(before.resources()) == held
    before.stack.refresh(on_output=before.said.append)
    assert before.stack.preview(on_output=before.said.append).change_summary == {"same": 5}
    before.stack.destroy(on_output=before.said.append)
    assert not before.emulator.admin.dump()["deployments"]
