"""The documentation lists where Pulumi itself shows secrets, and what redaction does not promise."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from commercetools_connect.frontends.outcome import error_message

RELIABILITY = Path(__file__).parents[2] / "docs" / "reliability.md"
SHOWING = (
    "PULUMI_DEBUG_GRPC",
    "--logtostderr",
    "--logflow",
    "--tracing",
    "pulumi stack export --show-secrets",
    "pulumi stack output --show-secrets",
    "pulumi config --show-secrets",
    "pulumi env open",
    "PULUMI_ACCESS_TOKEN",
    "Pulumi.<stack>.yaml",
    "repository.url",
    "/__admin/dump",
)
NOT_PROMISED = ("under 6 characters", "Parts of a secret", "Hashes", "another process", "look-up")


def section(title: str) -> str:
    """Return what stands under a heading, in one line."""
    _, _, after = RELIABILITY.read_text().partition(f"# {title}\n")
    return " ".join(after.partition("\n#")[0].split())


@pytest.mark.parametrize("place", SHOWING)
def test_each_place_that_shows_secrets_is_listed(place: str) -> None:
    assert place in section("Where secrets can be in clear")


@pytest.mark.parametrize("limit", NOT_PROMISED)
def test_what_redaction_does_not_promise_is_said(limit: str) -> None:
    assert limit in section("What redaction promises, and what it does not")


def test_no_error_tells_a_user_to_switch_on_a_log_that_shows_secrets() -> None:
    log = io.StringIO()

    message = error_message(ValueError("c4n4ry"), "the create of Deployment api", log)

    for switch in ("logtostderr", "-v=", "DEBUG"):
        assert switch not in message + log.getvalue()
