"""The emulator answers as the published description says, and our client asks as it says (API §3 to §6, §11)."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import yaml

from commercetools_connect.emulator import Emulator, render
from commercetools_connect.emulator.app import OPERATIONS
from tests.emulator.contract import hook
from tests.emulator.contract.description import OPENAPI
from tests.support.locked_venv import ROOT, locked_python

LIMIT = 1200
"""Seconds that a walk may take, also where many others work."""
AT_ONCE = dict.fromkeys(("queued", "deploying", "undeploying", "preview", "publish"), 0.0)


def test_the_description_has_every_call_that_the_emulator_serves_and_no_other() -> None:
    described = {
        (method.upper(), _shape(path))
        for path, item in yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))["paths"].items()
        for method in item.keys() & {"get", "post", "delete"}
    }
    assert described == {(method, _shape(path)) for method, path, *_ in OPERATIONS}


def _shape(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


Break = Callable[[pytest.MonkeyPatch], None]


def _without_status(patch: pytest.MonkeyPatch) -> None:
    body = render.draft_body
    patch.setattr(
        "commercetools_connect.emulator.drafts.draft_body", lambda *given: {**body(*given), "status": None}
    )


def _with_something_new(patch: pytest.MonkeyPatch) -> None:
    body = render.draft_body
    patch.setattr("commercetools_connect.emulator.drafts.draft_body", lambda *given: {**body(*given), "new": 1})


@pytest.mark.parametrize("break_it", [_without_status, _with_something_new])
def test_an_answer_that_is_not_described_fails_the_test_that_asked(
    api: Any, monkeypatch: pytest.MonkeyPatch, break_it: Break
) -> None:
    break_it(monkeypatch)
    api.create_connector_staged()
    assert any("no ConnectorStaged" in each for each in hook.take_problems())


@pytest.mark.parametrize(
    ("body", "is_described"),
    [
        ({"version": 1, "actions": [{"action": "setName", "name": "N"}]}, True),
        ({"version": 1, "actions": [{"action": "setName", "name": "N", "colour": "red"}]}, False),
        ({"version": "1", "actions": []}, False),
    ],
)
def test_a_request_of_our_client_that_is_not_described_fails_the_test_that_sent_it(
    api: Any, body: Any, is_described: bool
) -> None:
    api.create_connector_staged()
    path = "/connectors/drafts/key=acme-tax"
    api.http.post(path, json=body)
    assert not hook.take_problems(), "what tests send may be wrong"
    api.http.post(path, json=body, headers={"user-agent": "commercetools-connect-provider/1"})
    assert bool(hook.take_problems()) != is_described


@pytest.mark.parametrize(
    "calls", [120, pytest.param(5000, marks=[pytest.mark.long, pytest.mark.timeout(LIMIT + 60)])]
)
def test_a_client_made_from_the_description_finds_no_crash_and_nothing_undescribed(
    emulator: Emulator, calls: int
) -> None:
    """No 5xx for any request; refusals in the envelope with known codes; what breaks the schema is refused."""
    emulator.admin.reset()
    emulator.admin.settings(delays=AT_ONCE)
    token = _token(emulator.url)
    walk = ROOT / "tests" / "emulator" / "contract" / "walk.py"
    command = [str(locked_python("contract")), str(walk), emulator.url, token, str(calls)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.returncode == 0, done.stderr
    walked = json.loads(done.stdout)
    assert walked["problems"] == []
    assert walked["calls"] >= calls
    assert {"200", "201", "400", "404"} <= walked["statuses"].keys()


def _token(url: str) -> str:
    form = {"grant_type": "client_credentials"}
    answer = httpx.post(f"{url}/oauth/token", auth=("demo-client", "demo-secret"), data=form, trust_env=False)
    return str(answer.json()["access_token"])
