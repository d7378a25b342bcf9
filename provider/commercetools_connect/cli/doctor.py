"""`commercetools-connect doctor`: what the credentials of a stack, an estate or the environment reach."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from commercetools_connect.cli import common
from commercetools_connect.cli.doctor_checks import CheckResult, CheckRow, check_targets, remedy_of
from commercetools_connect.cli.doctor_targets import (
    CheckTarget,
    Needs,
    environment_targets,
    estate_targets,
    stack_targets,
)
from commercetools_connect.cli.estate import read_estate
from commercetools_connect.cli.import_file import ProjectPart
from commercetools_connect.cli.redacted import redacted, secret_values, secrets_of_connections
from commercetools_connect.cli.stack import Stack, find_project, read_stack
from commercetools_connect.core.errors import ProviderError
from commercetools_connect.core.text import escape_untrusted

PROBLEMS: Final = 1
NOT_RUN: Final = 2
STYLES: Final = {
    CheckResult.PROBLEM: "red",
    CheckResult.NOTE: "yellow",
    CheckResult.SKIPPED: "yellow",
    CheckResult.OK: "green",
}


@dataclass(frozen=True)
class _Subject:
    """What is checked, in words and as connections."""

    title: str
    targets: Sequence[CheckTarget]
    stack: Stack | None = None


def doctor(
    stack: Annotated[
        str,
        typer.Option("--stack", help="Stack of the Pulumi project in this folder; the selected one if absent."),
    ] = "",
    projects: Annotated[
        Path | None, typer.Option("--projects", help="YAML or JSON: check these projects, as for `status`.")
    ] = None,
    environment: Annotated[
        bool,
        typer.Option("--environment", help="Check the CTP_ variables also in the folder of a Pulumi project."),
    ] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="The credentials are only for previews: scopes to read are enough.")
    ] = False,
    only: Annotated[
        ProjectPart | None,
        typer.Option(help="Only drafts with their publications, or only Deployments, where no state tells it."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list, an object for each check.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Also all checks of connections without problems.")
    ] = False,
    timeout: Annotated[float, typer.Option(min=0.1, max=600, help="Seconds for each call.")] = 15.0,
    region: common.RegionOption = "",
) -> None:
    """Check host, token and scopes, and find objects that the state of a stack does not have. Reads only.

    In the folder of a Pulumi project: the configuration and the provider resources of a stack. Elsewhere: the
    environment. Exit code 0: all is well. 1: there are problems. 2: nothing could be checked.
    """
    needs = Needs(
        drafts=only is not ProjectPart.DEPLOYMENTS, deployments=only is not ProjectPart.DRAFTS, writes=not preview
    )
    with common.exit_on_error(NOT_RUN):
        try:
            subject = _subject(stack, projects, region, needs, environment=environment)
            secrets = secrets_of_connections((each.connection for each in subject.targets), os.environ)
            for values in secret_values(subject.stack) if subject.stack else ():
                secrets.learn(values)
            found = asyncio.run(check_targets(subject.targets, subject.stack, timeout, secrets))
            rows = redacted(found, secrets)
        except ProviderError as error:
            raise ProviderError(error.message, remedy_of(error)) from None
    if as_json:
        common.print_json([row.to_json() for row in rows])
    else:
        _print(subject, rows, verbose=verbose)
    raise typer.Exit(PROBLEMS if any(row.result is CheckResult.PROBLEM for row in rows) else 0)


def _subject(stack: str, projects: Path | None, region: str, needs: Needs, *, environment: bool) -> _Subject:
    """Return what is to be checked. Raises `typer.BadParameter`, and `ProviderError` if nothing can be."""
    if sum((bool(stack), projects is not None, environment or bool(region))) > 1:
        raise typer.BadParameter("give only one of --stack, --projects, and --environment or --region")
    common.ensure_one_address(os.environ, region)
    if projects is not None:
        targets = estate_targets(read_estate(projects, os.environ), needs)
        return _Subject(f"{escape_untrusted(str(projects))}: {common.count_of(len(targets), 'project')}", targets)
    project = "" if environment or region else find_project(Path.cwd())
    if not (project or stack):
        return _usable(_Subject("The environment", environment_targets(os.environ, region, needs)))
    found = read_stack(stack, project)
    targets = stack_targets(found, os.environ, needs)
    connections, objects = (
        common.count_of(len(targets), "connection"),
        common.count_of(len(found.objects), "object"),
    )
    title = f"Stack {escape_untrusted(found.name)} of project {escape_untrusted(found.project)}: {connections}, "
    title += f"{objects} in the state"
    return _usable(_Subject(title, targets, found))


def _usable(subject: _Subject) -> _Subject:
    """Return the subject if one of its connections can be checked. Raises the error of the first one if not."""
    errors = [each.error for each in subject.targets if each.error is not None]
    if errors and len(errors) == len(subject.targets):
        raise errors[0]
    return subject


def _print(subject: _Subject, rows: Sequence[CheckRow], *, verbose: bool) -> None:
    console = common.output_console()
    console.print(Text(f"{subject.title}."))
    shown = rows if verbose or len(subject.targets) == 1 else _shortened(rows)
    cells = (
        (
            Text(row.connection),
            row.project,
            row.check,
            Text(row.result.value, STYLES[row.result]),
            Text(escape_untrusted(row.finding, common.LONGEST_FINDING)),
        )
        for row in shown
    )
    common.print_table(("connection", "project", "check", "", "found"), cells)
    steps = [
        (f"{row.connection}: {escape_untrusted(row.key or row.check)}", row.remedy)
        for row in rows
        if row.result is CheckResult.PROBLEM and row.remedy
    ]
    for line in common.steps_of(steps):
        console.print(Text(line))
    problems, notes = (sum(row.result is each for row in rows) for each in (CheckResult.PROBLEM, CheckResult.NOTE))
    counts = [
        common.count_of(problems, "problem") if problems else "All is well",
        *([common.count_of(notes, "note")] * bool(notes)),
    ]
    console.print(Text(f"{', '.join(counts)}."))


def _shortened(rows: Sequence[CheckRow]) -> Iterator[CheckRow]:
    """Yield one row for each connection without problems, and all rows of the others."""
    for _, group in groupby(rows, lambda row: row.connection):
        own = list(group)
        if any(row.result in (CheckResult.PROBLEM, CheckResult.SKIPPED) for row in own):
            yield from own
            continue
        notes = sum(row.result is CheckResult.NOTE for row in own)
        finding = f"{common.count_of(notes, 'note')}; --verbose shows them" if notes else ""
        yield replace(own[0], check=common.count_of(len(own), "check"), result=CheckResult.OK, finding=finding)
