"""Other clients that change the same objects: in the Merchant Center, with another tool, from another stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from commercetools_connect.emulator import ClientSpec
from tests.faults.trouble import Meddling
from tests.support.in_process_emulator import InProcessEmulator
from tests.support.world import PROJECT, REPOSITORY

__all__ = ["CLIENT", "meddle"]

CLIENT: ClientSpec = {
    "clientId": "other-client",
    "clientSecret": "else",
    "scopes": [f"manage_project:{PROJECT}", f"manage_api_clients:{PROJECT}"],
}
"""With credentials of their own, so that faults hit only ours."""


def meddle(emulator: InProcessEmulator, meddling: Meddling) -> set[str]:
    """Do it, and return the ids of what was touched; nothing where there is nothing to touch."""
    subject = meddling.action.split()[0]
    objects: Any = emulator.admin.dump()["drafts" if subject == "draft" else "deployments"]
    if not objects:
        return set()
    target = objects[meddling.which % len(objects)]
    _DEEDS[meddling.action](emulator, target)
    return {target["id"]}


def _patch(
    kind: Any, changes: Callable[[dict[str, Any]], dict[str, Any]]
) -> Callable[[InProcessEmulator, dict[str, Any]], None]:
    return lambda emulator, target: _ignore(emulator.admin.patch(kind, target["id"], changes(target)))


def _ignore(_: object) -> None:
    """Return nothing."""


def _ask(method: str, path: str, body: Callable[[dict[str, Any]], Any] | None = None) -> Any:
    """Return a action that goes through the API, which may refuse it."""

    def act(emulator: InProcessEmulator, target: dict[str, Any]) -> None:
        grant = {"grant_type": "client_credentials"}
        token = emulator.others.post("/oauth/token", data=grant, auth=(CLIENT["clientId"], CLIENT["clientSecret"]))
        headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
        emulator.others.request(
            method, path.format(**target), json=body(target) if body else None, headers=headers
        )

    return act


def _update(*actions: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
    return lambda target: {"version": target["version"], "actions": list(actions)}


def _lose_draft(emulator: InProcessEmulator, target: dict[str, Any]) -> None:
    """Delete a draft the way the API does: with its Connector."""
    emulator.admin.delete("drafts", target["id"])
    connectors: Any = emulator.admin.dump()["connectors"]
    if any(each["id"] == target["id"] for each in connectors):
        emulator.admin.delete("connectors", target["id"])


_DRAFT, _DEPLOYMENT = "/connectors/drafts/{id}", f"/{PROJECT}/deployments/{{id}}"

_DEEDS: dict[str, Callable[[InProcessEmulator, dict[str, Any]], None]] = {
    "deployment fails": _patch("deployments", lambda _: {"status": "Failed"}),
    "deployment loses a value": _patch(
        "deployments", lambda _: {"applications": {"service": {"standardConfiguration": {"SHOP_NAME": "Theirs"}}}}
    ),
    "deployment is redeployed": _ask("POST", _DEPLOYMENT, _update({"action": "redeploy"})),
    "deployment is undeployed": _ask("DELETE", _DEPLOYMENT),
    "deployment vanishes": lambda emulator, target: _ignore(emulator.admin.delete("deployments", target["id"])),
    "deployment gets a version": _patch("deployments", lambda target: {"version": target["version"] + 3}),
    "draft gets a version": _patch("drafts", lambda target: {"version": target["version"] + 3}),
    "draft is renamed": _ask("POST", _DRAFT, _update({"action": "setName", "name": "Theirs"})),
    "draft moves its tag": _ask(
        "POST", _DRAFT, _update({"action": "setRepository", "url": REPOSITORY, "tag": "v2"})
    ),
    "draft is published": _ask("POST", _DRAFT, _update({"action": "publish", "certification": False})),
    "draft is previewed": _ask("POST", _DRAFT, _update({"action": "updatePreviewable"})),
    "draft loses its preview": _patch("drafts", lambda _: {"isPreviewable": "none"}),
    "draft vanishes": _lose_draft,
}
