"""Rollout: one connector version across projects and regions, in waves.

- `model`: what a program writes, and what it gets; `validation`: what does not fit together in it;
- `plan`: the resources that a program declares for it; `declare`: the walk that declares them;
- `progress`: the message of a rollout that was stopped.

`declare` works over a `Declarer`, which each frontend implements. All but `progress` is pure.
"""
