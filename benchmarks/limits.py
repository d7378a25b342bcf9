"""What a start costs, and what nothing can be quicker than."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import grpc
import psutil
from google.protobuf.struct_pb2 import Struct

from benchmarks.api import PROJECT
from benchmarks.emulator_process import run_emulator
from benchmarks.scale import Scale
from benchmarks.stats import spread
from commercetools_connect.frontends.protocol import provider_pb2, provider_pb2_grpc

__all__ = ["measure_limits"]

PLUGIN: Final = Path(sys.executable).parent / "pulumi-resource-commercetools-connect"
MEBI: Final = 1024 * 1024
ROUND_TRIPS: Final = 20
IDLE: Final = 1.0


def measure_limits(scale: Scale, say: Any) -> dict[str, Any]:
    """Return the seconds from the plugin's start to its port, its memory when idle, and the time of one call."""
    starts = [_start() for _ in range(scale.repeats * 2)]
    say(f"start: port after {spread([each[0] for each in starts])['median']} s")
    return {
        "port_seconds": spread([each[0] for each in starts]),
        "configured_seconds": spread([each[1] for each in starts]),
        "idle_mib": spread([each[2] for each in starts], 1),
        "round_trip_seconds": spread(_round_trips(), 4),
        "bare_python_seconds": spread([_bare_python() for _ in range(scale.repeats)]),
    }


def _start() -> tuple[float, float, float]:
    """Return when the port was printed, when a configuration was answered, and the memory at rest, in MiB."""
    began = time.perf_counter()
    process = subprocess.Popen([str(PLUGIN)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        printed = time.perf_counter() - began
        asyncio.run(_configure(port))
        configured = time.perf_counter() - began
        time.sleep(IDLE)
        return printed, configured, psutil.Process(process.pid).memory_info().rss / MEBI
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


async def _configure(port: int) -> None:
    values = Struct()
    values.update(
        {"connectUrl": "http://127.0.0.1:1", "clientId": "id", "clientSecret": "x", "projectKey": PROJECT}
    )
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)
        await stub.Configure(provider_pb2.ConfigureRequest(args=values), wait_for_ready=True)


def _round_trips() -> list[float]:
    took = []
    with run_emulator() as emulator, emulator.client() as client:
        for _ in range(ROUND_TRIPS):
            began = time.perf_counter()
            client.get(f"/{PROJECT}/deployments").raise_for_status()
            took.append(time.perf_counter() - began)
    return took


def _bare_python() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import grpc.aio"], check=True)
    return time.perf_counter() - began
