"""The recorded programs, run as they are."""

from __future__ import annotations

import yaml

from tests.engine.yaml_stage import YamlStage
from tests.upgrade.recording import Recording

__all__ = ["run_dynamic", "write_yaml"]


def run_dynamic(recording: Recording) -> None:
    """Run a recorded Python program."""
    exec(compile(recording.program.read_text(), str(recording.program), "exec"), {})


def write_yaml(stage: YamlStage, recording: Recording) -> None:
    """Write a recorded YAML program into its project file."""
    stage.write(yaml.safe_load(recording.program.read_text()), {"summary": "${gate.summary}"})
