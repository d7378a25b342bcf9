"""What holds for all tests."""

from __future__ import annotations

import signal

from hypothesis import settings

# A shell has what it starts in the background ignore Ctrl-C, and what that starts inherits it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says something about the machine, not about the code.
settings.register_profile("here", deadline=None)
settings.load_profile("here")
