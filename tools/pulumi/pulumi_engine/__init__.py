"""Ways to a Pulumi CLI ("engine") for the tests and the demo; ``engine.py`` puts them in order."""
