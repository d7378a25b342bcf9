"""One frontend, a toy engine in front of it and an emulator behind it, and everything that can be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from commercetools_connect.resources.provider import RESOURCE_SCHEMAS
from tests.frontends.agreement.engine_clients import Frontend
from tests.frontends.agreement.toy_engine import Program, Run, ToyEngine
from tests.frontends.agreement.wire import revealed, secret, secret_paths
from tests.support.marks import UNKNOWN
from tests.support.socketless import SocketlessEmulator
from tests.support.world import PROJECT, REGION, REPOSITORY, EmulatedClock

__all__ = ["CANARY", "Harness", "Program", "Record", "gate_program", "program"]

CANARY = "c4n4ry-5ecret"
CONFIG = {"clientId": "demo-client", "clientSecret": "demo-secret", "projectKey": PROJECT, "pollInterval": "5"}
CHANGING = {
    "<correlation>": r"ccp-[0-9a-f]+",
    "<when>": r"\d{4}-\d\d-\d\dT[\d:.]+Z",
    "-<host>.": r"-[0-9a-z]{24}\.",
}
IDENTITIES = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{24}\b")
CONNECTOR = re.compile(r"GET /connectors/<\d+> |GET (/connectors/drafts|/[\w-]+/deployments)(/key=| )")
"""A look at a published connector, or at what stands under a key.

The dynamic frontend looks in the check of a new resource, also in that of the `up`, and the plugin in its preview.
"""


@dataclass
class Record:
    """What one run did and said; `looks` counts the reads that `CONNECTOR` describes; they are not in `calls`."""

    act: str
    steps: dict[str, str]
    errors: list[str]
    messages: list[tuple[str, str]]
    calls: list[str]
    looks: int


@dataclass
class Harness:
    """Runs of the engine through one frontend."""

    frontend: Frontend
    emulator: SocketlessEmulator
    clock: EmulatedClock
    records: list[Record] = field(default_factory=list)
    previews: list[dict[str, dict[str, Any]]] = field(default_factory=list)
    engine: ToyEngine = field(init=False)
    _labels: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine = ToyEngine(self.frontend, {**CONFIG, "connectUrl": self.emulator.url})

    def up(self, declared: Program, *, limit: float = 0) -> dict[str, str]:
        """Preview, then bring in line; return the steps of the latter. A preview calls nothing that changes."""
        preview = self.note("preview", self.engine.preview(declared))
        assert not [call for call in self.records[-1].calls if not call.startswith(("GET", "POST /oauth"))]
        self.previews.append({kind: self._known(kind, preview.known[kind]) for kind in preview.known})
        self.engine.limit = limit
        run = self.note("up", self.engine.up(declared))
        if not run.errors and not preview.errors:
            assert preview.steps == run.steps
        return run.steps

    def refresh(self) -> dict[str, str]:
        return self.note("refresh", self.engine.refresh()).steps

    def destroy(self) -> dict[str, str]:
        return self.note("destroy", self.engine.destroy()).steps

    @property
    def last(self) -> Record:
        return self.records[-1]

    @property
    def id(self) -> str:
        """The id of the deployment in Connect."""
        return self.engine.state["Deployment"].id.rpartition("/")[2]

    def undeployed_by_another_client(self) -> None:
        """Delete the deployment behind the program's back; it is on its way then."""
        grant = {"grant_type": "client_credentials"}
        token = self.emulator.others.post("/oauth/token", auth=("demo-client", "demo-secret"), data=grant)
        headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
        self.emulator.others.delete(f"/{PROJECT}/deployments/{self.id}", headers=headers).raise_for_status()

    def resting(self) -> dict[str, object]:
        """Return the state: per kind id, inputs and outputs in clear, which of them are secret, and errors."""
        return {
            kind: {
                "id": self.labelled(held.id),
                "inputs": self._own(revealed(held.inputs), RESOURCE_SCHEMAS[kind].input_names),
                "outputs": self._own(revealed(held.outputs)),
                "secrets": {*secret_paths(held.outputs), *secret_paths(held.inputs)},
                "errors": [self.labelled(each) for each in held.init_errors],
            }
            for kind, held in self.engine.state.items()
        }

    def labelled(self, value: Any) -> Any:
        """Return the value with the same names in every run for what the emulator makes up."""
        if isinstance(value, str):
            for label, pattern in CHANGING.items():
                value = re.sub(pattern, label, value)
            value = value.replace(self.emulator.url, "<emulator>")
            return IDENTITIES.sub(lambda found: self._labels.setdefault(found[0], f"<{len(self._labels)}>"), value)
        if isinstance(value, Mapping):
            return {self.labelled(key): self.labelled(child) for key, child in value.items()}
        if isinstance(value, list):
            return [self.labelled(child) for child in value]
        return value

    def note(self, act: str, run: Run) -> Run:
        """Remember what a run did."""
        journal = self.emulator.admin.journal()
        self.emulator.admin.clear_journal()
        called = [f"{call['method']} {self.labelled(call['path'])} {call['status']}" for call in journal]
        calls = [each for each in called if not CONNECTOR.match(each)]
        # a dynamic resource is validated in the preview and in the `up`
        messages = [*dict.fromkeys((level, self.labelled(text)) for level, text in self.frontend.said())]
        errors = [self.labelled(each) for each in run.errors]
        self.records.append(Record(act, run.steps, errors, messages, calls, len(called) - len(calls)))
        return run

    def _known(self, kind: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        names = {"id", *RESOURCE_SCHEMAS[kind].input_names, *RESOURCE_SCHEMAS[kind].output_names}
        known = {name: value for name, value in revealed(properties).items() if value != UNKNOWN}
        return {name: self.labelled(value) for name, value in known.items() if name in names}

    def _own(self, properties: Mapping[str, Any], names: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return what is not the frontend's; the dynamic one keeps in its inputs what a preview must know."""
        return {
            name: self.labelled(value)
            for name, value in properties.items()
            if not name.startswith("__") and (not names or name in names)
        }


def program(
    *,
    tag: str = "v1.0.0",
    shop: object = "Acme",
    token: str = CANARY,
    region: str = REGION,
    keys: str | None = None,
    adopt: bool = False,
    **deployment: Any,
) -> Program:
    """Return the program of most scenarios: one connector, from draft to live deployment."""
    keyed: dict[str, Any] = {"key": keys} if keys is not None else {}
    keyed |= {"adopt": True} if adopt else {}
    values = {"standardConfiguration": {"SHOP_NAME": shop}, "securedConfiguration": {"API_TOKEN": secret(token)}}
    return {
        "ConnectorStaged": lambda _: {
            **keyed,
            "name": "Greeter",
            "creator": {"email": "dev@acme.example"},
            "repository": {"url": REPOSITORY, "tag": tag},
            "privateProjects": [f"{REGION}:{PROJECT}"],
        },
        "ConnectorPublication": lambda output: {
            "connectorStagedId": output("ConnectorStaged", "id"),
            "tag": output("ConnectorStaged", "repository", "tag"),
            "contentHash": output("ConnectorStaged", "contentHash"),
            "target": "private",
        },
        "Deployment": lambda output: {
            **keyed,
            "region": region,
            "connector": {"id": output("ConnectorPublication", "connectorId")},
            "connectorTag": output("ConnectorPublication", "publishedTag"),
            "configurations": {"service": values},
            **deployment,
        },
    }


def gate_program(tag: str = "v1.0.0", running: str = "v1.0.0", **changes: Any) -> Program:
    """Return the program of one gate, behind one deployment that runs `running`."""
    place = {"target": "dev", "project": PROJECT, "region": REGION, "status": "Deployed"}
    inputs = {
        "wave": "all",
        "connectorTag": tag,
        "deployments": [{**place, "deployedTag": running, "urls": {}}],
        **changes,
    }
    return {"RolloutGate": lambda _: inputs}
