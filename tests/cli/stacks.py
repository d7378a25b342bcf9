"""A Pulumi CLI for tests: it answers with files, and writes down what it was asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from typer.testing import Result

from commercetools_connect.core.values import SECRETS_MARK, SIGNATURE
from tests.support.world import PROJECT

__all__ = ["CANARY", "TYPE", "FakePulumi", "Run", "in_state", "resource", "rows", "sealed"]

Run: TypeAlias = Callable[..., Result]

CANARY = "c4n4ry-5ecret-of-a-stack"
TYPE = "commercetools-connect:index"

PROGRAM = """#!{python}
import json, pathlib, sys
folder = pathlib.Path({folder!r})
with (folder / "asked.txt").open("a") as asked:
    asked.write(" ".join(sys.argv[1:]) + chr(10))
name = "-".join(word for word in sys.argv[1:3] if not word.startswith("-"))
if name == "stack-export" and "--show-secrets" in sys.argv:
    name += "-shown"
answer = json.loads((folder / (name + ".json")).read_text())
sys.stderr.write(answer["stderr"])
sys.stdout.write(answer["stdout"])
sys.exit(answer["code"])
"""


def resource(stack: str, project: str, type_: str, name: str, **members: Any) -> dict[str, Any]:
    """Return a resource as an exported stack has it."""
    return {"urn": f"urn:pulumi:{stack}::{project}::{type_}::{name}", "type": type_, "custom": True, **members}


def sealed(plaintext: object = None) -> dict[str, str]:
    """Return the envelope of a secret: encrypted, or with its text."""
    shown = {"ciphertext": "v1:c4ll"} if plaintext is None else {"plaintext": json.dumps(plaintext)}
    return {SIGNATURE: SECRETS_MARK, **shown}


def in_state(kind: str, name: str, id_: str, **members: Any) -> dict[str, Any]:
    """Return an object of the stack `dev` of the project `shop`."""
    outputs = {"projectKey": PROJECT, **members.pop("outputs", {})} if kind == "Deployment" else {}
    return resource("dev", "shop", f"{TYPE}:{kind}", name, id=id_, outputs=outputs, **members)


def rows(result: Result, check: str = "") -> list[dict[str, str]]:
    """Return the rows that the command printed as JSON, or those of one check."""
    return [row for row in json.loads(result.stdout) if not check or row["check"] == check]


@dataclass
class FakePulumi:
    """The program `pulumi` in a folder of its own. `resources` and `pending` are the state."""

    folder: Path
    stack: str = "dev"
    others: Sequence[str] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    resources: Sequence[Mapping[str, Any]] = ()
    pending: Sequence[Mapping[str, Any]] = ()
    secrets: Sequence[Mapping[str, Any]] = ()
    """The resources with their secrets in clear; as `resources` if empty."""

    def install(self) -> None:
        """Write the program and its answers."""
        program = self.folder / "pulumi"
        program.write_text(PROGRAM.format(python=sys.executable, folder=str(self.folder)))
        program.chmod(0o755)
        (self.folder / "asked.txt").touch()
        stacks = [{"name": name, "current": name == self.stack} for name in (self.stack, *self.others)]
        self.answer("stack-ls", json.dumps(stacks))
        self.answer("stack-export", self._state(self.resources))
        self.answer("stack-export-shown", self._state(self.secrets or self.resources))
        config = {f"commercetools-connect:{name}": {"value": value} for name, value in self.config.items()}
        self.answer("config", json.dumps({**config, "shop:apiToken": {"value": "c4n4ry-other", "secret": True}}))

    def answer(self, command: str, stdout: str = "", *, stderr: str = "", code: int = 0) -> None:
        """Say what a command answers."""
        content = {"stdout": stdout, "stderr": stderr, "code": code}
        (self.folder / f"{command}.json").write_text(json.dumps(content))

    def asked(self) -> list[str]:
        """Return the commands so far."""
        return (self.folder / "asked.txt").read_text().splitlines()

    def _state(self, resources: Sequence[Mapping[str, Any]]) -> str:
        pending = [{"type": "creating", "resource": each} for each in self.pending]
        return json.dumps({"version": 3, "deployment": {"resources": resources, "pending_operations": pending}})
