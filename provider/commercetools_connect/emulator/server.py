"""An emulator on a socket, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from commercetools_connect.emulator.app import create_app
from commercetools_connect.emulator.backend import Seed
from commercetools_connect.emulator.client import Admin
from commercetools_connect.emulator.middleware import CLOSE_EXTENSION
from commercetools_connect.emulator.seed import load_seed

_START_SECONDS = 10.0
_STOP_SECONDS = 5.0
_BACKLOG = 2048
#: Where one reaches this machine's own socket that listens on all of its addresses.
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


class Emulator:
    """The Connect HTTP API on 127.0.0.1, from `with` to the end of its block.

    `port` 0 takes a free one; entering raises `OSError` if another one is in use. `seed` is a file (JSON or YAML)
    or its content, with the errors of `load_seed`; entering raises `ValueError` if it contradicts itself. It
    answers under addresses, `localhost` and the names `allow_hosts`; `*.ending` means all names below one. Once
    entered, the emulator answers. Leaving closes all connections at once. Any number of emulators may run side by
    side; each is independent.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        seed: Path | str | Mapping[str, object] | Seed | None = None,
        allow_hosts: Sequence[str] = (),
    ) -> None:
        self._host = host
        self._port = port
        self._seed = load_seed(seed)
        self._allow_hosts = tuple(allow_hosts)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._admin: Admin | None = None
        self._url = ""

    @property
    def url(self) -> str:
        """The base URL, for the API and the token endpoint alike: on loopback, if it listens there too."""
        if not self._url:
            raise RuntimeError("the emulator is not running; use it in a with statement")
        return self._url

    @property
    def admin(self) -> Admin:
        """The control interface."""
        if self._admin is None:
            raise RuntimeError("the emulator is not running; use it in a with statement")
        return self._admin

    def start(self) -> None:
        """Listen; what `with` does on entering."""
        if self._server is not None:
            raise RuntimeError("the emulator is running already")
        app = create_app(self._seed, allow_hosts=self._allow_hosts)
        listener = _listen(self._host, self._port)
        self._server = _Server(app)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="connect-emulator", daemon=True
        )
        self._thread.start()
        if not self._server.answers.wait(_START_SECONDS):
            raise TimeoutError("the emulator did not start")
        self._url = _url(listener)
        self._admin = Admin(self._url)

    def stop(self) -> None:
        """Close the socket and all connections; what `with` does on leaving. Takes 5 seconds at most."""
        if self._admin is not None:
            self._admin.close()
        if self._server is not None and self._thread is not None:
            self._server.stop()
            self._thread.join(_STOP_SECONDS)
        self._admin = self._server = self._thread = None
        self._url = ""

    def __enter__(self) -> Emulator:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


class _Server(uvicorn.Server):
    """uvicorn, started and stopped by events instead of polling, and quiet."""

    def __init__(self, app: ASGIApp) -> None:
        config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            date_header=False,
            backlog=_BACKLOG,
        )
        super().__init__(config)
        self.answers = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """End, from another thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.answers.set()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Cut all connections, so that calls under way end without an answer, and without a word."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Protocol(H11Protocol):
    """HTTP/1.1 that lets the app close the connection, and takes a cancelled call as ended."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[CLOSE_EXTENSION] = transport.close
            try:
                await inner(scope, receive, send)
            except asyncio.CancelledError:
                if not transport.is_closing():
                    raise

        self.app = app


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    host = _LOOPBACK.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
