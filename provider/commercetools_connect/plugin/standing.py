"""How far a rollout has come, for the message of one that does not come through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, cast

from commercetools_connect.api import ByKey
from commercetools_connect.api.errors import NotFoundError
from commercetools_connect.contract.errors import ProviderError, RunFailedError, quote_foreign
from commercetools_connect.contract.values import Tree, Value, reveal
from commercetools_connect.resources.provider import Provider
from commercetools_connect.rollout.plan import RolloutPlan, TargetPlan

__all__ = ["Standing"]

TIME_FOR_READING: Final = 1.0
"""Seconds for all reads together: the engine waits for the message, and a Ctrl-C for the engine."""


class Standing:
    """Who runs what. It only listens to the rollout, until it is asked for a message."""

    def __init__(self, name: str, tag: Value, plan: RolloutPlan, derive_key: Callable[[str], str]) -> None:
        """Begin with nothing done; `derive_key` gives the key of a deployment whose target names none."""
        self._name = name
        self._tag = tag
        self._plan = plan
        self._derive_key = derive_key
        self._wave = ""
        self._done: list[str] = []
        self._begun: list[str] = []

    def wave_begins(self, name: str) -> None:
        """Note that a wave begins, so all before are through."""
        self._wave = name

    def begins(self, target: TargetPlan) -> None:
        """Note that a target's deployment has been asked for."""
        self._begun.append(target.name)

    def is_done(self, target: TargetPlan) -> None:
        """Note that a target runs what it should."""
        self._done.append(target.name)

    async def stopped(self) -> ProviderError:
        """Return the error that says who runs what; asks where it cannot be known, for a second at most."""
        behind = [target for wave in self._plan.waves for target in wave.targets if target.name not in self._done]
        running = await _read(behind, self._key)
        begun = [each for each in behind if each.name in self._begun]
        waiting = [each for each in behind if each.name not in self._begun]
        lines = [
            f"rollout {self._name} stopped {f'in wave {self._wave}' if self._wave else 'before its first wave'}.",
            *_line(f"run {_shown(self._tag)}", self._done),
            *_line("failed, or were under way", [_with_tag(each, running) for each in begun]),
            *_line("have not been touched", [_with_tag(each, running) for each in waiting]),
        ]
        return RunFailedError(
            "\n".join(lines), "Repair what failed and run `pulumi up` again: it goes on from there."
        )

    def _key(self, target: TargetPlan) -> str:
        own = reveal(cast("Tree", target.deployment).get("key"))
        return str(own or self._derive_key(target.resource))


def _shown(tag: Value) -> str:
    return quote_foreign(tag) if isinstance(tag, str) else "the tag"


def _line(what: str, targets: Sequence[str]) -> list[str]:
    return [f"  {what}: {', '.join(targets)}"] if targets else []


def _with_tag(target: TargetPlan, running: dict[str, str]) -> str:
    return f"{target.name} ({running[target.name]})" if target.name in running else target.name


async def _read(targets: Sequence[TargetPlan], key: Callable[[TargetPlan], str]) -> dict[str, str]:
    """Return what targets run, in words, of those that answer in time."""
    if not targets:
        return {}
    reads = {asyncio.create_task(_read_one(each, key(each))): each.name for each in targets}
    done, late = await asyncio.wait(reads, timeout=TIME_FOR_READING)
    for each in late:
        each.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return {reads[each]: each.result() for each in done if each.result()}


async def _read_one(target: TargetPlan, key: str) -> str:
    """Return what a target runs, `""` where that cannot be told: this is beside the point, and must not fail."""
    access = cast("Tree", target.provider)
    try:
        provider = Provider.configure(access, {})
    except ProviderError:
        return ""
    try:
        client = provider.session.client
        deployment = await client.get_deployment(str(reveal(access["projectKey"])), ByKey(key))
    except NotFoundError:
        # Under a key that was derived from an earlier name there may well be one.
        return "nothing" if "key" in cast("Tree", target.deployment) and not target.aliases else ""
    except (ProviderError, ValueError):
        return ""
    finally:
        await provider.aclose()
    return f"{quote_foreign(deployment.connector.repository.tag)}, {quote_foreign(deployment.status)}"
