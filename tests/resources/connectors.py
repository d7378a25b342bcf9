"""What the tests of drafts and publications share: changes by other clients, and words for what was called."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from commercetools_connect.api import ById, ConnectClient, Publish, UpdatePreviewable
from commercetools_connect.core.results import State
from commercetools_connect.emulator import RepositorySpec
from tests.support.world import REPOSITORY, World

__all__ = [
    "ADDITIONAL",
    "another_client",
    "certified",
    "draft_in",
    "folded",
    "preview_elsewhere",
    "publish_elsewhere",
    "shown",
]

ADDITIONAL: list[RepositorySpec] = [
    {"url": REPOSITORY, "tag": "v9.0.0", "connectYaml": None},
    {"url": REPOSITORY, "tag": "v9.1.0", "connectYaml": "deployAs: 3\n"},
]
"""Tags whose commit has no connect.yaml, or an invalid one."""


def another_client(world: World, act: Callable[[ConnectClient], Awaitable[Any]]) -> Any:
    """Do something through the API that no resource of the test knows of; it is not in the journal."""

    async def whole() -> Any:
        provider = world.provider()
        try:
            return await act(provider._session.client)
        finally:
            await provider.aclose()

    answer = asyncio.run(whole())
    world.emulator.admin.clear_journal()
    return answer


def _request(world: World, draft_id: str, action: Any) -> None:
    async def act(client: ConnectClient) -> None:
        draft = await client.get_connector_staged(ById(draft_id))
        await client.update_connector_staged(ById(draft_id), draft.version, [action])

    another_client(world, act)


def publish_elsewhere(world: World, draft_id: str, *, certification: bool = False) -> None:
    """Start a publish as a colleague in the Merchant Center does; it takes 60 seconds."""
    _request(world, draft_id, Publish(certification=certification))


def preview_elsewhere(world: World, draft_id: str) -> None:
    """Start a preview as a colleague does; it takes 40 seconds."""
    _request(world, draft_id, UpdatePreviewable())


def shown(world: World, draft_id: str) -> Any:
    """Return the draft as the API shows it now."""
    return another_client(world, lambda client: client.get_connector_staged(ById(draft_id)))


def certified(world: World, **changes: Any) -> tuple[State, State]:
    """Return a draft and its publication in the marketplace, certified and listed."""
    staged = world.create("ConnectorStaged", world.staged_inputs(**changes))
    inputs = world.publication_inputs(staged, target="marketplace")
    publication = world.create("ConnectorPublication", inputs)
    world.emulator.admin.certify(staged.id, "approve")
    return staged, publication


def draft_in(world: World, status: str, **changes: Any) -> State:
    """Return the state of a draft that has come into that status since."""
    staged = world.create("ConnectorStaged", world.staged_inputs(**changes))
    if status == "Processing":
        publish_elsewhere(world, staged.id)
    elif status == "pending":
        preview_elsewhere(world, staged.id)
    elif status == "Published":
        world.create("ConnectorPublication", world.publication_inputs(staged))
    elif status == "listed":
        publish_elsewhere(world, staged.id, certification=True)
        world.emulator.admin.advance(60)
        world.emulator.admin.certify(staged.id, "approve")
    elif status in ("ReadyForCertification", "InCertification", "Failed", "Hibernating"):
        world.emulator.admin.patch("drafts", staged.id, {"status": status})
    elif status == "true":
        preview_elsewhere(world, staged.id)
        world.emulator.admin.advance(40)
    world.emulator.admin.clear_journal()
    world.said.warnings.clear()
    return staged


def folded(world: World, *ids: str) -> list[str]:
    """Return the calls with ids by name, and repeated reads (a wait) as one call with a `+`."""
    lines: list[str] = []
    for call in world.calls():
        line = call
        for number, id_ in enumerate(ids):
            line = line.replace(id_, "<id>" if number == 0 else f"<id {number + 1}>")
        if lines and lines[-1].removesuffix(" +") == line and line.startswith("GET"):
            lines[-1] = f"{line} +"
        else:
            lines.append(line)
    return lines
