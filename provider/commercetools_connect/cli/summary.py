"""`commercetools-connect summary`: what a run of Pulumi did and who runs what, for pull requests and CI.

Untrusted text cannot give the runner a command: it has neither line breaks nor control characters, and what a
command is made of is escaped (docs.github.com: workflow commands). A cell is code, without links, mentions and
references, and all of its punctuation is written by number: nothing in it is Markdown or HTML.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from commercetools_connect.cli.common import append_text, exit_on_error, read_text
from commercetools_connect.cli.pulumi_run import (
    Level,
    Problem,
    PulumiRun,
    StackDeployment,
    read_deployments,
    read_run,
)
from commercetools_connect.cli.redacted import redacted, secrets_of_run
from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.urns import Urn

LONGEST_TITLE: Final = 120
LONGEST_MESSAGE: Final = 2_000
LONGEST_CELL: Final = 400
LONGEST_DOCUMENT: Final = 60_000
"""Characters; a comment on GitHub has 65,536 at most, and what is longer is refused as a whole."""

ANNOTATIONS: Final = 10
"""Annotations of one level that GitHub shows for a step."""

CHANGE_WORDS: Final = {"create": "created", "update": "updated", "delete": "deleted", "replace": "replaced"}
LAST_WORDS: Final = frozenset(f"{command} failed" for command in ("update", "preview", "refresh", "destroy"))
"""What the engine says at the end of a run in which something has failed."""

LEVELS: Final[Mapping[str, Level]] = {"Error": "error", "Warning": "warning"}


def summary(
    events: Annotated[Path, typer.Option(help="What `pulumi up` or `preview` wrote to its --event-log.")],
    state: Annotated[
        Path | None, typer.Option(help="What `pulumi stack export` printed, for who runs what.")
    ] = None,
    title: Annotated[str, typer.Option(help="What was run, such as the stack's name.")] = "Pulumi",
    github: Annotated[
        bool, typer.Option("--github", help="Say it to GitHub Actions: job summary, annotations and outputs.")
    ] = False,
    limit: Annotated[
        int, typer.Option(min=1_000, help="Characters that may be written; rows that do not fit are counted.")
    ] = LONGEST_DOCUMENT,
) -> None:
    """Tell in Markdown what a run of Pulumi changed, what went wrong, and who runs what now.

    Files that are not there were not written: nothing was run.
    """
    with exit_on_error():
        exported = (read_text(state, absent="") if state else "") or "{}"
        given = read_run(read_text(events, absent="").splitlines()), read_deployments(exported)
        run, running = redacted(given, secrets_of_run(os.environ, exported))
        document = _document(title, run, running, limit)
        if not github:
            typer.echo(document, nl=False)
            return
        append_to("GITHUB_STEP_SUMMARY", os.environ, document)
        deployments = step_output("deployments", [each.to_json() for each in running])
        append_to("GITHUB_OUTPUT", os.environ, step_output("changed", bool(run.changes)) + deployments)
        for line in _annotations(run, running):
            typer.echo(line)


def _document(title: str, run: PulumiRun, running: Sequence[StackDeployment], limit: int) -> str:
    words = {} if run.preview else CHANGE_WORDS
    changes = [
        (
            words.get(each.operation, each.operation) + (", failed" if each.failed else ""),
            each.type.rpartition(":")[2],
            each.name,
            ", ".join(each.paths),
        )
        for each in run.changes
    ]
    problems = [(each.level, _name(each.urn), each.message) for each in _problem_lines(run)]
    rows = [(e.project, e.deployment, e.region, e.type, e.connector, e.tag, e.status) for e in running]
    third = limit // 3
    return "".join(
        (
            f"### {markdown_code(title)}: {_result(run)}\n\n",
            markdown_table(("change", "kind", "name", "what"), changes, third),
            markdown_table(("", "resource", "what went wrong"), problems, third),
            markdown_table(("project", "deployment", "region", "type", "connector", "tag", "status"), rows, third),
        )
    )


def _result(run: PulumiRun) -> str:
    if not run.result:
        return "did not come to its end"
    if run.result != "succeeded":
        return "failed"
    if not run.changes:
        return "no changes"
    return f"{len(run.changes)} to change" if run.preview else f"{len(run.changes)} changed"


def _name(urn: str) -> str:
    return Urn.parse(urn).name if urn else "all"


def _problem_lines(run: PulumiRun) -> Iterator[Problem]:
    """Yield the problems without the engine's own last word, where an error of a resource says more."""
    last_words = any(each.urn and each.level == "error" for each in run.problems)
    for each in run.problems:
        if each.urn or not (last_words and each.message.strip() in LAST_WORDS):
            yield each


def _annotations(run: PulumiRun, running: Sequence[StackDeployment]) -> Iterator[str]:
    """Yield the lines to print: entries of reports one by one, and what else went wrong."""
    found = [*_entries(run, running)]
    titles = [(each.urn, title) for each, title in found if title]
    problems = [each for each, _ in found] + [
        each
        for each in _problem_lines(run)
        if not any(urn == each.urn and title in each.message for urn, title in titles)
    ]
    for level in ("error", "warning"):
        of_level = [each for each in problems if each.level == level]
        shown = of_level if len(of_level) <= ANNOTATIONS else of_level[: ANNOTATIONS - 1]
        for each in shown:
            yield annotation(level, _name(each.urn), each.message)
        if left := len(of_level) - len(shown):
            yield annotation(level, f"{left} more", "The job summary has all of them.")


def _entries(run: PulumiRun, running: Iterable[StackDeployment]) -> Iterator[tuple[Problem, str]]:
    """Yield the errors and warnings in reports of what this run did; reports of earlier runs are left alone."""
    changes = {each.urn: each for each in run.changes}
    for each in running:
        change = changes.get(each.urn)
        if change is None:
            continue
        said = [problem.message for problem in run.problems if problem.urn == each.urn]
        for entry in each.report:
            ours = not change.failed or any(entry.title and entry.title in message for message in said)
            if entry.type in LEVELS and ours:
                yield Problem(LEVELS[entry.type], entry.text, each.urn), entry.title


def annotation(level: Level, title: str, message: str) -> str:
    """Return the line that shows a message at the run and at the pull request; title and message are any text."""
    title = escape_untrusted(title, LONGEST_TITLE).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={title}::{escape_untrusted(message, LONGEST_MESSAGE).replace('%', '%25')}"


def step_output(name: str, value: object) -> str:
    """Return the line that gives an output of a step to the steps after it, as JSON: one line of ASCII."""
    return f"{name}={json.dumps(value)}\n"


def append_to(variable: str, environ: Mapping[str, str], text: str) -> None:
    """Append to the file that the runner names in a variable.

    Raises `ConfigurationError` where it names none, or one that cannot be written.
    """
    name = environ.get(variable)
    if not name:
        raise ConfigurationError(f"{variable} is not set.", "--github is for steps of GitHub Actions.")
    append_text(Path(name), text)


def markdown_code(text: str) -> str:
    """Return any text as code, in one line."""
    escaped = "".join(
        char if char.isalnum() or char in " -" else f"&#{ord(char)};"
        for char in escape_untrusted(text, LONGEST_CELL)
    )
    return f"<code>{escaped}</code>" if text else ""


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]], budget: int) -> str:
    """Return a table of any text, `""` without rows; rows that do not fit into `budget` characters are counted."""
    lines: list[str] = []
    heading = _table_line(head) + _table_line(["---"] * len(head))
    size, left_out = len(heading), 0
    for row in rows:
        line = _table_line(list(map(markdown_code, row)))
        size += len(line)
        if size > budget:
            left_out += 1
        else:
            lines.append(line)
    if not lines and not left_out:
        return ""
    more = f"\n{left_out} more are left out.\n" if left_out else ""
    return heading + "".join(lines) + more + "\n"


def _table_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
