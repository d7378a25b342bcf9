"""Programs that use every argument, or only the required ones, of each public class and function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeAlias
from unittest import mock

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.rpc import unwrap_rpc_secret

from commercetools_connect import dynamic
from commercetools_connect.frontends.dynamic import invoke as invoking
from tests.frontends.dynamic.programs import run_program

__all__ = ["FUNCTIONS", "RESOURCES", "registrations"]

Arguments: TypeAlias = Callable[[], Mapping[str, Any]]
"""Makes arguments. Outputs can only be made while a program runs."""

CREATOR = {
    "email": "a@b.example",
    "name": "Ann",
    "title": "Engineer",
    "company": "Acme",
    "logo_url": "https://logo.example",
    "no_of_contributors": 2,
    "support_url": "https://help.example",
}
GLOBAL = {"standard_configuration": {"a_b": 1}, "secured_configuration": {"s_t": "canary-1", "N": None}}
APPLICATIONS = {
    "my_app": {
        "standard_configuration": {"LOG_LEVEL": "info", "ON": True},
        "secured_configuration": {"api_key": "canary-2"},
        "schedule": "* * * * *",
        "retry_policy": {
            "strategy": "immediate",
            "min_backoff_seconds": 1,
            "max_backoff_seconds": 2,
            "max_attempts": 5,
        },
    }
}
MISSPELT = {"my_app": {**APPLICATIONS["my_app"], "misspelt_configuration": {"x": "canary-3"}}}
"""A deployment's provider reports the unknown member; a rollout refuses it when it is declared."""

EXPECTED = {"my_app": {"extension": True, "subscription": ["orders"]}}
CHECK = {
    "application": "my_app",
    "path": "/health",
    "method": "HEAD",
    "expected_status": [200, 204],
    "tries": 3,
    "pause": timedelta(seconds=5),
    "time_limit": "10s",
}
GATED = {
    "target": "eu",
    "project": "acme",
    "region": "r",
    "status": "Deployed",
    "deployed_tag": "v1",
    "build_id": None,
    "urls": {"my_app": "https://x"},
    "applications": [{"name": "my_app", "type": "service", "url": "https://x", "topic": None, "schedule": None}],
    "expect": EXPECTED,
}
TIMEOUTS = {"create": "1h", "update": 60, "delete": timedelta(minutes=2)}
DRAFT = {
    "name": "Tax",
    "repository_url": "https://g.example/a.git",
    "creator": CREATOR,
    "key": "k-1",
    "description": "d",
    "integration_types": ["tax"],
    "supported_regions": ["europe-west1.gcp"],
    "private_projects": ["europe-west1.gcp:acme"],
    "documentation_url": "https://docs.example",
    "target": "private",
}
TARGET = {
    "name": "eu",
    "region": "europe-west1.gcp",
    "connection": "shop",
    "project_key": "acme",
    "host_region": "europe-west1.gcp",
    "type": "production",
    "key": "k-2",
    "wave": "first",
    "configurations": APPLICATIONS,
    "global_configuration": GLOBAL,
    "expect": EXPECTED,
    "enabled": True,
    "adopt": False,
    "aliases": ["europe"],
}
SHARED = {
    "redeploy_trigger": {"my_own": [1, None]},
    "skip_scripts": True,
    "fail_on_script_warning": True,
    "skip_plan_time_validation": False,
    "accept_unproven_replacement": True,
}

RESOURCES: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "ConnectorStaged": (
        {"name": "Tax", "creator": {"email": "a@b.example"}, "repository": {"url": "u.git", "tag": "v1"}},
        {
            "creator": CREATOR,
            "key": "k-1",
            "description": "d",
            "integration_types": ["tax"],
            "supported_regions": ["r"],
            "private_projects": ["r:p"],
            "documentation_url": "https://docs.example",
            "force_destroy": True,
            "adopt": True,
            "connection": "shop",
            "timeouts": TIMEOUTS,
        },
    ),
    "ConnectorPublication": (
        {"connector_staged_id": "d-1", "tag": "v1", "target": "private"},
        {"content_hash": "h", "wait_for": "validation", "connection": "shop", "timeouts": TIMEOUTS},
    ),
    "Deployment": (
        {"connector": {"key": "c"}, "region": "europe-west1.gcp"},
        {
            "connector": {"id": "i", "key": "c", "staged": True},
            "key": "k-3",
            "project_key": "acme",
            "type": "sandbox",
            "connector_tag": "v1",
            "configurations": MISSPELT,
            "global_configuration": GLOBAL,
            "expect": EXPECTED,
            "adopt": True,
            **SHARED,
            "connection": "shop",
            "timeouts": TIMEOUTS,
        },
    ),
    "RolloutGate": (
        {"wave": "first", "connector_tag": "v1", "deployments": [GATED]},
        {
            "triggers": [1, "x"],
            "bake_time": timedelta(minutes=10),
            "checks": [CHECK],
            "previous": [{"target": "eu", "fromTag": "v0"}],
            "wired": True,
            "timeouts": {"create": "1h"},
        },
    ),
    "Rollout": (
        {
            "connector_tag": "v1",
            "connector": {"key": "tax"},
            "targets": [{"name": "eu", "region": "europe-west1.gcp", "connection": "shop"}],
        },
        {
            "connector": None,
            "draft": DRAFT,
            "targets": [TARGET, {**TARGET, "name": "us", "key": "k-4", "wave": "canary", "aliases": []}],
            "configurations": APPLICATIONS,
            "global_configuration": GLOBAL,
            "expect": EXPECTED,
            "type": "sandbox",
            "canary": ["us"],
            "waves": [{"name": "first", "bake_time": "1m", "checks": [CHECK], "wired": True}],
            "bake_time": 30,
            "checks": [CHECK],
            "wired": True,
            **SHARED,
            "timeouts": TIMEOUTS,
        },
    ),
}
"""For each class the required arguments, and those that come on top of them."""

FUNCTIONS: Mapping[str, dict[str, Any]] = {
    "get_configuration_template": {"id": "i", "key": "k", "staged": True},
    "get_connector": {"id": "i", "key": "k"},
    "get_connector_staged": {"id": "i", "key": "k"},
    "get_deployment": {"id": "i", "key": "k", "project_key": "p"},
    "get_deployment_revisions": {"id": "i", "key": "k", "project_key": "p", "max_results": 3},
    "list_connector_staged": {"private": True, "integration_types": ["tax"], "max_results": 3},
    "list_deployments": {
        "project_key": "p",
        "type": "sandbox",
        "integration_types": ["tax"],
        "connector_id": "i",
        "connector_key": "k",
        "max_results": 3,
    },
    "search_connectors": {
        "text": "t",
        "private": True,
        "creator_company": "c",
        "id": ["i"],
        "key": ["k"],
        "integration_types": ["tax"],
        "sort": ["createdAt desc"],
        "limit": 10,
        "max_results": 3,
    },
}
"""Every argument of each function but `connection`."""


def registrations() -> dict[str, Any]:
    """Return what each program sends to Pulumi, and what each function asks for."""
    return {name: _registrations(name, *arguments) for name, arguments in RESOURCES.items()} | {
        name: _look_ups(name, arguments) for name, arguments in FUNCTIONS.items()
    }


def _registrations(name: str, required: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "minimal": _registered(name, lambda: required),
        "full": _registered(name, lambda: {**required, **more}),
        "outputs": _registered(name, lambda: _secret_outputs(required)),
    }


def _look_ups(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "minimal": _asked(name, dict),
        "full": _asked(name, lambda: {**arguments, "connection": "shop"}),
        "outputs": _asked(f"{name}_output", lambda: {**_secret_outputs(arguments), "connection": "shop"}),
    }


def _secret_outputs(arguments: Mapping[str, Any]) -> dict[str, Any]:
    # What a rollout plans with must be known.
    known = ("targets", "connector")
    return {name: value if name in known else pulumi.Output.secret(value) for name, value in arguments.items()}


def _registered(name: str, arguments: Arguments) -> list[dict[str, Any]]:
    monitor = run_program(lambda: getattr(dynamic, name)("mine", **arguments()) and None)
    own = [request for request in monitor.requests if request.type != "pulumi:pulumi:Stack"]
    return sorted((_described(request) for request in own), key=lambda each: str(each["name"]))


def _described(request: Any) -> dict[str, Any]:
    inputs = MessageToDict(request.object)
    inputs.pop("__provider", None)  # golden/providers-*.json has it
    return {
        "name": f"{request.type} {request.name}",
        "inputs": inputs,
        "aliases": sorted(f"{each.spec.type} {each.spec.name}" for each in request.aliases),
        "dependencies": sorted(urn.rpartition("$")[2] for urn in request.dependencies),
        "secret outputs": sorted(request.additionalSecretOutputs),
        "parent": request.parent.rpartition("::")[2],
    }


def _asked(name: str, arguments: Arguments) -> list[Any]:
    asked: list[Any] = []

    async def answer() -> str:
        return "found"

    def call(function: str, given: Mapping[str, Any]) -> Any:
        received = {
            each: {"secret": unwrap_rpc_secret(v)} if isinstance(v, dict) else v
            for each, v in given.items()
            if each != "connection"
        }
        asked.append([function, received, given.get("connection")])
        return answer()

    with mock.patch.object(invoking, "_call", call), mock.patch.object(invoking, "Record", lambda found: found):
        run_program(lambda: getattr(dynamic, name)(**arguments()) and None)
    return asked
