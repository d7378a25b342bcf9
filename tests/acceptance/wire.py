"""The API as it is, without the provider's patience: every status, header and body is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx

from commercetools_connect.api import Connection

__all__ = ["Answer", "Wire"]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def ok(self) -> bool:
        """Whether it is a success."""
        return 200 <= self.status < 300

    @property
    def codes(self) -> str:
        """The codes of an error, as one text."""
        errors = self.body.get("errors") if isinstance(self.body, dict) else None
        found = [str(each.get("code")) for each in errors or () if isinstance(each, dict)]
        return ", ".join(found) or "no code"

    def words(self) -> str:
        """Say the status, and for an error its codes."""
        return f"HTTP {self.status}" if self.ok else f"HTTP {self.status} {self.codes}"

    def get(self, *path: str) -> Any:
        """Return a member of the body, `None` where there is none."""
        value = self.body
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return value


class Wire:
    """Calls with one token; `calls` counts them, tokens and looks included."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._http = httpx.Client(timeout=60.0, follow_redirects=False)
        self.calls = 0
        self._token = ""

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.close()

    def log_in(self) -> Answer:
        """Ask for a token."""
        answer = self._answer(
            self._http.post(
                f"{self._connection.auth_url}/oauth/token",
                auth=(self._connection.client_id, self._connection.client_secret),
                data={"grant_type": "client_credentials"},
            )
        )
        self._token = str(answer.get("access_token") or "")
        return answer

    def get(self, path: str) -> Answer:
        """Read."""
        return self._call("GET", path)

    def post(self, path: str, body: object) -> Answer:
        """Write."""
        return self._call("POST", path, body)

    def delete(self, path: str) -> Answer:
        """Delete."""
        return self._call("DELETE", path)

    def _call(self, method: str, path: str, body: object = None) -> Answer:
        headers = {"Authorization": f"Bearer {self._token}"}
        return self._answer(
            self._http.request(method, f"{self._connection.connect_url}{path}", headers=headers, json=body)
        )

    def _answer(self, response: httpx.Response) -> Answer:
        self.calls += 1
        try:
            body = response.json()
        except ValueError:
            body = None
        return Answer(response.status_code, body, response.headers)
