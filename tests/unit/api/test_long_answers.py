"""Long reports do not stop the event loop: their redaction has a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from commercetools_connect.api import ById
from commercetools_connect.api.secret_registry import HEAVY, SecretRegistry
from tests.unit.api.fake_network import DEPLOYMENT, SECRET, FakeNetwork, json_answer

IDENTITY = "00000000-0000-4000-8000-000000000001"


def reporting(text: str) -> httpx.Response:
    report = {"entries": [{"type": "Warning", "title": "env", "message": text}]}
    return json_answer({**DEPLOYMENT, "details": {"build": {"report": report}}})


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """Return the threads in which reports are redacted, as it happens."""
    found: list[threading.Thread] = []
    redact: Callable[..., None] = SecretRegistry.redact_reports

    def noted(self: SecretRegistry, body: Any) -> None:
        found.append(threading.current_thread())
        redact(self, body)

    monkeypatch.setattr(SecretRegistry, "redact_reports", noted)
    return found


@pytest.mark.parametrize("size", [10, HEAVY, 2_000_000])
def test_a_long_report_is_redacted_beside_the_event_loop(size: int, threads: list[threading.Thread]) -> None:
    """Other operations go on, and a cancel is heard, while megabytes are searched."""
    network = FakeNetwork(reporting(f"{SECRET} {'x' * size} {SECRET}"))

    found = network.perform(lambda client: client.get_deployment("acme-dev", ById(IDENTITY)))

    assert found.report[0].message == f"*** {'x' * size} ***"
    assert (threads[-1] is threading.main_thread()) == (size < HEAVY)
