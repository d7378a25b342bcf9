"""What "done" means, and waiting for it.

`lifecycle` holds one table per kind of run, `watcher` reads objects for everyone who waits (`feed` is its loop,
one per list of the API), `wait` turns what is read into an outcome. `reader` serves the reads of a refresh.
Nothing here changes anything at the server.
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
from commercetools_connect.waiters.observations import Gone, Observation, Seen, Trouble
from commercetools_connect.waiters.reader import Reader
from commercetools_connect.waiters.wait import Ending, Outcome, Progress, ReportLine, Wait, format_duration
from commercetools_connect.waiters.watcher import Watcher

__all__ = [
    "CERTIFICATION",
    "DEPLOY",
    "LIFECYCLES",
    "PREVIEW",
    "PUBLISH",
    "UNDEPLOY",
    "VALIDATION",
    "Ending",
    "Gone",
    "Lifecycle",
    "Observation",
    "Outcome",
    "Progress",
    "Reader",
    "ReportLine",
    "Seen",
    "Trouble",
    "Verdict",
    "Wait",
    "Watcher",
    "format_duration",
]
