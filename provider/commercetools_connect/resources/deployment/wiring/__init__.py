"""Wiring of a Deployment: the Extensions that call its applications, the Subscriptions that feed them."""
