"""Hostile answers of a server, or of an attacker in its place: reported or tolerated, never harmful."""
