"""The text by which a stack's state names a provider: it stays readable for ever."""

from __future__ import annotations

import base64
import json
import pickle
import subprocess
import sys
from pathlib import Path

import dill
import pytest
from pulumi.dynamic.dynamic import serialize_provider

import commercetools_connect
from commercetools_connect.dynamic.providers import ConnectProvider, load

GOLDEN = Path(__file__).parent / "golden"
KINDS = ("ConnectorStaged", "ConnectorPublication", "Deployment", "RolloutGate")
RELEASES = sorted(GOLDEN.glob("providers-*.json"))
PRINT_ALL = """
import json, pickle, sys, dill, base64
from pulumi.dynamic.dynamic import serialize_provider
from commercetools_connect.dynamic.providers import load
texts = {}
for protocol in (4, 5):
    pickle.DEFAULT_PROTOCOL = protocol
    texts[str(protocol)] = {kind: serialize_provider(load(kind)) for kind in sys.argv[1:]}
print(json.dumps(texts))
"""


def _texts_of_a_fresh_process() -> dict[str, dict[str, str]]:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(commercetools_connect.__file__).parents[1])}
    command = [sys.executable, "-c", PRINT_ALL, *KINDS]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    texts: dict[str, dict[str, str]] = json.loads(done.stdout)
    return texts


def test_every_process_writes_the_text_that_released_versions_wrote() -> None:
    first, second = _texts_of_a_fresh_process(), _texts_of_a_fresh_process()
    assert first == second == json.loads(RELEASES[-1].read_text())


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.stem)
def test_providers_of_every_release_can_be_loaded(path: Path) -> None:
    for texts in json.loads(path.read_text()).values():
        for kind, text in texts.items():
            provider = dill.loads(base64.b64decode(text))
            assert isinstance(provider, ConnectProvider)
            assert provider.resource == kind


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_is_small_names_no_class_and_carries_no_code(kind: str) -> None:
    text = serialize_provider(load(kind))
    raw = base64.b64decode(text)
    assert len(text) <= 200
    assert b"ConnectProvider" not in raw
    assert b"code" not in raw.lower().replace(b"load", b"")


@pytest.mark.parametrize("kind", KINDS)
def test_providers_are_stateless_and_not_secret(kind: str) -> None:
    provider = load(kind)
    assert vars(provider) == {}
    assert provider.serialize_as_secret_always is False
    assert pickle.loads(pickle.dumps(provider)).resource == kind
