"""Mistakes in an estate file: each is named by line and member, no value is shown, and nothing is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.stacks import Run
from tests.support.world import World

CANARY = "c4n4ry-value"


@pytest.mark.parametrize("command", ["doctor", "status"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            f"- projectKey: acme\n  regoin: {CANARY}",
            [":2: projects[0].regoin: unknown argument; did you mean region?"],
        ),
        (
            f"projects:\n- projectKey: '!{CANARY}'\n-\n  projectKey: acme\n  region: {CANARY}",
            [":2: projects[0].projectKey: must have", ":5: projects[1].region: must be a region id"],
        ),
        ("- projectKey: acme\n- region: us-east-2.aws", [":2: projects[1].projectKey: is required"]),
        (f"- projectKey: acme\n  credentials: {CANARY}", [":2: projects[0].credentials: must be the beginning"]),
        (
            f"- projectKey: acme\n- projectKey: b2\n  connectUrl: https://u:{CANARY}@acme.example",
            [":1: projects[0]: needs region", ":2: projects[1]: ", "carries a user name or password"],
        ),
        (f"- projectKey: [{CANARY}]", [":1: projects[0].projectKey: must be a string"]),
        (f"- {CANARY}", [":1: projects[0]: must be an object"]),
        (f"projects: {CANARY}", [":1: projects: must be a list"]),
        (f"- projectKey: acme\n  region: [{CANARY}\n", ["estate.yaml:3 is neither YAML nor JSON"]),
        (f"- !!python/object:{CANARY} x", ["is neither YAML nor JSON"]),
        ("[" * 5_000, ["is neither YAML nor JSON"]),
        ("", ["estate.yaml: must be an object"]),
    ],
)
def test_a_mistake_is_named_by_line_and_member(
    world: World, run: Run, tmp_path: Path, command: str, content: str, said: list[str]
) -> None:
    path = tmp_path / "estate.yaml"
    path.write_text(content)
    world.emulator.admin.clear_journal()

    result = run(command, "--projects", str(path))

    assert (result.exit_code, result.stdout) == (2 if command == "doctor" else 1, "")
    for each in said:
        assert each in result.stderr
    assert CANARY not in result.output
    assert "Traceback" not in result.output
    assert not world.emulator.admin.journal()
