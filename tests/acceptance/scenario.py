"""What is done to the project, step by step, and what each step answers; what was made is removed at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from tests.acceptance.wire import Answer, Wire

__all__ = ["Observation", "Plan", "Scenario"]

RUNS: Final = ("Draft", "Queued", "Deploying", "Undeploying", "Processing")


@dataclass(frozen=True)
class Plan:
    """Where and with what: nothing else of the project is touched. Seconds."""

    project: str
    region: str
    repository: str
    tag: str
    key: str
    look_every: float = 5.0
    patience: float = 1800.0


@dataclass(frozen=True)
class Observation:
    """The answer to one open question; `as_assumed` is `None` where the emulator assumes nothing."""

    question: int
    what: str
    seen: str
    as_assumed: bool | None = None


@dataclass
class Scenario:
    """One run. `left` names what could not be removed."""

    wire: Wire
    plan: Plan
    sleep: Callable[[float], None] = time.sleep
    seen: list[Observation] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Ask everything, and clean up in any case."""
        with self._cleaned_up():
            draft = self._create_draft()
            if not draft.ok:
                return
            published = self._publish(draft)
            if published.get("status") != "Published":
                self.log.append(f"publish ended in {published.get('status')}: no deployment was tried")
                return
            self._edit_published(published)
            self._deploy(self.wire.get(self._connector))

    # --- steps ---

    def _create_draft(self) -> Answer:
        body = {
            "key": self.plan.key,
            "name": "Acceptance test, to be deleted",
            "creator": {"email": "acceptance@example.com"},
            "repository": {"url": self.plan.repository, "tag": self.plan.tag},
            "privateProjects": [f"{self.plan.region}:{self.plan.project}"],
        }
        draft = self._say("create a draft", self.wire.post("/connectors/drafts", body))
        self._note(41, "applications known right after create", str(len(draft.get("configurations") or ())))
        again = self._say("create it again", self.wire.post("/connectors/drafts", body))
        taken = (again.status, again.codes) == (400, "DuplicateField")
        self._note(1, "status and code for a key that is taken", again.words(), taken)
        return draft

    def _publish(self, draft: Answer) -> Answer:
        asked = self._update(draft, {"action": "publish", "certification": False})
        self._say("publish", asked)
        steps = (asked.get("version") or 0) - (draft.get("version") or 0)
        running = self.wire.post(self._draft, _update(asked, {"action": "setName", "name": "While processing"}))
        refused = (running.status, running.ok) == (400, False)
        self._note(11, "update while Processing", self._say("rename while it runs", running).words(), refused)
        ended = self._until(self._draft, lambda answer: answer.get("status") not in RUNS)
        later = (ended.get("version") or 0) - (asked.get("version") or 0) - running.ok
        self._note(
            16, "version steps: at the request, until its end", f"+{steps}, +{later}", (steps, later) == (1, 1)
        )
        return ended

    def _edit_published(self, draft: Answer) -> None:
        connector = self.wire.get(self._connector)
        same = connector.get("version") == draft.get("version")
        versions = f"Connector {connector.get('version')}, draft {draft.get('version')}"
        self._note(15, "versions after the first publish", versions, same)
        edited = self._say("describe it", self._update(draft, {"action": "setDescription", "description": "x"}))
        status = f"{edited.get('status')}, hasChanges {edited.get('hasChanges')}"
        self._note(13, "a Published draft after an edit", status, edited.get("status") == "Published")
        cleared = self._say("clear it", self._update(edited, {"action": "setDescription", "description": ""}))
        gone = cleared.ok and not cleared.get("description")
        self._note(24, "clearing a description with an empty text", cleared.words(), gone)

    def _deploy(self, connector: Answer) -> None:
        applications = connector.get("configurations") or []
        if any(_required(each) for each in applications):
            self._deploy_without_values(applications)
        made = self._say("deploy", self.wire.post(self._deployments, self._deployment(applications, values=True)))
        if not made.ok:
            return
        self._note(6, "first status of a Deployment", str(made.get("status")), made.get("status") == "Queued")
        self._note(5, "secured values in the answer to create", *_mask(made))
        live = self._until(self._deployment_path, lambda answer: answer.get("status") not in RUNS)
        self._note(4, "secured values in a later read", *_mask(live))
        self._note(3, "defaults among the values", *_defaults(live, applications))
        self.log.append(f"the deployment ended in {live.get('status')}")
        self._redeploy_and_delete(live)

    def _deploy_without_values(self, applications: list[Any]) -> None:
        refused = self.wire.post(self._deployments, self._deployment(applications, values=False))
        self._say("deploy without a required value", refused)
        code = (refused.status, refused.codes) == (400, "InvalidJsonInput")
        self._note(2, "a required key is missing", refused.words(), code)
        if refused.ok:
            self._until(self._deployment_path, lambda answer: answer.get("status") not in RUNS)
            self._remove(self._deployment_path)

    def _redeploy_and_delete(self, live: Answer) -> None:
        again = self.wire.post(self._deployment_path, _update(live, {"action": "redeploy", "skipScripts": True}))
        self._say("redeploy without a change", again)
        self._note(
            44, "status in the answer to a redeploy", str(again.get("status")), again.get("status") == "Queued"
        )
        self._note(37, "a redeploy that changes nothing", again.words(), again.ok)
        early = self._say("delete while it runs", self.wire.delete(self._deployment_path))
        self._note(8, "DELETE while Queued or Deploying", early.words(), early.ok)
        if not early.ok:
            self._until(self._deployment_path, lambda answer: answer.get("status") not in RUNS)
            self._say("delete", self.wire.delete(self._deployment_path))
        twice = self._say("delete once more", self.wire.delete(self._deployment_path))
        refused = (twice.status, twice.codes) == (400, "DeploymentInvalidStatusTransition")
        self._note(8, "DELETE while Undeploying", twice.words(), refused)
        draft = self._say("delete the draft of a deployment", self.wire.delete(self._draft))
        self._note(9, "DELETE of a draft with a Deployment", draft.words(), draft.status == 400)

    # --- how ---

    @property
    def _draft(self) -> str:
        return f"/connectors/drafts/key={self.plan.key}"

    @property
    def _connector(self) -> str:
        return f"/connectors/key={self.plan.key}"

    @property
    def _deployments(self) -> str:
        return f"/{self.plan.project}/deployments"

    @property
    def _deployment_path(self) -> str:
        return f"{self._deployments}/key={self.plan.key}"

    def _deployment(self, applications: list[Any], *, values: bool) -> dict[str, Any]:
        return {
            "key": self.plan.key,
            "type": "sandbox",
            "connector": {"key": self.plan.key},
            "region": self.plan.region,
            "configurations": [_values(each) if values else _bare(each) for each in applications],
        }

    def _update(self, before: Answer, action: dict[str, Any]) -> Answer:
        return self.wire.post(self._draft, _update(before, action))

    def _note(self, question: int, what: str, seen: str, as_assumed: bool | None = None) -> None:
        self.seen.append(Observation(question, what, seen, as_assumed))

    def _say(self, what: str, answer: Answer) -> Answer:
        status = f", status {answer.get('status')}" if answer.get("status") else ""
        self.log.append(f"{what}: {answer.words()}{status}")
        return answer

    def _until(self, path: str, done: Callable[[Answer], bool]) -> Answer:
        """Look until it is so, or the patience ends."""
        answer = self.wire.get(path)
        for _ in range(int(self.plan.patience / self.plan.look_every)):
            if done(answer):
                break
            self.sleep(self.plan.look_every)
            answer = self.wire.get(path)
        return answer

    @contextmanager
    def _cleaned_up(self) -> Iterator[None]:
        try:
            yield
        finally:
            for path in (self._deployment_path, self._draft):
                self._remove(path)

    def _remove(self, path: str) -> None:
        """Delete, and wait until it is gone; what stays is named."""
        there = self._until(path, lambda answer: answer.get("status") not in RUNS)
        if there.status != 404:
            self.wire.delete(path)
            there = self._until(path, lambda answer: answer.status == 404)
        if there.status != 404:
            self.left.append(path)


def _update(before: Answer, action: dict[str, Any]) -> dict[str, Any]:
    return {"version": before.get("version") or 0, "actions": [action]}


def _required(application: dict[str, Any]) -> bool:
    kinds = ("standardConfiguration", "securedConfiguration")
    return any(entry.get("required") for kind in kinds for entry in application.get(kind) or ())


def _bare(application: dict[str, Any]) -> dict[str, Any]:
    return {
        "applicationName": application["applicationName"],
        "standardConfiguration": [],
        "securedConfiguration": [],
    }


def _values(application: dict[str, Any]) -> dict[str, Any]:
    """Give every required key a value that opens nothing."""
    given = _bare(application)
    for kind in ("standardConfiguration", "securedConfiguration"):
        required = [entry["key"] for entry in application.get(kind) or () if entry.get("required")]
        given[kind] = [{"key": key, "value": "acceptance"} for key in required]
    return given


def _entries(answer: Answer, kind: str) -> list[dict[str, Any]]:
    return [entry for each in answer.get("applications") or () for entry in each.get(kind) or ()]


def _mask(answer: Answer) -> tuple[str, bool | None]:
    secured = _entries(answer, "securedConfiguration")
    if not secured:
        return "no secured key is required: not seen", None
    # What is not a mask could be the value itself: it is not written down.
    shown = {str(entry.get("value")) for entry in secured}
    words = sorted(
        each if not each.strip("*") else "no value" if each == "None" else "something else" for each in shown
    )
    return ", ".join(f"`{each}`" for each in words), shown == {"****"}


def _defaults(answer: Answer, applications: list[Any]) -> tuple[str, bool | None]:
    declared = {
        entry["key"]
        for each in applications
        for entry in each.get("standardConfiguration") or ()
        if entry.get("default")
    }
    if not declared:
        return "no key has a default: not seen", None
    shown = declared & {entry["key"] for entry in _entries(answer, "standardConfiguration")}
    return f"{len(shown)} of {len(declared)}", shown == declared
