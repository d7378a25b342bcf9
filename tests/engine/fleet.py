"""The stacks of `examples/fleet` on a real engine: each run in a folder of its own, a wave in parallel."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pulumi import automation

from commercetools_connect import __version__
from commercetools_connect.emulator import ClientSpec, Emulator
from examples.demo.engine import isolated
from tests.engine.yaml_harness import PLUGIN
from tests.support.canaries import Canaries, secrets_of, text_of
from tests.support.fleet import EXAMPLE, PUBLISHER, REGIONS, StackRun, Step

__all__ = ["CANARY", "SHOPS", "Fleet", "running_fleet"]

CANARY = "c4n4ry-5ecret"
SHOPS = tuple(f"{brand}-{region}" for region in REGIONS for brand in ("acme", "apex"))
LIMIT = 60
TAG = "v1.0.0"


@dataclass
class Fleet:
    """An emulator with every project of the fleet, one backend, and a home with the plugin in it."""

    folder: Path
    command: automation.PulumiCommand
    emulator: Emulator
    said: list[str] = field(default_factory=list)
    times: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Start and end of the last run of each stack."""
    places: dict[str, Path] = field(default_factory=dict)
    """The folder of the last run of each stack."""
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def roll_out(self, steps: Iterable[Step], *, tag: str) -> dict[str, dict[str, int] | None]:
        """Run the steps in order and the stacks of a step in parallel; a step runs if all that it needs succeeded.

        Return the changes by kind for each stack that ran, `None` for one that failed.
        """
        changes: dict[str, dict[str, int] | None] = {}
        succeeded: set[str] = set()
        for step in steps:
            if not step.needs <= succeeded:
                continue
            with ThreadPoolExecutor(len(step.runs)) as pool:
                done = list(pool.map(lambda run: self.up(run, tag), step.runs))
            good = {run.name for run, each in zip(step.runs, done, strict=True) if each is not None}
            changes |= {run.name: each for run, each in zip(step.runs, done, strict=True)}
            succeeded |= good | ({step.name} if len(good) == len(done) else set())
        return changes

    def up(self, run: StackRun, tag: str) -> dict[str, int] | None:
        """Run `pulumi up` of one stack in a new folder; return its changes by kind, `None` if it failed."""
        self.places[run.name] = place = self.place(run, tag)
        started = time.monotonic()
        try:
            if not run.from_repository:
                self.said.append(pulumi(place, "install"))  # as the operator does in every workspace
            workspace = automation.LocalWorkspace(pulumi_command=self.command, work_dir=str(place))
            known = run.name in self.times
            stack = (automation.Stack.select if known else automation.Stack.create)(run.stack, workspace)
            stack.set_all_config(self.config(run))
            # the CLI would be started twice more, for outputs that no test reads
            vars(stack).update(outputs=dict)
            result = stack.up(on_output=self.said.append, on_error=self.said.append)
        except automation.CommandError:
            return None
        finally:
            self.times[run.name] = started, time.monotonic()
        changes = result.summary.resource_changes or {}
        return {str(kind): count for kind, count in changes.items() if kind != "same"}

    def place(self, run: StackRun, tag: str) -> Path:
        """Return a new folder with the whole project, or with what the image of the operator holds of it."""
        place = self.folder / "places" / str(next(self._numbers)) / run.project
        source = EXAMPLE / run.project
        shutil.copytree(source, place, ignore=lambda *_: [] if run.from_repository else _stack_files(source))
        program = place / "Pulumi.yaml"
        text = program.read_text()
        assert f"default: {TAG}" in text
        text = text.replace(f"default: {TAG}", f"default: {tag}" if run.from_repository else "default: unknown")
        # a target is reached as its own entry says, and the emulator is in no region
        program.write_text(text.replace("hostRegion: europe-west1.gcp", f"connectUrl: {self.emulator.url}"))
        return place

    def config(self, run: StackRun) -> dict[str, automation.ConfigValue]:
        """Return the configuration of the run, with the secrets of its stack."""
        secrets = {name: self.secret(run, name) for name in run.secrets}
        extra = {
            "commercetools-connect:connectUrl": self.emulator.url,
            "commercetools-connect:pollInterval": "0.05",
        }
        if run.project == "region":
            extra["fleet-region:bakeTime"] = "0.1s"
        return {
            **{name: automation.ConfigValue(value) for name, value in {**run.config, **extra}.items()},
            **{name: automation.ConfigValue(value, secret=True) for name, value in secrets.items()},
        }

    def secret(self, run: StackRun, name: str) -> str:
        """Return what the user, or Kubernetes, gives for a secret."""
        brand = name.partition(":")[2].removesuffix("ClientSecret")
        return f"{CANARY}-{PUBLISHER}" if run.project == "publish" else f"{CANARY}-{brand}-{run.stack}"

    def tags(self) -> dict[str, tuple[str, str]]:
        """Return tag and status of what each shop runs."""
        return {
            each["project"]: (each["connector"]["content"]["repository"]["tag"], each["status"])
            for each in self.emulator.admin.dump()["deployments"]
        }

    def writes(self) -> list[str]:
        """Return the projects in which something was written since the journal was cleared, in order."""
        calls = self.emulator.admin.journal()
        return [
            each["path"].split("/")[1] for each in calls if each["method"] != "GET" and "oauth" not in each["path"]
        ]

    def overlapped(self, *stacks: str) -> bool:
        """Return whether the last runs of these stacks were under way at the same time."""
        starts, ends = zip(*(self.times[each] for each in stacks), strict=True)
        return bool(max(starts) < min(ends))

    def expect_no_secrets(self) -> None:
        """Search everything that was said or written for each secret that the emulator has seen."""
        written = text_of(self.folder / "state") + text_of(self.folder / "places")
        assert not Canaries({CANARY, *secrets_of(self.emulator.admin.dump())}).found_in(
            "\n".join([*self.said, written])
        )


@contextmanager
def running_fleet(folder: Path, engine: Path) -> Iterator[Fleet]:
    """Give a fleet whose plugin is installed as in the image of the operator, in a minimal environment."""
    with isolated(folder, engine), Emulator() as emulator:
        os.environ["PATH"] = os.pathsep.join([str(engine / "bin"), "/usr/bin", "/bin"])
        plugin = str(Path(sys.executable).parent / PLUGIN)
        pulumi(
            folder, "plugin", "install", "resource", "commercetools-connect", f"v{__version__}", "--file", plugin
        )
        emulator.admin.clients([_client(PUBLISHER, "acme"), *(_client(shop, shop) for shop in SHOPS)])
        fleet = Fleet(folder, automation.PulumiCommand(root=str(engine)), emulator)
        yield fleet
        fleet.expect_no_secrets()


def pulumi(folder: Path, *arguments: str) -> str:
    """Run the CLI to success, and return what it said."""
    done = subprocess.run(
        ["pulumi", *arguments],  # noqa: S607 - the engine's, on a PATH of ours
        check=False,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _client(name: str, project: str) -> ClientSpec:
    return ClientSpec(clientId=name, clientSecret=f"{CANARY}-{name}", scopes=[f"manage_project:{project}"])


def _stack_files(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("Pulumi.*.yaml")]
