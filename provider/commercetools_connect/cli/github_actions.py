"""What GitHub's runners read from a step: annotations, outputs and the job summary.

Text from elsewhere cannot give the runner an order: it has neither line breaks nor control characters any more,
and what a command is made of is escaped (docs.github.com: workflow commands).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias

from commercetools_connect.contract.errors import ConfigurationError
from commercetools_connect.contract.foreign import quote_foreign

__all__ = ["Level", "annotation", "append_to", "output"]

Level: TypeAlias = Literal["error", "warning"]

LONGEST_TITLE: Final = 120
LONGEST_MESSAGE: Final = 2_000


def annotation(level: Level, title: str, message: str) -> str:
    """Return the line that shows a message at the run and at the pull request; title and message are any text."""
    return f"::{level} title={_property(quote_foreign(title, LONGEST_TITLE))}::{_data(message)}"


def output(name: str, value: object) -> str:
    """Return the line that gives an output of a step to the steps after it, as JSON: one line of ASCII."""
    return f"{name}={json.dumps(value)}\n"


def append_to(variable: str, environ: Mapping[str, str], text: str) -> None:
    """Append to the file that the runner names in a variable. Raises `ConfigurationError` where it names none."""
    name = environ.get(variable)
    if not name:
        raise ConfigurationError(f"{variable} is not set.", "--github is for steps of GitHub Actions.")
    with Path(name).open("a", encoding="utf-8") as file:
        file.write(text)


def _data(text: str) -> str:
    return quote_foreign(text, LONGEST_MESSAGE).replace("%", "%25")


def _property(text: str) -> str:
    return text.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
