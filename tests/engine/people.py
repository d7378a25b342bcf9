"""Programs for both frontends, written once, and what is live afterwards: for what people do to running systems.

Plugin resources are declared without an SDK of theirs: a Python program needs none, and a YAML program stops at
the first failure also if the command line says otherwise (facts E3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import pulumi

from commercetools_connect import dynamic
from commercetools_connect.emulator import ClientSpec, Emulator
from tests.engine.estate import CONNECTOR, furnish

__all__ = [
    "FRONTENDS",
    "OTHER",
    "PROJECT",
    "REGION",
    "Frontend",
    "Greeter",
    "Live",
    "declare",
    "draft",
    "errors_in",
    "live",
    "open_shops",
    "output",
    "program",
]

Frontend = Literal["plugin", "dynamic"]

FRONTENDS: Final[tuple[Frontend, ...]] = ("plugin", "dynamic")

PROJECT, OTHER = "demo-project", "other-project"

REGION = "europe-west1.gcp"

REPOSITORY = "https://github.com/acme/demo-connector.git"

TOKEN: Final = "c4n4ry-5ecret-1"

CLIENTS: Final = [
    ClientSpec(clientId="demo-client", clientSecret="demo-secret", scopes=[f"manage_project:{PROJECT}"]),
    ClientSpec(clientId="other-client", clientSecret="other-5ecret-c4n4ry", scopes=[f"manage_project:{OTHER}"]),
]


def open_shops(emulator: Emulator) -> None:
    """Publish a connector for both projects, each with a client of its own."""
    furnish(emulator, (PROJECT, OTHER))
    emulator.admin.clients(CLIENTS)


@dataclass(frozen=True)
class Live:
    """A Deployment as the emulator has it; `secured` are hashes of the values."""

    key: str
    status: str
    build: str
    standard: Mapping[str, Mapping[str, str]]
    secured: Mapping[str, Mapping[str, str]]


def live(emulator: Emulator) -> dict[str, Live]:
    """Return every Deployment that there is, by id."""
    deployments: Any = emulator.admin.dump()["deployments"]
    return {
        each["id"]: Live(
            each["key"],
            each["status"],
            str(each["buildId"]),
            {application["name"]: application["standard"] for application in each["applications"]},
            emulator.admin.secured(each["project"], each["id"]),
        )
        for each in deployments
    }


def errors_in(text: str) -> list[str]:
    """Return what the CLI says of each resource under Diagnostics, without the line that names the resource."""
    said = text.rpartition("Diagnostics:")[2].partition("Resources:")[0]
    return ["\n".join(each.splitlines()[1:]) for each in re.split(r"\n\s*\n", said.strip()) if "error:" in each]


@dataclass(frozen=True)
class Greeter:
    """A Deployment of the connector as a program declares it; `more` has inputs by their names in the schema."""

    name: str
    token: str = TOKEN
    shop: str = "Acme"
    key: str | None = None
    connector: Mapping[str, Any] | None = None
    more: tuple[tuple[str, Any], ...] = ()
    after: Sequence[str] = ()
    retain: bool = False
    delete_first: bool | None = None
    provider: bool = False

    def but(self, **changes: Any) -> Greeter:
        """Return it with other inputs."""
        return replace(self, more=(*self.more, *changes.items()))

    def inputs(self) -> dict[str, Any]:
        """Return the inputs as the schema names them."""
        inputs: dict[str, Any] = {
            "region": REGION,
            "key": self.key,
            "connector": self.connector or {"key": CONNECTOR},
            "configurations": {
                "service": {
                    "standardConfiguration": {"SHOP_NAME": self.shop},
                    "securedConfiguration": {"API_TOKEN": pulumi.Output.secret(self.token)},
                }
            },
            **dict(self.more),
        }
        return {name: value for name, value in inputs.items() if value is not None}


def program(
    frontend: Frontend, *greeters: Greeter, provider: Mapping[str, Any] | None = None
) -> Callable[[], None]:
    """Return the program that declares them; `provider` configures the explicit one, which the plugin can have."""

    def run() -> None:
        made: dict[str, pulumi.Resource] = {}
        explicit = None if provider is None else _Provider("mine", provider)
        for each in greeters:
            options = pulumi.ResourceOptions(
                depends_on=[made[name] for name in each.after],
                retain_on_delete=each.retain or None,
                delete_before_replace=each.delete_first,
                provider=explicit if each.provider else None,
            )
            made[each.name] = declare(frontend, "Deployment", each.name, each.inputs(), options)

    return run


def draft(
    frontend: Frontend, *, key: str | None = None, deployed: bool = True, token: str = TOKEN
) -> Callable[[], None]:
    """Return the program of a draft, its publication and, if it is `deployed`, a Deployment."""

    def run() -> None:
        inputs: dict[str, Any] = {
            "name": "Draft",
            "creator": {"email": "dev@acme.example"},
            "repository": {"url": REPOSITORY, "tag": "v1.0.0"},
            "privateProjects": [f"{REGION}:{PROJECT}"],
            "key": key,
        }
        staged = declare(frontend, "ConnectorStaged", "own", {k: v for k, v in inputs.items() if v is not None})
        published = {
            "connectorStagedId": staged.id,
            "tag": "v1.0.0",
            "contentHash": output(staged, "contentHash"),
            "target": "private",
        }
        publication = declare(frontend, "ConnectorPublication", "own", published)
        if deployed:
            connector = {"id": output(publication, "connectorId")}
            own = Greeter("own", token, connector=connector).but(connectorTag=output(publication, "publishedTag"))
            declare(frontend, "Deployment", "own", own.inputs())

    return run


def declare(
    frontend: Frontend,
    kind: str,
    name: str,
    inputs: Mapping[str, Any],
    options: pulumi.ResourceOptions | None = None,
) -> pulumi.CustomResource:
    """Declare a resource; `inputs` have the names of the schema."""
    if frontend == "dynamic":
        made: pulumi.CustomResource = getattr(dynamic, kind)(
            name, **{_snake(each): value for each, value in inputs.items()}, opts=options
        )
        return made
    properties = {**dict.fromkeys(OUTPUTS[kind]), **inputs}
    return pulumi.CustomResource(f"commercetools-connect:index:{kind}", name, properties, options)


def output(resource: pulumi.CustomResource, name: str) -> pulumi.Output[Any]:
    """Return an output by its name in the schema."""
    found: pulumi.Output[Any] = vars(resource)[name]
    return found


OUTPUTS: Final[Mapping[str, Sequence[str]]] = {
    "ConnectorStaged": ("contentHash", "repository"),
    "ConnectorPublication": ("connectorId", "publishedTag"),
    "Deployment": ("status",),
}
"""What programs here read of a resource."""


class _Provider(pulumi.ProviderResource):
    def __init__(self, name: str, configuration: Mapping[str, Any]) -> None:
        sealed = {"clientSecret": pulumi.Output.secret(configuration["clientSecret"])}
        super().__init__("commercetools-connect", name, {**configuration, **sealed})


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)
