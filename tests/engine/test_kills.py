"""However an `up` ends, and at any moment: the next one heals it, with no second create, no manual edit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.engine.kills import (
    FRONTENDS,
    MOMENTS,
    WAYS,
    Frontend,
    calls_held,
    end_orphans,
    hits,
    opened,
    pending,
    runs,
    until,
    writes,
)
from tests.engine.yaml_harness import PROJECT

ALL = f"/{PROJECT}/deployments"

EVERY_TIME = {("plugin", "SIGINT twice"), ("plugin", "SIGKILL of the CLI"), ("dynamic", "SIGKILL of the provider")}
"""What `make test` runs, twelve of the 32 cases; `make kills` runs all."""

PULUMIS_OWN = {("dynamic", "SIGINT", "deleting")}
"""Where Pulumi 3.255 itself says that all is deleted: it lets what it has begun end, and drops the rest unsaid."""

TABLE = [
    pytest.param(
        frontend, way, id=f"{frontend}-{way}", marks=() if (frontend, way) in EVERY_TIME else pytest.mark.kills
    )
    for frontend in FRONTENDS
    for way in WAYS
]


class Ordeal:
    """One stack that is struck again and again."""

    def __init__(self, frontend: Frontend, way: str) -> None:
        self._frontend = frontend
        self._strike = WAYS[way]
        self._started: list[psutil.Process] = []
        self.endings: dict[str, bool] = {}

    def suffer(self, moment: str, command: str) -> None:
        """Run a command and strike it at that moment; then let everything at the server come to its end."""
        before = calls_held(self._frontend)
        reached = MOMENTS[moment](self._frontend)

        def act() -> None:
            until(self._frontend, reached)
            self._started += self._frontend.engine().children(recursive=True)
            self._strike(self._frontend)

        self.endings[moment] = self._frontend.run(command, "--yes", "--skip-preview", during=act)
        # a request that was held has its effect, even if its caller has ended, and a run goes on
        until(
            self._frontend,
            lambda: calls_held(self._frontend) >= before + hits(self._frontend) and not runs(self._frontend),
        )
        self._frontend.emulator.admin.clear_faults()
        self._frontend.emulator.admin.settings(delays={"deploying": 0.05, "undeploying": 0.05})
        self._frontend.run("cancel", "--yes")

    def close(self) -> None:
        """Leave no process behind."""
        end_orphans(self._started)


def all_keys(frontend: Frontend, kind: str) -> list[str]:
    dump: Any = frontend.emulator.admin.dump()
    return [each["key"] for each in dump[kind]]


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("frontend_name", "way"), TABLE)
def test_a_stack_that_is_struck_at_every_moment_is_healed_by_the_next_command(
    frontend_name: str, way: str, request: pytest.FixtureRequest, engine_root: Path, tmp_path: Path
) -> None:
    """Each `up` makes one more deployment, heals what the last one left, and is struck at the next moment."""
    with opened(frontend_name, tmp_path, engine_root, lambda: request.getfixturevalue("harness")) as frontend:
        ordeal = Ordeal(frontend, way)
        try:
            for number, moment in enumerate(("before POST", "POST under way", "waiting"), start=1):
                frontend.declare(number)
                ordeal.suffer(moment, "up")
                keys = all_keys(frontend, "deployments")
                assert len(keys) == len(set(keys)) <= number, moment

            assert frontend.run("up", "--yes", "--skip-preview")
            expect_live(frontend)
            if pending(frontend.folder):
                # Pulumi warns of them for ever; this is the remedy that docs/reliability.md gives
                assert frontend.run("refresh", "--yes", "--skip-preview", "--clear-pending-creates")
                assert not pending(frontend.folder)

            ordeal.suffer("deleting", "destroy")
            assert frontend.run("destroy", "--yes", "--skip-preview")
            assert not all_keys(frontend, "deployments")
            assert not all_keys(frontend, "drafts")
        finally:
            ordeal.close()
    well = {(frontend_name, way, moment) for moment, said in ordeal.endings.items() if said}
    assert well <= PULUMIS_OWN, f"a command that was struck said that all is well: {ordeal.endings}"


def expect_live(frontend: Frontend) -> None:
    """Expect three deployments of one draft, each created once, and nothing left to do."""
    dump: Any = frontend.emulator.admin.dump()
    created = [
        each for each in frontend.emulator.admin.journal() if (each["method"], each["path"]) == ("POST", ALL)
    ]
    assert [each["status"] for each in dump["deployments"]] == ["Deployed"] * 3
    assert len({each["key"] for each in dump["deployments"]}) == 3
    assert len([each for each in created if each["status"] == 201]) == 3
    assert len(dump["drafts"]) == 1
    assert writes(frontend, "DELETE", "/") == 0
    assert frontend.run("preview", "--expect-no-changes")
