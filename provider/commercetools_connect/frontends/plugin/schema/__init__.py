"""Pulumi package schema, and its text as the plugin serves it: the file that `make schema` wrote."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

NAME = "schema.json"


def served_schema() -> str:
    """Return the schema as JSON. Raises `FileNotFoundError` when the installation lacks it.

    A distribution carries it beside this module; in a checkout it is at the root.
    """
    packaged = files(__package__) / NAME
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parents[5] / NAME).read_text(encoding="utf-8")
