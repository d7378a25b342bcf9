"""What tests make once and keep outside the checkout."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

__all__ = ["kept"]


def kept(name: str, recipe: bytes, fill: Callable[[Path], object]) -> Path:
    """Return a folder outside the checkout that `fill` has filled once for this recipe, complete or not at all."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    home = (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "commercetools-connect"
    final = home / f"{name}-{hashlib.sha256(recipe).hexdigest()[:12]}"
    if not final.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".new-{final.name}-", dir=home))
        try:
            fill(work)
            if not final.is_dir():  # another process may have been quicker
                work.rename(final)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return final
