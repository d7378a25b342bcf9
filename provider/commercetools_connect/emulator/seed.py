"""Seeds: what an emulator starts with, from a file or from values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import yaml

from .backend import Seed
from .model import parse_value


def load_seed(source: Path | str | Mapping[str, object] | None) -> Seed | None:
    """Read `{settings, clients, repositories, outcomes, faults, dump}`; each is what the control call takes.

    A path names a JSON or YAML file. Raises `OSError` if it cannot be read and `ValueError` if it has another
    shape; the text names the wrong member.
    """
    if source is None:
        return None
    if isinstance(source, Mapping):
        return parse_value(Seed, source)
    path = Path(source)
    text = path.read_text(encoding="utf-8")
    try:
        value: object = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        raise ValueError(f"neither JSON nor YAML: {str(error).splitlines()[0]}") from None
    return parse_value(Seed, value if value is not None else {})
