"""What a person sees of a whole `up`: in a terminal, in a log of CI, and of the `destroy` after it.

`UPDATE_SCREENS=1` writes the files in `screens/` again; a review of the change then shows what people will see.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.engine.yaml_harness import REPOSITORY, YamlHarness, program
from tests.support.terminal import terminal

pytestmark = pytest.mark.long

SCREENS: Final = Path(__file__).parent / "screens"
THREE_APPLICATIONS: Final = """\
deployAs:
  - name: service
    applicationType: service
    endpoint: /service
    configuration:
      standardConfiguration: [{key: SHOP_NAME, description: The name of the shop, required: true}]
      securedConfiguration: [{key: API_TOKEN, description: A token, required: true}]
  - name: order-events
    applicationType: event
    endpoint: /events
  - name: nightly
    applicationType: job
    endpoint: /nightly
    properties: {schedule: 0 3 * * *}
"""
MASKS: Final = (
    (r"\d{4}-\d\d-\d\dT[\d:]+\+00:00", "TIME"),
    (r"\((?:\d+m)?[\d.]+s\)", "(TIME)"),
    (r"(Duration: ).*", r"\1TIME"),
    (r"(-greeter-)[0-9a-f]{8}", r"\1HASH"),
    (r"(service-)[a-z0-9]{24}", r"\1ID"),
    (r"(?<=\S) {2,}", "  "),  # columns are as wide as their longest entry
)


@pytest.fixture
def yaml(yaml: YamlHarness) -> YamlHarness:
    tags = ("v1.0.0", "v1.1.0")
    yaml.emulator.admin.repositories(
        [{"url": REPOSITORY, "tag": tag, "connectYaml": THREE_APPLICATIONS} for tag in tags]
    )
    yaml.emulator.admin.settings(delays={"queued": 0.5, "deploying": 2.0, "publish": 1.5})
    return yaml


def story(tag: str) -> dict[str, Any]:
    """Return a connector, a canary, a gate, and the deployment behind it."""
    resources = program(tag=tag)
    canary = resources["deployment"]
    canary["properties"]["configurations"].update({"order-events": {}, "nightly": {}})
    shown = ("region", "status", "deployedTag", "buildId", "urls")
    seen = {"target": "greeter", "project": "${deployment.projectKey}"}
    gate = {
        "type": "commercetools-connect:RolloutGate",
        "properties": {
            "wave": "canary",
            "connectorTag": tag,
            "bakeTime": "0.1s",
            "deployments": [{**seen, **{name: f"${{deployment.{name}}}" for name in shown}}],
        },
    }
    everyone = {**canary, "name": "everyone", "options": {"dependsOn": ["${gate}"]}}
    return {**resources, "gate": gate, "everyone": everyone}


def test_a_person_sees_what_happens_and_nothing_twice(yaml: YamlHarness) -> None:
    outputs = {"key": "${deployment.key}", "urls": "${deployment.urls}"}
    yaml.write(story("v1.0.0"), outputs)
    in_terminal = shown(yaml, "up", "--yes", "--skip-preview")
    yaml.write(story("v1.1.0"), outputs)
    in_ci = yaml.up().splitlines()
    destroyed = shown(yaml, "destroy", "--yes", "--skip-preview")

    compare("up-in-a-terminal", in_terminal)
    compare("next-tag-in-ci", in_ci)
    compare("destroy-in-a-terminal", destroyed)


def shown(yaml: YamlHarness, *arguments: str) -> list[str]:
    """Return what the screen of a person shows when the command has ended; it ends well."""
    command = [str(yaml.engine / "bin" / "pulumi"), *arguments, "--stack", "test"]
    environ = {**yaml.environment(), "TERM": "xterm-256color"}
    with terminal(command, env=environ, cwd=yaml.folder / "program", columns=130, rows=50) as screen:
        code = screen.end(120.0)
    yaml.said += screen.scrolled
    assert code == 0, "\n".join(screen.scrolled)
    return screen.scrolled


def compare(name: str, lines: Sequence[str]) -> None:
    """Compare with the file of that name, with times, hashes and ids masked."""
    path = SCREENS / f"{name}.txt"
    text = "\n".join(filter(None, map(masked, lines))) + "\n"
    if os.environ.get("UPDATE_SCREENS"):
        path.write_text(text)
    assert text == path.read_text()


def masked(line: str) -> str:
    """Return the line as the files have it, `""` for one that only says that time passes."""
    if re.fullmatch(r"@ \w+\.+", line):
        return ""
    for pattern, name in MASKS:
        line = re.sub(pattern, name, line)
    return line.rstrip()
