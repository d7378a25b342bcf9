"""The published description of the Connect HTTP API, as schemas that hold the emulator and the client."""
