"""`commercetools-connect`: one command per module, put together here."""

from __future__ import annotations

from typing import Annotated

import typer

from commercetools_connect import __version__
from commercetools_connect.cli.doctor import doctor
from commercetools_connect.cli.emulator import emulator
from commercetools_connect.cli.import_file import import_file
from commercetools_connect.cli.logs import logs
from commercetools_connect.cli.report import report
from commercetools_connect.cli.rollback import rollback
from commercetools_connect.cli.status import status
from commercetools_connect.cli.summary import summary

# Prettified tracebacks show local variables, and those may be secrets.
app = typer.Typer(
    name="commercetools-connect",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
)
for command in (emulator, report, logs, status, rollback, import_file, summary, doctor):
    app.command()(command)


def _show_version(*, value: bool) -> None:
    if value:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Tools around the commercetools Connect provider for Pulumi."""
