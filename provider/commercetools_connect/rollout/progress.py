"""Message of a rollout that was stopped: which targets run what, read from Connect where the walk cannot know."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from commercetools_connect.api import ByKey, Deployment
from commercetools_connect.api.errors import NotFoundError
from commercetools_connect.core.concurrency import cancel_and_wait
from commercetools_connect.core.errors import ProviderError, RunFailedError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.values import PropertyMap, PropertyValue, unwrap_secrets
from commercetools_connect.resources.connections import Connections
from commercetools_connect.resources.keys import is_derived
from commercetools_connect.rollout.declare import RolloutProgress
from commercetools_connect.rollout.plan import TargetPlan

TIME_FOR_READING: Final = 1.0
"""Seconds for all reads together: the engine waits for the message, and a Ctrl-C for the engine."""


@dataclass(frozen=True)
class StoppedRollout:
    """A rollout that has ended before its last gate; `project` and `stack` are Pulumi's.

    - `default_keys`: the key of each deployment as its provider derives it, by the name of the resource.
    - `connections`: those of the process, `None` before it is configured.
    """

    name: str
    tag: object
    progress: RolloutProgress
    project: str
    stack: str
    default_keys: Mapping[str, str]
    connections: Connections | None

    async def error(self) -> ProviderError:
        """Return the error that says which targets run what; reads for a second at most."""
        done, wave = self.progress.done, self.progress.wave
        targets = [target for each in self.progress.plan.waves for target in each.targets]
        behind = [target for target in targets if target.name not in done]
        names = self.project, self.stack
        keys = self.default_keys
        questions = [Question(each, *names, keys.get(each.resource, "")) for each in behind]
        running = await _read(questions, self.connections)
        shown = {
            each.name: f"{each.name} ({running[each.name]})" if each.name in running else each.name
            for each in behind
        }
        begun = [shown[each.name] for each in behind if each.name in self.progress.begun]
        waiting = [shown[each.name] for each in behind if each.name not in self.progress.begun]
        tag = escape_untrusted(self.tag) if isinstance(self.tag, str) else "the tag"
        lines = [
            f"rollout {self.name} stopped {f'in wave {wave}' if wave else 'before its first wave'}.",
            *_line(f"run {tag}", done),
            *_line("failed, or were under way", begun),
            *_line("have not been touched", waiting),
        ]
        remedy = "Repair what failed and run `pulumi up` again: it goes on from there."
        return RunFailedError("\n".join(lines), remedy)


@dataclass(frozen=True)
class Question:
    """Which deployment to look at; `default_key` is empty for one that was not declared yet."""

    target: TargetPlan
    project: str
    stack: str
    default_key: str

    @property
    def explicit_key(self) -> str:
        """The key that the program names, empty where it names none."""
        own = unwrap_secrets(cast("PropertyMap", self.target.deployment).get("key"))
        return own if isinstance(own, str) else ""

    def choose(self, deployments: Sequence[Deployment]) -> Deployment | None:
        """Return the one of a project that is the target's, `None` where the keys do not show which it is.

        A key that stays in a state may be derived from another id, or from names alone.
        """
        alike = [
            each for each in deployments if is_derived(each.key, self.project, self.stack, self.target.resource)
        ]
        exact = [each for each in alike if each.key == self.default_key]
        return exact[0] if exact else alike[0] if len(alike) == 1 else None


def _line(what: str, targets: Sequence[str]) -> list[str]:
    return [f"  {what}: {', '.join(targets)}"] if targets else []


async def _read(questions: Sequence[Question], connections: Connections | None) -> dict[str, str]:
    """Return what targets run, in words, of those that answer in time."""
    if not questions or connections is None:
        return {}
    reads = {asyncio.create_task(_read_one(each, connections)): each.target.name for each in questions}
    done, late = await asyncio.wait(reads, timeout=TIME_FOR_READING)
    await cancel_and_wait(*late)
    return {reads[each]: each.result() for each in done if each.result()}


async def _read_one(question: Question, connections: Connections) -> str:
    """Return what a target runs, `""` where that is not known: the message must not fail for it."""
    target = question.target
    try:
        session = connections.provider(cast("PropertyValue", target.connection)).session
        declared = unwrap_secrets(cast("PropertyMap", target.deployment).get("projectKey"))
        client, project = session.client, str(declared or session.project_key)
        if key := question.explicit_key:
            found: Deployment | None = await client.get_deployment(project, ByKey(key))
        else:
            found = question.choose([each async for each in client.list_deployments(project)])
    except NotFoundError:
        # Under a key that was derived from an earlier name there may well be one.
        return "nothing" if question.explicit_key and not target.aliases else ""
    except (ProviderError, ValueError):
        return ""
    return f"{escape_untrusted(found.connector.repository.tag)}, {escape_untrusted(found.status)}" if found else ""
