"""An estate for rollouts: a connector of one company, and four shops that may run it, each with its own client."""

from __future__ import annotations

import asyncio
from typing import Any

from commercetools_connect.api import (
    ById,
    ByKey,
    ConnectClient,
    Connection,
    ConnectorStagedDraft,
    CreatorDraft,
    DraftAction,
    Publish,
    RepositoryDraft,
    SetRepository,
)
from commercetools_connect.core.clock import SystemClock
from commercetools_connect.emulator import ClientSpec, Emulator

__all__ = ["CANARY", "CONNECTOR", "SHOPS", "connections", "deployments", "furnish", "publish", "redeployed"]

SHOPS = ("acme-dev", "acme-eu", "acme-us", "acme-au")
CANARY = "c4n4ry-5ecret"
CONNECTOR = "greeter"
REPOSITORY = "https://github.com/acme/demo-connector.git"


def furnish(emulator: Emulator, shops: tuple[str, ...] = SHOPS) -> None:
    """Make the clients, and publish the connector at v1.0.0."""
    maker = ClientSpec(clientId="maker", clientSecret="m", scopes=["manage_project:acme"])
    buyers = (
        ClientSpec(clientId=f"{shop}-client", clientSecret=f"{CANARY}-{shop}", scopes=[f"manage_project:{shop}"])
        for shop in shops
    )
    emulator.admin.clients([maker, *buyers])

    async def make(client: ConnectClient) -> None:
        draft = await client.create_connector_staged(
            ConnectorStagedDraft(
                key=CONNECTOR,
                name="Greeter",
                creator=CreatorDraft(email="dev@acme.example"),
                repository=RepositoryDraft(url=REPOSITORY, tag="v1.0.0"),
                private_projects=tuple(f"europe-west1.gcp:{shop}" for shop in shops),
            )
        )
        await client.update_connector_staged(ById(draft.id), draft.version, [Publish(certification=False)])

    _as_maker(emulator, make)


def publish(emulator: Emulator, tag: str) -> None:
    """Publish the connector at another tag."""

    async def change(client: ConnectClient) -> None:
        draft = await client.get_connector_staged(ByKey(CONNECTOR))
        actions: list[DraftAction] = [
            SetRepository(url=REPOSITORY, tag=tag),
            Publish(certification=False),
        ]
        await client.update_connector_staged(ById(draft.id), draft.version, actions)

    _as_maker(emulator, change)


def connections(emulator: Emulator, shops: tuple[str, ...] = SHOPS) -> dict[str, dict[str, Any]]:
    """Return the configuration that reaches each shop with its own client."""
    return {
        shop: {
            "clientId": f"{shop}-client",
            "clientSecret": f"{CANARY}-{shop}",
            "projectKey": shop,
            "connectUrl": emulator.url,
            "pollInterval": 0.05,
        }
        for shop in shops
    }


def deployments(emulator: Emulator) -> dict[str, tuple[str, str]]:
    """Return tag and status of what each shop runs."""
    return {
        each["project"]: (each["connector"]["content"]["repository"]["tag"], each["status"])
        for each in emulator.admin.dump()["deployments"]
    }


def redeployed(emulator: Emulator) -> list[str]:
    """Return the shops in which something was deployed since the journal was cleared, in order; see who did it."""
    calls = [
        call for call in emulator.admin.journal() if call["method"] == "POST" and "/deployments" in call["path"]
    ]
    shops = [call["path"].split("/")[1] for call in calls]
    assert [call["client"] for call in calls] == [f"{shop}-client" for shop in shops]
    return shops


def _as_maker(emulator: Emulator, act: Any) -> None:
    async def run() -> None:
        connection = Connection(emulator.url, emulator.url, "maker", "m", project_key="acme")
        async with ConnectClient(connection, clock=SystemClock()) as client:
            await act(client)

    asyncio.run(run())
    emulator.admin.advance(60)
    emulator.admin.clear_journal()
