"""The measured numbers for people: `docs/performance.md`, and the same tables on the terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

__all__ = ["document", "goals", "tables"]

Row = Mapping[str, Any]

WAIT_HEAD: Final = (
    *("contender", "waits", "errors", "late: mean", "p95", "max"),
    *("calls", "calls/s", "wrong", "down"),
)

HELD: Final = "yes"

ESTATE_SHARE: Final = 1.2
REFRESH_SHARE: Final = 1.5
"""How much longer than the engine alone a refresh may take."""

ROLLOUT_GOALS: Final = {"share": 1.3, "processes": 6, "mebibytes": 300}
"""What a run of a Rollout without changes may take: times plain deployments; processes and memory at most."""

PAGE: Final = 500
"""Deployments on one page of the list; what is promised of lags is promised up to it."""

ADVICE: Final = """\
## What to set for a large rollout

- **`pulumi up --parallel 64`** (or more). The engine runs four operations per CPU at once, eight on two cores.
  An operation lasts until its deployment is live. So 200 deployments of five minutes take 25 rounds of eight,
  about two hours, but four rounds of 64. The calls to Connect do not grow: one list every 4.5 seconds serves
  all waits.
- **Either frontend.** The table of `up` shows similar times. A dynamic resource uses a thread of Pulumi's
  Python process while it waits, and does not react to Ctrl-C. A `Rollout` of many targets is one process in
  both ([rollout.md](rollout.md)).
- **`pulumi refresh` makes few calls.** The provider reads the first resource by its id. If a second one
  follows, it reads the list, which serves all reads of the next five seconds, and longer if it took long.
- **One stack per project and region** keeps runs short. The engine writes its whole state after each step, so one
  create of a thousand resources takes longer than ten of a hundred.
"""

METHOD: Final = """\
## How it was measured

`make bench` writes this page, its pictures and `benchmarks/results.json` on one machine, against the emulator.
What a table compares was measured in one run, side by side; `make bench PARTS="growth estate"` measures single
parts again. Numbers are medians. The JSON file has minimum, maximum and the number of runs.

- *Waiting* is measured on virtual time. Contenders and emulator share one event loop whose clock jumps to the
  next timer. So intervals and durations are real, and the speed of this machine has no influence. Each call
  takes 50 ms. A run takes between one and five minutes, and one run in ten fails.
- *What it takes of a machine* and *`pulumi up`* are measured with real processes on real time. All intervals and
  durations of waits are divided by {factor} there.
- The other contenders get more than they have: one process with one pool of connections and one token, instead
  of a process for each wait. The official CLI reads for the first time after an interval, when no run is
  `Queued` any more. It takes every status except `Deploying` for the end.
- An outcome is *wrong* if it is not true at that moment: a success before the deployment is live, a failure of a
  deployment that goes live, an end that is too early. *Errors* are answers 503 to random GETs.
- *Engine alone* is the same number of resources of a provider that does nothing; for a refresh, with {alone}.
- This machine: {machine}. The load average at the start and the end of each part is in the JSON file; it was
  between {load}. Other work ran on it, too.
"""


def document(results: Row) -> str:
    """Return the page."""
    parts = [
        "# Performance",
        "",
        "Read this page before you run hundreds of deployments, or if you compare tools. All figures are measured",
        "on the emulator.",
        "",
        "<!-- Written by `make bench` from benchmarks/results.json. -->",
        "",
        *tables(results),
        "![How late an end is noticed, against the calls it takes](performance-lag.svg)",
        "",
        "![What a run of the engine takes, against the number of deployments](performance-size.svg)",
        "",
        _where_the_engine_is_the_limit(results),
        ADVICE,
        _method(results),
    ]
    return "\n".join(parts).rstrip() + "\n"


def tables(results: Row) -> list[str]:
    """Return all tables, in lines."""
    return [
        "## What is promised",
        "",
        *_table(("what", "to hold", "measured", "held"), goals(results)),
        *_why_not(results),
        "## Waiting, side by side",
        "",
        *_table(WAIT_HEAD, (_wait_cells(row) for row in results["waits"])),
        "*Late* is in seconds: the time between the end of a run and its notice. *Calls* are those of all waits",
        "together. *Down* is the time between the end of the old deployment and the start of the new one, which",
        "has new URLs.",
        "",
        "## What it takes of a machine",
        "",
        *_table(
            ("contender", "waits", "CPU seconds", "% of a core", "peak MiB", "emulator's CPU seconds"),
            (_cost_cells(row) for row in results["costs"]),
        ),
        "## `pulumi up`",
        "",
        *_table(
            ("frontend", "deployments", "`--parallel`", "seconds", "engine alone", "run", "no changes", "calls"),
            (_up_cells(row) for row in results["ups"]),
        ),
        "*Run* is the time that each deployment takes at the server. An `up` without changes makes no call.",
        "",
        "## Preview, no changes, refresh",
        "",
        *_table(
            ("deployments", "preview", "no changes", "calls", "refresh", "engine alone", "lists", "all calls"),
            (_growth_cells(row) for row in results["growth"]["rows"]),
        ),
        _exponents(results["growth"]["exponents"]),
        "",
        *_estates(results),
    ]


def _estates(results: Row) -> list[str]:
    """Return the tables of many projects, if they were measured."""
    lines: list[str] = []
    if rollouts := results.get("rollouts"):
        head = ("form", "projects", "create", "no changes", "refresh", "destroy", "processes", "MiB")
        lines += ["## A Rollout beside plain Deployments", "", *_table(head, map(_rollout_cells, rollouts))]
    if estate := results.get("estate"):
        steps = ("form", "checkpoints", "create", "no changes", "new tag", "destroy", "kB of state each")
        size = estate[0]["deployments"]
        lines += [
            f"## One stack of {size} deployments",
            "",
            *_table(steps, map(_estate_cells, estate)),
            "Seconds, on a self-managed backend; in brackets the processor seconds of engine and provider, which",
            "depend less on other work of the machine. *Engine alone* is a provider that answers after the same",
            "seconds with properties of the same size. Of many stacks, as many run at once as there are cores.",
            "Without checkpoints the engine does not write the state after each step: a measurement, and no way",
            "to work.",
            "",
        ]
    if hosts := results.get("hosts"):
        columns = ("pollers", "waits", "late: mean", "p95", "max", "calls/s and host", "refused", "wrong", "MiB")
        lines += [
            "## Hosts that limit the rate of calls",
            "",
            *_table(columns, map(_host_cells, hosts)),
            "1,000 projects on 5 hosts, each with a limit of 20 calls a second and 1 % errors. One host does not",
            "answer for ten minutes; lateness counts from its recovery there. Time is virtual.",
            "",
        ]
    return lines


def _rollout_cells(row: Row) -> tuple[str, ...]:
    steps = ("create", "no change", "refresh", "destroy")
    seconds = (_median(row["seconds"][step], 1) for step in steps)
    return row["form"], str(row["projects"]), *seconds, str(row["processes"]), str(row["mebibytes"])


def _estate_cells(row: Row) -> tuple[str, ...]:
    seconds = (_estate_seconds(row, step) for step in ("create", "no change", "new tag", "destroy"))
    size = f"{row['kilobytes']:g}" if "kilobytes" in row else ""
    return row["form"], "yes" if row["checkpoints"] else "no", *seconds, size


def _estate_seconds(row: Row, step: str) -> str:
    """Return the time of a step, and in brackets the processor time if it was measured."""
    cpu = row.get("cpu_seconds", {}).get(step)
    return _median(row["seconds"][step], 1) + (f" ({_median(cpu, 1)})" if cpu else "")


def _host_cells(row: Row) -> tuple[str, ...]:
    late = (f"{row[name]:g} s" for name in ("lag_mean", "lag_p95", "lag_max"))
    refused = f"{row['refused_percent']:g} %"
    return (
        "share the limit of a host" if row["shared"] else "each for itself",
        f"{row['waits']:,}",
        *late,
        f"{row['calls_per_second_and_host']:g}",
        refused,
        str(row["wrong"]),
        str(row["mebibytes"]),
    )


def goals(results: Row) -> list[tuple[str, ...]]:
    """Return what is to hold, what was measured, and whether it holds."""
    limits, growth = results["limits"], results["growth"]["rows"][-1]
    ours = [row for row in results["waits"] if row["contender"] == "ours" and not row["error_rate"]]
    costs = [row for row in results["costs"] if row["contender"] == "ours"]
    promised = [row for row in ours if row["deployments"] <= PAGE]
    many, large = promised[-1], max(costs, key=lambda row: int(row["deployments"]))
    per_500 = max(row["calls_per_second"]["median"] / -(-row["deployments"] // PAGE) for row in ours)
    size, waits = many["deployments"], large["deployments"]
    no_op = max(row["no_op_calls"] for row in [*results["ups"], *results["growth"]["rows"]])
    big, alone = growth["deployments"], growth["engine_refresh_seconds"]["median"]
    measured = [
        ("plugin start → port", 0.4, limits["port_seconds"]["median"], "s"),
        ("plugin idle", 80, limits["idle_mib"]["median"], "MiB"),
        (
            f"late, mean, 1 to {size:,} waits",
            2.5,
            max(row["lag_pooled"]["mean"] for row in promised),
            "s",
        ),
        (f"late, p95, 1 to {size:,} waits", 5, max(row["lag_pooled"]["p95"] for row in promised), "s"),
        ("calls for each 500 waits of a project", 0.3, per_500, "calls/s"),
        (f"memory, {waits} waits", 120, large["peak_mib"]["median"], "MiB"),
        (f"CPU, {waits} waits", 5, large["percent_of_a_core"]["median"], "% of a core"),
        ("calls, `up` without changes", 0, no_op, "calls"),
        (
            f"refresh of {big:,}, 50 ms away",
            REFRESH_SHARE,
            growth["refresh_seconds"]["median"] / alone,
            "times the engine alone",
        ),
        (f"refresh of {big:,}, lists", 20, growth["refresh_list_calls"], "calls"),
        *_redaction_goals(results),
        *_rollout_goals(results),
        *_estate_goals(results),
    ]
    return [
        (what, f"≤ {_number(hold)} {unit}", f"{_number(value)} {unit}", HELD if value <= hold else "**no**")
        for what, hold, value, unit in measured
    ]


def _redaction_goals(results: Row) -> list[tuple[str, float, float, str]]:
    """Return the goals of redaction; results of earlier benches have none."""
    measured = results.get("redaction")
    if not measured:
        return []
    what = "redaction of 2 MB, secrets of 1 MB and 200 of 40 characters"
    return [
        (what, 0.3, measured["seconds"]["median"], "s"),
        (f"{what}, memory", 50, measured["peak_mb"], "MB"),
        (f"{what}, beside `str.replace` for each form", 1, measured["ratio"], "times"),
    ]


def _estate_goals(results: Row) -> list[tuple[str, float, float, str]]:
    forms = {row["form"]: row for row in results.get("estate", ()) if row["checkpoints"]}
    if not forms:
        return []
    ours, alone = (forms[form] for form in ("one stack", "engine alone"))
    return [
        (
            f"{ours['deployments']} deployments, {step}, {what}",
            ESTATE_SHARE,
            ours[name][step]["median"] / alone[name][step]["median"],
            "times the engine alone",
        )
        for step in ("create", "new tag")
        for what, name in (("time", "seconds"), ("processor time", "cpu_seconds"))
    ]


def _rollout_goals(results: Row) -> list[tuple[str, float, float, str]]:
    """Return the goals of each size of a Rollout; results of earlier benches have none."""
    rows = {(row["form"], row["projects"]): row for row in results.get("rollouts") or ()}
    goals_of_all: list[tuple[str, float, float, str]] = []
    for size in sorted({projects for _, projects in rows}):
        ours, plain = rows["rollout", size], rows["plain", size]
        share = ours["seconds"]["no change"]["median"] / plain["seconds"]["no change"]["median"]
        what = f"`Rollout` of {size:,} targets"
        goals_of_all += [
            (f"{what}, `up` without changes", ROLLOUT_GOALS["share"], share, "times plain deployments"),
            (f"{what}, processes", ROLLOUT_GOALS["processes"], ours["processes"], "processes"),
            (f"{what}, memory", ROLLOUT_GOALS["mebibytes"], ours["mebibytes"], "MiB"),
        ]
    return goals_of_all


def _why_not(results: Row) -> list[str]:
    """Return what stands in the way of each goal that is not held, as far as it was measured."""
    limits, growth = results["limits"], results["growth"]["rows"][-1]
    refresh, alone = _median(growth["refresh_seconds"]), _median(growth["engine_refresh_seconds"])
    reasons = {
        "refresh": f"it takes {refresh} s, and the engine alone {alone} s for as many resources with "
        f"{_alone(results)}.",
        "late, mean": "one list every 4.5 seconds is late by half of that on average, and by the call itself.",
        "plugin start": f"a start of Python with gRPC takes {_median(limits['bare_python_seconds'])} s here.",
    }
    lines = [
        f"- *{what}*: {reason}"
        for what, *_, held in goals(results)
        for begin, reason in reasons.items()
        if held != HELD and what.startswith(begin)
    ]
    return ["Why not:", "", *lines, ""] if lines else []


def _wait_cells(row: Row) -> tuple[str, ...]:
    return (
        row["contender"],
        f"{row['deployments']:,}",
        f"{row['error_rate']:.0%}",
        *(
            "-" if row["lag_pooled"] is None else _number(row["lag_pooled"][name])
            for name in ("mean", "p95", "max")
        ),
        _number(float(sum(count["median"] for count in row["calls"].values())), 0),
        _median(row["calls_per_second"]),
        f"{row['wrong_share']['median']:.0%}",
        "" if row["outage_mean"] is None else f"{row['outage_mean']:.0f} s",
    )


def _cost_cells(row: Row) -> tuple[str, ...]:
    names = ("cpu_seconds", "percent_of_a_core", "peak_mib", "emulator_cpu_seconds")
    return (row["contender"], str(row["deployments"]), *(_median(row[name]) for name in names))


def _up_cells(row: Row) -> tuple[str, ...]:
    return (
        row["frontend"],
        str(row["deployments"]),
        str(row["parallel"]),
        _median(row["seconds"]),
        _median(row["engine_alone_seconds"]),
        _number(row["run_seconds"]),
        _median(row["no_op_seconds"]),
        ", ".join(f"{_median(count)} {kind}" for kind, count in row["calls"].items()),
    )


def _growth_cells(row: Row) -> tuple[str, ...]:
    return (
        f"{row['deployments']:,}",
        _median(row["preview_seconds"]),
        _median(row["no_op_seconds"]),
        str(row["no_op_calls"]),
        _median(row["refresh_seconds"]),
        _median(row["engine_refresh_seconds"]),
        str(row["refresh_list_calls"]),
        str(row["refresh_calls"]),
    )


def _exponents(fits: Mapping[str, float]) -> str:
    said = ", ".join(
        f"{name.removesuffix('_seconds').replace('_', ' ')} N^{value:g}" for name, value in fits.items()
    )
    return f"From ten deployments on, time grows like: {said}." if said else ""


def _where_the_engine_is_the_limit(results: Row) -> str:
    rows = [row for row in results["ups"] if row["frontend"] == "plugin"]
    size = max(row["deployments"] for row in rows)
    lines = [
        f"- {row['deployments']} deployments with `--parallel {row['parallel']}` wait in "
        f"{-(-row['deployments'] // row['parallel'])} rounds of {_number(row['run_seconds'])} s: at least "
        f"{_number(-(-row['deployments'] // row['parallel']) * row['run_seconds'])} s. Measured: "
        f"{_median(row['seconds'])} s."
        for row in rows
        if row["deployments"] == size
    ]
    limits = results["limits"]
    return "\n".join(
        [
            "## Where the engine is the limit",
            "",
            "The engine runs as many operations at once as `--parallel` says. Each of them lasts as long as",
            "the run of its deployment. An `up` takes this time, and the engine's own work for each resource:",
            "",
            *lines,
            "",
            f"One call takes {_median(limits['round_trip_seconds'], 4)} s here. A start of Python that loads gRPC",
            f"takes {_median(limits['bare_python_seconds'])} s. The plugin opens its port after",
            f"{_median(limits['port_seconds'])} s, and gives the first answer after",
            f"{_median(limits['configured_seconds'])} s.",
            "",
        ]
    )


def _method(results: Row) -> str:
    loads = [load for measured in results["load"].values() for load in measured]
    load = f"{min(loads):.1f} and {max(loads):.1f}"
    factor = results["factor"]
    return METHOD.format(factor=_number(factor), alone=_alone(results), machine=results["machine"], load=load)


def _alone(results: Row) -> str:
    return str(results["growth"].get("alone", "states of one small value"))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [*(f"| {' | '.join(line)} |" for line in lines), ""]


def _median(found: Mapping[str, float] | None, digits: int = 2) -> str:
    return "-" if found is None else _number(found["median"], digits)


def _number(value: float, digits: int = 2) -> str:
    text = f"{value:,.{digits}f}" if isinstance(value, float) else f"{value:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text
