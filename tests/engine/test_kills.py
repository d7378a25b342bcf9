"""However an `up` ends, and at whatever moment: the next one heals it, with no second create, no manual edit."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.engine.kills import DOORS, HOLD, MOMENTS, WAYS, Door, end_orphans, opened, pending, until, writes
from tests.engine.yaml_stage import PROJECT

ALL = f"/{PROJECT}/deployments"

EVERY_TIME = {("plugin", "SIGINT twice"), ("plugin", "SIGKILL of the CLI"), ("dynamic", "SIGKILL of the provider")}
"""What `make test` runs, twelve of the 32 cases; `make kills` runs all."""

PULUMIS_OWN = {("dynamic", "SIGINT", "deleting")}
"""Where Pulumi 3.255 itself says that all is deleted: it lets what it has begun end, and drops the rest unsaid."""

TABLE = [
    pytest.param(door, way, id=f"{door}-{way}", marks=() if (door, way) in EVERY_TIME else pytest.mark.kills)
    for door in DOORS
    for way in WAYS
]


class Ordeal:
    """One stack that is struck again and again."""

    def __init__(self, door: Door, way: str) -> None:
        self._door = door
        self._strike = WAYS[way]
        self._started: list[psutil.Process] = []
        self.endings: dict[str, bool] = {}

    def suffer(self, moment: str, command: str) -> None:
        """Run a command and strike it at that moment; then let everything at the server come to its end."""
        reached = MOMENTS[moment](self._door)

        def act() -> None:
            until(self._door, reached)
            self._started += self._door.engine().children(recursive=True)
            self._strike(self._door)

        self.endings[moment] = self._door.run(command, "--yes", "--skip-preview", during=act)
        time.sleep(HOLD)  # a request that was held has its effect now, whoever still listens
        self._door.emulator.admin.clear_faults()
        self._door.emulator.admin.settings(delays={"deploying": 0.05, "undeploying": 0.05})
        self._door.run("cancel", "--yes")

    def close(self) -> None:
        """Leave no process behind."""
        end_orphans(self._started)


def all_keys(door: Door, kind: str) -> list[str]:
    dump: Any = door.emulator.admin.dump()
    return [each["key"] for each in dump[kind]]


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("door_name", "way"), TABLE)
def test_a_stack_that_is_struck_at_every_moment_is_healed_by_the_next_command(
    door_name: str, way: str, request: pytest.FixtureRequest, engine_root: Path, tmp_path: Path
) -> None:
    """Each `up` makes one more deployment, heals what the last one left, and is struck at the next moment."""
    with opened(door_name, tmp_path, engine_root, lambda: request.getfixturevalue("stage")) as door:
        ordeal = Ordeal(door, way)
        try:
            for number, moment in enumerate(("before POST", "POST under way", "waiting"), start=1):
                door.declare(number)
                ordeal.suffer(moment, "up")
                keys = all_keys(door, "deployments")
                assert len(keys) == len(set(keys)) <= number, moment

            assert door.run("up", "--yes", "--skip-preview")
            expect_live(door)
            if pending(door.folder):
                # Pulumi warns of them for ever; this is the remedy that docs/reliability.md gives
                assert door.run("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
                assert not pending(door.folder)

            ordeal.suffer("deleting", "destroy")
            assert door.run("destroy", "--yes", "--skip-preview")
            assert not all_keys(door, "deployments")
            assert not all_keys(door, "drafts")
        finally:
            ordeal.close()
    well = {(door_name, way, moment) for moment, said in ordeal.endings.items() if said}
    assert well <= PULUMIS_OWN, f"a command that was struck said that all is well: {ordeal.endings}"


def expect_live(door: Door) -> None:
    """Expect three deployments of one draft, each created once, and nothing left to do."""
    dump: Any = door.emulator.admin.dump()
    created = [each for each in door.emulator.admin.journal() if (each["method"], each["path"]) == ("POST", ALL)]
    assert [each["status"] for each in dump["deployments"]] == ["Deployed"] * 3
    assert len({each["key"] for each in dump["deployments"]}) == 3
    assert len([each for each in created if each["status"] == 201]) == 3
    assert len(dump["drafts"]) == 1
    assert writes(door, "DELETE", "/") == 0
    assert door.run("preview", "--expect-no-changes")
