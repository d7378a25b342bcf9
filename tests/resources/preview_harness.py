"""What the table of mistakes is tried on: connectors of all sorts, and deployments that run already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from commercetools_connect.core.errors import ProviderError
from commercetools_connect.core.results import State
from commercetools_connect.resources.planned_publications import PlannedPublications
from tests.resources.deployments import DEPLOYMENT
from tests.resources.table_preview import Wrong
from tests.support.world import PROJECT, REGION, REPOSITORY, World, validated

__all__ = ["CONNECT_YAML", "PROGRAM", "Harness", "put"]

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
            "securedConfiguration": {"API_TOKEN": "secret-1"},
        },
    },
    "globalConfiguration": {
        "standardConfiguration": {"SHOP_URL": "https://acme.example"},
        "securedConfiguration": {"SHARED_SECRET": "secret-2"},
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
class Harness:
    """Connectors `greeter`, `regional`, `draft` (only previewable) and `mover`: v1 runs, v2 is published."""

    world: World
    running: State
    greeter_id: str

    @classmethod
    def build(cls, world: World) -> Harness:
        """Publish and deploy."""
        tags = {"v1.0.0": CONNECT_YAML, "v2.0.0": NEXT}
        world.emulator.admin.repositories(
            [{"url": REPOSITORY, "tag": tag, "connectYaml": text} for tag, text in tags.items()]
        )
        greeter, _ = cls._publish(world, "greeter")
        cls._publish(world, "regional", supportedRegions=[REGION])
        draft = cls._draft(world, "draft", privateProjects=[f"{REGION}:other-project"])
        world.create("ConnectorPublication", world.publication_inputs(draft, target="preview"), name="draft")
        mover, publication = cls._publish(world, "mover")
        inputs = {**PROGRAM, "connector": {"key": "mover"}, "connectorTag": "v1.0.0"}
        running = world.create(DEPLOYMENT, inputs, name="running")
        moved = world.up("ConnectorStaged", mover, cls._inputs(world, "mover", tag="v2.0.0"), name="mover")
        world.up("ConnectorPublication", publication, world.publication_inputs(moved), name="mover")
        return cls(world, running, greeter.id)

    def look(self, wrong: Wrong) -> list[str]:
        """Return everything that a preview of the program says, as lines `error: …`, `warning: …`, `info: …`."""
        said = self.world.said
        for lines in (said.infos, said.warnings, said.statuses):
            lines.clear()
        errors = self.world.run(lambda of: self._errors(of, wrong), PlannedPublications(complete=wrong.alone))
        return [
            *(f"error: {line}" for each in errors for line in each.splitlines()),
            *(f"warning: {line}" for each in said.warnings for line in each.splitlines()),
            *(f"info: {line}" for each in said.infos for line in each.splitlines()),
        ]

    def program(self, wrong: Wrong) -> dict[str, Any]:
        """Return the inputs of the deployment."""
        program = dict(PROGRAM)
        if wrong.update:
            program |= {"connector": {"key": "mover"}, "connectorTag": "v1.0.0"}
        for path, value in wrong.changes.items():
            program = put(program, path, value)
        return program

    async def _errors(self, of: Any, wrong: Wrong) -> list[str]:
        self._declare(of, wrong)
        context, resource = self.world.context("running" if wrong.update else "greeter"), of(DEPLOYMENT)
        checked = resource.check(context, self.running.outputs if wrong.update else {}, self.program(wrong))
        if checked.failures:
            return [str(failure) for failure in checked.failures]
        if not wrong.update:
            return [str(failure) for failure in await validated(resource, context, checked.inputs)]
        try:
            found = await resource.diff(context, self.running, checked.inputs)
        except ProviderError as error:
            return str(error).splitlines()
        if found.replaces:
            return []
        return [str(each) for each in await validated(resource, context, checked.inputs, self.running)]

    def _declare(self, of: Any, wrong: Wrong) -> None:
        """Let the program declare the connector's draft and publication as well."""
        if wrong.publishes:
            inputs = {"connectorStagedId": self.greeter_id, "tag": wrong.publishes, "target": "private"}
            of("ConnectorPublication").check(self.world.context("publication"), {}, inputs)
        if wrong.lists:
            key = wrong.changes.get("connector.key", "greeter")
            draft = self.world.staged_inputs(key=key, privateProjects=[wrong.lists])
            of("ConnectorStaged").check(self.world.context("draft"), {}, draft)

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
