"""What recordings may hold: nothing of the machine that made them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.upgrade.recording import FRONTENDS, HOME, VERSIONS, Recording

FILES = sorted(
    path for version in VERSIONS for path in (HOME / version).rglob("*") if path.suffix in (".json", ".yaml")
)
FOREIGN = {
    "a path of a machine": r"(?<![\w.:/])/(tmp|root|home|Users|work|usr|var|opt)/",
    "an address of a machine": r"\b127\.\d+\.\d+\.\d+|localhost|\[::1\]",
    "a trace": r'"(stackTrace|sourcePosition)"',
    "a host of commercetools": r"(auth|connect|api)\.[a-z0-9.-]+\.commercetools\.com",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOME)))
def test_a_recording_holds_nothing_of_the_machine_that_made_it(path: Path) -> None:
    text = path.read_text()
    assert not [what for what, pattern in FOREIGN.items() if re.search(pattern, text)]


@pytest.mark.parametrize("path", [path for path in FILES if path.name == "state.json"], ids=str)
def test_a_recorded_state_names_each_recorded_emulator_and_no_other(path: Path) -> None:
    """The connections of dynamic resources are one secret, which would hide addresses if it were encrypted."""
    emulators = len(list(path.parent.glob("connect*.json")))
    named = {int(number) for number in re.findall(r"emulator\.example:(\d+)", path.read_text())}
    assert named == set(range(1, emulators + 1))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("frontend", FRONTENDS)
def test_a_rollout_is_recorded_with_and_without_one_of_its_targets(version: str, frontend: str) -> None:
    """In two host regions, which are two emulators."""
    three, two = (_deployments(version, frontend, scenario) for scenario in ("rollout-three", "rollout-two"))
    assert set(three) - set(two) == {"release-acme-eu"}
    assert {name: three[name] for name in two} == two
    assert Recording(version, frontend, "rollout-three").emulators == 2


def _deployments(version: str, frontend: str, scenario: str) -> dict[str, str]:
    """Return the id of each deployment by its name in the program."""
    return {
        each["urn"].rpartition("::")[2]: each["id"]
        for each in Recording(version, frontend, scenario).resources()
        if each["type"].endswith(":Deployment")
    }


def test_the_keys_that_were_recorded_are_explicit_and_derived() -> None:
    """The derived ones are written here, as later versions may derive others."""
    recorded = json.dumps(
        {
            frontend: [
                each["outputs"]["key"]
                for each in Recording("0.1.0", frontend, "keys").resources()
                if each["type"].endswith(":Deployment")
            ]
            for frontend in FRONTENDS
        }
    )
    assert recorded.count('"shop"') == 4
    for key in (
        "demo-test-derived-0b69191e",
        "demo-test-derived-elsewhere-4f8f1584",
        "shop-test-derived-ee4d5e0e",
        "shop-test-derived-elsewhere-1711c33d",
    ):
        assert key in recorded
