"""Every input of every resource, with every kind of bad value."""
