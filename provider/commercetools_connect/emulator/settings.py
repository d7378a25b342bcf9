"""How this emulator behaves: `PUT /__admin/settings`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from commercetools_connect.emulator.assumptions import problem_with
from commercetools_connect.emulator.clock import ClockMode
from commercetools_connect.emulator.model import Model

#: Some 30 years at most, so that a moment that it leads to can still be written.
Seconds = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]

#: API §1.2: 48 hours.
DEFAULT_TOKEN_LIFETIME = 172_800.0


class Delays(Model):
    """How long each phase lasts, in seconds of the emulator's clock."""

    queued: Seconds = 0.03
    deploying: Seconds = 0.05
    undeploying: Seconds = 0.05
    preview: Seconds = 0.05
    publish: Seconds = 0.05
    rebuild: Seconds = 0.05
    """From the end of a run to the platform's own rebuild, if assumption 48 is read otherwise."""


class ResponseStyle(Model):
    """Ways in which real answers differ from the reference, to test tolerance (API §2, §18, §20.11)."""

    null_members: bool = False
    """Empty optional members of drafts, keys and reports are null instead of absent."""
    omit_old_members: bool = False
    """Members that old resources lack are left out: integrationTypes, privateProjects, type, required …"""
    unknown_member: bool = False
    """Each representation has one member that no reference names."""
    empty_details: bool = False
    """`details` of a Deployment is {} while it is Deploying (API §22, row 44)."""


class LogSettings(Model):
    """How the log endpoint behaves (API §4.10), where the reference leaves it open."""

    page_size: Annotated[int, Field(ge=1)] = 100
    newest_first: bool = False
    last_next: Literal["null", "empty"] = "null"
    """What `next` is on the last page."""
    removed_after: date | None = None
    """The last day (UTC, on the emulator's clock) on which there are logs; announced for 2027-01-31."""


class RefusalCode(Model):
    """The reading of an assumption that refuses, by another code."""

    code: Annotated[str, Field(min_length=1)]


Reading = Literal["default", "other", "third"] | RefusalCode


class Settings(Model):
    """All settings.

    `delays` and `token_lifetime` count seconds of the emulator's clock, `latency` real seconds per call,
    `rate_limit` calls per second of the emulator's clock. `assumptions` maps a row of API §19 to its reading.
    """

    delays: Delays = Delays()
    latency: Seconds = 0.0
    token_lifetime: Annotated[float, Field(gt=0, le=1e9)] = DEFAULT_TOKEN_LIFETIME
    rate_limit: Annotated[float, Field(ge=1e-6, le=1e9)] | None = None
    enforce_scopes: bool = True
    production_enabled: bool = True
    clock: ClockMode = "real"
    assumptions: dict[str, Reading] = Field(default_factory=dict)
    responses: ResponseStyle = ResponseStyle()
    logs: LogSettings = LogSettings()

    @field_validator("assumptions")
    @classmethod
    def _known(cls, readings: dict[str, Reading]) -> dict[str, Reading]:
        for number, reading in readings.items():
            code = reading.code if isinstance(reading, RefusalCode) else None
            problem = problem_with(number, str(reading), code)
            if problem:
                raise ValueError(problem)
        return readings

    def other(self, number: int) -> bool:
        """Tell whether row `number` of API §19 is read the other way."""
        return self.assumptions.get(str(number)) == "other"

    def third(self, number: int) -> bool:
        """Tell whether row `number` of API §19 is read the third way."""
        return self.assumptions.get(str(number)) == "third"

    def refusal_code(self, number: int, default: str = "General") -> str:
        """Return the code with which row `number` refuses."""
        reading = self.assumptions.get(str(number))
        return reading.code if isinstance(reading, RefusalCode) else default
