"""The user of the fault test: the program as it is written now, and what it has ever asked to keep secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from commercetools_connect.core.values import Secret
from tests.support.frontends import StackIdentity
from tests.support.stack import Declared, Output, Program
from tests.support.world import PROJECT, REGION, REPOSITORY

__all__ = ["CANARY", "GOOD_TAGS", "TAGS", "Author", "Chain", "Installation", "Target", "connect_yamls"]

Target = Literal["private", "preview", "marketplace"]

CANARY: Final = "c4n4ry"
"""Is part of every secured value and of nothing else."""

GOOD_TAGS: Final = ("v1", "v2")
TAGS: Final = (*GOOD_TAGS, "no-file", "not-there")
"""`no-file` has no connect.yaml, `not-there` cannot be reached."""

OTHER_REGION: Final = "us-central1.gcp"

V1: Final = """\
inheritAs:
  configuration:
    securedConfiguration:
      - {key: SHARED, description: For all}
deployAs:
  - name: service
    applicationType: service
    endpoint: /service
    configuration:
      standardConfiguration:
        - {key: SHOP_NAME, description: The shop, required: true}
        - {key: GREETING, description: First word, default: Hello}
        - {key: CALLBACK, description: Own address}
      securedConfiguration:
        - {key: API_TOKEN, description: A token}
        - {key: WEBHOOK, description: Own address with a secret}
  - name: nightly
    applicationType: job
    endpoint: /job
    properties: {schedule: "0 3 * * *"}
"""
V2: Final = f"{V1}  - {{name: newcomer, applicationType: service, endpoint: /new}}\n"


def connect_yamls() -> list[Any]:
    """Return the tags that can be reached, as the emulator takes them."""
    texts = {"v1": V1, "v2": V2, "no-file": None}
    return [{"url": REPOSITORY, "tag": tag, "connectYaml": text} for tag, text in texts.items()]


@dataclass(frozen=True)
class Installation:
    """A Deployment as the program has it; `None`: not declared."""

    shop: str = "Acme"
    greeting: str | None = None
    callback: bool = False
    token: str | None = None
    webhook: str | None = None
    shared: str | None = None
    schedule: str | None = None
    follows_tag: bool = True
    elsewhere: bool = False
    own_key: int = 0
    trigger: int = 0
    strict: bool = False
    hurried: bool = False

    def secrets(self) -> Iterator[tuple[str, str, str]]:
        """Yield application, key and value as the program has it."""
        values = (("service", "API_TOKEN", self.token), ("service", "WEBHOOK", self.webhook))
        for application, key, value in (*values, ("$global", "SHARED", self.shared)):
            if value is not None:
                yield application, key, value


@dataclass(frozen=True)
class Chain:
    """A draft with what is made of it; without a target nothing is."""

    title: str = "Greeter"
    description: str | None = None
    types: tuple[str, ...] = ()
    tag: str = "v1"
    own_key: int = 0
    target: Target | None = "private"
    installations: tuple[tuple[str, Installation], ...] = ()

    def with_installation(self, name: str, installation: Installation | None) -> Chain:
        """Return the chain with another version of one installation, or without it."""
        kept = dict(self.installations)
        kept.pop(name, None)
        if installation is not None:
            kept[name] = installation
        return replace(self, installations=tuple(sorted(kept.items())))


@dataclass
class Author:
    """The program by name of its chains."""

    chains: dict[str, Chain] = field(default_factory=dict)
    _asked_to_keep: dict[str, dict[tuple[str, str], set[str]]] = field(default_factory=dict)

    def program(self) -> Program:
        """Return the program as Pulumi would be given it."""
        return [each for name, chain in sorted(self.chains.items()) for each in _resources(name, chain)]

    def remember(self) -> None:
        """Note what the program declares as secured now."""
        for chain in self.chains.values():
            for name, installation in chain.installations:
                known = self._asked_to_keep.setdefault(name, {})
                for application, key, value in installation.secrets():
                    known.setdefault((application, key), set()).add(value)

    def asked_to_keep(self, key: str) -> dict[tuple[str, str], set[str]]:
        """Return every secured value that was ever declared for the Deployment of that key.

        A key that is in the state stays when the program does not give it any more.
        """
        for name, values in self._asked_to_keep.items():
            if key.startswith(f"mine-{name}-") or key == StackIdentity().default_key(name):
                return values
        return {}

    def keys(self) -> dict[str, tuple[str, str]]:
        """Return kind and key of every object that the program wants, by URN."""
        wanted = {}
        for name, chain in self.chains.items():
            for each in _resources(name, chain):
                if each.kind != "ConnectorPublication":
                    key = each.inputs.get("key") or StackIdentity().default_key(each.name)
                    wanted[each.urn] = (each.kind, str(key))
        return wanted


def deployment_key(name: str, installation: Installation) -> str:
    """Return the key under which the Deployment stands."""
    number = installation.own_key
    return f"mine-{name}-{number}" if number else StackIdentity().default_key(name)


def _resources(name: str, chain: Chain) -> Iterator[Declared]:
    staged = f"ConnectorStaged/{name}"
    yield Declared("ConnectorStaged", name, _draft_inputs(name, chain))
    if chain.target is None:
        return
    publication = f"ConnectorPublication/{name}"
    yield Declared(
        "ConnectorPublication",
        name,
        {
            "connectorStagedId": Output(staged, ("id",)),
            "tag": Output(staged, ("repository", "tag")),
            "contentHash": Output(staged, ("contentHash",)),
            "target": chain.target,
        },
    )
    if chain.target == "marketplace":  # nothing can be deployed before people have decided
        return
    for deployment, installation in chain.installations:
        inputs = _deployment_inputs(deployment, installation, publication, staged=chain.target == "preview")
        timeouts = {"create": 25.0, "update": 25.0, "delete": 15.0} if installation.hurried else {}
        yield Declared("Deployment", deployment, inputs, timeouts)


def _draft_inputs(name: str, chain: Chain) -> dict[str, Any]:
    own = {"key": f"mine-{name}-{chain.own_key}", "adopt": True} if chain.own_key else {}
    return {
        "name": chain.title,
        "creator": {"email": "dev@acme.example"},
        "repository": {"url": REPOSITORY, "tag": chain.tag},
        "privateProjects": [f"{REGION}:{PROJECT}"],
        **({"description": chain.description} if chain.description else {}),
        **({"integrationTypes": list(chain.types)} if chain.types else {}),
        **own,
    }


def _configurations(wanted: Installation) -> dict[str, Any]:
    """Return what the inputs say of applications and of values for all."""
    standard = {"SHOP_NAME": wanted.shop}
    if wanted.greeting is not None:
        standard["GREETING"] = wanted.greeting
    if wanted.callback:
        standard["CALLBACK"] = "{{url:service}}/callback"
    secured: dict[str, dict[str, Secret]] = {"service": {}, "$global": {}}
    for application, key, value in wanted.secrets():
        secured[application][key] = Secret(value)
    service: dict[str, Any] = {"standardConfiguration": standard}
    if secured["service"]:
        service["securedConfiguration"] = secured["service"]
    configurations: dict[str, Any] = {"service": service}
    if wanted.schedule is not None:
        configurations["nightly"] = {"schedule": wanted.schedule}
    shared = {"globalConfiguration": {"securedConfiguration": secured["$global"]}} if secured["$global"] else {}
    return {"configurations": configurations, **shared}


def _deployment_inputs(name: str, wanted: Installation, publication: str, *, staged: bool) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "region": OTHER_REGION if wanted.elsewhere else REGION,
        "connector": {"id": Output(publication, ("connectorId",)), **({"staged": True} if staged else {})},
        **_configurations(wanted),
    }
    if wanted.follows_tag:
        inputs["connectorTag"] = Output(publication, ("publishedTag",))
    if wanted.own_key:
        inputs |= {"key": deployment_key(name, wanted), "adopt": True}
    if wanted.trigger:
        inputs["redeployTrigger"] = wanted.trigger
    if wanted.strict:
        inputs["failOnScriptWarning"] = True
    return inputs
