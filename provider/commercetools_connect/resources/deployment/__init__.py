"""A running installation of a connector (API §4.6, §4.7, §6, §8.2)."""
