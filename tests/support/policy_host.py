"""A language host of Python that can do one thing: run a policy pack. The real one comes with an installed Pulumi.

The engine starts it as `pulumi-language-python` and reads its port; `POLICY_PYTHON` names the Python of the pack.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent import futures
from threading import Event
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

__all__ = ["Host", "serve"]

WORKERS = 4


class Host(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs packs until it is cancelled, and ends them with itself."""

    def __init__(self) -> None:
        self.cancelled = Event()

    def Handshake(self, *_: Any) -> Any:
        """Say hello."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, *_: Any) -> Any:
        """Tell a version."""
        return plugin_pb2.PluginInfo(version="1.0.0")

    def Cancel(self, *_: Any) -> Any:
        """End."""
        self.cancelled.set()
        return empty_pb2.Empty()

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:
        """Run a pack, and hand on what it says: its first line is its port."""
        program = request.info.program_directory
        process = subprocess.Popen(
            [os.environ["POLICY_PYTHON"], "-u", "-m", "pulumi.policy", *request.args, program],
            cwd=request.pwd,
            env={**os.environ, **dict(each.split("=", 1) for each in request.env)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        context.add_callback(process.kill)
        assert process.stdout
        for line in process.stdout:
            yield language_pb2.RunPluginResponse(stdout=line)
        yield language_pb2.RunPluginResponse(exitcode=process.wait())


def serve(host: Host) -> None:
    """Serve until the engine says that it is done."""
    signal.signal(signal.SIGINT, lambda *_: host.cancelled.set())  # the engine sends it after Cancel
    server = grpc.server(futures.ThreadPoolExecutor(WORKERS))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    host.cancelled.wait()
    server.stop(grace=1).wait()
    os._exit(0)


if __name__ == "__main__":
    serve(Host())
