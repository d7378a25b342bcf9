"""When a gate may open, what has to be proven first, and the table that it passes on. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from commercetools_connect.contract.errors import quote_foreign
from commercetools_connect.contract.results import CheckFailure
from commercetools_connect.contract.values import Plain, PlainTree, Tree, reveal, same
from commercetools_connect.resources.rollout_gate.inputs import GateDeploymentInputs, RolloutGateInputs

__all__ = [
    "COLUMNS",
    "Unproven",
    "format_table",
    "in_order",
    "summarise",
    "what_to_prove",
    "why_shut",
    "without_result",
]

LIVE: Final = "Deployed"
"""The status of a deployment that runs (API §4.5)."""

COLUMNS: Final[Mapping[str, str]] = {
    "target": "TARGET",
    "project": "PROJECT",
    "region": "REGION",
    "wave": "WAVE",
    "fromTag": "FROM",
    "toTag": "TO",
    "status": "STATUS",
    "changedAt": "SINCE",
}
"""The members of a summary row, and their headings."""


def in_order(inputs: Tree) -> Tree:
    """Return the inputs with the deployments in the order of their targets: the program's means nothing."""
    deployments = inputs.get("deployments")
    if not isinstance(deployments, Sequence) or isinstance(deployments, str):
        return inputs
    names = [reveal(each.get("target")) if isinstance(each, Mapping) else None for each in deployments]
    if not all(isinstance(name, str) for name in names):
        return inputs
    ordered = [
        each for _, each in sorted(zip(map(str, names), deployments, strict=True), key=lambda pair: pair[0])
    ]
    return {**inputs, "deployments": ordered}


def without_result(inputs: Tree) -> tuple[CheckFailure, ...]:
    """Return a mistake for each deployment that shows nothing: it failed in this very run.

    Only an engine that goes on after errors asks for the gate then; others stop before.
    """
    plain = reveal(inputs)
    listed = _objects(plain.get("deployments")) if isinstance(plain, Mapping) else []
    return tuple(
        CheckFailure(
            ("deployments", position),
            f"{each['target']} has no result, so the wave does not run the tag as a whole; later waves have not "
            "been touched",
        )
        for position, each in enumerate(listed)
        if isinstance(each.get("target"), str)
        and all(each.get(name) is None for name in ("status", "deployedTag"))
    )


def why_shut(inputs: RolloutGateInputs) -> str:
    """Return why the gate has to stay shut, naming who runs the old tag and who the new; `""` if it need not."""
    behind = [each for each in inputs.deployments if not _is_live(each, inputs.connector_tag)]
    if not behind:
        return ""
    ahead = [each.target for each in inputs.deployments if each not in behind]
    found = "; ".join(
        f"{each.target} runs {quote_foreign(each.deployed_tag) or 'nothing'} ({quote_foreign(each.status)})"
        for each in behind
    )
    reached = f"; {inputs.connector_tag} runs in {', '.join(ahead)}" if ahead else ""
    return f"{found}{reached}"


@dataclass(frozen=True)
class Unproven:
    """What a gate does not know yet: whether the wave has to bake, and which targets have to be checked."""

    bakes: bool
    targets: frozenset[str]


def what_to_prove(held: Tree, inputs: Tree) -> Unproven:
    """Return what must be proven before the gate opens (again).

    Another tag, trigger or build concerns the whole wave. A target that joined is checked by itself and bakes
    nothing: what others wait for runs already. Who left, and other waiting times or checks, change nothing.
    """
    before = _builds(reveal(held.get("deployments")))
    now = _builds(reveal(inputs.get("deployments")))
    is_same = all(same(held.get(name), inputs.get(name)) for name in ("connectorTag", "triggers"))
    if not before or not is_same or any(now[target] != before[target] for target in now.keys() & before.keys()):
        return Unproven(bakes=True, targets=frozenset(now))
    return Unproven(bakes=False, targets=frozenset(now.keys() - before.keys()))


def summarise(inputs: RolloutGateInputs, held: Tree, now: str) -> list[PlainTree]:
    """Return the rows of earlier waves and of this one.

    `held` are the gate's outputs so far: a target whose tag is still the same keeps its row.
    """
    before = {str(row.get("target")): row for row in _objects(reveal(held.get("summary")))}
    rows: list[PlainTree] = [row.model_dump(by_alias=True) for row in inputs.previous]
    for each in inputs.deployments:
        known = before.get(each.target, {})
        is_same = known.get("toTag") == each.deployed_tag
        rows.append(
            {
                "target": each.target,
                "project": each.project,
                "region": each.region,
                "wave": inputs.wave,
                "fromTag": known.get("fromTag" if is_same else "toTag") or "",
                "toTag": each.deployed_tag,
                "status": each.status,
                "changedAt": known.get("changedAt") if is_same else now,
            }
        )
    return rows


def format_table(rows: Sequence[PlainTree]) -> list[str]:
    """Return the rows as lines in columns, safe to print."""
    lines = [list(COLUMNS.values())]
    lines += [[quote_foreign(str(row.get(name) or "-")) for name in COLUMNS] for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]


def _is_live(deployment: GateDeploymentInputs, tag: str) -> bool:
    return deployment.status == LIVE and deployment.deployed_tag == tag


def _builds(deployments: Plain) -> dict[str, tuple[Plain, Plain]]:
    return {
        str(each.get("target")): (each.get("deployedTag"), each.get("buildId")) for each in _objects(deployments)
    }


def _objects(value: Plain) -> list[PlainTree]:
    listed = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [each for each in listed if isinstance(each, Mapping)]
