"""What Deployments wrote: the lines that a run leaves, and those that a tester scripts (API §4.10)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import Field, JsonValue, model_validator

from commercetools_connect.emulator.clock import Moment
from commercetools_connect.emulator.entities import (
    Application,
    Deployment,
    DeploymentRun,
    LogLine,
    LogSeverity,
    LogType,
)
from commercetools_connect.emulator.model import Model
from commercetools_connect.emulator.specification import Specification

#: How many lines a Deployment keeps.
LINES_KEPT = 10_000
RETENTION_SECONDS = 30 * 24 * 3600.0
#: Kinds of applications that run code of their own, so that there is a writer of logs.
_WRITING = {"service", "event", "job"}


class ScriptedLine(Model):
    """A line before it has a place; `message` is short for details of that one member.

    Without `timestamp` (seconds since 1970 on the emulator's clock) it is written now; a line of the future shows
    when its time has come.
    """

    application_name: Annotated[str, Field(min_length=1)]
    type: LogType = "APPLICATION_TEXT"
    severity: LogSeverity = "DEFAULT"
    message: str | None = None
    details: JsonValue = None
    timestamp: Moment | None = None

    @model_validator(mode="after")
    def _says_something(self) -> ScriptedLine:
        if (self.message is None) == (self.details is None):
            raise ValueError("exactly one of message and details is needed")
        return self

    @property
    def content(self) -> JsonValue:
        """The `details` of the line."""
        return self.details if self.message is None else {"message": self.message}


class LogBook:
    """The last lines of each Deployment."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[LogLine]] = {}
        self._sequence = 0

    def add(self, deployment_id: str, lines: Iterable[ScriptedLine], now: float) -> Sequence[LogLine]:
        """Write lines; those without a time of their own happen `now`."""
        written = [self._line(each, now) for each in lines]
        if written:
            self._lines.setdefault(deployment_id, deque(maxlen=LINES_KEPT)).extend(written)
        return written

    def oldest_first(self, deployment_id: str, now: float) -> Sequence[LogLine]:
        """Return the lines that can be read: not older than 30 days, not of the future."""
        readable = [
            line for line in self._lines.get(deployment_id, ()) if now - RETENTION_SECONDS <= line.time <= now
        ]
        return sorted(readable, key=lambda line: (line.time, line.sequence))

    def forget(self, deployment_id: str) -> None:
        """Drop the lines of a Deployment that is gone."""
        self._lines.pop(deployment_id, None)

    def dump(self) -> dict[str, list[LogLine]]:
        """Return what `load` needs."""
        return {name: list(lines) for name, lines in self._lines.items()}

    def load(self, lines: Mapping[str, Sequence[LogLine]]) -> None:
        """Replace all lines."""
        self._lines = {name: deque(each, maxlen=LINES_KEPT) for name, each in lines.items()}
        self._sequence = max((line.sequence for each in lines.values() for line in each), default=0)

    def _line(self, scripted: ScriptedLine, now: float) -> LogLine:
        self._sequence += 1
        return LogLine(
            sequence=self._sequence,
            time=now if scripted.timestamp is None else scripted.timestamp,
            application=scripted.application_name,
            type=scripted.type,
            severity=scripted.severity,
            details=scripted.content,
        )


def run_lines(deployment: Deployment, run: DeploymentRun) -> Sequence[ScriptedLine]:
    """Return what the applications write while a run ends; never a value of the configuration."""
    specification = run.target.content.specification or Specification()
    writers = [
        (each, declared)
        for each in deployment.applications
        if (declared := specification.application(each.name)) and declared.application_type in _WRITING
    ]
    if run.lifecycle == "undeploy":
        return [
            _text(each, "ERROR", "preUndeploy failed with exit code 1")
            for each, declared in writers
            if declared.has_pre_undeploy
        ]
    lines: list[ScriptedLine] = []
    for each, declared in writers:
        if deployment.status != "Deployed":
            lines.append(_text(each, "ERROR", "The container stopped with exit code 1"))
            continue
        lines.append(_json(each, "INFO", "Listening on port: 8080"))
        if declared.has_post_deploy and not run.skip_scripts:
            failed = run.outcome == "warning"
            lines.append(_text(each, "INFO", "postDeploy started"))
            text = "postDeploy failed with exit code 1" if failed else "postDeploy finished"
            lines.append(_text(each, "ERROR" if failed else "INFO", text))
    return lines


def _text(application: Application, severity: LogSeverity, message: str) -> ScriptedLine:
    return ScriptedLine(application_name=application.name, severity=severity, message=message)


def _json(application: Application, severity: LogSeverity, message: str) -> ScriptedLine:
    return ScriptedLine(
        application_name=application.name, type="APPLICATION_JSON", severity=severity, message=message
    )
