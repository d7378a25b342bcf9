"""One `pulumi up` from connector draft to live deployment, on a real engine."""

from __future__ import annotations

import hashlib
from functools import partial

import pytest

from examples.demo import story
from tests.engine.conftest import Stage
from tests.engine.programs import CANARY, chain


@pytest.mark.long
def test_the_story_of_the_demo_holds(stage: Stage) -> None:
    """Every claim that `make demo` makes is true."""
    stage.program = story.program
    told = story.Story(stage.stack, stage.emulator, say=stage.said.append)

    for step in story.STEPS:
        false = [claim.text for claim in step(told) if not claim.holds]
        assert not false, f"{step.__name__}: {false}"


def test_a_preview_deployment_of_a_staged_connector(stage: Stage) -> None:
    """The draft is made previewable, deployed as preview, and moves with the tag."""
    stage.program = partial(chain, target="preview")
    first = stage.up()
    stage.program = partial(chain, target="preview", tag="v1.1.0")
    second = stage.up()

    assert (first["status"], first["tag"]) == ("Deployed", "v1.0.0")
    assert (second["status"], second["tag"]) == ("Deployed", "v1.1.0")
    assert first["urls"] == second["urls"]


def test_secrets_are_in_no_output_and_encrypted_in_state(stage: Stage) -> None:
    """Neither the secured value nor the credentials stand anywhere in plain, after every kind of run."""
    stage.program = chain
    stage.up()
    stage.program = partial(chain, token=f"{CANARY}-2")
    stage.stack.preview(on_output=stage.said.append, diff=True)
    stage.up()
    stage.stack.refresh(on_output=stage.said.append)
    digest = hashlib.sha256(f"{CANARY}-2".encode()).hexdigest()
    (path,) = set(stage.calls("POST", "/demo-project/deployments/"))
    held = stage.emulator.admin.secured("demo-project", path.rpartition("/")[2])

    everything = "\n".join([*stage.said, stage.state()])
    assert CANARY not in everything
    assert "demo-secret" not in everything
    assert held["service"]["API_TOKEN"] == digest


def test_numbers_and_booleans_are_written_as_the_api_keeps_them(stage: Stage) -> None:
    """`True`, `3` and `3.0` become strings once, and the second up has nothing to do."""
    values = {"service": {"standard_configuration": {"SHOP_NAME": 3, "GREETING": True},
                          "secured_configuration": {"API_TOKEN": CANARY}}}  # fmt: skip
    stage.program = partial(chain, deployment_arguments={"configurations": values})
    stage.up()
    stage.emulator.admin.clear_journal()

    changes = stage.stack.preview(on_output=stage.said.append).change_summary

    assert changes == {"same": 4}
    assert not stage.emulator.admin.journal()


def test_mistakes_show_at_preview_all_at_once_without_a_call(stage: Stage) -> None:
    """Each mistake is told with its path and what to write instead, before anything is asked of Connect."""
    values = {"service": {"standardConfiguration": {"A": {"b": 1}}, "securedConfig": {}}}
    arguments = {"key": "a b", "connector": {"id": "x", "key": "yy"}, "configurations": values}
    stage.program = partial(chain, deployment_arguments=arguments)

    text = stage.fails(lambda: stage.stack.preview(on_output=stage.said.append, on_error=stage.said.append))

    assert "key: must have 2 to 256 characters" in text
    assert "connector: needs exactly one of id and key; both are given" in text
    assert "configurations.service.standardConfiguration.A: must be a string, number or boolean" in text
    assert "configurations.service.securedConfig: unknown argument; did you mean securedConfiguration?" in text
    assert not stage.emulator.admin.journal()


def test_a_new_tag_is_previewed_as_three_updates(stage: Stage) -> None:
    """The preview knows ids, content and tag: nothing looks like a replacement, and only the connector is read."""
    stage.program = chain
    stage.up()
    stage.program = partial(chain, tag="v1.1.0")
    stage.emulator.admin.clear_journal()

    changes = stage.stack.preview(on_output=stage.said.append, diff=True).change_summary

    looks = [call for call in stage.emulator.admin.journal() if call["path"] != "/oauth/token"]
    assert changes == {"same": 1, "update": 3}
    assert {call["method"] for call in looks} <= {"GET"}
    assert all(call["path"].startswith("/connectors/") for call in looks)
