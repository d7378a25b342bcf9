"""What a person sends from the page, read into what the control calls take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import parse_qs

from commercetools_connect.emulator.entities import Outcome
from commercetools_connect.emulator.errors import AdminError
from commercetools_connect.emulator.faults import FaultRule
from commercetools_connect.emulator.json_values import Json
from commercetools_connect.emulator.model import InvalidShapeError, parse_value
from commercetools_connect.emulator.outcomes import Lifecycle, ScriptedOutcome

Form = Mapping[str, str]

LIFECYCLES: Sequence[str] = get_args(Lifecycle)
OUTCOMES: Sequence[str] = get_args(Outcome)
METHODS = ("GET", "POST", "DELETE")
MAX_STEP = 366 * 24 * 3600
_MAX_BYTES = 64 * 1024


class FormError(ValueError):
    """What a person wrote cannot be; the text says what is wrong with which field."""


@dataclass(frozen=True)
class FaultKind:
    """A kind of trouble; `unit` names the number that it needs, if any, `member` where the number goes."""

    name: str
    label: str
    member: str
    unit: str | None = None
    value: Json = None
    others: tuple[tuple[str, Json], ...] = ()


FAULT_KINDS: Sequence[FaultKind] = (
    FaultKind("status", "Answer a status instead", "status", "status"),
    FaultKind("status-after", "Do it, but answer a status", "status", "status", others=(("when", "after"),)),
    FaultKind("html", "A gateway's HTML page (502)", "html", value=True),
    FaultKind("drop-before", "Drop the connection before doing it", "drop", value="before"),
    FaultKind("drop-after", "Do it, then drop the connection", "drop", value="after"),
    FaultKind("truncate", "Half of the answer", "truncate", value=True),
    FaultKind("slow", "Answer late", "slow", "seconds"),
    FaultKind("stale", "Old state in GETs", "stale", "seconds"),
    FaultKind("garbage", "A mangled answer", "garbage", "seed"),
)


def parse_form(content_type: str, body: bytes) -> Form:
    """Read the body of a form; raise `AdminError` if it is none. Of a field given twice the last counts."""
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise AdminError("a form of the page is application/x-www-form-urlencoded", 415)
    if len(body) > _MAX_BYTES:
        raise AdminError("the form is too big", 413)
    fields = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
    return {name: values[-1].strip() for name, values in fields.items()}


def outcome_from(form: Form) -> ScriptedOutcome:
    """Return the outcome to script."""
    body: dict[str, Json] = {
        "lifecycle": form.get("lifecycle"),
        "key": form.get("key"),
        "outcome": form.get("outcome"),
        "times": _whole(form, "times", 1),
        "project": form.get("project") or None,
    }
    try:
        return parse_value(ScriptedOutcome, body)
    except InvalidShapeError as error:
        raise FormError(str(error)) from None


def fault_from(form: Form) -> FaultRule:
    """Return the fault to arm."""
    kind = next((each for each in FAULT_KINDS if each.name == form.get("kind")), None)
    if kind is None:
        raise FormError("kind: choose one")
    value = kind.value if kind.unit is None else _number(form, "value", kind.unit)
    body: dict[str, Json] = {
        "method": form.get("method") or None,
        "path": form.get("path") or None,
        "times": _whole(form, "times", 1),
        "skip": _whole(form, "skip", 0),
        "fault": {kind.member: value, **dict(kind.others)},
    }
    try:
        return parse_value(FaultRule, body)
    except InvalidShapeError as error:
        raise FormError(str(error)) from None


def seconds_from(form: Form) -> float:
    """Return by how much to move the clock."""
    seconds = _number(form, "seconds", "seconds")
    if not 0 < seconds <= MAX_STEP:
        raise FormError(f"seconds: more than 0, and at most {MAX_STEP} (366 days)")
    return seconds


def mode_from(form: Form) -> Literal["real", "manual"]:
    """Return how the clock is to go on."""
    return "manual" if form.get("mode") == "manual" else "real"


def _whole(form: Form, name: str, default: int) -> int:
    text = form.get(name) or str(default)
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(MAX_STEP)):
        raise FormError(f"{name}: a whole number, please")
    return int(text)


def _number(form: Form, name: str, unit: str) -> float | int:
    text = form.get(name, "")
    if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_STEP)):
        return int(text)
    try:
        return float(text) if unit == "seconds" else int(text)
    except ValueError:
        raise FormError(f"{name}: a number is needed here ({unit})") from None
