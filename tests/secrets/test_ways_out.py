"""Ways on which secrets have left the provider: each is closed."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import httpx
import pulumi
import pulumi.runtime
import pytest
from pulumi.runtime import config as runtime_config
from pulumi.runtime.proto import provider_pb2, status_pb2

from commercetools_connect.api.models.objects import Repository
from commercetools_connect.api.redaction import Redactor
from commercetools_connect.api.secret_registry import SecretRegistry
from commercetools_connect.core.errors import InitFailedError
from commercetools_connect.core.results import State
from commercetools_connect.core.values import PropertyValue, Secret
from commercetools_connect.frontends.dynamic import base, pulumi_internals
from commercetools_connect.frontends.dynamic.config import Sessions
from commercetools_connect.frontends.dynamic.rpc import send_init_failed
from commercetools_connect.frontends.outcome import init_failed
from commercetools_connect.frontends.plugin.codec import encode_properties
from commercetools_connect.frontends.plugin.rpc import describe_failure
from commercetools_connect.lookups.connectors import repository_of
from commercetools_connect.resources.run_registry import RunRegistry
from commercetools_connect.resources.shared_registry import SharedRegistry
from tests.hostile.scenes import STAGED, Scene, creating, prepare, reading, updating
from tests.hostile.service import Service, Visit
from tests.secrets.test_canaries import at_rest, left_behind
from tests.support.canaries import Canaries, text_of
from tests.support.virtual import run_virtually
from tests.support.world import REGION

OLD = "yesterday-c4n4ry-0ld"
NEW = "c4n4ry-of-the-new-day"
TOKEN = "ghp_c4n4ryT0kenOfARepository"
HEADER_LIMIT = 16 * 1024 * 1024
"""Bytes of one header that the engine's library takes; a binary one travels as base64."""

Answer = Callable[[httpx.Request, httpx.Response], httpx.Response]


def reporting(*said: str) -> Answer:
    """Return what puts these texts into every report of drafts and deployments."""
    entries = [
        {
            "type": "Warning",
            "title": each,
            "message": f"env {each} end",
            "createdAt": f"2026-11-30T10:00:0{number}Z",
        }
        for number, each in enumerate(said)
    ]

    def answer(_: httpx.Request, response: httpx.Response) -> httpx.Response:
        body = json.loads(response.content or b"null")
        for each in body.get("results", [body]) if isinstance(body, dict) else []:
            if "repository" in each:
                each["publishingReport"] = each["previewableReport"] = {"entries": entries}
            if "details" in each or "applications" in each:
                each.setdefault("details", {}).setdefault("build", {})["report"] = {"entries": entries}
        return httpx.Response(response.status_code, json=body)

    return answer


async def perform(service: Service, scene: Scene, answer: Answer) -> Visit:
    """Perform a scene in a process of its own, which knows nothing of other runs."""
    await service.begin(scene.dump)
    service.answer = answer
    return await Visit(service).perform(scene.kind, scene.act)


def deployment_inputs(connector: str, value: str) -> dict[str, Any]:
    values = {"standardConfiguration": {"SHOP_NAME": "Acme"}, "securedConfiguration": {"API_TOKEN": value}}
    configurations = {"service": values}
    return {"key": "greeter", "region": REGION, "connector": {"id": connector}, "configurations": configurations}


def test_a_report_that_names_the_rotated_secret_stays_masked_after_the_next_refresh() -> None:
    """The process of the refresh is given the new secret only; Connect still reports the old one."""

    async def story() -> tuple[Visit, Visit]:
        service = Service()
        scenes = await prepare(service)
        created = scenes["create deployment"]
        published = created.dump
        connector = published["drafts"][0]["id"]
        first = await perform(
            service, replace(created, act=creating(deployment_inputs(connector, OLD))), reporting("built")
        )
        live = await service.admin("GET", "dump")
        rotate = Scene(live, "Deployment", updating(first.result, deployment_inputs(connector, NEW)))
        rotated = await perform(service, rotate, reporting(f"old {OLD} new {NEW}", "built"))
        live = await service.admin("GET", "dump")
        refreshed = await perform(
            service,
            Scene(live, "Deployment", reading(rotated.result)),
            reporting(f"old {OLD} new {NEW}", "built"),
        )
        return rotated, refreshed

    rotated, refreshed = run_virtually(story())

    for visit in (rotated, refreshed):
        assert isinstance(visit.result, State), visit.error
        shown = json.dumps(visit.result.outputs["report"])
        assert "old *** new ***" in shown
        assert "built" in shown
        assert not Canaries([OLD, NEW]).found_in("\n".join(left_behind(visit)))


@pytest.mark.parametrize("secret", [False, True])
def test_a_token_in_the_url_of_a_repository_is_in_no_report_of_the_draft(secret: bool) -> None:
    """It is masked wherever the program has it from; in a URL that is not secret, a warning says so."""
    url = f"https://{TOKEN}@github.com/acme/greeter.git"
    given = {**STAGED, "repository": {"url": Secret(url) if secret else url, "tag": "v1.0.0"}}

    async def story() -> tuple[Visit, tuple[str, ...]]:
        service = Service()
        scenes = await prepare(service)
        warnings: list[str] = []

        def act(resource: Any, operation: Any) -> Any:
            checked = resource.check(operation, {}, given)
            assert not checked.failures, checked.failures
            warnings.extend(checked.warnings)
            return resource.create(operation, checked.inputs)

        dump = scenes["create draft"].dump
        found = {
            "url": url,
            "tag": "v1.0.0",
            "connectYaml": scenes["read draft"].dump["repositories"][0]["connectYaml"],
        }
        dump["repositories"] = [*dump["repositories"], found]
        scene = replace(scenes["create draft"], dump=dump, act=act)
        return await perform(service, scene, reporting(f"cannot clone {url}", "cloned")), tuple(warnings)

    visit, warnings = run_virtually(story())
    state = visit.error.state if isinstance(visit.error, InitFailedError) else visit.result

    assert isinstance(state, State), visit.error
    assert "***" in json.dumps(state.outputs["publishingReport"])
    without_the_url = {name: value for name, value in state.outputs.items() if name != "repository"}
    said = "\n".join([*visit.texts(), str(visit.error), *warnings, at_rest(without_the_url)])
    assert not Canaries([TOKEN]).found_in(said)
    assert any("credentials" in each for each in warnings) is not secret


def test_the_client_secret_of_another_connection_is_masked() -> None:
    """The process is given all connections of the stack, and a script may print any of them."""
    connections = {name: {"clientId": name, "clientSecret": f"c4n4ry-client-of-{name}"} for name in ("eu", "us")}
    own = {"commercetools-connect:connections": json.dumps(connections)}
    sessions = Sessions({})
    sessions.configure({**own, "commercetools-connect:connectUrl": "http://127.0.0.1:9"}.get)

    for provider in map(sessions.connections().provider, (None, "eu")):
        body: Any = {"details": {"build": {"report": {"entries": [{"title": "env c4n4ry-client-of-us"}]}}}}
        provider.session.secrets.redact_reports(body)
        assert body["details"]["build"]["report"]["entries"] == [{"title": "env ***"}]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"https://{TOKEN}@github.com/acme/x.git", "https://***@github.com/acme/x.git"),
        (f"https://robot:{TOKEN}@github.com/acme/x.git", "https://robot:***@github.com/acme/x.git"),
        ("https://github.com/acme/x.git", "https://github.com/acme/x.git"),
        ("git@github.com:acme/x.git", "git@github.com:acme/x.git"),
    ],
)
def test_a_look_up_shows_a_repository_without_its_credentials(url: str, shown: str) -> None:
    assert repository_of(Repository(url=url)).url == shown


@pytest.mark.parametrize("name", ["clientSecret", "connections"])
def test_credentials_that_are_plain_in_the_configuration_are_warned_of(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, without the value; not where they were set with `--secret`."""
    key = f"commercetools-connect:{name}"
    value = "c4n4ry-plain" if name == "clientSecret" else json.dumps({"eu": {"clientSecret": "c4n4ry-plain"}})
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    monkeypatch.setattr(pulumi_internals, "_WARNED", set())
    monkeypatch.setattr(pulumi.runtime, "get_config", {key: value}.get)
    monkeypatch.setattr(runtime_config, "is_config_secret", lambda _: True)
    base.warn_about_plain_credentials()
    assert not said

    monkeypatch.setattr(runtime_config, "is_config_secret", lambda _: False)
    base.warn_about_plain_credentials()
    base.warn_about_plain_credentials()

    assert len(said) == 1
    assert key in said[0]
    assert "--secret" in said[0]
    assert "c4n4ry" not in said[0]


def test_a_secret_of_a_megabyte_needs_no_hundreds_of_megabytes() -> None:
    secret = os.urandom(700_000).hex()
    text = f"begin {secret} end"
    tracemalloc.start()
    try:
        shown = Redactor([secret]).redact(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert shown == "begin *** end"
    assert peak < 50_000_000


REASONS = [f"Error: finding {number} of a script" for number in range(50_000)]


def heavy_partial(size: int) -> InitFailedError:
    """Return a Deployment with configuration of so many bytes that failed with a long report."""
    values = {"service": {"standardConfiguration": {"BIG": "x" * size}}}
    state = State("some-id", {"configurations": values, "status": "Failed"}, {"configurations": values})
    return InitFailedError(state, [*REASONS, "\n".join(REASONS), "y" * 5_000_000])


@pytest.mark.parametrize("size", [0, 10_000_000, 40_000_000])
def test_a_partial_failure_of_any_size_keeps_its_id_in_the_plugin(size: int) -> None:
    partial = heavy_partial(size)
    outputs, inputs = encode_properties(partial.state.outputs), encode_properties(partial.state.inputs)
    code = grpc.StatusCode.FAILED_PRECONDITION
    failure = init_failed(code, partial.state.id, outputs, inputs, partial.reasons)

    judge(failure.status)
    assert failure.code is grpc.StatusCode.FAILED_PRECONDITION
    assert len(describe_failure(partial, "the create").message) < 100_000


@pytest.mark.parametrize("size", [0, 10_000_000])
def test_a_partial_failure_of_any_size_keeps_its_id_in_dynamic_resources(size: int) -> None:
    class Call:
        status = b""

        def attach_status(self, status: bytes) -> bool:
            self.status = status
            return True

    call: Any = Call()
    partial = heavy_partial(size)
    outputs: Any = {**partial.state.outputs, "__provider": "pickled"}
    error = send_init_failed(call, partial.state.id, outputs, outputs, partial)

    assert error is not None
    assert len(str(error)) < 100_000
    assert judge(call.status).properties.fields["__provider"].string_value == "pickled"


def judge(details: bytes) -> Any:
    """Hold status details to what the engine takes, and return what they say of the object."""
    assert len(details) * 4 / 3 < HEADER_LIMIT
    status = status_pb2.Status.FromString(details)
    found = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(found)
    assert found.id == "some-id"
    assert found.properties.fields["status"].string_value == "Failed"
    assert len(found.reasons) <= 51
    assert any("more" in each for each in found.reasons)
    assert len(status.message) < 100_000
    return found


def test_neither_files_of_a_run_nor_what_it_says_hold_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The access token that Pulumi gives to providers, and the secured value, in the files processes share."""
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "pul-c4n4ryOfTheEngine")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    registry = RunRegistry(SharedRegistry("127.0.0.1:9"))
    canaries = Canaries(["pul-c4n4ryOfTheEngine", OLD])

    async def story() -> Visit:
        service = Service()
        scenes = await prepare(service)
        connector = scenes["create deployment"].dump["drafts"][0]["id"]
        create = creating(deployment_inputs(connector, OLD))

        async def act(resource: Any, operation: Any) -> Any:
            state = await create(resource, operation)
            held.append(text_of(tmp_path))  # before the process ends and takes its files away
            return state

        await service.begin(scenes["create deployment"].dump)
        service.answer = reporting(f"env {OLD}")
        return await Visit(service).perform("Deployment", act, registry=registry)

    held: list[str] = []
    visit = run_virtually(story())

    assert visit.error is None
    assert held[0], "the run shares nothing: this test shows nothing"
    assert not canaries.found_in(held[0])
    assert not canaries.found_in("\n".join(left_behind(visit)))


def test_the_names_of_secured_keys_are_no_secrets() -> None:
    """A draft's state defines them under the name that a deployment gives the values."""
    secrets = SecretRegistry()
    definition: dict[str, PropertyValue] = {
        "key": "API_TOKEN",
        "description": "Token of the shop",
        "required": True,
    }

    secrets.learn_state({"configurations": [{"applicationName": "service", "securedConfiguration": [definition]}]})
    secrets.learn({"securedConfiguration": [{"key": "API_TOKEN", "value": "c4n4ry-in-a-list"}]})

    assert secrets.redact("API_TOKEN: Token of the shop") == "API_TOKEN: Token of the shop"
    assert "c4n4ry" not in secrets.redact("it is c4n4ry-in-a-list")
