"""Gates that tests open, on a clock of their own, and an application that answers as the test says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import Diff, State
from commercetools_connect.resources.provider import Provider
from tests.support.clock import FakeClock
from tests.support.world import MessageLog

__all__ = ["Application", "Gate", "application", "deployment", "inputs", "table"]


def deployment(target: str, **changes: Any) -> dict[str, Any]:
    """Return what a live deployment at v1.4.0 shows the gate."""
    return {
        "target": target,
        "project": f"acme-{target}",
        "region": "europe-west1.gcp",
        "status": "Deployed",
        "deployedTag": "v1.4.0",
        "buildId": f"{target}-build-1",
        "urls": {},
        **changes,
    }


def inputs(*deployments: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the inputs of a gate behind these deployments."""
    found = list(deployments) or [deployment("dev"), deployment("eu")]
    return {"wave": "europe", "connectorTag": "v1.4.0", "deployments": found, **changes}


def table(state: State) -> list[dict[str, Any]]:
    """Return the rows of who runs what, as the gate tells them."""
    rows: Any = state.outputs["summary"]
    return list(rows)


@dataclass
class Gate:
    """A RolloutGate as an engine uses it."""

    clock: FakeClock = field(default_factory=FakeClock)
    said: MessageLog = field(default_factory=MessageLog)

    def context(self, **options: Any) -> OperationContext:
        return OperationContext(name="r-europe", default_key="derived", **{"reporter": self.said, **options})

    def open(self, news: dict[str, Any], state: State | None = None, **options: Any) -> State:
        """Check, then create or update."""

        async def act() -> State:
            provider = Provider.configure({}, {}, self.clock)
            gate, context = provider.resource("RolloutGate"), self.context(**options)
            checked = gate.check(context, state.outputs if state else {}, news)
            assert not checked.failures, checked.failures
            try:
                if state is None:
                    return await gate.create(context, checked.inputs)
                return await gate.update(context, state, checked.inputs)
            finally:
                await provider.aclose()

        return asyncio.run(act())

    def diff(self, state: State, news: dict[str, Any]) -> Diff:
        """Check, then diff."""

        async def act() -> Diff:
            gate = Provider.configure({}, {}, self.clock).resource("RolloutGate")
            return await gate.diff(self.context(), state, gate.check(self.context(), {}, news).inputs)

        return asyncio.run(act())


@dataclass
class Application:
    """An HTTP server on this machine; `answers` are used up one by one, the last one stays."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [200])
    calls: list[str] = field(default_factory=list)
    body: str = ""

    def answer(self, call: str) -> int:
        """Remember the call and return the status of its answer."""
        self.calls.append(call)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def application() -> Iterator[Application]:
    """Serve an application on a free port."""
    served = Application()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            status = served.answer(f"{self.command} {self.path}")
            self.send_response(status)
            self.send_header("Location", f"{served.url}/elsewhere")
            self.send_header("Content-Length", str(len(served.body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(served.body.encode())

        do_GET = do_HEAD = _serve  # noqa: N815 - the names of the base class

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
