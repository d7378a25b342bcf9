"""The plugin on a real engine: a YAML folder, from draft to live deployment and back, on every kind of day."""

from __future__ import annotations

import contextlib
import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from yaml import safe_load

from tests.engine.yaml_harness import CANARY, PLUGIN, PROJECT, YamlHarness, imported, program

EXAMPLES = Path(__file__).parents[2] / "examples"
HEALTH = {"type": "Error", "title": "Health check failed", "application": "service"}


@pytest.fixture
def yaml(yaml: YamlHarness) -> YamlHarness:
    yaml.write(program(), {"urls": "${deployment.urls}", "tag": "${deployment.deployedTag}"})
    return yaml


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Return the port of a plugin that runs by itself: a start of its own for each run is not what most test."""
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / PLUGIN)],
        cwd=tmp_path_factory.mktemp("server"),
        env={"PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def attached(yaml: YamlHarness, server: int) -> YamlHarness:
    """Give a harness whose engine attaches to the server that is there."""
    yaml.environ["PULUMI_DEBUG_PROVIDERS"] = f"commercetools-connect:{server}"
    return yaml


def test_a_yaml_folder_from_draft_to_live_deployment_and_back(yaml: YamlHarness) -> None:
    """One up is live, the second has nothing to do and asks nothing, a refresh finds no drift."""
    said = yaml.up()
    live = yaml.outputs()
    yaml.emulator.admin.clear_journal()
    changes = yaml.preview()
    silent = not yaml.emulator.admin.journal()
    refreshed = yaml.run("refresh", "--yes", "--skip-preview")
    after = yaml.preview()
    yaml.run("destroy", "--yes", "--skip-preview")

    dump = yaml.emulator.admin.dump()
    assert live["tag"] == "v1.0.0"
    assert live["urls"]["service"].startswith("https://")
    assert "using pulumi-resource-commercetools-connect from" not in said
    assert (changes, after, silent) == ({}, {}, True)
    assert "4 unchanged" in refreshed
    assert not dump["deployments"]
    assert not dump["drafts"]


def test_the_example_of_the_readme_is_live_after_one_up(yaml: YamlHarness) -> None:
    """The file is the user's; only where the plugin is found is ours."""
    example = safe_load((EXAMPLES / "quickstart-yaml" / "Pulumi.yaml").read_text())
    yaml.write(example["resources"], example["outputs"], config=example["config"])
    yaml.run("config", "set", "shop:tag", "v1.0.0")

    yaml.up()

    assert yaml.outputs()["runningTag"] == "v1.0.0"
    assert yaml.preview() == {}


def test_a_new_tag_moves_draft_publication_and_deployment_in_place(attached: YamlHarness) -> None:
    """The preview shows each path that changes; URLs stay."""
    attached.up()
    before = attached.outputs()
    attached.write(
        program(tag="v1.1.0", shop=3), {"urls": "${deployment.urls}", "tag": "${deployment.deployedTag}"}
    )

    preview = attached.run("preview", "--diff")
    attached.up()

    after = attached.outputs()
    assert '~ tag: "v1.0.0" => "v1.1.0"' in preview
    assert '~ SHOP_NAME: "Acme" => "3"' in preview
    assert "~ 3 to update" in preview
    assert (after["tag"], after["urls"]) == ("v1.1.0", before["urls"])


def explicit_provider(harness: YamlHarness) -> dict[str, object]:
    """Return a provider of the program's own, which is a process of its own."""
    return {
        "type": "pulumi:providers:commercetools-connect",
        "properties": {
            "connectUrl": harness.emulator.url,
            "clientId": "demo-client",
            "clientSecret": "demo-secret",
            "projectKey": PROJECT,
            "pollInterval": 0.05,
        },
    }


def test_a_new_name_and_a_new_provider_at_once_keep_the_live_deployment(yaml: YamlHarness) -> None:
    """The create is refused; with `adopt` one process takes it over, and the other one does not delete it."""
    resources = program()
    resources["deployment"]["properties"]["key"] = "greeter"
    yaml.write(resources)
    yaml.up()
    before = yaml.deployment()["id"]
    resources["shop"] = explicit_provider(yaml)
    resources["deployment"] |= {"name": "renamed", "options": {"provider": "${shop}"}}
    yaml.write(resources)

    refused = yaml.fails("up", "--yes", "--skip-preview")
    kept = yaml.deployment()
    resources["deployment"]["properties"]["adopt"] = True
    yaml.write(resources)
    said = yaml.up()

    assert "if the resource was renamed, add an alias for its old name" in refused
    assert (kept["id"], kept["status"]) == (before, "Deployed")
    assert "index:Deployment::renamed keeps the same deployment" in said
    assert (yaml.deployment()["id"], yaml.deployment()["status"]) == (before, "Deployed")
    assert yaml.resource("Deployment")["id"].endswith(before)


def test_a_secret_is_rotated_and_stands_nowhere_in_clear(attached: YamlHarness) -> None:
    """No secured value and no client secret is in any output or state; a diff shows which key changes."""
    attached.up()
    attached.secret(f"{CANARY}-2")
    preview = attached.run("preview", "--diff")
    attached.up()
    attached.run("refresh", "--yes", "--skip-preview")

    held = attached.emulator.admin.secured(PROJECT, attached.deployment()["id"])
    assert "~ API_TOKEN: [secret] => [secret]" in preview
    assert held["service"]["API_TOKEN"] == hashlib.sha256(f"{CANARY}-2".encode()).hexdigest()
    assert attached.preview() == {}
    assert CANARY not in attached.everything()
    assert "demo-secret" not in attached.everything()


def test_values_that_a_program_forgot_to_mark_are_secret_nevertheless(attached: YamlHarness) -> None:
    """A secured value and an explicit provider's secret in plain YAML are encrypted in the state."""
    resources = program()
    resources["deployment"]["properties"]["configurations"]["service"]["securedConfiguration"] = {
        "API_TOKEN": CANARY
    }
    resources["shop"] = explicit_provider(attached)
    for name in ("draft", "publication", "deployment"):
        resources[name]["options"] = {"provider": "${shop}"}
    attached.write(resources)

    attached.up()

    assert attached.preview() == {}
    assert CANARY not in attached.everything()
    assert "demo-secret" not in attached.everything()


def test_a_failed_deployment_is_kept_and_healed_by_the_next_up(attached: YamlHarness) -> None:
    """The error names the application; a refresh in between does not hide it; one redeploy heals it."""
    attached.emulator.admin.outcome("deploy", "*", "failure", report=[HEALTH])

    said = attached.fails("up", "--yes", "--skip-preview")
    kept = attached.resource("Deployment")
    refreshed = attached.run("refresh", "--yes", "--skip-preview")
    attached.emulator.admin.clear_journal()
    attached.up()

    assert "service: Health check failed" in said
    assert "Traceback" not in said
    assert kept["initErrors"]
    assert kept["outputs"]["status"] == "Failed"
    assert "unhealthy state" in refreshed
    assert attached.posts(f"/{PROJECT}/deployments") == 1
    assert attached.deployment()["status"] == "Deployed"
    assert "initErrors" not in attached.resource("Deployment")
    assert attached.preview() == {}


def test_what_exists_is_imported_and_previews_clean(attached: YamlHarness) -> None:
    """Each kind by its id or by its key: the program that the import asks for changes nothing."""
    yaml = attached
    yaml.up()
    states = {kind: yaml.resource(kind) for kind in ("ConnectorStaged", "ConnectorPublication", "Deployment")}
    key = f"key={states['Deployment']['inputs']['key']}"
    ids = {
        "ConnectorStaged": key,
        "ConnectorPublication": f"{key}/publish",
        "Deployment": states["Deployment"]["id"],
    }
    yaml.write({})
    yaml.run("state", "delete", "--yes", "--all")

    said = [
        yaml.run("import", "--yes", "--skip-preview", f"commercetools-connect:index:{kind}", kind, identity)
        for kind, identity in ids.items()
    ]
    resources = {}
    for kind, identity in ids.items():
        resources.update(imported(kind, identity, yaml.resource(kind)["inputs"], name=kind))
        del resources[kind]["options"]["import"]
    yaml.write(resources)

    assert {kind: yaml.resource(kind)["id"] for kind in ids} == {k: v["id"] for k, v in states.items()}
    assert yaml.preview() == {}
    assert CANARY not in "".join(said)
    assert "securedConfiguration" not in "".join(said)


def test_an_import_of_nothing_says_so(attached: YamlHarness) -> None:
    """A missing id is one clear error; a key that is written as an id is another, and asks nothing."""
    missing = f"{PROJECT}/00000000-0000-4000-8000-000000000000"
    kind = "commercetools-connect:index:Deployment"

    said = attached.fails("import", "--yes", kind, "none", missing)
    attached.emulator.admin.clear_journal()
    mistaken = attached.fails("import", "--yes", kind, "none", f"{PROJECT}/greeter")

    assert "does not exist" in said
    assert f"'{PROJECT}/greeter' is not an id of a Deployment" in mistaken
    assert "write key=greeter in its place" in mistaken
    assert "Traceback" not in said + mistaken
    assert not attached.emulator.admin.journal()


def test_ctrl_c_during_a_wait_ends_at_once_and_the_next_up_goes_on(yaml: YamlHarness) -> None:
    """The deployment's id is in the state, nothing is pending, and the next up waits for the same run."""
    yaml.emulator.admin.settings(delays={"queued": 0.1, "deploying": 600})
    process = yaml.start("up", "--yes", "--skip-preview")
    yaml.wait_for_post(f"/{PROJECT}/deployments")
    process.send_signal(signal.SIGINT)
    code, said = yaml.finish(process)
    left = yaml.deployment()["status"]
    yaml.emulator.admin.advance(600)
    kept, pending = yaml.resource("Deployment"), yaml.checkpoint().get("pending_operations")
    yaml.emulator.admin.clear_journal()
    yaml.up()

    assert code != 0
    assert left == "Deploying", said
    assert kept["id"].startswith(f"{PROJECT}/")
    assert not pending
    assert not yaml.posts(f"/{PROJECT}/deployments")
    assert yaml.deployment()["status"] == "Deployed"
    assert yaml.preview() == {}


def test_an_engine_that_is_killed_leaves_no_process_behind(yaml: YamlHarness) -> None:
    """The provider's wait ends by itself; it would hold on to the deployment for ever."""
    yaml.emulator.admin.settings(delays={"queued": 0.1, "deploying": 60})
    process = yaml.start("up", "--yes", "--skip-preview")
    yaml.wait_for_post(f"/{PROJECT}/deployments")
    started = psutil.Process(process.pid).children(recursive=True)
    plugins = [child for child in started if PLUGIN in " ".join(child.cmdline())]
    process.kill()
    yaml.finish(process)

    _, left = psutil.wait_procs(plugins, timeout=10)
    for child in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()  # Pulumi's own language host does not notice
    assert plugins
    assert not left


def test_a_time_limit_in_the_program_is_kept_and_the_next_up_goes_on(attached: YamlHarness) -> None:
    """`customTimeouts` ends the wait and keeps the deployment; the next up waits for the same run."""
    attached.emulator.admin.settings(delays={"queued": 0.1, "deploying": 8})
    resources = program()
    resources["deployment"]["options"] = {"customTimeouts": {"create": "2s", "update": "60s"}}
    attached.write(resources)

    said = attached.fails("up", "--yes", "--skip-preview")
    kept = attached.resource("Deployment")
    attached.emulator.admin.clear_journal()
    attached.up()

    assert "raise the time limit" in said
    assert kept["initErrors"]
    assert not attached.posts(f"/{PROJECT}/deployments")
    assert attached.resource("Deployment")["outputs"]["status"] == "Deployed"


def test_an_attached_server_serves_run_after_run(yaml: YamlHarness) -> None:
    """Started by hand, as for a debugger, it outlives the Cancel at the end of each run."""
    server = subprocess.Popen([str(yaml.folder / "plugin" / PLUGIN)], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        port = server.stdout.readline().strip()
        yaml.environ["PULUMI_DEBUG_PROVIDERS"] = f"commercetools-connect:{port}"
        yaml.up()
        changes = yaml.preview()
        alive = server.poll() is None
        server.send_signal(signal.SIGINT)
        code = server.wait(10)
    finally:
        server.kill()
        server.stdout.close()

    assert changes == {}
    assert alive
    assert code == 0


def test_mistakes_are_reported_at_preview_without_the_values(attached: YamlHarness) -> None:
    """Every mistake at once, each with its path; a secret in a wrong place is not printed; nothing is asked."""
    resources = program()
    properties = resources["deployment"]["properties"]
    properties["region"] = "Mars"
    properties["connector"] = {"id": "x", "key": "${apiToken}"}
    attached.write(resources)

    said = attached.fails("preview", "--diff")

    assert "region: must be a region id" in said
    assert "connector: needs exactly one of id and key; both are given" in said
    assert CANARY not in said
    assert not attached.emulator.admin.journal()


def test_a_mistake_in_the_configuration_and_a_missing_secret_are_named(attached: YamlHarness) -> None:
    """The first at preview, the second when a call needs it, with both of its names."""
    attached.configure(regoin="x")
    misspelt = attached.fails("preview")
    attached.run("config", "rm", "commercetools-connect:regoin")
    attached.run("config", "rm", "commercetools-connect:clientSecret")
    missing = attached.fails("up", "--yes", "--skip-preview")

    assert "regoin: unknown argument; did you mean region?" in misspelt
    assert "commercetools-connect:clientSecret (CTP_CLIENT_SECRET) is missing" in missing


def test_the_schema_is_clean_and_the_same_wherever_it_is_asked_for(yaml: YamlHarness) -> None:
    """`pulumi schema check` has not even a warning; the plugin gives what the file holds."""
    path = Path(__file__).parents[2] / "schema.json"

    said = yaml.run("schema", "check", str(path))
    given = yaml.run("package", "get-schema", str(yaml.folder / "plugin" / PLUGIN))

    assert said.strip() == ""
    assert json.loads(given[given.index("{") :]) == json.loads(path.read_text())
