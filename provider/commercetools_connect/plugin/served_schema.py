"""The text of `schema.json` that the plugin hands out: the file that `make schema` wrote, examples and all."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["served_schema"]

NAME = "schema.json"


def served_schema() -> str:
    """Return the schema as JSON. Raises `FileNotFoundError` when the installation lacks it.

    A distribution carries it beside this module; in a checkout it is at the root.
    """
    packaged = files(__package__) / NAME
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parents[3] / NAME).read_text(encoding="utf-8")
