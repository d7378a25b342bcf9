"""A draft made available at a tag (API §8.1)."""
