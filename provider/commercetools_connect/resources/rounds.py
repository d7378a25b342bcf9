"""How often, and after how long, a request is made again that had no effect or whose answer was lost."""

from __future__ import annotations

from typing import Final

__all__ = ["MAX_ROUNDS", "PAUSE"]

MAX_ROUNDS: Final = 6
"""How often it is decided anew before it is given up: validation steps bump versions on their own (API §10)."""

PAUSE: Final = 1.0
"""Seconds before it is made again."""
