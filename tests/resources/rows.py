"""Runs a row of the table of drafts and publications."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from commercetools_connect.core.errors import InitFailedError, ProviderError
from commercetools_connect.core.results import State
from tests.resources.table_connectors import Case
from tests.support.world import World

__all__ = ["check_row", "words"]


def check_row(world: World, case: Case, state: State | None, inputs: dict[str, Any], id_: str) -> None:
    """Run the operation of the row and compare how it ends, what is said, and what is called."""
    world.emulator.admin.clear_journal()
    ended, said = _end_of(lambda: _run(world, case, state, inputs))
    spoken = "\n".join([said, *world.said.infos, *world.said.warnings, *world.said.statuses])
    assert ended == case.ends, said
    assert case.says in spoken
    assert ", ".join(words(world, id_, inputs.get("target", ""), case.row.operation)) == case.row.calls


def _run(world: World, case: Case, state: State | None, inputs: dict[str, Any]) -> str:
    kind, operation = case.row.resource, case.row.operation
    if operation == "create":
        world.create(kind, inputs)
        return "done"
    assert state is not None
    if operation == "update":
        world.up(kind, state, inputs)
    if operation == "delete":
        world.delete(kind, state)
    if operation == "refresh":
        refreshed = world.read(kind, state)
        if refreshed is None:
            return "gone"
        return "diff" if world.diff(kind, refreshed, inputs) else "no diff"
    return "done"


def _end_of(run: Callable[[], str]) -> tuple[str, str]:
    try:
        return run(), ""
    except InitFailedError as partial:
        return "partial", str(partial)
    except ProviderError as error:
        return "error", str(error)


def words(world: World, id_: str, target: str, operation: str) -> list[str]:
    """Return the calls in the words of the table; reads of the same object in a row are polls."""
    request = {"": "update", "preview": "updatePreviewable"}.get(target, "publish")
    known = {
        "GET /connectors/drafts/key=derived-greeter": "GET draft by key",
        "GET /connectors/drafts/key=greeter": "GET draft by key",
        f"GET /connectors/drafts/{id_}": "GET draft",
        f"GET /connectors/{id_}": "GET Connector",
        f"POST /connectors/drafts/{id_}": f"POST {'unlist' if operation == 'delete' else request}",
        f"DELETE /connectors/drafts/{id_}": "DELETE draft",
        "POST /connectors/drafts": "POST draft",
        "GET /demo-project/deployments": "list Deployments",
    }
    requests: list[str] = []
    for call in world.calls():
        word = known[call.rpartition(" ")[0]]
        after_request = bool(requests) and requests[-1] == f"POST {request}"
        if word == "GET draft" and (after_request or (requests and requests[-1] in ("GET draft", "polls"))):
            word = "polls"
        if not (word == "polls" and requests[-1] == "polls"):
            requests.append(word)
    return requests
