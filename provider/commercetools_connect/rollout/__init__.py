"""Rollout: one connector version across projects and regions, in waves. Planning only, pure.

- `inputs`: what a program writes;
- `merging`: a target's values over those that all share;
- `waves`: which targets go when;
- `checks`: what does not fit together, found before anything is declared;
- `openness`: which secret marks may stay where they are;
- `declaration`: what it is to those who write it in any language;
- `plan`: the resources that a program declares for it.

The component classes that declare them live in the front doors.
"""
