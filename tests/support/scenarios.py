"""Stories that tell whether an engine is one: calls made, state kept. For the real one and its double."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from commercetools_connect.core.values import Secret
from commercetools_connect.emulator import Admin
from tests.support.stack import Declared, Output, Program
from tests.support.world import PROJECT, REGION, REPOSITORY

__all__ = ["SCENARIOS", "ScenarioEngine", "chain", "normal_calls", "normal_state", "play"]


class ScenarioEngine(Protocol):
    """An engine with a stack of its own, and an emulator."""

    @property
    def admin(self) -> Admin:
        """The control interface."""
        ...

    def up(
        self,
        program: Program,
        replace_these: Sequence[str] = (),
        *,
        targets: Sequence[str] = (),
        refresh: bool = False,
    ) -> bool:
        """Run `pulumi up`, and tell whether it succeeded; `replace_these` and `targets` as `Kind/name`."""
        ...

    def refresh(self) -> bool:
        """Run `pulumi refresh`."""
        ...

    def destroy(self, *, refresh: bool = False) -> bool:
        """Run `pulumi destroy`."""
        ...

    def forget(self, name: str) -> None:
        """Run `pulumi state delete` on a resource, `Kind/name`."""
        ...

    def import_one(self, name: str, id_: str) -> bool:
        """Run `pulumi import` of an object as a resource, `Kind/name`."""
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
    private: Sequence[str] = (PROJECT,),
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
                "privateProjects": [f"{REGION}:{each}" for each in private],
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


def nothing_changes(scenario_engine: ScenarioEngine) -> list[bool]:
    """Create, and then have nothing to do."""
    return [scenario_engine.up(chain()), scenario_engine.up(chain())]


def changes_in_place(scenario_engine: ScenarioEngine) -> list[bool]:
    """Change a value and a secret, then the tag."""
    changed: dict[str, Any] = {"shop": "Emca", "token": "c4n4ry-2"}
    return [
        scenario_engine.up(chain()),
        scenario_engine.up(chain(**changed)),
        scenario_engine.up(chain(tag="v1.1.0", **changed)),
    ]


def a_failed_run(scenario_engine: ScenarioEngine) -> list[bool]:
    """Let the deployment fail: it stays in the state, a refresh does not hide it, and the next up goes on."""
    scenario_engine.admin.outcome("deploy", "*", "failure")
    return [scenario_engine.up(chain()), scenario_engine.refresh(), scenario_engine.up(chain())]


def a_failure_in_the_middle(scenario_engine: ScenarioEngine) -> list[bool]:
    """Let the publication fail: what depends on it is not made, and the next up makes it."""
    scenario_engine.admin.outcome("publish", "*", "failure")
    return [scenario_engine.up(chain()), scenario_engine.up(chain())]


def a_replacement_deletes_first(scenario_engine: ScenarioEngine) -> list[bool]:
    """Ask for another region under the same key."""
    return [scenario_engine.up(chain()), scenario_engine.up(chain(region="us-central1.gcp"))]


def a_replacement_creates_first(scenario_engine: ScenarioEngine) -> list[bool]:
    """Ask for another key of the draft: publication and deployment follow, the old ones go last."""
    return [scenario_engine.up(chain(key="first")), scenario_engine.up(chain(key="second"))]


def a_replacement_without_a_diff(scenario_engine: ScenarioEngine) -> list[bool]:
    """Use `--target-replace`: it finds the live object by its key, and spares it."""
    return [scenario_engine.up(chain()), scenario_engine.up(chain(), ["Deployment/greeter"])]


def a_replacement_that_fails_halfway(scenario_engine: ScenarioEngine) -> list[bool]:
    """Condemn with `--target-replace` the object that it keeps: the next up must not delete it."""
    first = scenario_engine.up(chain())
    scenario_engine.admin.outcome("deploy", "*", "failure")
    return [first, scenario_engine.up(chain(), ["Deployment/greeter"]), scenario_engine.up(chain())]


def another_client_deletes(scenario_engine: ScenarioEngine) -> list[bool]:
    """Let another client delete the deployment: a refresh sees it, and the next up makes a new one."""
    ended = [scenario_engine.up(chain())]
    deployments: Any = scenario_engine.admin.dump()["deployments"]
    scenario_engine.admin.delete("deployments", deployments[0]["id"])
    return [*ended, scenario_engine.refresh(), scenario_engine.up(chain())]


def trouble_on_the_way(scenario_engine: ScenarioEngine) -> list[bool]:
    """Lose an answer, forbid a refresh, which keeps the state, and take a resource out of the program."""
    scenario_engine.admin.fault({"drop": "after"}, method="POST", path="/*/deployments")
    ended = [scenario_engine.up(chain())]
    scenario_engine.admin.fault({"status": 403}, method="GET", path="/*/deployments*")
    return [*ended, scenario_engine.refresh(), scenario_engine.up(chain(deployed=False))]


def altered(program: Program, kind: str, **options: Any) -> Program:
    """Return the program with other options, or another name, of its resource of that kind."""
    return [replace(each, **options) if each.kind == kind else each for each in program]


def a_refresh_before_a_destroy(scenario_engine: ScenarioEngine) -> list[bool]:
    """Use `destroy --refresh`."""
    return [scenario_engine.up(chain()), scenario_engine.destroy(refresh=True)]


def a_refresh_before_an_up(scenario_engine: ScenarioEngine) -> list[bool]:
    """Use `up --refresh` after a value was changed, and after the deployment was taken out of the program."""
    ended = [scenario_engine.up(chain()), scenario_engine.up(chain(shop="Emca"), refresh=True)]
    return [*ended, scenario_engine.up(chain(deployed=False), refresh=True)]


def a_target(scenario_engine: ScenarioEngine) -> list[bool]:
    """Use `up --target`: what is left out is neither checked, changed, made nor deleted."""
    return [
        scenario_engine.up(chain()),
        scenario_engine.up(chain(tag="v1.1.0"), targets=["ConnectorStaged/greeter"]),
    ]


def a_target_that_the_program_does_not_have(scenario_engine: ScenarioEngine) -> list[bool]:
    """Use `up --target` of a resource that was taken out: only that is deleted."""
    return [
        scenario_engine.up(chain()),
        scenario_engine.up(chain(tag="v1.1.0", deployed=False), targets=["Deployment/greeter"]),
    ]


def a_retained_deployment(scenario_engine: ScenarioEngine) -> list[bool]:
    """Use `retainOnDelete`: it counts as it is in the state, so the first replacement still deletes."""
    kept = altered(chain(region="us-central1.gcp"), "Deployment", retain=True)
    ended = [scenario_engine.up(chain()), scenario_engine.up(kept), scenario_engine.up(chain(deployed=False))]
    deployments: Any = scenario_engine.admin.dump()["deployments"]
    scenario_engine.admin.delete("deployments", deployments[0]["id"])
    return ended


def an_alias(scenario_engine: ScenarioEngine) -> list[bool]:
    """Rename with an alias: nothing is done."""
    renamed = altered(chain(), "Deployment", name="welcomer", aliases=("greeter",))
    return [scenario_engine.up(chain()), scenario_engine.up(renamed)]


def a_rename_without_an_alias(scenario_engine: ScenarioEngine) -> list[bool]:
    """Rename without one, under a key that the program gives."""
    keyed = [
        replace(each, inputs={**each.inputs, "key": "greeter"}) if each.kind == "Deployment" else each
        for each in chain()
    ]
    return [scenario_engine.up(keyed), scenario_engine.up(altered(keyed, "Deployment", name="welcomer"))]


def a_delete_first_takes_dependants_along(scenario_engine: ScenarioEngine) -> list[bool]:
    """Ask for another key of a draft with `deleteBeforeReplace`: what depends on it is deleted before it."""
    program = [altered(chain(key=key), "ConnectorStaged", delete_first=True) for key in ("first", "second")]
    return [scenario_engine.up(program[0]), scenario_engine.up(program[1])]


def a_delete_first_whose_create_fails(scenario_engine: ScenarioEngine) -> list[bool]:
    """Lose the right to create between delete and create: the next `up` makes what is missing."""
    ended = [scenario_engine.up(chain())]
    scenario_engine.admin.fault({"status": 403}, method="POST", path="/*/deployments")
    moved = altered(chain(region="us-central1.gcp"), "Deployment", delete_first=True)
    return [*ended, scenario_engine.up(moved), scenario_engine.up(moved)]


def a_forced_replacement_deletes_first(scenario_engine: ScenarioEngine) -> list[bool]:
    """Use `--target-replace` together with `deleteBeforeReplace`: no diff, and the delete before the create."""
    program = altered(chain(), "Deployment", delete_first=True)
    return [scenario_engine.up(program), scenario_engine.up(program, ["Deployment/greeter"])]


def an_import(scenario_engine: ScenarioEngine) -> list[bool]:
    """Take the deployment out of the state, and import it again: the read gets nothing but the id."""
    ended = [scenario_engine.up(chain())]
    scenario_engine.forget("Deployment/greeter")
    deployments: Any = scenario_engine.admin.dump()["deployments"]
    ended.append(scenario_engine.import_one("Deployment/greeter", f"{PROJECT}/{deployments[0]['id']}"))
    return [*ended, scenario_engine.up(chain())]


SCENARIOS: dict[str, Callable[[ScenarioEngine], list[bool]]] = {
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
        another_client_deletes,
        trouble_on_the_way,
        a_refresh_before_a_destroy,
        a_refresh_before_an_up,
        a_target,
        a_target_that_the_program_does_not_have,
        a_retained_deployment,
        an_alias,
        a_rename_without_an_alias,
        a_delete_first_takes_dependants_along,
        a_delete_first_whose_create_fails,
        a_forced_replacement_deletes_first,
        an_import,
    )
}


def play(name: str, scenario_engine: ScenarioEngine) -> dict[str, Any]:
    """Play one scenario on an empty stack, and return all that should be the same on every engine."""
    notes = _Notes(scenario_engine)
    ended = SCENARIOS[name](notes)
    state = normal_state(scenario_engine.state())
    scenario_engine.admin.clear_faults()
    return {"succeeded": ended, "calls": notes.calls, "state": state, "destroyed": scenario_engine.destroy()}


class _Notes:
    """A scenario_engine, and the calls of each run on it."""

    def __init__(self, scenario_engine: ScenarioEngine) -> None:
        self._theatre = scenario_engine
        self.admin = scenario_engine.admin
        self.calls: list[list[str]] = []

    def up(
        self,
        program: Program,
        replace_these: Sequence[str] = (),
        *,
        targets: Sequence[str] = (),
        refresh: bool = False,
    ) -> bool:
        ended = self._noted(lambda: self._theatre.up(program, replace_these, targets=targets, refresh=refresh))
        self._order_reads(refresh)
        return ended

    def refresh(self) -> bool:
        ended = self._noted(self._theatre.refresh)
        self._order_reads(True)
        return ended

    def destroy(self, *, refresh: bool = False) -> bool:
        ended = self._noted(lambda: self._theatre.destroy(refresh=refresh))
        self._order_reads(refresh)
        return ended

    def forget(self, name: str) -> None:
        self._theatre.forget(name)

    def import_one(self, name: str, id_: str) -> bool:
        ended = self._noted(lambda: self._theatre.import_one(name, id_))
        self._order_reads(True)  # the real one reads once more for its preview
        return ended

    def state(self) -> dict[str, Any]:
        return self._theatre.state()

    def _order_reads(self, refreshed: bool) -> None:
        """Write reads down by name: a refresh makes them at once, and what is read twice comes from a list."""
        if not refreshed:
            return
        calls = [re.sub(r"/(drafts|deployments) ", r"/\1/<id> ", call) for call in self.calls[-1]]
        reads = sorted({call for call in calls if call.startswith("GET")})
        self.calls[-1] = [*reads, *(call for call in calls if not call.startswith("GET"))]

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
    text = re.sub(
        r"(\bshop-test-[\w-]+-)[0-9a-f]{8}\b", r"\1<hash>", text
    )  # of the provider's id, which is by chance
    text = re.sub(r"\b[a-z0-9]{24}\b", "<host>", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<moment>", text)
