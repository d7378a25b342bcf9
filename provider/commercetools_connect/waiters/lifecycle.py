"""Lifecycles as data: which values of a field mean pending, success and failure (API §4.5, §8).

A lifecycle names the field in which the server shows its progress, and classifies every value of it. A value in no
table is pending: a new value of the server must never become a success (API §0.2, 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

MINUTE: Final = 60.0
DAY: Final = 24 * 60 * MINUTE


class Verdict(Enum):
    """The meaning of one observed value for the run."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Lifecycle:
    """One kind of run at the server.

    - `name`: a noun for messages, such as "publish".
    - `field`: the member of the representation that shows the progress.
    - `pending`, `success`, `failure`: value → the words shown to the user.
    - `gone`: the meaning of an object that no longer exists.
    - `time_limit`: seconds to wait unless the user sets another time limit.
    """

    name: str
    field: str
    pending: Mapping[str, str]
    success: Mapping[str, str]
    failure: Mapping[str, str]
    gone: Verdict
    time_limit: float

    def verdict(self, value: str) -> Verdict:
        """Classify one value of the field."""
        if value in self.success:
            return Verdict.SUCCESS
        if value in self.failure:
            return Verdict.FAILURE
        return Verdict.PENDING if value in self.pending else Verdict.UNKNOWN

    def is_running(self, value: str) -> bool:
        """Return whether a run goes on; an unknown value may well mean one (API §0.2)."""
        return self.verdict(value) in (Verdict.PENDING, Verdict.UNKNOWN)

    def words(self, value: str) -> str:
        """Return the words for a value of the field; an unknown value is quoted."""
        known = {**self.pending, **self.success, **self.failure}
        return known.get(value, f'unknown {self.field} "{value}"')


PREVIEW: Final = Lifecycle(
    name="preview",
    field="isPreviewable",
    pending={"pending": "validating the preview"},
    success={"true": "previewable"},
    failure={"false": "preview rejected", "none": "preview cancelled"},
    gone=Verdict.FAILURE,
    time_limit=30 * MINUTE,
)
"""`none` at the end of a run means that it was cancelled, for example by a change of the repository (API §8.1)."""

PUBLISH: Final = Lifecycle(
    name="publish",
    field="status",
    pending={"Processing": "publishing"},
    success={"Published": "published"},
    failure={
        "Failed": "publish failed",
        "Draft": "publish cancelled",
        "ReadyForCertification": "waiting for certification, not published privately",
        "InCertification": "in certification, not published privately",
    },
    gone=Verdict.FAILURE,
    time_limit=30 * MINUTE,
)

VALIDATION: Final = Lifecycle(
    name="validation for certification",
    field="status",
    pending={"Processing": "validating for certification"},
    success={
        "ReadyForCertification": "validated, waiting for certification",
        "InCertification": "in certification",
        "Published": "published",
    },
    failure={"Failed": "publish failed", "Draft": "publish cancelled"},
    gone=Verdict.FAILURE,
    time_limit=30 * MINUTE,
)

CERTIFICATION: Final = Lifecycle(
    name="certification",
    field="status",
    pending={
        "Processing": "validating for certification",
        "ReadyForCertification": "waiting for certification",
        "InCertification": "in certification",
    },
    success={"Published": "certified and published"},
    failure={"Failed": "certification failed", "Draft": "certification rejected"},
    gone=Verdict.FAILURE,
    time_limit=30 * DAY,
)
"""People at commercetools decide, in days to weeks (API §8.1)."""

DEPLOY: Final = Lifecycle(
    name="deployment",
    field="status",
    pending={"Draft": "accepted", "Queued": "queued", "Deploying": "deploying"},
    success={"Deployed": "deployed"},
    failure={
        "Failed": "deployment failed",
        "Undeploying": "being undeployed",
        "UndeployFailed": "undeploy failed",
    },
    gone=Verdict.FAILURE,
    time_limit=30 * MINUTE,
)

UNDEPLOY: Final = Lifecycle(
    name="undeploy",
    field="status",
    pending={"Undeploying": "undeploying"},
    success={},
    failure={
        "UndeployFailed": "undeploy failed",
        "Draft": "not undeployed",
        "Queued": "queued for a deployment",
        "Deploying": "being deployed",
        "Deployed": "still deployed",
        "Failed": "deployment failed, not undeployed",
    },
    gone=Verdict.SUCCESS,
    time_limit=20 * MINUTE,
)
"""Only the disappearance of the object is a success (API §8.3)."""

LIFECYCLES: Final = (PREVIEW, PUBLISH, VALIDATION, CERTIFICATION, DEPLOY, UNDEPLOY)
