"""Frontends: the dynamic provider for Python programs, and the plugin for every language."""
