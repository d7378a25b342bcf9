"""Extensions and Subscriptions beside another reading of the HTTP API: npm `@labdigital/commercetools-mock`.

It cross-checks shapes and statuses, and is no truth. Where both differ on purpose, a test says how.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.emulator.conftest import TLS
from tests.support.kept import kept
from tests.support.node_sdk import needs_node

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

HERE = Path(__file__).with_name("npm_mock")
INSTALL = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
EXTENSION = {
    "key": "acme-cart",
    "destination": {
        "type": "HTTP",
        "url": "https://shop.acme.example",
        "authentication": {"type": "AuthorizationHeader", "headerValue": "Basic canary-Zq83"},
    },
    "triggers": [{"resourceTypeId": "cart", "actions": ["Create", "Update"], "condition": "1 = 1"}],
    "timeoutInMs": 900,
}
SUBSCRIPTION = {
    "key": "acme-orders",
    "destination": {"type": "GoogleCloudPubSub", "projectId": "acme", "topic": "orders"},
    "messages": [{"resourceTypeId": "order", "types": ["OrderCreated"]}],
}
CHANGING = {"id", "createdAt", "lastModifiedAt", "createdBy", "lastModifiedBy", "headerValue"}


def fill(folder: Path) -> None:
    shutil.copy(HERE / "package.json", folder)
    subprocess.run(INSTALL, cwd=folder, check=True, capture_output=True, timeout=300)


@pytest.fixture(scope="module")
def mock() -> Iterator[httpx.Client]:
    needs_node()
    try:
        packages = kept("npm-mock", (HERE / "package.json").read_bytes(), fill)
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"npm cannot install the mock: {type(error).__name__}")
    program = packages / "serve.mjs"
    shutil.copy(HERE / "serve.mjs", program)
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen([shutil.which("node") or "node", str(program)], **pipes) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url:
            pytest.skip("this Node.js does not run the mock")
        with httpx.Client(base_url=url, trust_env=False, timeout=60, verify=TLS) as client:
            yield client
        assert process.stdin is not None
        process.stdin.close()
        process.wait(10)


@pytest.fixture
def both(mock: httpx.Client, api: Any) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Give the emulator and the mock, each with one Extension and one Subscription."""
    for client in (api.http, mock):
        assert client.post("/acme-dev/extensions", json=EXTENSION).status_code == 201
        assert client.post("/acme-dev/subscriptions", json=SUBSCRIPTION).status_code == 201
    yield api.http, mock
    for path in ("extensions/key=acme-cart", "subscriptions/key=acme-orders"):
        there = mock.get(f"/acme-dev/{path}")
        if there.is_success:
            mock.delete(f"/acme-dev/{path}", params={"version": there.json()["version"]})


def shape(value: Any) -> Any:
    """Return an answer with what every server makes up replaced by its type."""
    if isinstance(value, dict):
        return {
            name: type(each).__name__ if name in CHANGING else shape(each) for name, each in sorted(value.items())
        }
    return [shape(each) for each in value] if isinstance(value, list) else value


READS = [
    "/acme-dev/extensions/key=acme-cart",
    "/acme-dev/subscriptions/key=acme-orders",
    "/acme-dev/extensions?limit=500",
    "/acme-dev/subscriptions?limit=1&offset=0",
    '/acme-dev/extensions?where=key="acme-cart"',
    '/acme-dev/subscriptions?where=key = "unknown"',
    "/acme-dev/extensions/key=unknown",
    "/acme-dev/subscriptions/key=unknown",
]


@pytest.mark.parametrize("path", READS)
def test_both_readings_answer_a_read_in_the_same_shape(both: Any, path: str) -> None:
    ours, theirs = (client.get(path) for client in both)
    assert (ours.status_code, shape(ours.json())) == (theirs.status_code, shape(theirs.json()))


UPDATES = [
    ("extensions/key=acme-cart", {"action": "changeTriggers", "triggers": []}),
    ("extensions/key=acme-cart", {"action": "setTimeoutInMs", "timeoutInMs": 100}),
    (
        "extensions/key=acme-cart",
        {"action": "changeDestination", "destination": {"type": "HTTP", "url": "http://x"}},
    ),
    ("subscriptions/key=acme-orders", {"action": "setKey", "key": "acme-orders"}),
]


@pytest.mark.parametrize(("path", "action"), UPDATES)
def test_both_readings_answer_an_update_alike(both: Any, path: str, action: Any) -> None:
    body = {"version": 1, "actions": [action]}
    ours, theirs = (client.post(f"/acme-dev/{path}", json=body) for client in both)
    assert (ours.status_code, shape(ours.json())) == (theirs.status_code, shape(theirs.json()))


def test_both_readings_refuse_an_update_on_another_version(both: Any) -> None:
    body = {"version": 7, "actions": [{"action": "setTimeoutInMs", "timeoutInMs": 100}]}
    answers = [client.post("/acme-dev/extensions/key=acme-cart", json=body) for client in both]
    codes = {(each.status_code, each.json()["errors"][0]["code"]) for each in answers}
    assert codes == {(409, "ConcurrentModification")}
    assert {each.json()["errors"][0]["currentVersion"] for each in answers} == {1}


def test_both_readings_answer_a_deletion_with_what_is_gone(both: Any) -> None:
    answers = [client.delete("/acme-dev/subscriptions/key=acme-orders", params={"version": 1}) for client in both]
    assert [each.status_code for each in answers] == [200, 200]
    assert shape(answers[0].json()) == shape(answers[1].json())


def test_the_emulator_shows_the_end_of_a_secret_and_the_mock_nothing(both: Any) -> None:
    shown = [
        client.get("/acme-dev/extensions/key=acme-cart").json()["destination"]["authentication"]["headerValue"]
        for client in both
    ]
    assert shown == ["****Zq83", "****"]
