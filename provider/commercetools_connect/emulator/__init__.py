"""commercetools Connect in a box: the Connect HTTP API with state, time, trouble and a control interface.

    with Emulator() as emulator:
        emulator.url                                   # API and token endpoint
        emulator.admin.settings(clock="manual")        # everything of /__admin

The emulator is a reading of the API of its own; it shares no code with the provider. What no source says
about the API is listed in `assumptions`.
"""

from .app import create_app
from .client import Admin, ClientSpec, LogLineSpec, RepositorySpec
from .errors import AdminError
from .journal import JournalEntry
from .server import Emulator

__all__ = [
    "Admin",
    "AdminError",
    "ClientSpec",
    "Emulator",
    "JournalEntry",
    "LogLineSpec",
    "RepositorySpec",
    "create_app",
]
