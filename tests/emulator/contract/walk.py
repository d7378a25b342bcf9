"""A client generated from `openapi.yaml` that calls every operation, rightly and wrongly.

    walk.py URL TOKEN CALLS

Runs in the environment of `requirements-contract.txt`: schemathesis makes the cases and judges the answers. Most
cases are aimed at objects that are there, as a random key finds none. Writes JSON: how many calls, the answers
of each status, and what was wrong. The same number of calls is always the same walk.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import requests
import yaml
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from schemathesis import GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
)

OPENAPI: Final = Path(__file__).with_name("openapi.yaml")
REFUSALS: Final = {400, 401, 403, 404, 405, 409}
PROJECT: Final = "demo-project"
LIVE: Final = {
    "connector": "key=walked",
    "draft": "key=walked",
    "deployment": "key=walked",
    "extension": "key=walked",
    "subscription": "key=walked",
    "project": PROJECT,
    "revision": 1,
}
DRAFT: Final = {
    "key": "walked",
    "name": "Walked",
    "creator": {"email": "dev@acme.example"},
    "repository": {"url": "https://github.com/acme/demo-connector.git", "tag": "v1.0.0"},
    "privateProjects": [f"europe-west1.gcp:{PROJECT}"],
}
DEPLOYMENT: Final = {
    "key": "walked",
    "region": "europe-west1.gcp",
    "connector": {"key": "walked"},
    "configurations": [
        {
            "applicationName": "service",
            "standardConfiguration": [{"key": "SHOP_NAME", "value": "Acme"}],
            "securedConfiguration": [{"key": "API_TOKEN", "value": "t0ken"}],
        }
    ],
}
EXTENSION: Final = {
    "key": "walked",
    "destination": {"type": "HTTP", "url": "https://shop.example.com"},
    "triggers": [{"resourceTypeId": "cart", "actions": ["Create"]}],
}
SUBSCRIPTION: Final = {
    "key": "walked",
    "destination": {"type": "GoogleCloudPubSub", "projectId": "acme", "topic": "orders"},
    "changes": [{"resourceTypeId": "order"}],
}
GARBAGE: Final = (
    b"", b"{", b"[]", b"null", b"\xff", b"[" * 50_000, b'{"a":' * 50_000, b'{"version": 1e999, "actions": []}',
    b'{"version": 1, "version": 1, "actions": []}', b'{"version": 1, "actions": [{"action": "\\ud800"}]}',
    b'{"key": "\\ud800", "name": "\\udfff"}', b'{"version": NaN, "actions": []}', b'"\\u0000"',
)  # fmt: skip
"""Bodies that no generator of JSON makes."""
ROUND: Final = 20
"""How many cases of one kind one operation has before the next one's turn, in a long walk."""


class Walk:
    """One walk through all operations, as often as it takes."""

    def __init__(self, url: str, token: str, calls: int) -> None:
        self._url = url
        self._wanted = calls
        self._round_length = max(2, min(ROUND, calls // 60))
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["authorization"] = f"Bearer {token}"
        self.statuses: Counter[str] = Counter()
        self.problems: Counter[str] = Counter()

    @property
    def calls(self) -> int:
        """How many generated calls were made."""
        return self.statuses.total()

    def go(self) -> None:
        """Make at least as many calls as were asked for."""
        document = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
        del document["security"]  # every call has its token; calls without one are tests of their own
        schema = openapi.from_dict(document)
        operations = [each.ok() for each in schema.get_all_operations()]
        for number in range(self._wanted):
            self._stage()
            for operation in operations:
                self._round(operation.as_strategy(GenerationMode.POSITIVE), number, aims=True)
                self._round(operation.as_strategy(GenerationMode.NEGATIVE), number)
                there = {each.name: LIVE[each.name] for each in operation.path_parameters}
                at_something = operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=there)
                self._round(at_something, number, is_invalid=True)
                if operation.method == "post" and number == 0:
                    self._send_garbage(operation)
                if self.calls >= self._wanted:
                    return

    def _round(self, cases: Any, number: int, *, aims: bool = False, is_invalid: bool = False) -> None:
        @seed(number)
        @settings(
            max_examples=self._round_length, database=None, deadline=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=cases, aimed=st.sampled_from([True, True, False]))
        def one(case: Any, aimed: bool) -> None:
            if aims and aimed:
                self._aim(case)
            self._call(case, is_invalid=is_invalid)

        try:
            one()
        except HypothesisException:
            return  # nothing of this operation can be wrong

    def _aim(self, case: Any) -> None:
        """Let a case mean an object that is there, in the version that it has."""
        for name in case.path_parameters or {}:
            case.path_parameters[name] = LIVE[name]
        if case.method == "POST" and isinstance(case.body, dict) and isinstance(case.body.get("version"), int):
            there = self._session.get(self._url + case.formatted_path.partition("/revisions")[0], timeout=60)
            if there.ok:
                case.body["version"] = there.json().get("version")

    def _call(self, case: Any, *, is_invalid: bool) -> None:
        response = case.call(base_url=self._url, session=self._session, timeout=60)
        where = f"{case.method} {case.path}"
        self._note(where, response.status_code)
        checks = [not_a_server_error, content_type_conformance, response_schema_conformance]
        if is_invalid:
            checks.append(negative_data_rejection)
        try:
            case.validate_response(response, checks=checks)
        except (Failure, FailureGroup) as failure:
            for each in getattr(failure, "exceptions", (failure,)):
                self.problems[f"{where}: {response.status_code} {each.title}: {each.message[:300]}"] += 1

    def _note(self, where: str, status: int) -> None:
        self.statuses[str(status)] += 1
        if status >= 300 and status not in REFUSALS:
            self.problems[f"{where}: {status}, which is not described"] += 1

    def _send_garbage(self, operation: Any) -> None:
        path = operation.path.format(**LIVE)
        for body in GARBAGE:
            for kind in ("application/json", "text/plain"):
                headers = {"content-type": kind}
                answer = self._session.post(self._url + path, data=body, headers=headers, timeout=60)
                self._note(f"POST {path}", answer.status_code)
                if answer.status_code not in REFUSALS or "errors" not in answer.json():
                    self.problems[f"POST {path}: {answer.status_code} for {body[:20]!r}"] += 1

    def _stage(self) -> None:
        """See to it that there is a published connector and a Deployment of it."""
        self._session.post(f"{self._url}/connectors/drafts", json=DRAFT, timeout=60)
        self._until("/connectors/drafts/key=walked", lambda it: it["status"] != "Processing")
        draft = self._session.get(f"{self._url}/connectors/drafts/key=walked", timeout=60).json()
        publish = {"version": draft.get("version"), "actions": [{"action": "publish", "certification": False}]}
        self._session.post(f"{self._url}/connectors/drafts/key=walked", json=publish, timeout=60)
        self._until("/connectors/drafts/key=walked", lambda it: it["status"] != "Processing")
        self._session.post(f"{self._url}/{PROJECT}/deployments", json=DEPLOYMENT, timeout=60)
        self._session.post(f"{self._url}/{PROJECT}/extensions", json=EXTENSION, timeout=60)
        self._session.post(f"{self._url}/{PROJECT}/subscriptions", json=SUBSCRIPTION, timeout=60)

    def _until(self, path: str, holds: Callable[[Any], bool]) -> None:
        for _ in range(100):
            answer = self._session.get(self._url + path, timeout=60)
            if not answer.ok or holds(answer.json()):
                return
            time.sleep(0.01)


def described(walk: Walk) -> Iterator[str]:
    """Yield the problems, the most frequent first."""
    return (f"{text} ({times} times)" for text, times in walk.problems.most_common())


def main() -> None:
    """Walk."""
    url, token, calls = sys.argv[1:]
    walk = Walk(url, token, int(calls))
    walk.go()
    json.dump(
        {"calls": walk.calls, "statuses": dict(walk.statuses), "problems": list(described(walk))}, sys.stdout
    )


if __name__ == "__main__":
    main()
