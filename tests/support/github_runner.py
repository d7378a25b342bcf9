"""What GitHub's runner makes of a composite action, and of what its steps print: written from its documentation.

It fills in `${{ }}`, runs each step's script the way the runner does, reads outputs and the job summary from
their files, and obeys workflow commands: `::command name=value::data` at the start of a line, and the older
`##[command]` anywhere in one.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

__all__ = ["Command", "Job", "commands_in", "expand", "tools"]

LIMIT = 240
EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")
COMMAND = re.compile(r"\s*::([\w-]+)(?: (.*?))?::(.*)")
OLD_COMMAND = re.compile(r"##\[([\w-]+)(?: (.*?))?\](.*)")


@dataclass(frozen=True)
class Command:
    """An order that the runner found in the output of a step."""

    name: str
    properties: dict[str, str]
    data: str


def commands_in(text: str) -> list[Command]:
    """Return the orders that a runner finds in what a step has printed."""
    found: list[Command] = []
    token = ""
    for line in re.split(r"\r\n|\r|\n", text):
        command = _command(line)
        if token:
            token = "" if command and command.name == token else token
        elif command and command.name == "stop-commands":
            token = command.data
        elif command:
            found.append(command)
    return found


def _command(line: str) -> Command | None:
    match = COMMAND.match(line) or OLD_COMMAND.search(line)
    if match is None:
        return None
    name, properties, data = match.groups(default="")
    pairs = [each.partition("=") for each in properties.split(",") if each]
    return Command(name, {key.strip(): _decoded(value, ":,") for key, _, value in pairs}, _decoded(data, ""))


def _decoded(text: str, more: str) -> str:
    for char in f"\r\n{more}%":
        text = text.replace(f"%{ord(char):02X}", char)
    return text


def expand(text: str, values: Mapping[str, str]) -> str:
    """Fill in the expressions of a workflow; an unknown one is an error, an output that was not set is empty."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        return values.get(name, "") if ".outputs." in name else values[name]

    return EXPRESSION.sub(value, text)


@dataclass
class Job:
    """The steps of a job that have run so far: their outputs, outcomes, summary and what they have printed."""

    temp: Path
    workspace: Path
    environ: Mapping[str, str]
    values: dict[str, str] = field(default_factory=dict)
    printed: str = ""
    failed: bool = False
    summary: str = ""

    def use(self, action: Path, inputs: Mapping[str, str], skip: Iterable[str] = ()) -> dict[str, str]:
        """Run a composite action, without the steps named in `skip`, and return its outputs."""
        declared = yaml.safe_load((action / "action.yml").read_text())
        unknown = inputs.keys() - declared["inputs"].keys()
        assert not unknown, unknown
        self.values |= {"runner.temp": str(self.temp), "github.action_path": str(action)}
        for name, each in declared["inputs"].items():
            assert name in inputs or not each.get("required"), name
            self.values[f"inputs.{name}"] = inputs.get(name, each.get("default", ""))
        for step in declared["runs"]["steps"]:
            if step["name"] not in skip:
                self.run(step)
        return {name: expand(each["value"], self.values) for name, each in declared["outputs"].items()}

    def run(self, step: Mapping[str, Any]) -> None:
        """Run one step that is a script, if its condition holds; by default: if none has failed before it."""
        identity = step.get("id", step.get("name", ""))
        self.values[f"steps.{identity}.outcome"] = "skipped"
        if not all(map(self._holds, step.get("if", "success()").strip("${} ").split(" && "))):
            return
        process = self.start(step)
        text, _ = process.communicate(timeout=LIMIT)
        self.finish(step, text, process.returncode)

    def _holds(self, term: str) -> bool:
        if term in ("always()", "success()"):
            return term == "always()" or not self.failed
        name, operator, literal = term.split(" ")
        assert operator in ("!=", "=="), term
        return (self.values[name] == literal.strip("'")) == (operator == "==")

    def start(self, step: Mapping[str, Any]) -> subprocess.Popen[str]:
        """Start the script of a step."""
        files = {name: self.temp / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in files.values():
            path.write_text("")
        script = self.temp / "step.sh"
        script.write_text(step["run"])
        environ = {name: expand(str(value), self.values) for name, value in step.get("env", {}).items()}
        options = ["--noprofile", "--norc", "-eo", "pipefail"] if step.get("shell") == "bash" else ["-e"]
        return subprocess.Popen(
            ["/bin/bash", *options, str(script)],
            cwd=self.workspace / expand(step.get("working-directory", "."), self.values),
            env={
                **self.environ,
                "RUNNER_TEMP": str(self.temp),
                **{name: str(path) for name, path in files.items()},
                **environ,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, step: Mapping[str, Any], text: str, code: int) -> None:
        """Take note of what a step has printed and written, and how it has ended."""
        self.printed += text
        self.failed |= code != 0
        self.summary += (self.temp / "GITHUB_STEP_SUMMARY").read_text()
        identity = step.get("id", step.get("name", ""))
        self.values[f"steps.{identity}.outcome"] = "failure" if code else "success"
        for name, value in _outputs((self.temp / "GITHUB_OUTPUT").read_text().splitlines()):
            self.values[f"steps.{identity}.outputs.{name}"] = value

    def annotations(self) -> list[Command]:
        """Return the errors and warnings that would be shown."""
        return [each for each in commands_in(self.printed) if each.name in ("error", "warning")]


def _outputs(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield names and values: `name=value`, or `name<<END`, lines, and `END`."""
    rest = iter(lines)
    for line in rest:
        name, sign, value = re.split(r"(=|<<)", line, maxsplit=1)
        yield name, value if sign == "=" else "\n".join(iter(lambda: next(rest), value))


def tools(temp: Path, programs: Path) -> None:
    """Lay the folder that the action installs its tools into, with those of this environment."""
    (temp / "commercetools-connect").mkdir(parents=True)
    (temp / "commercetools-connect" / "bin").symlink_to(programs)
