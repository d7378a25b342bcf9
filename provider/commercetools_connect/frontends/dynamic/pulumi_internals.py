"""Private parts of Pulumi and Python that the dynamic frontend uses; all of them are used here only.

Each has a canary test. Where one is not found, the frontend works with less comfort, and a warning says once what
is missing:

- the frame that serves an RPC: the resource's URN, the limit from `custom_timeouts`, and the way to send details
  of an error;
- the size of the thread pool of `python -m pulumi.dynamic`: it has four threads, and a resource takes one for as
  long as it waits, so that 40 deployments of five minutes each would take 50 minutes;
- the names in the stack's configuration, and which of them are secret;
- the command line of `python -m pulumi.dynamic`;
- the class of the monitor that `pulumi.runtime.set_mocks` sets up;
- the hook that runs before the interpreter waits for worker threads.
"""

from __future__ import annotations

import atexit
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import FrameType
from typing import Final, Protocol, cast

import pulumi
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from pulumi.output import Unknown
from pulumi.runtime import config as runtime_config
from pulumi.runtime import mocks, settings
from pulumi.runtime.rpc import UNKNOWN as UNKNOWN_TEXT
from pulumi.runtime.rpc import is_rpc_secret, unwrap_rpc_secret, wrap_rpc_secret

from commercetools_connect.frontends.outcome import STATUS_DETAILS

__all__ = ["UNKNOWN_TEXT", "Unknown", "is_rpc_secret", "unwrap_rpc_secret", "wrap_rpc_secret"]

MAX_DEPTH: Final = 40
POOL_SIZE: Final = 512
"""The pool makes a thread only when it needs one; a waiting thread costs some 50 KiB."""

KEEP_POOL: Final = "COMMERCETOOLS_CONNECT_KEEP_POOL"
"""Environment variable: any text but `` and `0` leaves the pool as Pulumi made it."""

ADDRESS: Final = re.compile(r"\S+:\d+")

_WARNED: set[str] = set()


def warn_once(message: str) -> None:
    """Show a warning through Pulumi's log, once in a process. Never fails."""
    if message in _WARNED:
        return
    _WARNED.add(message)
    with suppress(Exception):  # an engine that has ended takes no messages; the operation must not fail for it
        pulumi.log.warn(message)


def _warn_missing(part: str, effect: str) -> None:
    version = f"Pulumi's Python SDK {getattr(pulumi, '__version__', '')}".rstrip()
    warn_once(f"commercetools-connect: {part} was not found in {version}: {effect}. Use another version of it")


class _Context(Protocol):
    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None: ...


class EngineCall:
    """One RPC of the engine, as far as its frame shows it."""

    def __init__(self, request: Message, context: _Context) -> None:
        self._request = request
        self._context = context

    @property
    def urn(self) -> str:
        """The resource's URN, or `""`."""
        urn = getattr(self._request, "urn", "")
        return urn if isinstance(urn, str) else ""

    @property
    def time_limit(self) -> float | None:
        """Seconds that the resource option `custom_timeouts` allows for this operation; `None` if not set."""
        seconds = getattr(self._request, "timeout", None)
        return float(seconds) if isinstance(seconds, (int, float)) and seconds > 0 else None

    @property
    def old_inputs(self) -> Mapping[str, object]:
        """The inputs in the state, which the engine sends along with an update and a delete; else empty."""
        found = getattr(self._request, "old_inputs", None)
        return MessageToDict(found) if isinstance(found, Struct) else {}

    def attach_status(self, status: bytes) -> bool:
        """Send this `google.rpc.Status` with the error that the caller raises next; return whether that works."""
        with suppress(Exception):  # without it the engine shows the plain exception
            self._context.set_trailing_metadata(((STATUS_DETAILS, status),))
            return True
        _warn_missing("the trailing metadata of an RPC", "errors are shown with a traceback")
        return False


def current_call() -> EngineCall | None:
    """Return the RPC that the calling thread serves; `None`, after a warning, if no frame looks as expected."""
    with suppress(Exception):  # frames that cannot be read count as absent
        for frame in _callers():
            request, context = frame.f_locals.get("request"), frame.f_locals.get("context")
            is_request = isinstance(request, Message) and request.DESCRIPTOR.full_name.startswith("pulumirpc.")
            if is_request and callable(getattr(context, "set_trailing_metadata", None)):
                return EngineCall(cast(Message, request), cast(_Context, context))
    _warn_missing(
        "the frame that serves an RPC",
        "custom_timeouts have no effect, errors are shown with a traceback, and the state does not get an object "
        "whose create fails half-way: the next `pulumi up` finds it by its key",
    )
    return None


def _callers() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(2)
    for _ in range(MAX_DEPTH):
        if frame is None:
            return
        yield frame
        frame = frame.f_back


def widen_pool(environ: Mapping[str, str]) -> bool:
    """Let the pool that the calling thread belongs to grow to `POOL_SIZE`; return whether it may. Never fails.

    Other dynamic providers of the same program can use the threads as well.
    """
    if environ.get(KEEP_POOL, "0") not in ("", "0"):
        return False
    with suppress(Exception):  # without the private attributes only speed is lost
        executor = threading.current_thread()._args[0]()  # type: ignore[attr-defined]  # private
        if isinstance(executor, ThreadPoolExecutor):
            _start_waiting_calls(executor)
            return True
    _warn_missing("the thread pool of dynamic providers", "four operations run at a time, and no more")
    return False


def _start_waiting_calls(executor: ThreadPoolExecutor) -> None:
    """Let the pool grow, once, and start a thread for each call that waits, such as all deletes of a destroy."""
    if executor._max_workers >= POOL_SIZE:
        return
    with executor._shutdown_lock:
        executor._max_workers = POOL_SIZE
        for _ in range(executor._work_queue.qsize()):
            executor._adjust_thread_count()


def configured_names(config: object) -> tuple[str, ...]:
    """Return the full names in a provider's configuration; none, after a warning, if Pulumi does not show them."""
    properties = getattr(config, "_props", None)
    if not isinstance(properties, Mapping):
        _warn_missing("the names in the configuration", "misspelt names are not reported")
        return ()
    return tuple(map(str, properties))


def runs_under_mocks() -> bool:
    """Tell whether the program is a unit test, in which `pulumi.runtime.set_mocks` stands in for the engine."""
    monitor_class = getattr(mocks, "MockMonitor", None)
    if not isinstance(monitor_class, type):
        _warn_missing("the monitor of unit tests", "look-up functions call Connect in unit tests")
        return False
    return isinstance(settings.get_monitor(), monitor_class)


def is_plain_config(name: str) -> bool:
    """Tell whether a value of the stack's configuration is known not to be a secret there."""
    is_secret = getattr(runtime_config, "is_config_secret", None)
    if not callable(is_secret):
        _warn_missing("the list of secret configuration", "credentials in plain text are not reported")
        return False
    return not is_secret(name)


def engine_address(arguments: Sequence[str]) -> str:
    """Return the engine's address on the command line `python -m pulumi.dynamic [options] ADDRESS`, or `""`."""
    address = arguments[-1] if len(arguments) > 1 else ""
    if ADDRESS.fullmatch(address):
        return address
    _warn_missing("the engine's address", "provider processes of one run do not know of each other's objects")
    return ""


def run_before_threads_are_joined(close: Callable[[], None]) -> None:
    """Run `close` when the interpreter ends, before it waits for worker threads: those wait for the loop."""
    register = getattr(threading, "_register_atexit", None)
    if not callable(register):
        _warn_missing("the hook before the end of threads", "the engine may have to end this process")
        register = atexit.register
    register(close)
