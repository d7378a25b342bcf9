"""Room for more than four waiting resources at once.

`python -m pulumi.dynamic` serves all dynamic resources of a stack with four threads, and a thread is taken for
as long as a resource waits: 40 deployments of five minutes each would take 50 minutes. Its pool grows when it is
told that it may. That is a private attribute of Python's executor, touched here and nowhere else; where it is not
found, four at a time it is.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

__all__ = ["KEEP_POOL", "POOL_SIZE", "widen_pool"]

POOL_SIZE: Final = 512
"""Threads are made when needed only, and a waiting one costs some 50 KiB."""

KEEP_POOL: Final = "COMMERCETOOLS_CONNECT_KEEP_POOL"
"""Environment variable: any text but `` and `0` leaves the pool as Pulumi made it."""


def widen_pool(environ: Mapping[str, str]) -> bool:
    """Let the pool that the calling thread belongs to grow to `POOL_SIZE`; tell whether it may. Never fails.

    Other dynamic providers of the same program get the room as well.
    """
    if environ.get(KEEP_POOL, "0") not in ("", "0"):
        return False
    try:
        executor = threading.current_thread()._args[0]()  # type: ignore[attr-defined]  # private: guarded
        if not isinstance(executor, ThreadPoolExecutor):
            return False
        executor._max_workers = max(executor._max_workers, POOL_SIZE)
    except Exception:  # noqa: BLE001 - a guarded use of private attributes: without them nothing is lost but speed
        return False
    return True
