"""The emulator in a process of its own, with a share of calls that fail; it counts the calls by kind."""

from __future__ import annotations

import argparse
import json
import random
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
import psutil
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.api import PROJECT, REGION, token_of
from commercetools_connect.emulator.app import create_app
from commercetools_connect.emulator.client import Admin

__all__ = ["COUNTS", "REPOSITORY", "EmulatorProcess", "Unreliable", "connector_draft", "run_emulator"]

REPOSITORY: Final = "https://github.com/acme/demo-connector.git"
COUNTS: Final = "/__bench/calls"
UNAVAILABLE: Final = (
    b'{"statusCode":503,"message":"busy","errors":[{"code":"ServiceUnavailable","message":"busy"}]}'
)


class Unreliable:
    """Counts calls, and answers some of the GETs with 503; control calls are neither counted nor spoiled."""

    def __init__(self, app: ASGIApp, error_rate: float, seed: int = 42) -> None:
        self._app = app
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._error_rate = error_rate
        self._calls: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith("/__admin"):
            await self._app(scope, receive, send)
        elif scope["path"] == COUNTS:
            calls = dict(self._calls)
            self._calls.clear()
            await _answer(send, 200, json.dumps(calls).encode())
        else:
            self._calls[_kind(scope["method"], scope["path"])] += 1
            if scope["method"] == "GET" and self._chance.random() < self._error_rate:
                await _answer(send, 503, UNAVAILABLE)
            else:
                await self._app(scope, receive, send)


def _kind(method: str, path: str) -> str:
    if path == "/oauth/token":
        return "token"
    if method != "GET":
        return method
    if path.endswith(("/deployments", "/drafts")):
        return "list"
    if "/key=" in path:
        return "by key"
    return "connector" if path.startswith("/connectors/") else "by id"


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@dataclass
class EmulatorProcess:
    """A running emulator, and how to talk to it."""

    url: str
    admin: Admin
    process: psutil.Process

    def calls(self) -> dict[str, int]:
        """Return the calls by kind since this was asked last."""
        return dict(httpx.get(self.url + COUNTS, trust_env=False, timeout=60).json())

    def cpu(self) -> float:
        """Return the seconds of a core that the emulator has used so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """Give a client of the API, as another tool would have it."""
        headers = {"Authorization": f"Bearer {token_of(self.url)}"}
        with httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=60) as client:
            yield client

    def publish(self, projects: Sequence[str] = (PROJECT,)) -> str:
        """Make a connector that can be deployed to these projects, and return its id."""
        draft = connector_draft(REPOSITORY, projects)
        publish = {"action": "publish", "certification": False}
        with self.client() as client:
            made = client.post("/connectors/drafts", json=draft).raise_for_status().json()
            body = {"version": made["version"], "actions": [publish]}
            client.post(f"/connectors/drafts/{made['id']}", json=body).raise_for_status()
        self.admin.advance(60)
        return str(made["id"])

    def publish_again(self, draft_id: str, tag: str) -> None:
        """Publish another tag of that connector."""
        repository = {"action": "setRepository", "url": REPOSITORY, "tag": tag}
        path, publish = f"/connectors/drafts/{draft_id}", {"action": "publish", "certification": False}
        with self.client() as client:
            found = client.get(path).raise_for_status().json()
            body = {"version": found["version"], "actions": [repository, publish]}
            client.post(path, json=body).raise_for_status()
        self.admin.advance(60)


def connector_draft(url: str, projects: Sequence[str] = (PROJECT,)) -> dict[str, Any]:
    """Return the body that creates a connector draft for these projects."""
    return {
        "key": "bench",
        "name": "Bench",
        "creator": {"email": "dev@acme.example"},
        "repository": {"url": url, "tag": "v1.0.0"},
        "privateProjects": [f"{REGION}:{each}" for each in projects],
    }


@contextmanager
def run_emulator(error_rate: float = 0.0) -> Iterator[EmulatorProcess]:
    """Run an emulator for as long as this is entered."""
    command = [sys.executable, "-m", "benchmarks.emulator_process", "--error-rate", str(error_rate)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with Admin(url) as admin:
            yield EmulatorProcess(url, admin, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


class _Server(uvicorn.Server):
    """uvicorn, which says where it listens."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}", flush=True)


def _serve(error_rate: float) -> None:
    app = Unreliable(create_app(), error_rate)
    _Server(uvicorn.Config(app, port=0, log_level="error", access_log=False, lifespan="off", backlog=2048)).run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--error-rate", type=float, default=0.0)
    _serve(parser.parse_args().error_rate)
