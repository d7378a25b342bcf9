"""Programs a user can run; each is run by a test."""
