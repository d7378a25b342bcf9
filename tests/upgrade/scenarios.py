"""The scenarios that `make record` records: what Connect has before, and how the stack is configured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from commercetools_connect.emulator import ClientSpec, Emulator
from tests.engine.estate import CANARY, connections, furnish

__all__ = ["SEQUENCES", "RecordedSequence", "StackConfig"]

EUROPE: Final = ("acme-dev", "acme-eu")
AMERICA: Final = ("acme-us",)


@dataclass(frozen=True)
class StackConfig:
    """Configuration of a stack by full names and paths."""

    plain: Mapping[str, str] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict)


Configure = Callable[[Sequence[Emulator]], StackConfig]


@dataclass(frozen=True)
class RecordedSequence:
    """Scenarios that are recorded one after the other on one stack.

    - `emulators`: how many Connect hosts there are; `furnish` prepares them.
    - `dynamic`, `plugin`: the configuration of the stack in each frontend.
    - `imported`: the scenario in which the stack is exported and imported into another backend; `""` for none.
    """

    scenarios: tuple[str, ...]
    furnish: Callable[[Sequence[Emulator]], None]
    dynamic: Configure
    plugin: Configure
    emulators: int = 1
    imported: str = ""


def _nothing(_emulators: Sequence[Emulator]) -> None:
    """Leave the emulator as it starts."""


def _token(_emulators: Sequence[Emulator]) -> StackConfig:
    return StackConfig(secret={"demo:apiToken": CANARY})


def _token_of_the_template(_emulators: Sequence[Emulator]) -> StackConfig:
    return StackConfig()


def _two_host_regions(emulators: Sequence[Emulator]) -> None:
    europe, america = emulators
    furnish(europe, EUROPE)
    furnish(america, AMERICA)


def _connections(emulators: Sequence[Emulator]) -> StackConfig:
    """Return named connections; only their secrets are encrypted, so that addresses can be replaced."""
    europe, america = emulators
    plain: dict[str, str] = {}
    secret: dict[str, str] = {}
    for shop, members in {**connections(europe, EUROPE), **connections(america, AMERICA)}.items():
        for name, value in members.items():
            chosen = secret if name == "clientSecret" else plain
            chosen[f"commercetools-connect:connections.{shop}.{name}"] = str(value)
        secret[f"demo:{shop}-token"] = f"{CANARY}-token-{shop}"
    return StackConfig(plain, secret)


def _inline_credentials(emulators: Sequence[Emulator]) -> StackConfig:
    europe, america = emulators
    secret = {}
    for shop in (*EUROPE, *AMERICA):
        name = shop.title().replace("-", "")
        secret[f"shop:{name[0].lower()}{name[1:]}Secret"] = f"{CANARY}-{shop}"
        secret[f"shop:{name[0].lower()}{name[1:]}Token"] = f"{CANARY}-token-{shop}"
    return StackConfig({"shop:europeUrl": europe.url, "shop:americaUrl": america.url}, secret)


def _two_projects(emulators: Sequence[Emulator]) -> None:
    (emulator,) = emulators
    emulator.admin.clients(
        [
            ClientSpec(clientId="demo-client", clientSecret="demo-secret", scopes=["manage_project:demo-project"]),
            ClientSpec(clientId="other-client", clientSecret=CANARY, scopes=["manage_project:other-project"]),
        ]
    )


def _other_connection(emulators: Sequence[Emulator]) -> StackConfig:
    (emulator,) = emulators
    path = "commercetools-connect:connections.other"
    plain = {"clientId": "other-client", "projectKey": "other-project", "connectUrl": emulator.url}
    plain |= {"pollInterval": "0.05"}
    return StackConfig(
        {f"{path}.{name}": value for name, value in plain.items()},
        {f"{path}.clientSecret": CANARY, "demo:apiToken": CANARY},
    )


def _other_provider(emulators: Sequence[Emulator]) -> StackConfig:
    (emulator,) = emulators
    return StackConfig({"shop:connectUrl": emulator.url}, {"shop:otherSecret": CANARY})


SEQUENCES: Final = (
    RecordedSequence(("",), _nothing, _token, _token_of_the_template),
    RecordedSequence(
        ("rollout-three", "rollout-two"), _two_host_regions, _connections, _inline_credentials, emulators=2
    ),
    RecordedSequence(("rollout-draft",), _two_host_regions, _connections, _inline_credentials, emulators=2),
    RecordedSequence(("keys",), _two_projects, _other_connection, _other_provider, imported="keys-imported"),
)
