"""`Emulator`, the ASGI app, and the command: how an emulator starts, stops and stands alone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from commercetools_connect import __version__
from commercetools_connect.api.hosts import checked_url
from commercetools_connect.emulator import Emulator, create_app
from commercetools_connect.emulator.backend import Dump
from commercetools_connect.emulator.model import parse_json
from commercetools_connect.emulator.seed import load_seed

COMMAND = [sys.executable, "-c", "from commercetools_connect.cli.main import app; app()"]


@contextmanager
def demo_client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, trust_env=False) as http:
        log_in(http)
        yield http


def log_in(http: httpx.Client) -> None:
    answer = http.post(
        "/oauth/token", auth=("demo-client", "demo-secret"), data={"grant_type": "client_credentials"}
    )
    http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"


DEMO_DRAFT = {
    "key": "demo",
    "name": "Demo",
    "creator": {"email": "demo@example.com"},
    "repository": {"url": "https://github.com/acme/demo-connector.git", "tag": "v1.0.0"},
    "privateProjects": ["europe-west1.gcp:demo-project"],
}


def wait_while(http: httpx.Client, path: str, member: str, *pending: str) -> Any:
    """Poll with the real clock until `member` is none of `pending`; return the object and what was seen."""
    seen: list[str] = []
    while True:
        found = http.get(path).json()
        if found[member] not in seen:
            seen.append(found[member])
        if found[member] not in pending:
            return found, seen


def test_the_first_try_works_without_any_set_up() -> None:
    with Emulator() as emulator, demo_client(emulator.url) as http:
        http.post("/connectors/drafts", json=DEMO_DRAFT).raise_for_status()
        publish = {"version": 1, "actions": [{"action": "publish", "certification": False}]}
        http.post("/connectors/drafts/key=demo", json=publish).raise_for_status()
        draft, seen = wait_while(http, "/connectors/drafts/key=demo", "status", "Processing")
        assert seen in (["Processing", "Published"], ["Published"])
        body = {
            "key": "demo",
            "region": "europe-west1.gcp",
            "connector": {"key": "demo"},
            "configurations": [
                {
                    "applicationName": "service",
                    "standardConfiguration": [{"key": "SHOP_NAME", "value": "Acme"}],
                    "securedConfiguration": [{"key": "API_TOKEN", "value": "t"}],
                }
            ],
        }
        http.post("/demo-project/deployments", json=body).raise_for_status()
        path = "/demo-project/deployments/key=demo"
        deployment, seen = wait_while(http, path, "status", "Queued", "Deploying")
        # tens of milliseconds each: a busy machine may miss one of the first two
        assert seen in (["Queued", "Deploying", "Deployed"], ["Deploying", "Deployed"], ["Deployed"])
        assert deployment["applications"][0]["url"].startswith("https://service-")
        move = {"action": "setRepository", "tag": "v1.1.0"}
        moved = http.post(
            "/connectors/drafts/key=demo", json={"version": draft["version"], "actions": [move]}
        ).json()
        keys = [each["key"] for each in moved["configurations"][0]["standardConfiguration"]]
        assert keys == ["GREETING", "SHOP_NAME", "LOG_LEVEL"]


def test_two_emulators_know_nothing_of_each_other() -> None:
    with Emulator() as one, Emulator() as two, demo_client(one.url) as first, demo_client(two.url) as second:
        assert one.url != two.url
        first.post("/connectors/drafts", json=DEMO_DRAFT).raise_for_status()
        assert second.get("/connectors/drafts").json()["total"] == 0
        assert len(two.admin.journal()) == 2


def test_an_emulator_listens_on_loopback_and_is_gone_afterwards() -> None:
    with Emulator() as emulator:
        url = emulator.url
        assert url.startswith("http://127.0.0.1:")
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    with pytest.raises(RuntimeError, match="not running"):
        _ = emulator.url
    with pytest.raises(RuntimeError, match="not running"):
        _ = emulator.admin


def test_an_emulator_can_be_started_again_afresh() -> None:
    emulator = Emulator()
    for _ in range(2):
        with emulator, demo_client(emulator.url) as http:
            assert http.post("/connectors/drafts", json=DEMO_DRAFT).status_code == 201


def test_stopping_does_not_wait_for_calls_under_way(capfd: pytest.CaptureFixture[str]) -> None:
    broken: list[Exception] = []

    def call(url: str) -> None:
        try:
            httpx.get(url, timeout=60, trust_env=False)
        except httpx.HTTPError as error:
            broken.append(error)

    with Emulator() as emulator:
        emulator.admin.fault({"slow": 3600})
        calling = threading.Thread(target=call, args=(f"{emulator.url}/connectors/drafts",))
        calling.start()
        while not httpx.get(f"{emulator.url}/__admin/faults", trust_env=False).json()[0]["hits"]:
            pass
    calling.join(5)
    assert not calling.is_alive()
    assert len(broken) == 1
    assert capfd.readouterr().err == ""


def test_a_running_emulator_is_not_started_twice() -> None:
    with Emulator() as emulator, pytest.raises(RuntimeError, match="already"):
        emulator.start()


def test_a_port_in_use_is_an_error() -> None:
    with Emulator() as emulator, pytest.raises(OSError, match="in use"):
        Emulator(port=int(emulator.url.rpartition(":")[2])).start()


def test_a_seed_file_holds_what_the_control_calls_take(tmp_path: Path) -> None:
    seed = {
        "settings": {"clock": "manual", "delays": {"queued": 7}},
        "clients": [{"clientId": "a", "clientSecret": "b", "scopes": "manage_project:acme"}],
        "repositories": [{"url": "u", "tag": "t", "connectYaml": None}],
        "outcomes": [{"lifecycle": "deploy", "key": "k", "outcome": "failure"}],
        "faults": [{"path": "/x", "fault": {"status": 500}}],
    }
    as_json = tmp_path / "seed.json"
    as_json.write_text(json.dumps(seed))
    as_yaml = tmp_path / "seed.yaml"
    as_yaml.write_text(
        "clients: [{clientId: a, clientSecret: b, scopes: 'manage_project:acme'}]\n"
        "repositories:\n  - url: u\n    tag: t\n    connectYaml: |\n      deployAs: []\n"
    )
    with Emulator(seed=as_json) as emulator:
        dump: Any = emulator.admin.dump()
        assert (dump["clock"]["mode"], dump["settings"]["delays"]["queued"]) == ("manual", 7)
        assert [dump["clients"][0]["clientId"], dump["outcomes"][0]["key"]] == ["a", "k"]
        assert dump["faults"][0]["rule"]["path"] == "/x"
    with Emulator(seed=str(as_yaml)) as emulator:
        dump = emulator.admin.dump()
        assert dump["repositories"] == [{"url": "u", "tag": "t", "connectYaml": "deployAs: []\n"}]


DATE = "clients: [{clientId: 2026-01-01, clientSecret: b, scopes: []}]"


@pytest.mark.parametrize("text", ["clients: 1", "client: []", "a: [", "- 1", DATE, "[" * 5000])
def test_a_seed_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"clients|client|YAML|object|date|nested"):
        Emulator(seed=path)
    assert load_seed(None) is None
    with pytest.raises(OSError, match="No such file"):
        Emulator(seed=tmp_path / "none.yaml")


TWICE = {"registrations": {"acme": {"extensions": [{"key": "same", "destination": {"type": "HTTP"}}] * 2}}}


def test_a_seed_that_contradicts_itself_is_refused_and_the_port_stays_free() -> None:
    with Emulator() as other:
        port = int(other.url.rpartition(":")[2])
    with pytest.raises(ValueError, match=r"registrations: .*same"):
        Emulator(port, seed=TWICE).start()

    with Emulator(port) as emulator:
        assert emulator.url.endswith(f":{port}")


@pytest.mark.parametrize("text", [json.dumps(TWICE), DATE, "[" * 5000, "clients: 1"])
def test_the_command_names_a_seed_that_cannot_be_used_and_what_to_do(tmp_path: Path, text: str) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(text)

    with command("emulator", "--port", "0", "--seed", str(seed)) as process:
        printed, said = process.communicate(timeout=90)

    assert (process.returncode, printed) == (1, "")
    assert said.startswith(f"The seed {seed} cannot be used: ")
    assert said.endswith(". docs/emulator.md shows a seed.\n")
    assert len(said.splitlines()) == 1


def test_the_app_runs_without_a_server() -> None:
    async def call() -> tuple[int, list[float]]:
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        transport = httpx.ASGITransport(create_app(sleep=sleep))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            await http.put("/__admin/settings", json={"latency": 30})
            response = await http.get("/connectors/drafts")
            await http.post("/__admin/faults", json={"fault": {"drop": "before"}})
            with pytest.raises(ConnectionResetError):
                await http.get("/connectors/drafts")
            return response.status_code, slept

    assert asyncio.run(call()) == (401, [30, 30])


def test_a_dump_that_is_no_dump_names_the_wrong_member() -> None:
    with pytest.raises(ValueError, match="clock: Field required"):
        parse_json(Dump, "{}")


def command(*arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_its_url_first_and_ends_quietly(number: signal.Signals) -> None:
    with command("emulator", "--port", "0") as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(f"{url}/__admin/settings", trust_env=False).status_code == 200
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr is not None
        output, errors = process.stdout.read(), process.stderr.read()
    assert errors == ""
    assert f"pulumi config set commercetools-connect:connectUrl {url}" in output
    assert f"pulumi config set commercetools-connect:authUrl {url}" in output
    assert "demo-client" in output


def test_the_command_on_all_addresses_says_one_that_the_provider_takes_and_who_reads_along() -> None:
    everywhere = "0.0.0.0"  # noqa: S104 - what is tested; for a moment, with nothing in it
    with command("emulator", "--port", "0", "--host", everywhere, "--allow-host", "emulator") as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert checked_url(url, "connectUrl") == url
        named = {"host": "emulator"}
        assert httpx.get(f"{url}/__admin/settings", trust_env=False, headers=named).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        errors = process.stderr.read()
    assert url.startswith("http://127.0.0.1:")
    assert "Warning: it listens on 0.0.0.0. " in errors
    assert "reaches its port can read every secret" in errors


def test_the_command_says_in_one_line_that_the_port_is_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with command("emulator", "--port", str(port)) as process:
            output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (1, "")
    assert errors.splitlines() == [
        f"Cannot listen on 127.0.0.1 port {port}: it is already in use. --port 0 takes a free one."
    ]


@pytest.mark.parametrize("host", ["a..b", "x" * 80, "300.1.1.1", "[::1]", "192.0.2.1", "", "a\x1b[31m"])
def test_the_command_says_in_one_line_that_it_cannot_listen_on_a_host(host: str) -> None:
    with command("emulator", "--port", "0", "--host", host) as process:
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, len(errors.splitlines())) == (1, "", 1)
    assert errors.startswith("Cannot listen on ")
    assert "--host takes an address or name of this machine" in errors
    assert "\x1b" not in errors


def test_the_command_says_in_one_line_what_is_wrong_with_a_seed(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("colour: red")
    with command("emulator", "--port", "0", "--seed", str(seed)) as process:
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, len(errors.splitlines())) == (1, "", 1)
    assert "colour: unknown member" in errors


def test_the_command_knows_its_version() -> None:
    with command("--version") as process:
        assert process.communicate(timeout=60)[0].strip() == __version__
