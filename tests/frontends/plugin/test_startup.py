"""A provider is started for every run of the engine: it loads what it serves with, and makes no connection."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

PROBE = """
import json, sys
calls = []
network = ("socket.connect", "socket.getaddrinfo")
sys.addaudithook(lambda event, _: calls.append(event) if event in network else None)
import {module}
{then}
print(json.dumps({{"modules": sorted(sys.modules), "calls": calls}}))
"""

A_RUN = """
import asyncio
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import State
from commercetools_connect.resources.provider import Provider

values = {"region": "europe-west1.gcp", "clientId": "id", "clientSecret": "secret", "projectKey": "acme-dev"}
inputs = {
    "region": "europe-west1.gcp",
    "connector": {"id": "0b7c"},
    "configurations": {"service": {"standardConfiguration": {"SHOP": "Acme"}}},
}
deployment = Provider.configure(values, {}).resource("Deployment")
operation = OperationContext("api", "a-derived-key")
checked = deployment.check(operation, {}, inputs)
assert not checked.failures, checked.failures
state = State("acme-dev/d-1", {**checked.inputs, "status": "Deployed", "connectorId": "0b7c"})
assert not asyncio.run(deployment.diff(operation, state, checked.inputs))
"""
"""What an `up` without changes does for a resource."""


def probe(module: str, then: str = "") -> dict[str, Any]:
    """Return what a fresh interpreter has loaded and called after importing the module."""
    script = PROBE.format(module=module, then=then)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def served() -> dict[str, Any]:
    return probe(
        "commercetools_connect.frontends.plugin.main, commercetools_connect.frontends.plugin.process", A_RUN
    )


@pytest.mark.parametrize(
    "name",
    [
        "commercetools_connect.cli",
        "commercetools_connect.dynamic",
        "commercetools_connect.emulator",
        "click",
        "dill",
        "pulumi.automation",
        "pulumi.resource",
        "pygments",
        "rich",
        "starlette",
        "truststore",
        "typer",
        "uvicorn",
        "yaml",
    ],
)
def test_the_plugin_does_not_load(served: dict[str, Any], name: str) -> None:
    loaded = [each for each in served["modules"] if each == name or each.startswith(f"{name}.")]
    assert loaded == []


def test_a_run_without_changes_makes_no_call(served: dict[str, Any]) -> None:
    assert served["calls"] == []


def test_the_port_is_printed_once_everything_is_loaded_and_nothing_else_is() -> None:
    """After that line the engine gives a provider ten seconds; a busy machine may need more for the import."""
    script = """
import builtins
load = builtins.__import__

def noisy(name, *further, **named):
    if name == "commercetools_connect.frontends.plugin.process":
        print("noise of a library")
        raise ImportError("as if it took for ever")
    return load(name, *further, **named)

builtins.__import__ = noisy
from commercetools_connect.frontends.plugin.main import main
main()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert "as if it took for ever" in done.stderr
    assert "noise of a library" in done.stderr
    assert done.stdout == ""


def test_a_module_that_needs_all_of_pulumi_in_the_same_process_still_gets_it() -> None:
    then = """
from commercetools_connect.frontends import protocol
import pulumi, pulumi.automation
from pulumi.runtime.proto import provider_pb2
assert pulumi.ComponentResource and pulumi.automation.Stack
assert provider_pb2 is protocol.provider_pb2
"""
    probe("commercetools_connect.frontends.protocol", then)


def test_a_program_of_the_other_frontend_loads_no_client() -> None:
    modules = probe("commercetools_connect.dynamic")["modules"]
    assert not {"httpx", "pydantic", "commercetools_connect.api", "commercetools_connect.emulator"} & set(modules)
