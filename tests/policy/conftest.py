"""The example's policy pack in a process of its own, as the engine starts it, and a client that speaks to it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN as UNKNOWN_MARK
from pulumi.runtime.rpc import wrap_rpc_secret

from commercetools_connect.core.values import Secret, Unknown
from commercetools_connect.policy.model import Resource
from tests.support.policy_venv import PACK_ENVIRONMENT, ROOT, policy_python

PACK = ROOT / "examples" / "policy"
LIMIT = 60.0
LEVELS = {
    "advisory": analyzer_pb2.ADVISORY,
    "mandatory": analyzer_pb2.MANDATORY,
    "disabled": analyzer_pb2.DISABLED,
    "remediate": analyzer_pb2.REMEDIATE,
}


@dataclass
class Pack:
    """A running pack; everything that it has answered is kept."""

    stub: Any
    said: list[str]

    def info(self) -> Any:
        """Return what the pack tells of itself."""
        return self.stub.GetAnalyzerInfo(empty_pb2.Empty(), timeout=LIMIT)

    def configure(self, rule: str, settings: Mapping[str, Any], level: str = "mandatory") -> None:
        """Configure one rule, as `--policy-pack-config` does; the others go back to what the pack says."""
        one = analyzer_pb2.PolicyConfig(enforcementLevel=LEVELS[level], properties=struct(settings))
        self.stub.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig={rule: one}), timeout=LIMIT)

    def examine(self, resources: Sequence[Resource]) -> list[Any]:
        """Return all diagnostics: each resource alone, then the stack."""
        answers = [self.stub.Analyze(asked(each), timeout=LIMIT) for each in resources]
        request = analyzer_pb2.AnalyzeStackRequest(resources=[stacked(each) for each in resources])
        answers.append(self.stub.AnalyzeStack(request, timeout=LIMIT))
        self.said.extend(map(str, answers))
        return [diagnostic for answer in answers for diagnostic in answer.diagnostics]

    def remediate(self, resource: Resource) -> list[Any]:
        """Return what the pack changes in a resource."""
        return list(self.stub.Remediate(asked(resource), timeout=LIMIT).remediations)


def asked(resource: Resource) -> Any:
    """Return the question about one resource."""
    return analyzer_pb2.AnalyzeRequest(
        type=resource.type,
        urn=resource.urn,
        name=resource.name,
        properties=struct(resource.props),
        options=analyzer_pb2.AnalyzerResourceOptions(protect=resource.protect),
    )


def stacked(resource: Resource) -> Any:
    """Return a resource as a part of the question about the stack."""
    return analyzer_pb2.AnalyzerResource(
        type=resource.type,
        urn=resource.urn,
        name=resource.name,
        properties=struct(resource.props),
        options=analyzer_pb2.AnalyzerResourceOptions(protect=resource.protect),
        propertyDependencies={
            name: analyzer_pb2.AnalyzerPropertyDependencies(urns=sorted(urns))
            for name, urns in resource.sources.items()
        },
    )


def struct(tree: Mapping[str, Any]) -> Any:
    """Return a tree as the engine sends it."""
    return json_format.ParseDict(wire(tree), struct_pb2.Struct())


def wire(value: Any) -> Any:
    """Return a value as the engine writes it: secrets in envelopes, and a mark for what is not known yet."""
    if isinstance(value, Unknown):
        return UNKNOWN_MARK
    if isinstance(value, Secret):
        return wrap_rpc_secret(wire(value.value))
    if isinstance(value, Mapping):
        return {name: wire(child) for name, child in value.items() if child is not None}
    return [wire(child) for child in value] if isinstance(value, list) else value


@contextmanager
def running(folder: Path) -> Iterator[Pack]:
    """Start a pack and end it; bounded."""
    environ = {**PACK_ENVIRONMENT, "PATH": os.environ["PATH"], "PULUMI_PROJECT": "shop", "PULUMI_STACK": "dev"}
    process = subprocess.Popen(
        [str(policy_python()), "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)],
        cwd=folder,
        env={**environ, "PULUMI_DRY_RUN": "true"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    bound = Timer(LIMIT, process.kill)
    try:
        bound.start()
        assert process.stdout
        port = int(process.stdout.readline())
        bound.cancel()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Pack(analyzer_pb2_grpc.AnalyzerStub(channel), [])
    finally:
        bound.cancel()
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def process() -> Iterator[Pack]:
    with running(PACK) as pack:
        yield pack


@pytest.fixture
def pack(process: Pack) -> Pack:
    """Return the pack as its author wrote it, without configuration from outside."""
    process.stub.Configure(analyzer_pb2.ConfigureAnalyzerRequest(), timeout=LIMIT)
    return process
