"""What a user sees of drafts and publications, state by state: data that `test_*_table.py` runs row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.resources.table import Row

__all__ = ["CASES", "ROWS", "Case"]


@dataclass(frozen=True)
class Case:
    """A row with what proves it: how the operation ends, and a part of what is said."""

    row: Row
    ends: str
    says: str = ""


def _staged(state: str, operation: str, sees: str, calls: str, ends: str = "done", says: str = "") -> Case:
    return Case(Row("ConnectorStaged", state, operation, sees, calls), ends, says)


def _publication(state: str, operation: str, sees: str, calls: str, ends: str = "done", says: str = "") -> Case:
    return Case(Row("ConnectorPublication", state, operation, sees, calls), ends, says)


WAITS = "waits for its end, reads again, then one update"
TRIED = "tried at once; a refusal says that people at commercetools decide"
REFUSED = "an error that names what differs and all ways on; nothing is changed"
WAITED_DELETE = "waits for its end, then deletes"

STAGED: Final = (
    _staged("absent", "create", "a new draft", "GET draft by key, POST draft"),
    _staged(
        "of a killed run",
        "create",
        "a killed run's, as no other stack derives the key: brought in line",
        "GET draft by key, GET draft",
    ),
    _staged(
        "unchanged since its create, under the explicit key",
        "create",
        "an interrupted create's: joined",
        "GET draft by key, GET draft",
        says="an interrupted run left unfinished",
    ),
    _staged(
        "published, under the explicit key",
        "create",
        REFUSED,
        "GET draft by key",
        "error",
        "equal in everything that can be read",
    ),
    _staged(
        "another client's, under the explicit key",
        "create",
        REFUSED,
        "GET draft by key",
        "error",
        "CTP_ADOPT='connectors/greeter'",
    ),
    _staged("Draft", "update", "one update", "GET draft, POST update"),
    _staged("Published", "update", "one update", "GET draft, POST update"),
    _staged("Failed", "update", "one update", "GET draft, POST update"),
    _staged("Processing", "update", WAITS, "GET draft, polls, POST update", says="publishing"),
    _staged("pending", "update", WAITS, "GET draft, polls, POST update", says="validating the preview"),
    _staged("ReadyForCertification", "update", TRIED, "GET draft, POST update"),
    _staged("InCertification", "update", TRIED, "GET draft, POST update"),
    _staged(
        "gone",
        "update",
        "an error: gone, run `pulumi refresh`",
        "GET draft, GET draft by key",
        "error",
        "pulumi refresh",
    ),
    _staged("Draft", "refresh", "no drift", "GET draft", "no diff"),
    _staged("Processing", "refresh", "no drift", "GET draft", "no diff"),
    _staged("Published", "refresh", "no drift", "GET draft", "no diff"),
    _staged("Failed", "refresh", "no drift", "GET draft", "no diff"),
    _staged("InCertification", "refresh", "no drift", "GET draft", "no diff"),
    _staged(
        "without a usable connect.yaml",
        "refresh",
        "not as asked: where connect.yaml must be",
        "GET draft",
        "partial",
        "no usable connect.yaml",
    ),
    _staged("gone", "refresh", "gone", "GET draft, GET draft by key", "gone"),
    _staged(
        "gone, its key taken by another",
        "refresh",
        "an error that names both drafts",
        "GET draft, GET draft by key",
        "error",
        "another one has its key",
    ),
    _staged("Draft", "delete", "deleted", "GET draft, list Deployments, DELETE draft"),
    _staged("Published", "delete", "deleted with its Connector", "GET draft, list Deployments, DELETE draft"),
    _staged("Processing", "delete", WAITED_DELETE, "GET draft, polls, list Deployments, DELETE draft"),
    _staged("pending", "delete", WAITED_DELETE, "GET draft, polls, list Deployments, DELETE draft"),
    _staged(
        "listed",
        "delete",
        "refused: everyone would lose the connector",
        "GET draft, list Deployments",
        "error",
        "listed in the marketplace",
    ),
    _staged(
        "deployed",
        "delete",
        "refused, with the keys of the Deployments and the way out",
        "GET draft, list Deployments",
        "error",
        "derived-api",
    ),
    _staged(
        "changed by another client",
        "delete",
        "an error that names `CTP_ADOPT`; nothing is changed",
        "GET draft",
        "error",
        "CTP_ADOPT='connectors/derived-greeter'",
    ),
    _staged("gone", "delete", "a success", "GET draft, GET draft by key"),
)

LOOK = "GET draft, GET Connector"
PUBLISHED = f"{LOOK}, POST publish, polls, GET Connector"
FAILED = "the report, entry by entry; the next up publishes again"

PUBLICATION: Final = (
    _publication("private: never published", "create", "published at the draft's tag", PUBLISHED),
    _publication("private: published at the tag", "create", "nothing to do", LOOK),
    _publication("private: published, draft changed", "update", "published again", PUBLISHED),
    _publication("private: Processing", "create", "joins the run", "GET draft, polls, GET Connector"),
    _publication("private: the run fails", "create", FAILED, PUBLISHED, "partial", "SAST and SCA analysis"),
    _publication("private: the run fails", "refresh", FAILED, LOOK, "partial", "SAST and SCA analysis"),
    _publication("private: published at the tag", "refresh", "no drift", LOOK, "no diff"),
    _publication("private: published at the tag", "delete", "stays until the draft is deleted", ""),
    _publication("private: gone", "refresh", "gone", "GET draft, GET draft by key", "gone"),
    _publication("private: gone", "update", "an error: run `pulumi refresh`", "GET draft", "error", "refresh"),
    _publication("preview: none", "create", "previewable", "GET draft, POST updatePreviewable, polls"),
    _publication("preview: pending", "create", "joins the run", "GET draft, polls"),
    _publication(
        "preview: the run fails",
        "create",
        FAILED,
        "GET draft, POST updatePreviewable, polls",
        "partial",
        "preview rejected",
    ),
    _publication("preview: true", "refresh", "no drift", "GET draft", "no diff"),
    _publication("preview: true", "delete", "stays until the draft is deleted", ""),
    _publication(
        "marketplace: never published",
        "create",
        "done when the validation has passed",
        PUBLISHED,
        says="validated",
    ),
    _publication("marketplace: in certification", "create", "nothing to do", LOOK),
    _publication("marketplace: in certification", "refresh", "no drift", LOOK, "no diff"),
    _publication(
        "marketplace: rejected",
        "refresh",
        "the comments of the certification; the next up submits it again",
        LOOK,
        "partial",
        "No documentation",
    ),
    _publication("marketplace: listed", "refresh", "no drift", LOOK, "no diff"),
    _publication("marketplace: listed", "delete", "unlisted", "GET draft, POST unlist"),
    _publication(
        "marketplace: in certification", "delete", "the certification goes on", "GET draft", says="goes on"
    ),
    _publication("marketplace: gone", "delete", "a success", "GET draft, GET draft by key"),
)

CASES: Final = (*STAGED, *PUBLICATION)
ROWS: Final = tuple(case.row for case in CASES)
