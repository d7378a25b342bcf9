"""For each rule what it lets pass and what it finds; the documentation shows the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from commercetools_connect.policy.model import Resource

__all__ = ["FRONTENDS", "ROWS", "Declared", "Row", "deployment", "draft", "publication"]

FRONTENDS = {
    "plugin": "commercetools-connect:index:",
    "dynamic": "pulumi-python:dynamic/commercetools-connect:",
}
TOKEN = "ghp_" + "Zk3Rw8Tq1Vy6" * 3
RANDOM = "q7Hd2Lp9Xc4Rt1Zw8Bn5Vy3K"


@dataclass(frozen=True)
class Declared:
    """A resource of a program; `sources`: names of the resources that an input is made from."""

    kind: str
    name: str
    props: Mapping[str, Any]
    protect: bool = False
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def through(self, frontend: str) -> Resource:
        """Return it as a policy sees it."""
        prefix = "pulumi:providers:" if self.kind == "commercetools-connect" else FRONTENDS[frontend]
        return Resource(
            type=f"{prefix}{self.kind}",
            urn=f"urn:pulumi:dev::shop::{self.kind}::{self.name}",
            props=self.props,
            protect=self.protect,
            sources={
                name: frozenset(f"urn:pulumi:dev::shop::{each}" for each in names)
                for name, names in self.sources.items()
            },
        )


@dataclass(frozen=True)
class Row:
    """A stack that a rule finds something in, and the nearest one that it does not."""

    rule: str
    wrong: Sequence[Declared]
    says: str
    right: Sequence[Declared]
    settings: Mapping[str, Any] = field(default_factory=dict)


def deployment(name: str = "greeter", *, protect: bool = False, **props: Any) -> Declared:
    base = {
        "key": name,
        "projectKey": "demo-project",
        "region": "europe-west1.gcp",
        "connector": {"key": "greeter"},
    }
    return Declared("Deployment", name, {**base, **props}, protect)


def production(name: str = "greeter", *, protect: bool = True, **props: Any) -> Declared:
    return deployment(name, protect=protect, **{"type": "production", "connectorTag": "v1.4.0", **props})


def draft(name: str = "greeter", *, url: str = "git@github.com:acme/greeter.git", **props: Any) -> Declared:
    repository = {"url": url, "tag": props.pop("tag", "v1.4.0")}
    base = {"name": "Greeter", "creator": {"email": "dev@acme.example"}, "repository": repository}
    return Declared("ConnectorStaged", name, {**base, **props})


def publication(name: str = "greeter", **props: Any) -> Declared:
    tag = props.get("tag", "v1.4.0")
    base = {"connectorStagedId": "c-1", "target": "private", "tag": tag, "publishedTag": tag}
    made = {"connectorId": "c-1", "connectorKey": "greeter", "certified": False}
    return Declared("ConnectorPublication", name, {**base, **made, **props})


def standard(**values: Any) -> dict[str, Any]:
    return {"service": {"standardConfiguration": values}}


def secured(**values: Any) -> dict[str, Any]:
    return {"service": {"securedConfiguration": values}}


def both(standard_values: Mapping[str, Any], secured_values: Mapping[str, Any]) -> dict[str, Any]:
    return {"service": {"standardConfiguration": standard_values, "securedConfiguration": secured_values}}


def clients(first: str, second: str) -> Sequence[Declared]:
    return [
        deployment("tax", connector={"key": "tax"}, configurations=secured(CTP_CLIENT_ID=first)),
        deployment("psp", connector={"key": "psp"}, configurations=secured(CTP_CLIENT_ID=second)),
    ]


def previews(count: int) -> Sequence[Declared]:
    staged = {"key": "greeter", "staged": True}
    return [deployment(f"preview-{index}", type="preview", connector=staged) for index in range(count)]


ROWS: Sequence[Row] = (
    Row(
        "no-secrets-in-standard-configuration",
        [deployment(configurations=standard(API_TOKEN="x"))],
        "configurations.service.standardConfiguration.API_TOKEN: the key looks like a secret's",
        [deployment(configurations=secured(API_TOKEN="x"))],
    ),
    Row(
        "no-secrets-in-standard-configuration",
        [deployment(configurations=standard(REPOSITORY=TOKEN))],
        "configurations.service.standardConfiguration.REPOSITORY: the value looks like a GitHub token",
        [deployment(configurations=standard(REPOSITORY="acme/greeter"))],
    ),
    Row(
        "no-secrets-in-standard-configuration",
        [deployment(globalConfiguration={"standardConfiguration": {"ACCOUNT": RANDOM}})],
        "globalConfiguration.standardConfiguration.ACCOUNT: the value looks like a random text",
        [deployment(globalConfiguration={"standardConfiguration": {"PUBLIC_ACCOUNT": RANDOM}})],
        {"allowedKeys": ["PUBLIC_ACCOUNT"]},
    ),
    Row(
        "secured-values-are-nowhere-standard",
        [
            deployment("one", configurations=secured(PASSPHRASE="open sesame")),
            deployment("two", configurations=standard(HINT="say open sesame")),
        ],
        "configurations.service.standardConfiguration.HINT holds the value of "
        "configurations.service.securedConfiguration.PASSPHRASE of one",
        [deployment(configurations=both({"HINT": "ask Ali"}, {"PASSPHRASE": "open sesame"}))],
    ),
    Row(
        "production-is-protected",
        [production(protect=False)],
        "a deletion or replacement would end it without a question",
        [production(), deployment("sandbox", type="sandbox")],
    ),
    Row(
        "production-is-protected",
        [deployment("payments", type="sandbox")],
        "the setting deployments names it, and a deletion or replacement would end it without a question",
        [deployment("tax", type="sandbox")],
        {"deployments": ["payments"]},
    ),
    Row(
        "production-names-its-tag",
        [production(connectorTag=None)],
        "without connectorTag it runs what was newest when it was created",
        [production(), deployment("sandbox")],
    ),
    Row(
        "production-is-not-staged",
        [production(connector={"key": "greeter", "staged": True})],
        "connector.staged deploys a draft",
        [production(), deployment("preview", connector={"key": "greeter", "staged": True}, type="preview")],
    ),
    Row(
        "production-connector-is-published",
        [production(connector={"id": "c-1"}), publication(target="marketplace")],
        "its connector is neither certified nor published for private projects",
        [production(connector={"id": "c-1"}), publication(target="marketplace", certified=True)],
    ),
    Row(
        "production-connector-is-published",
        [production(connector={"key": "unlisted"})],
        'connector "unlisted" is not published in this stack, nor is it in trustedConnectors',
        [production(connector={"key": "tax"}), production("own"), publication()],
        {"trustedConnectors": ["tax"]},
    ),
    Row(
        "tags-are-immutable",
        [draft(tag="main")],
        'repository.tag "main" is the name of a branch, or of something else that moves',
        [draft(), deployment(connectorTag="tax-connector@2.0.1-rc.1")],
    ),
    Row(
        "tags-are-immutable",
        [deployment(connectorTag="v2")],
        'connectorTag "v2" does not look like a tag that stays what it is',
        [deployment(connectorTag="v2.0")],
    ),
    Row(
        "repository-urls",
        [draft(url="https://user:password@github.com/acme/greeter.git")],
        "repository.url holds credentials, which everybody who sees the connector can read",
        [draft(url="https://github.com/acme/greeter.git")],
    ),
    Row(
        "repository-urls",
        [draft(url="git@git.acme.example:greeter.git")],
        'repository.url is on "git.acme.example", which is not in hosts',
        [draft()],
        {"hosts": ["GitHub.com"]},
    ),
    Row(
        "allowed-regions",
        [deployment(region="us-central1.gcp")],
        'region: "us-central1.gcp" is not in regions',
        [deployment(), draft(supportedRegions=["europe-west1.gcp"])],
        {"regions": ["europe-west1.gcp"]},
    ),
    Row(
        "allowed-projects",
        [draft(privateProjects=["europe-west1.gcp:demo-project", "europe-west1.gcp:unlisted"])],
        'privateProjects[1]: "unlisted" is not in projects',
        [draft(privateProjects=["europe-west1.gcp:demo-project"]), deployment()],
        {"projects": ["demo-project"]},
    ),
    Row(
        "one-api-client-per-connector",
        clients("client-1", "client-1"),
        'its connector uses the API client of another connector\'s, "tax"',
        clients("client-1", "client-2"),
    ),
    Row(
        "one-api-client-per-connector",
        [
            Declared("commercetools-connect", "default", {"clientId": "deployer"}),
            deployment(configurations=secured(CTP_CLIENT_ID="deployer")),
        ],
        "its connector runs with the API client that this stack deploys with",
        [Declared("commercetools-connect", "default", {"clientId": "deployer"}), *clients("client-1", "client-2")],
    ),
    Row(
        "preview-deployments",
        previews(2),
        '2 preview deployments, at most 1: "preview-0", "preview-1"',
        [*previews(1), deployment()],
        {"maximum": 1.0},
    ),
    Row(
        "tags-agree",
        [deployment(connector={"id": "c-1"}, connectorTag="v1.3.0"), publication()],
        'connectorTag is "v1.3.0", published is "v1.4.0" by "greeter"',
        [deployment(connector={"id": "c-1"}, connectorTag="v1.4.0"), publication()],
    ),
    Row(
        "tags-agree",
        [deployment(connector={"id": "c-1"}, deployedTag="v1.3.0"), publication()],
        'connectorTag is absent, and what runs is "v1.3.0", published is "v1.4.0" by "greeter"',
        [deployment(connector={"id": "c-1"}, deployedTag="v1.4.0"), publication()],
    ),
)
