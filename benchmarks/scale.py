"""How much is measured: all of it, or just enough to know that the script works."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.hosts import Case

__all__ = ["FULL", "QUICK", "Scale"]


@dataclass(frozen=True)
class Scale:
    """Sizes and repetitions; seconds are those of real life.

    `waits` is how many waits there are at least, in all runs together, for each figure about how late they end.
    `estate` is how many deployments there are in one stack, and among how many stacks they are divided then.
    `factor` divides all intervals and durations of waits where real time passes.
    """

    factor: float
    sizes: tuple[int, ...]
    largest: tuple[int, ...]
    cost_sizes: tuple[int, ...]
    waits: int
    repeats: int
    error_rates: tuple[float, ...]
    error_size: int
    shortest_run: float
    longest_run: float
    ups: tuple[int, ...]
    parallel: tuple[int, ...]
    up_run: float
    growth: tuple[int, ...]
    rollouts: tuple[int, ...]
    estate: tuple[int, int]
    hosts: Case
    frontends: tuple[str, ...] = field(default=("plugin", "dynamic"))


FULL = Scale(
    factor=20,
    sizes=(1, 10, 50, 200),
    largest=(500, 1000),
    cost_sizes=(50, 500),
    waits=250,
    repeats=5,
    error_rates=(0.01, 0.05),
    error_size=50,
    shortest_run=60,
    longest_run=300,
    ups=(1, 10, 50, 200),
    parallel=(8, 50),
    up_run=20,
    growth=(1, 10, 100, 1000),
    rollouts=(24, 100),
    estate=(540, 15),
    hosts=Case(),
)

QUICK = Scale(
    factor=50,
    sizes=(),
    largest=(3,),
    cost_sizes=(2,),
    waits=2,
    repeats=1,
    error_rates=(0.2,),
    error_size=2,
    shortest_run=20,
    longest_run=40,
    ups=(2,),
    parallel=(8,),
    up_run=10,
    growth=(2,),
    rollouts=(2,),
    estate=(2, 2),
    hosts=Case(hosts=2, projects=2, deployments=2, limit=2, longest_run=90, outage=70, recovery=80),
    frontends=("plugin",),
)
"""Enough to know that the script works; its numbers say nothing."""
