"""`commercetools-connect`: one command per module, put together here."""

from __future__ import annotations

from typing import Annotated

import typer

from commercetools_connect import __version__

from .emulator import emulator
from .import_file import import_file
from .logs import logs
from .report import report
from .rollback import rollback
from .status import status
from .summary import summary

#: Prettified tracebacks show local variables, and those may be secrets.
app = typer.Typer(
    name="commercetools-connect",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
)
app.command()(emulator)
app.command()(report)
app.command()(logs)
app.command()(status)
app.command()(rollback)
app.command()(import_file)
app.command()(summary)


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
