"""Seeds: what an emulator starts with, from a file or from values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import yaml

from commercetools_connect.emulator.backend import Seed
from commercetools_connect.emulator.model import parse_value
from commercetools_connect.emulator.repositories import Repositories


def load_seed(source: Path | str | Mapping[str, object] | Seed | None) -> Seed | None:
    """Read `{settings, clients, repositories, outcomes, faults, registrations, dump}`.

    Each is what the control call takes; `registrations` maps a project to `{extensions, subscriptions}`. A path
    names a JSON or YAML file. Raises `OSError` if it cannot be read and `ValueError` if it has another shape; the
    text names the wrong member.
    """
    if source is None or isinstance(source, Seed):
        return source
    if isinstance(source, Mapping):
        return parse_value(Seed, source)
    path = Path(source)
    text = path.read_text(encoding="utf-8")
    try:
        value: object = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        raise ValueError(f"neither JSON nor YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise ValueError("its values are nested too deeply") from None
    return parse_value(Seed, value if value is not None else {})


def seed_warnings(seed: Seed | None) -> list[str]:
    """Return a line for each problem of a connect.yaml in the seed that Connect refuses."""
    repositories = Repositories()
    repositories.fixtures = (seed.repositories if seed else None) or ()
    return [
        f"{each.url} {each.tag}: {problem}"
        for each, problems in repositories.refused_files()
        for problem in problems
    ]
