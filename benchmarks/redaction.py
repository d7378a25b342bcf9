"""What redaction costs: one secret of 1 MB and 200 of 40 characters in a report of 2 MB, beside `str.replace`."""

from __future__ import annotations

import random
import string
import time
import tracemalloc
from typing import Any, Final

from benchmarks.scale import Scale
from benchmarks.stats import spread
from commercetools_connect.api.redaction import MASK, Redactor, encoded_forms

__all__ = ["measure_redaction"]

ALPHABET: Final = string.ascii_letters + string.digits + '/+ =&"\n'
LARGE: Final = 1_000_000
SMALL: Final = 40
MANY: Final = 200
REPORT: Final = 2_000_000
MEGA: Final = 1_000_000


def measure_redaction(scale: Scale, say: Any) -> dict[str, Any]:
    """Return CPU seconds and memory of ours, those of `str.replace` for each form, and the ratio."""
    secrets = _secrets()
    text = _report(secrets)
    ours, naive = [], []
    for _ in range(scale.repeats):
        ours.append(_timed(lambda: Redactor(secrets).redact(text)))
        naive.append(_timed(lambda: _replaced(secrets, text)))
    tracemalloc.start()
    Redactor(secrets).redact(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    ratio = min(ours) / min(naive)
    say(f"redaction: {min(ours):.2f} s, {peak / MEGA:.0f} MB, {ratio:.2f} x str.replace")
    return {
        "seconds": spread(ours),
        "naive_seconds": spread(naive),
        "ratio": round(ratio, 2),
        "peak_mb": peak / MEGA,
    }


def _secrets() -> list[str]:
    chance = random.Random(1)  # noqa: S311 - repeatable, not secret
    return ["".join(chance.choices(ALPHABET, k=size)) for size in (LARGE, *[SMALL] * MANY)]


def _report(secrets: list[str]) -> str:
    """Return a report that holds the large secret, and each form of each small one once."""
    forms = [form for secret in secrets[1:] for form in encoded_forms(secret)]
    text = " report line\n".join([secrets[0], *forms])
    return text + "built a layer " * ((REPORT - len(text)) // len("built a layer "))


def _replaced(secrets: list[str], text: str) -> str:
    for secret in secrets:
        for form in encoded_forms(secret):
            text = text.replace(form, MASK)
    return text


def _timed(work: Any) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
