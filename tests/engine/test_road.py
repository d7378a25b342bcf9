"""One `pulumi up` from connector draft to live deployment, on a real engine."""

from __future__ import annotations

import hashlib
from functools import partial

import pytest

from examples.demo import story
from tests.engine.conftest import Harness
from tests.engine.programs import CANARY, chain


@pytest.mark.long
def test_the_story_of_the_demo_holds(harness: Harness) -> None:
    """Every claim that `make demo` makes is true."""
    harness.program = story.program
    demo = story.Story(harness.stack, harness.emulator, say=harness.said.append)

    for step in story.STEPS:
        false = [claim.text for claim in step(demo) if not claim.holds]
        assert not false, f"{step.__name__}: {false}"


def test_a_preview_deployment_of_a_staged_connector(harness: Harness) -> None:
    """The draft is made previewable, deployed as preview, and moves with the tag."""
    harness.program = partial(chain, target="preview")
    first = harness.up()
    harness.program = partial(chain, target="preview", tag="v1.1.0")
    second = harness.up()

    assert (first["status"], first["tag"]) == ("Deployed", "v1.0.0")
    assert (second["status"], second["tag"]) == ("Deployed", "v1.1.0")
    assert first["urls"] == second["urls"]


def test_secrets_are_in_no_output_and_encrypted_in_state(harness: Harness) -> None:
    """Neither the secured value nor the credentials stand anywhere in plain, after every kind of run."""
    harness.program = chain
    harness.up()
    harness.program = partial(chain, token=f"{CANARY}-2")
    harness.stack.preview(on_output=harness.said.append, diff=True)
    harness.up()
    harness.stack.refresh(on_output=harness.said.append)
    digest = hashlib.sha256(f"{CANARY}-2".encode()).hexdigest()
    (path,) = set(harness.calls("POST", "/demo-project/deployments/"))
    held = harness.emulator.admin.secured("demo-project", path.rpartition("/")[2])

    everything = "\n".join([*harness.said, harness.state()])
    assert CANARY not in everything
    assert "demo-secret" not in everything
    assert held["service"]["API_TOKEN"] == digest


def test_numbers_and_booleans_are_written_as_the_api_keeps_them(harness: Harness) -> None:
    """`True`, `3` and `3.0` become strings once, and the second up has nothing to do."""
    values = {"service": {"standard_configuration": {"SHOP_NAME": 3, "GREETING": True},
                          "secured_configuration": {"API_TOKEN": CANARY}}}  # fmt: skip
    harness.program = partial(chain, deployment_arguments={"configurations": values})
    harness.up()
    harness.emulator.admin.clear_journal()

    changes = harness.stack.preview(on_output=harness.said.append).change_summary

    assert changes == {"same": 4}
    assert not harness.emulator.admin.journal()


def test_mistakes_show_at_preview_all_at_once_without_a_call(harness: Harness) -> None:
    """Each mistake is reported with its path and what to write instead; nothing is asked about the deployment.

    The draft beside it is right: what a create of it would find is looked up.
    """
    values: dict[str, object] = {"service": {"securedConfig": {}}}
    arguments = {"key": "a b", "connector": {"id": "x", "key": "yy"}, "configurations": values}
    harness.program = partial(chain, deployment_arguments=arguments)

    text = harness.fails(
        lambda: harness.stack.preview(on_output=harness.said.append, on_error=harness.said.append)
    )

    assert "key: must have 2 to 256 characters" in text
    assert "connector: needs exactly one of id and key; both are given" in text
    assert "configurations.service.securedConfig: unknown argument; did you mean securedConfiguration?" in text
    calls = [call for call in harness.emulator.admin.journal() if call["path"] != "/oauth/token"]
    assert [call for call in calls if call["method"] != "GET" or "/connectors/drafts" not in call["path"]] == []


def test_a_new_tag_is_previewed_as_three_updates(harness: Harness) -> None:
    """The preview knows ids, content and tag: nothing looks like a replacement, and only the connector is read."""
    harness.program = chain
    harness.up()
    harness.program = partial(chain, tag="v1.1.0")
    harness.emulator.admin.clear_journal()

    changes = harness.stack.preview(on_output=harness.said.append, diff=True).change_summary

    looks = [call for call in harness.emulator.admin.journal() if call["path"] != "/oauth/token"]
    assert changes == {"same": 1, "update": 3}
    assert {call["method"] for call in looks} <= {"GET"}
    assert all(call["path"].startswith("/connectors/") for call in looks)
