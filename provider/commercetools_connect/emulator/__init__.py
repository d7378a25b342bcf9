"""commercetools Connect emulator: the Connect HTTP API with state, time, trouble and a control interface.

    with Emulator() as emulator:
        emulator.url                                   # API and token endpoint
        emulator.admin.settings(clock="manual")        # everything of /__admin

The emulator is a reading of the API of its own; it shares no code with the provider. What no source says
about the API is listed in `assumptions`.
"""

from commercetools_connect.emulator.app import create_app
from commercetools_connect.emulator.client import Admin, ClientSpec, LogLineSpec, RepositorySpec, ScriptSpec
from commercetools_connect.emulator.errors import AdminError
from commercetools_connect.emulator.journal import JournalEntry
from commercetools_connect.emulator.server import Emulator

__all__ = [
    "Admin",
    "AdminError",
    "ClientSpec",
    "Emulator",
    "JournalEntry",
    "LogLineSpec",
    "RepositorySpec",
    "ScriptSpec",
    "create_app",
]
