"""httpx, without its command line program.

`import httpx` tries to import that program, and with it click, rich and pygments where they are installed: a third
of a second in every start of a provider, which has no command line. Everything here imports httpx after this.
"""

from __future__ import annotations

import sys

PROGRAM = "httpx._main"

if "httpx" not in sys.modules:
    # how Python says that a module cannot be imported; httpx then does without it
    sys.modules[PROGRAM] = None  # type: ignore[assignment]  # typeshed knows modules only
    try:
        import httpx  # noqa: F401 - to have it loaded
    finally:
        del sys.modules[PROGRAM]
