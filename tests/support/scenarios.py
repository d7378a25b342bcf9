"""Ten stories that tell whether an engine is one: calls made, state kept. For the real one and its double."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from commercetools_connect.contract.values import Secret
from commercetools_connect.emulator import Admin
from tests.support.stack import Declared, Output, Program
from tests.support.world import PROJECT, REGION, REPOSITORY

__all__ = ["SCENARIOS", "Theatre", "normal_calls", "normal_state", "play"]


class Theatre(Protocol):
    """An engine with a stack of its own, and an emulator."""

    @property
    def admin(self) -> Admin:
        """The control interface."""
        ...

    def up(self, program: Program, replace_these: Sequence[str] = ()) -> bool:
        """Run `pulumi up`, and tell whether it succeeded; `replace_these` as `Kind/name`."""
        ...

    def refresh(self) -> bool:
        """Run `pulumi refresh`."""
        ...

    def destroy(self) -> bool:
        """Run `pulumi destroy`."""
        ...

    def state(self) -> dict[str, Any]:
        """Return what the state holds: `Kind/name` → id, inputs, outputs, failed, condemned; secrets covered."""
        ...


def chain(
    *,
    tag: str = "v1.0.0",
    shop: str = "Acme",
    token: str = "c4n4ry-1",  # noqa: S107 - a canary
    region: str = REGION,
    key: str | None = None,
    deployed: bool = True,
) -> Program:
    """Return one connector, from draft to deployment."""
    own = {"key": key} if key else {}
    resources = [
        Declared(
            "ConnectorStaged",
            "greeter",
            {
                "name": "Greeter",
                "creator": {"email": "dev@acme.example"},
                "repository": {"url": REPOSITORY, "tag": tag},
                "privateProjects": [f"{REGION}:{PROJECT}"],
                **own,
            },
        ),
        Declared(
            "ConnectorPublication",
            "greeter",
            {
                "connectorStagedId": Output("ConnectorStaged/greeter", ("id",)),
                "tag": Output("ConnectorStaged/greeter", ("repository", "tag")),
                "contentHash": Output("ConnectorStaged/greeter", ("contentHash",)),
                "target": "private",
            },
        ),
        Declared(
            "Deployment",
            "greeter",
            {
                "region": region,
                "connector": {"id": Output("ConnectorPublication/greeter", ("connectorId",))},
                "connectorTag": Output("ConnectorPublication/greeter", ("publishedTag",)),
                "configurations": {
                    "service": {
                        "standardConfiguration": {"SHOP_NAME": shop},
                        "securedConfiguration": {"API_TOKEN": Secret(token)},
                    }
                },
            },
        ),
    ]
    return resources if deployed else resources[:2]


def nothing_changes(theatre: Theatre) -> list[bool]:
    """Create, and then have nothing to do."""
    return [theatre.up(chain()), theatre.up(chain())]


def changes_in_place(theatre: Theatre) -> list[bool]:
    """Change a value and a secret, then the tag."""
    changed: dict[str, Any] = {"shop": "Emca", "token": "c4n4ry-2"}
    return [theatre.up(chain()), theatre.up(chain(**changed)), theatre.up(chain(tag="v1.1.0", **changed))]


def a_failed_run(theatre: Theatre) -> list[bool]:
    """Let the deployment fail: it stays in the state, a refresh does not hide it, and the next up goes on."""
    theatre.admin.outcome("deploy", "*", "failure")
    return [theatre.up(chain()), theatre.refresh(), theatre.up(chain())]


def a_failure_in_the_middle(theatre: Theatre) -> list[bool]:
    """Let the publication fail: what depends on it is not made, and the next up makes it."""
    theatre.admin.outcome("publish", "*", "failure")
    return [theatre.up(chain()), theatre.up(chain())]


def a_replacement_deletes_first(theatre: Theatre) -> list[bool]:
    """Ask for another region under the same key."""
    return [theatre.up(chain()), theatre.up(chain(region="us-central1.gcp"))]


def a_replacement_creates_first(theatre: Theatre) -> list[bool]:
    """Ask for another key of the draft: publication and deployment follow, the old ones go last."""
    return [theatre.up(chain(key="first")), theatre.up(chain(key="second"))]


def a_replacement_without_a_diff(theatre: Theatre) -> list[bool]:
    """Use `--target-replace`: it finds the live object by its key, and spares it."""
    return [theatre.up(chain()), theatre.up(chain(), ["Deployment/greeter"])]


def a_replacement_that_fails_halfway(theatre: Theatre) -> list[bool]:
    """Condemn with `--target-replace` the object that it keeps: the next up must not delete it."""
    first = theatre.up(chain())
    theatre.admin.outcome("deploy", "*", "failure")
    return [first, theatre.up(chain(), ["Deployment/greeter"]), theatre.up(chain())]


def somebody_deletes(theatre: Theatre) -> list[bool]:
    """Let somebody delete the deployment: a refresh sees it, and the next up makes a new one."""
    ended = [theatre.up(chain())]
    deployments: Any = theatre.admin.dump()["deployments"]
    theatre.admin.delete("deployments", deployments[0]["id"])
    return [*ended, theatre.refresh(), theatre.up(chain())]


def trouble_on_the_way(theatre: Theatre) -> list[bool]:
    """Lose an answer, forbid a refresh, which keeps the state, and take a resource out of the program."""
    theatre.admin.fault({"drop": "after"}, method="POST", path="/*/deployments")
    ended = [theatre.up(chain())]
    theatre.admin.fault({"status": 403}, method="GET", path="/*/deployments*")
    return [*ended, theatre.refresh(), theatre.up(chain(deployed=False))]


SCENARIOS: dict[str, Callable[[Theatre], list[bool]]] = {
    each.__name__: each
    for each in (
        nothing_changes,
        changes_in_place,
        a_failed_run,
        a_failure_in_the_middle,
        a_replacement_deletes_first,
        a_replacement_creates_first,
        a_replacement_without_a_diff,
        a_replacement_that_fails_halfway,
        somebody_deletes,
        trouble_on_the_way,
    )
}


def play(name: str, theatre: Theatre) -> dict[str, Any]:
    """Play one scenario on an empty stack, and return all that should be the same on every engine."""
    notes = _Notes(theatre)
    ended = SCENARIOS[name](notes)
    state = normal_state(theatre.state())
    theatre.admin.clear_faults()
    return {"succeeded": ended, "calls": notes.calls, "state": state, "destroyed": theatre.destroy()}


class _Notes:
    """A theatre, and the calls of each run on it."""

    def __init__(self, theatre: Theatre) -> None:
        self._theatre = theatre
        self.admin = theatre.admin
        self.calls: list[list[str]] = []

    def up(self, program: Program, replace_these: Sequence[str] = ()) -> bool:
        return self._noted(lambda: self._theatre.up(program, replace_these))

    def refresh(self) -> bool:
        ended = self._noted(self._theatre.refresh)
        # A refresh reads everything at once, in any order, and what is read twice in a moment comes from a list.
        self.calls[-1] = sorted({re.sub(r"/(drafts|deployments) ", r"/\1/<id> ", call) for call in self.calls[-1]})
        return ended

    def destroy(self) -> bool:
        return self._noted(self._theatre.destroy)

    def state(self) -> dict[str, Any]:
        return self._theatre.state()

    def _noted(self, run: Callable[[], bool]) -> bool:
        self.admin.clear_journal()
        ended = run()
        self.calls.append(normal_calls(self.admin.journal()))
        return ended


def normal_calls(journal: Sequence[Any]) -> list[str]:
    """Return the calls without tokens, and without looks that only wait: their number is a matter of time."""
    calls = [
        _without_chance(f"{each['method']} {each['path']} {each['status']}")
        for each in journal
        if each["path"] != "/oauth/token"
    ]
    kept: list[str] = []
    for call in calls:
        if not (kept and _waits(call, kept[-1])):
            kept.append(call)
    return kept


def _waits(call: str, before: str) -> bool:
    """Tell whether a call only looks how far something is that was just asked for, or found under its key."""
    method, path, status = call.split()
    if call == before:
        return True
    asked = not before.startswith("GET") or "/key=" in before
    return asked and method == "GET" and status == "200" and path.endswith("/<id>") and path[:20] in before


def normal_state(state: dict[str, Any]) -> Any:
    """Return the state without what no two runs share: ids, addresses, moments."""
    return json.loads(_without_chance(json.dumps(_without_absent(state), sort_keys=True)))


def _without_absent(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_absent(child) for name, child in value.items() if child is not None}
    return [_without_absent(child) for child in value] if isinstance(value, list) else value


def _without_chance(text: str) -> str:
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", text)
    text = re.sub(r"\b[a-z0-9]{24}\b", "<host>", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<moment>", text)
