"""What can be known of a GitHub workflow or action without GitHub: its schema, its commands, its dangers.

Every function returns complaints, each naming its place; an empty answer means that there are none.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import yaml

from tests.support.locked_venv import ROOT, locked_python

__all__ = [
    "Step",
    "expressions_in_scripts",
    "linted",
    "missing_commands",
    "schema_complaints",
    "script_complaints",
    "steps",
    "unpinned_actions",
]

LIMIT: Final = 240
"""Seconds that a checker may take; the first use of actionlint compiles it."""

MODULE: Final = ROOT / "tools" / "workflows"
PINNED: Final = re.compile(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}")
ENDS_OF_COMMANDS: Final = frozenset("&|;()")


class Step(NamedTuple):
    """One step of a workflow's job or of a composite action."""

    place: str
    """File, job and number, for messages."""
    content: Mapping[str, Any]

    @property
    def script(self) -> str:
        """What the step runs, or `""`: its `run`, or the `script` that it hands to an action."""
        return str(self.content.get("run") or self.content.get("with", {}).get("script") or "")


def steps(file: Path) -> Iterator[Step]:
    """Yield every step of a workflow or of a composite action."""
    document = yaml.safe_load(file.read_text())
    jobs = {"runs": document["runs"]} if "runs" in document else document["jobs"]
    for name, job in jobs.items():
        for number, content in enumerate(job.get("steps", ()), start=1):
            yield Step(f"{file.name}: {name}: step {number}", content)


def schema_complaints(files: Iterable[Path], kind: Literal["workflows", "actions"] = "workflows") -> str:
    """Return what the schema of GitHub workflows, or of actions, has against these files; works offline."""
    schema = f"vendor.github-{kind}"
    command: list[object] = [locked_python("release"), "-m", "check_jsonschema", "--verbose", "--color", "never"]
    command += ["--builtin-schema", schema]
    return _complaints([*map(str, command), *map(str, files)])


def linted(files: Iterable[Path]) -> str:
    """Return what actionlint and, of scripts, shellcheck have against these workflows; needs Go (`needs_go`)."""
    # what else is on PATH does not decide
    shellcheck = Path(sys.executable).parent / "shellcheck"
    options = ["-no-color", "-oneline", f"-shellcheck={shellcheck}", "-pyflakes="]
    paths = [str(each.resolve()) for each in files]
    return _complaints(["go", "tool", "actionlint", *options, *paths], MODULE, GOWORK="off", GOTOOLCHAIN="local")


def script_complaints(file: Path) -> str:
    """Return what shellcheck has against the scripts of a workflow or an action; its `env` counts as set."""
    found = []
    for step in steps(file):
        given = "".join(
            f"export {name}=\n" for name in ["RUNNER_TEMP", "GITHUB_OUTPUT", *step.content.get("env", {})]
        )
        command = [
            str(Path(sys.executable).parent / "shellcheck"),
            "--shell=bash",
            "--enable=check-unassigned-uppercase",
        ]
        found.append(_complaints([*command, "-"], typed=given + step.script))
    return "".join(found)


def expressions_in_scripts(file: Path) -> list[str]:
    """Return every `${{ }}` inside a script: GitHub pastes its value in as code, so values belong in `env`."""
    return [f"{step.place}: {found}" for step in steps(file) for found in re.findall(r"\$\{\{.*?}}", step.script)]


def unpinned_actions(file: Path) -> list[str]:
    """Return every action from elsewhere that is not named by a commit; tags and branches can be moved."""
    used = ((step.place, str(step.content["uses"])) for step in steps(file) if "uses" in step.content)
    return [f"{place}: {name}" for place, name in used if not name.startswith("./") and not PINNED.fullmatch(name)]


def missing_commands(file: Path, root: Path = ROOT) -> list[str]:
    """Return every `make` target, script and module of the repository at `root` that a script calls in vain."""
    return [
        f"{step.place}: {missing}"
        for step in steps(file)
        for words in _commands(step.script)
        for missing in _missing(words, root, root / str(step.content.get("working-directory", ".")))
    ]


def _commands(script: str) -> Iterator[list[str]]:
    """Yield the words of each command, those inside `$(…)` too, as far as single lines tell."""
    for line in script.replace("\\\n", " ").splitlines():
        try:
            words = [*shlex.shlex(line, posix=True, punctuation_chars=True), ";"]
        except ValueError:  # a quotation goes over several lines
            words = [*line.replace("'", " ").replace('"', " ").split(), ";"]
        while words:
            end = next(at for at, word in enumerate(words) if set(word) <= ENDS_OF_COMMANDS)
            if end:
                yield words[:end]
            words = words[end + 1 :]
        for inner in re.findall(r"\$\((.*?)\)", line):
            yield from _commands(inner)


def _missing(words: list[str], root: Path, folder: Path) -> Iterator[str]:
    if words[0] == "make":
        targets = re.findall(r"^([a-z-]+):", (folder / "Makefile").read_text(), flags=re.MULTILINE)
        plain = (word for word in words[1:] if re.fullmatch(r"[a-z][a-z-]*", word))
        yield from (f"make {name}" for name in plain if name not in targets)
    for before, word in zip(["", *words], words):  # noqa: B905 - the last one is before nothing
        if re.fullmatch(r"(\./)?[\w./-]+\.(py|sh)", word) and not (folder / word).exists():
            yield word
        if before == "-m" and (root / word.split(".")[0]).is_dir():
            module = root.joinpath(*word.split("."))
            if not module.with_suffix(".py").exists() and not (module / "__main__.py").exists():
                yield f"-m {word}"


def _complaints(command: list[str], folder: Path = ROOT, *, typed: str = "", **environ: str) -> str:
    """Return what a checker says if it has complaints; raises `AssertionError` if it could not check."""
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env={**os.environ, **environ},
        input=typed,
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode in {0, 1}, done.stderr
    assert done.returncode == 0 or done.stdout, done.stderr
    return "" if done.returncode == 0 else done.stdout
