"""Stacks that releases have left behind; today's code has to go on with them."""
