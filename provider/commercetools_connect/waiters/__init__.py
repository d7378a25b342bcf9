"""Waits for runs at the server, and cached reads.

`lifecycle` has a table for each kind of run, `poller` reads objects for all waiters (one poller for each list of
the API), `waiter` turns what is read into a result. `reader` serves the reads of a refresh. No module of this
package changes anything at the server.
"""

from commercetools_connect.waiters.lifecycle import (
    CERTIFICATION,
    DEPLOY,
    LIFECYCLES,
    PREVIEW,
    PUBLISH,
    UNDEPLOY,
    VALIDATION,
    Lifecycle,
    Verdict,
)
from commercetools_connect.waiters.poller import Watcher
from commercetools_connect.waiters.reader import Reader
from commercetools_connect.waiters.sources import Found, NotFound, ReadError, ReadResult
from commercetools_connect.waiters.waiter import (
    Observation,
    ReportLine,
    Waiter,
    WaitResult,
    WaitStatus,
    format_duration,
    reported_problems,
)

__all__ = [
    "CERTIFICATION", "DEPLOY", "LIFECYCLES", "PREVIEW", "PUBLISH", "UNDEPLOY", "VALIDATION", "Found",
    "Lifecycle", "NotFound", "Observation", "ReadError", "ReadResult", "Reader", "ReportLine", "Verdict",
    "WaitResult", "WaitStatus", "Waiter", "Watcher", "format_duration",
    "reported_problems",
]  # fmt: skip
