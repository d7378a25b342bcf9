"""What the table of mistakes is tried on: connectors of all sorts, and deployments that run already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from commercetools_connect.contract.errors import ProviderError
from commercetools_connect.contract.results import State
from commercetools_connect.contract.validation import find_failures
from commercetools_connect.resources.releases import Releases
from tests.resources.deployments import DEPLOYMENT
from tests.support.world import PROJECT, REGION, REPOSITORY, World

__all__ = ["CONNECT_YAML", "PROGRAM", "Stage", "put"]

CONNECT_YAML = """\
inheritAs:
  configuration:
    standardConfiguration:
      - {key: LOG_LEVEL, description: How much, default: info}
      - {key: SHOP_URL, description: Where, required: true}
    securedConfiguration:
      - {key: SHARED_SECRET, description: For all, required: true}
deployAs:
  - name: service
    applicationType: service
    endpoint: /service
    configuration:
      standardConfiguration:
        - {key: GREETING, description: First word, default: Hello}
        - {key: SHOP_NAME, description: The shop, required: true}
        - {key: WEBHOOK_TOKEN, description: A mistake of its author}
      securedConfiguration:
        - {key: API_TOKEN, description: A token, required: true}
        - {key: EXTRA, description: Another}
  - {name: enabler, applicationType: assets}
  - name: nightly-job
    applicationType: job
    endpoint: /job
    properties: {schedule: "0 3 * * *"}
    configuration:
      standardConfiguration:
        - {key: BATCH_SIZE, description: How many}
  - name: event
    applicationType: event
    endpoint: /event
"""
NEXT = CONNECT_YAML.replace(
    "GREETING, description: First word, default: Hello", "CURRENCY, description: Which, required: true"
)
"""The next release: GREETING is gone, and CURRENCY is needed."""

PROGRAM: Mapping[str, Any] = {
    "region": REGION,
    "projectKey": PROJECT,
    "connector": {"key": "greeter"},
    "configurations": {
        "service": {
            "standardConfiguration": {"SHOP_NAME": "Acme"},
            "securedConfiguration": {"API_TOKEN": "c4n4ry-1"},
        },
    },
    "globalConfiguration": {
        "standardConfiguration": {"SHOP_URL": "https://acme.example"},
        "securedConfiguration": {"SHARED_SECRET": "c4n4ry-2"},
    },
}
"""A program without a mistake."""


def put(tree: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the tree with a value at a path such as `configurations.service.schedule`; `None` removes it."""
    name, _, rest = path.partition(".")
    after = dict(tree)
    after[name] = put(after.get(name) or {}, rest, value) if rest else value
    return {key: child for key, child in after.items() if child is not None}


@dataclass
class Stage:
    """Connectors `greeter`, `regional` and `draft` (not published), and `mover`: it runs at v1, and v2 is published."""

    world: World
    running: State

    @classmethod
    def build(cls, world: World) -> Stage:
        """Publish and deploy."""
        tags = {"v1.0.0": CONNECT_YAML, "v2.0.0": NEXT}
        world.emulator.admin.repositories(
            [{"url": REPOSITORY, "tag": tag, "connectYaml": text} for tag, text in tags.items()]
        )
        cls._publish(world, "greeter")
        cls._publish(world, "regional", supportedRegions=[REGION])
        draft = cls._draft(world, "draft", privateProjects=[f"{REGION}:other-project"])
        world.create("ConnectorPublication", world.publication_inputs(draft, target="preview"), name="draft")
        mover, publication = cls._publish(world, "mover")
        inputs = {**PROGRAM, "connector": {"key": "mover"}, "connectorTag": "v1.0.0"}
        running = world.create(DEPLOYMENT, inputs, name="running")
        moved = world.up("ConnectorStaged", mover, cls._inputs(world, "mover", tag="v2.0.0"), name="mover")
        world.up("ConnectorPublication", publication, world.publication_inputs(moved), name="mover")
        return cls(world, running)

    def look(
        self, program: Mapping[str, Any], *, update: bool, declared: Iterable[Mapping[str, Any]], alone: bool
    ) -> list[str]:
        """Return everything that a preview of the program says, as lines `error: …`, `warning: …`, `info: …`.

        `declared` are the publications of the program, with their connector's key; `alone`: one process serves the
        whole program.
        """
        said = self.world.said
        for lines in (said.infos, said.warnings, said.statuses):
            lines.clear()
        errors = self.world.run(
            lambda of: self._errors(of, program, update=update, declared=declared), Releases(complete=alone)
        )
        return [
            *(f"error: {line}" for line in errors),
            *(f"warning: {line}" for line in said.warnings),
            *(f"info: {line}" for line in said.infos),
        ]

    async def _errors(
        self, of: Any, program: Mapping[str, Any], *, update: bool, declared: Iterable[Mapping[str, Any]]
    ) -> list[str]:
        for each in declared:
            kind = each.get("kind", "ConnectorPublication")
            of(kind).check(self.world.operation(kind), {}, {k: v for k, v in each.items() if k != "kind"})
        operation, resource = self.world.operation("running" if update else "greeter"), of(DEPLOYMENT)
        olds = self.running.outputs if update else {}
        checked = resource.check(operation, olds, program)
        if checked.failures:
            return [str(failure) for failure in checked.failures]
        if not update:
            return [str(failure) for failure in await find_failures(resource, operation, checked.inputs)]
        try:
            await resource.diff(operation, self.running, checked.inputs)
        except ProviderError as error:
            return str(error).splitlines()
        return []

    @staticmethod
    def _inputs(world: World, key: str, *, tag: str = "v1.0.0", **changes: Any) -> dict[str, Any]:
        return world.staged_inputs(key=key, repository={"url": REPOSITORY, "tag": tag}, **changes)

    @classmethod
    def _draft(cls, world: World, key: str, **changes: Any) -> State:
        return world.create("ConnectorStaged", cls._inputs(world, key, **changes), name=key)

    @classmethod
    def _publish(cls, world: World, key: str, **changes: Any) -> tuple[State, State]:
        staged = cls._draft(world, key, **changes)
        return staged, world.create("ConnectorPublication", world.publication_inputs(staged), name=key)
