"""Types and helpers that all layers share."""
