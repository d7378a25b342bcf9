"""Secrets on real engines: in no state, temporary file or output of any step; ids that survive a failure."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from commercetools_connect.emulator import Emulator
from tests.engine.conftest import Harness
from tests.engine.people import FRONTENDS, PROJECT, Frontend, Greeter, declare, draft, live, open_shops, program
from tests.engine.project import Project
from tests.support.canaries import Canaries, text_of
from tests.support.python_sdk import install_python_sdk

pytestmark = pytest.mark.long

both_frontends = pytest.mark.parametrize("frontend", FRONTENDS)

OLD = "yesterday-c4n4ry-0ld"
NEW = "c4n4ry-of-the-new-day"
ACCESS = "pul-c4n4ryOfTheEngine0123456789"
CANARIES = Canaries([OLD, NEW, ACCESS])
TEN_MEGABYTES = 10_000_000
BUSY = 0.02


@dataclass
class Watched:
    """A harness whose temporary files are read all the time, and everything else after each step."""

    harness: Harness
    temporary: Path
    seen: set[str] = field(default_factory=set)

    def step(self, run: Callable[[], object]) -> None:
        """Run a command, and search what it said, what is at rest and what was in temporary files."""
        done = threading.Event()

        def look() -> None:
            while not done.wait(BUSY):
                self.seen.update(_texts(self.temporary))

        looking = threading.Thread(target=look)
        looking.start()
        try:
            run()
        finally:
            done.set()
            looking.join()
        at_rest = [text_of(self.harness.folder / name) for name in ("state", "test")]
        assert not CANARIES.found_in("\n".join([*self.harness.said, *at_rest]))
        assert not CANARIES.found_in("\n".join([*self.seen, *_texts(self.temporary)]))


def _texts(folder: Path) -> Iterator[str]:
    """Yield the text of each file below a folder that others write to and remove."""
    for path in folder.rglob("*"):
        with suppress(OSError):
            if path.is_file():
                yield path.read_text(errors="replace")


@pytest.fixture
def watched(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Return a harness with temporary files of its own, and an access token that Pulumi hands to providers."""
    temporary = harness.folder / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", ACCESS)
    harness.emulator.admin.settings(delays={"queued": 0.1, "deploying": 0.5, "undeploying": 0.5})
    return Watched(harness, temporary)


def naming(*secrets: str) -> list[Any]:
    """Return a report of a script that prints its environment."""
    return [
        {"type": "Warning", "title": "env", "message": f"values {' '.join(secrets)} end", "application": "service"}
    ]


@both_frontends
def test_no_secret_is_in_the_state_or_a_temporary_file_after_any_step(
    watched: Watched, frontend: Frontend
) -> None:
    """Old and new value, client secret and access token: up, refresh, rotation, refresh, failure, destroy."""
    harness, admin = watched.harness, watched.harness.emulator.admin
    said = harness.said.append
    harness.program = draft(frontend, token=OLD)
    admin.outcome("deploy", "*", "warning", report=naming(OLD, "demo-secret"))
    watched.step(harness.up)
    watched.step(lambda: harness.stack.refresh(on_output=said))
    harness.program = draft(frontend, token=NEW)
    admin.outcome("deploy", "*", "warning", report=naming(OLD, NEW))
    watched.step(lambda: harness.stack.preview(on_output=said, diff=True))
    watched.step(harness.up)
    assert "values *** *** end" in harness.state()
    watched.step(lambda: harness.stack.refresh(on_output=said))
    assert "values *** *** end" in harness.state()
    harness.program = draft(frontend, token=OLD)
    admin.outcome("deploy", "*", "failure", report=naming(OLD, NEW))
    watched.step(lambda: harness.fails(harness.up))
    assert "values *** *** end" in "\n".join(harness.said)
    watched.step(lambda: harness.stack.refresh(on_output=said))
    admin.outcome("undeploy", "*", "failure", report=naming(OLD, NEW))
    watched.step(lambda: harness.fails(lambda: harness.stack.destroy(on_output=said, on_error=said)))
    watched.step(lambda: harness.stack.destroy(on_output=said, on_error=said))

    assert not live(harness.emulator)
    assert any("Deployment" in text for text in watched.seen), "nothing was shared: this shows nothing"


def test_the_client_secret_of_a_connection_that_a_resource_does_not_use_is_masked(watched: Watched) -> None:
    """Any script may print it; the process knows all connections of the stack's configuration."""
    harness, said = watched.harness, watched.harness.said.append
    harness.config = {
        "commercetools-connect:connections": json.dumps({"us": {"clientId": "us", "clientSecret": NEW}})
    }
    harness.emulator.admin.outcome("deploy", "*", "warning", report=naming(NEW))
    harness.program = draft("dynamic")

    watched.step(harness.up)
    watched.step(lambda: harness.stack.refresh(on_output=said))

    assert "values *** end" in harness.state()
    assert "values *** end" in "\n".join(harness.said)


def test_a_secured_value_that_no_sdk_has_marked_is_encrypted_in_the_state(watched: Watched) -> None:
    """What a Go or .NET program hands over in plain, the plugin marks before the engine keeps it."""
    harness = watched.harness
    values = {"standardConfiguration": {"SHOP_NAME": "Acme"}, "securedConfiguration": {"API_TOKEN": OLD}}

    def unmarked() -> None:
        inputs = {**Greeter("greeter").inputs(), "configurations": {"service": values}}
        declare("plugin", "Deployment", "greeter", inputs)

    open_shops(harness.emulator)
    harness.program = unmarked

    watched.step(harness.up)
    watched.step(lambda: harness.stack.refresh(on_output=harness.said.append))

    assert len(live(harness.emulator)) == 1


@pytest.mark.timeout(600)
@both_frontends
def test_a_deployment_of_ten_megabytes_that_fails_keeps_its_id(harness: Harness, frontend: Frontend) -> None:
    """It is in the state with what went wrong, and the next `up` goes on with it."""
    open_shops(harness.emulator)
    harness.program = program(frontend, Greeter("big", shop="x" * TEN_MEGABYTES))
    entries = [{"type": "Error", "title": f"finding {number}", "message": "x" * 200} for number in range(2_000)]
    harness.emulator.admin.outcome("deploy", "*", "failure", report=entries)

    text = harness.fails(harness.up)

    (made,) = live(harness.emulator)
    (kept,) = [each for each in harness.resources() if each["type"].endswith(":Deployment")]
    assert kept["id"] == f"{PROJECT}/{made}"
    assert "deployment failed" in "\n".join(kept["initErrors"])
    assert "more" in text
    assert len(text) < 1_000_000
    harness.emulator.admin.clear_journal()
    harness.up()
    (after,) = live(harness.emulator).items()
    assert (after[0], after[1].status) == (made, "Deployed")
    assert not harness.calls("POST", f"/{PROJECT}/deployments") or harness.posts(f"/{PROJECT}/deployments/{made}")


SECURED = "{'secured_configuration': {'API_TOKEN': C}"
WRONG = {
    "the API's own form": "{'secured_configuration': [{'key': 'API_TOKEN', 'value': C}]}",
    "a date beside a secret": f"{SECURED}, 'standard_configuration': {{'SINCE': datetime.date(2026, 11, 30)}}}}",
    "a set": "{'secured_configuration': {'API_TOKEN': {C}}}",
}
SDK_PROGRAM = """
import datetime, os, sys
sys.path.insert(0, os.environ["SDK"])
import pulumi_commercetools_connect as connect
C = os.environ["SECURED"]
service = {}
connect.Deployment(
    "shop", connector={{"key": "greeter"}}, region="europe-west1.gcp", configurations={{"service": service}}
)
"""


@contextmanager
def python_project(folder: Path, engine_root: Path) -> Iterator[Project]:
    """Give a Python project, on the CLI as people call it."""
    (folder / "base").mkdir()
    with Emulator() as emulator:
        project = Project(folder / "base", engine_root, emulator)
        project.environ = {"SECURED": NEW, "PULUMI_ACCESS_TOKEN": ACCESS}
        settings = {"name": "shop", "runtime": {"name": "python", "options": {"virtualenv": "venv"}}}
        (project.folder / "Pulumi.yaml").write_text(json.dumps(settings))
        (project.folder / "__main__.py").write_text("")
        project.pulumi("stack", "init", "dev")
        project.pulumi("install")
        plain = {"connectUrl": emulator.url, "clientId": "demo-client", "projectKey": PROJECT}
        project.configure(
            {f"commercetools-connect:{name}": value for name, value in plain.items()},
            {"commercetools-connect:clientSecret": "demo-secret"},
        )
        yield project


def test_the_cli_shows_no_value_of_a_wrong_shape_in_a_python_program(tmp_path: Path, engine_root: Path) -> None:
    """Pulumi's own error for an input that it cannot send shows the whole input, in clear."""
    site = install_python_sdk(tmp_path / "sdk")
    with python_project(tmp_path, engine_root) as project:
        project.environ["SDK"] = str(site)
        for case, service in WRONG.items():
            (project.folder / "__main__.py").write_text(SDK_PROGRAM.format(service))

            done = project.run(["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--color=never"])

            assert done.returncode != 0, case
            assert "Deployment 'shop': the input configurations.service." in done.stdout, done.stdout
            assert "Traceback" not in done.stdout, case
            assert not CANARIES.found_in(done.stdout), case
        project.expect_no_secrets(NEW, ACCESS)


def test_a_client_secret_that_is_plain_in_the_stack_file_is_warned_of(tmp_path: Path, engine_root: Path) -> None:
    """Once for each, without the value; not where it was set with `--secret`."""
    deployment = "Deployment('shop', connector={'key': 'greeter'}, region='europe-west1.gcp')"
    kinds = {"": "clientSecret", "--path": "connections.us.clientSecret"}
    with python_project(tmp_path, engine_root) as project:
        (project.folder / "__main__.py").write_text(f"from commercetools_connect.dynamic import *\n{deployment}\n")
        for option, name in kinds.items():
            key = f"commercetools-connect:{name}"
            for how, warnings in (("--secret", 0), ("--plaintext", 1)):
                project.pulumi("config", "set", *filter(None, [option]), how, key, NEW)

                said = project.run(["pulumi", "preview", "--non-interactive", "--color=never"]).stdout

                # What the CLI shows while it runs, it shows again under this heading.
                summary = said.partition("Diagnostics:")[2]
                assert summary.count("holds a client secret in plain text") == warnings, said
                assert not CANARIES.found_in(said)
            project.pulumi("config", "rm", *filter(None, [option]), key)
