"""The plugin's process around a fake core. Started by the tests.

`NETWORK=off` makes every look-up of a name and every connection that leaves this machine an error.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import fake_core  # type: ignore[import-not-found]  # it lies beside this file, which runs as a program

if os.environ.get("CORE", "fake") == "fake":
    sys.modules["commercetools_connect.resources.provider"] = fake_core

if os.environ.get("NETWORK") == "off":

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network in this test")

    socket.getaddrinfo = refuse  # type: ignore[assignment]  # every call gets an error
    socket.socket.connect = refuse  # type: ignore[method-assign]  # every call gets an error

if __name__ == "__main__":
    from commercetools_connect.frontends.plugin.main import main

    main()
