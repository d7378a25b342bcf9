"""Dynamic frontend: resources for Python programs, without a plugin."""
