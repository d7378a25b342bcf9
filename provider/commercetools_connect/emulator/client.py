"""The control interface as Python: for tests, against this process's emulator or any other."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, TypedDict, cast
from urllib.parse import quote

import httpx

from commercetools_connect.emulator.errors import AdminError
from commercetools_connect.emulator.journal import JournalEntry
from commercetools_connect.emulator.json_values import Json, JsonObject

ObjectKind = Literal["drafts", "connectors", "deployments"]
RegistrationKind = Literal["extensions", "subscriptions"]
_SECONDS = 10.0


class ClientSpec(TypedDict):
    """An API client; `scopes` like `manage_project:acme-dev`, as a list or one text with spaces."""

    clientId: str
    clientSecret: str
    scopes: Sequence[str]


class RepositorySpec(TypedDict):
    """A tag of a repository; `connectYaml` None: the tag has no such file."""

    url: str
    tag: str
    connectYaml: str | None


class _LogLineOptions(TypedDict, total=False):
    type: Literal["HTTP_REQUEST", "APPLICATION_TEXT", "APPLICATION_JSON"]
    severity: str
    message: str
    details: Json
    timestamp: float


class LogLineSpec(_LogLineOptions):
    """A log line: `message`, or `details` for any other JSON; `timestamp` in seconds since 1970, else now."""

    applicationName: str


class _ScriptOptions(TypedDict, total=False):
    does: Literal["register", "recreate", "createOnly", "nothing", "unregister"]
    key: str
    address: Literal["own", "former"]
    path: str
    absolutePath: str
    after: float
    gap: float
    draft: JsonObject


class ScriptSpec(_ScriptOptions):
    """What the `postDeploy` script of an application registers, or its `preUndeploy` script deletes.

    `does` is `register` (update or create; the default), `recreate` (delete, and create after `gap` seconds),
    `createOnly`, `nothing`, or, of an undeployment, `unregister`. Without `key` the object has none. `address`
    `former` points to the topic or URL of the run before. `path` goes behind the URL, `absolutePath` replaces its
    path. `after` is how many seconds after the run the script writes, `draft` has members of the create body that
    differ from the script's own.
    """

    application: str


class Admin:
    """Calls `/__admin` of the emulator at `base_url`. What it refuses raises `AdminError` with the reason.

    `transport` replaces the network, for an emulator without a socket.
    """

    def __init__(self, base_url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        # Loading the system's certificates takes longer than an emulator's start, and plain HTTP needs none.
        verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if base_url.startswith("http://") else True
        self._http = httpx.Client(
            base_url=f"{base_url}/__admin", timeout=_SECONDS, trust_env=False, verify=verify, transport=transport
        )

    def __enter__(self) -> Admin:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def reset(self) -> None:
        """Make the emulator like a fresh one: no objects, default settings, the demo client and repository."""
        self._call("POST", "reset")

    def settings(self, **changes: Json) -> dict[str, Any]:
        """Merge settings by their JSON names (`delays={"queued": 5}`, `clock="manual"`); return all of them."""
        return self._object("PUT" if changes else "GET", "settings", changes or None)

    def clients(self, clients: Sequence[ClientSpec]) -> None:
        """Replace all API clients."""
        self._call("PUT", "clients", clients)

    def repositories(self, repositories: Sequence[RepositorySpec]) -> list[dict[str, Any]]:
        """Replace all reachable repository tags; return them: `{"url": …, "tag": …}`.

        A tag whose connect.yaml Connect refuses is taken too, and has `"warnings"`: lines `[path]: reason`.
        """
        return cast("list[dict[str, Any]]", self._call("PUT", "repositories", repositories))

    def outcome(
        self,
        lifecycle: Literal["deploy", "publish", "preview", "undeploy"],
        key: str,
        outcome: Literal["success", "failure", "warning", "cancelled", "stuck"],
        *,
        project: str | None = None,
        report: Sequence[JsonObject] | None = None,
        scripts: Sequence[ScriptSpec] | None = None,
        times: int = 1,
    ) -> None:
        """Script how the next runs of the draft or Deployment `key` (or id, or fnmatch pattern) end.

        `scripts`: what scripts of its applications do then. `[]` for an undeployment leaves everything behind.
        """
        body: dict[str, Json] = {"lifecycle": lifecycle, "key": key, "outcome": outcome, "times": times}
        body |= {"project": project} if project else {}
        body |= {"report": report} if report is not None else {}
        scripted = None if scripts is None else [cast("JsonObject", each) for each in scripts]
        body |= {"scripts": scripted} if scripted is not None else {}
        self._call("POST", "outcomes", body)

    def outcomes(self) -> list[dict[str, Any]]:
        """Return the scripted outcomes that are still to come."""
        return cast("list[dict[str, Any]]", self._call("GET", "outcomes"))

    def clear_outcomes(self) -> None:
        """Remove all scripted outcomes."""
        self._call("DELETE", "outcomes")

    def fault(
        self,
        fault: JsonObject,
        *,
        method: str | None = None,
        path: str | None = None,
        client: str | None = None,
        skip: int = 0,
        times: int | None = None,
        for_seconds: float | None = None,
    ) -> None:
        """Arm a fault, e.g. `fault({"drop": "after"}, method="POST", path="/*/deployments")`."""
        limits: Mapping[str, Json] = {
            "method": method,
            "path": path,
            "client": client,
            "times": times,
            "forSeconds": for_seconds,
        }
        given = {name: value for name, value in limits.items() if value is not None}
        self._call("POST", "faults", {**given, "skip": skip, "fault": fault})

    def faults(self) -> list[dict[str, Any]]:
        """Return all armed faults, each with its rule and how often it has hit."""
        return cast("list[dict[str, Any]]", self._call("GET", "faults"))

    def clear_faults(self) -> None:
        """Disarm all faults."""
        self._call("DELETE", "faults")

    def journal(self) -> list[JournalEntry]:
        """Return all calls since the start or the last clearing, oldest first."""
        return cast("list[JournalEntry]", self._call("GET", "journal"))

    def clear_journal(self) -> None:
        """Forget all calls."""
        self._call("DELETE", "journal")

    def log(self, project: str, ref: str, lines: Sequence[LogLineSpec]) -> list[dict[str, Any]]:
        """Write log lines for a Deployment; return them as its log endpoint does."""
        path = f"logs/{quote(project, safe='')}/{quote(ref, safe='')}"
        return cast("list[dict[str, Any]]", self._call("POST", path, lines))

    def secured(self, project: str, ref: str) -> dict[str, dict[str, str]]:
        """Return application → key → SHA-256 of the stored value; global ones under `$global`."""
        path = f"secured/{quote(project, safe='')}/{quote(ref, safe='')}"
        return cast("dict[str, dict[str, str]]", self._call("GET", path))

    def patch(self, kind: ObjectKind, ref: str, changes: JsonObject) -> dict[str, Any]:
        """Change an object behind the API's back; its version grows unless given. Return it."""
        return self._object("PATCH", f"objects/{kind}/{quote(ref, safe='')}", changes)

    def delete(self, kind: ObjectKind, ref: str) -> dict[str, Any]:
        """Remove an object behind the API's back. Return what it was."""
        return self._object("DELETE", f"objects/{kind}/{quote(ref, safe='')}")

    def registrations(self, project: str) -> dict[str, list[dict[str, Any]]]:
        """Return `{"extensions": …, "subscriptions": …}` of a project, as the API shows them; no call is noted."""
        return self._object("GET", f"registrations/{quote(project, safe='')}")

    def add_registration(self, project: str, kind: RegistrationKind, body: JsonObject) -> dict[str, Any]:
        """Add an Extension or a Subscription as another person. Only `destination` with a `type` is needed."""
        return self._object("POST", f"registrations/{quote(project, safe='')}/{kind}", body)

    def patch_registration(
        self, project: str, kind: RegistrationKind, ref: str, changes: JsonObject
    ) -> dict[str, Any]:
        """Change one as another person; `destination` is merged, and the version grows unless given."""
        return self._object("PATCH", _registration(project, kind, ref), changes)

    def delete_registration(self, project: str, kind: RegistrationKind, ref: str) -> dict[str, Any]:
        """Remove one as another person. Return what it was."""
        return self._object("DELETE", _registration(project, kind, ref))

    def certify(
        self, ref: str, decision: Literal["approve", "reject"], comment: str | None = None
    ) -> dict[str, Any]:
        """End a certification. Return the draft."""
        body = {"decision": decision, **({"comment": comment} if comment else {})}
        return self._object("POST", f"certifications/{quote(ref, safe='')}", body)

    def rebuild(self, project: str, ref: str) -> dict[str, Any]:
        """Let the platform rebuild a deployed Deployment, without a redeploy."""
        return self._object("POST", f"rebuilds/{quote(project, safe='')}/{quote(ref, safe='')}")

    def advance(self, seconds: float) -> None:
        """Move the emulator's clock forward."""
        self._call("POST", "clock", {"advance": seconds})

    def dump(self) -> dict[str, Any]:
        """Return the whole state, secured values included: keep it like a secret."""
        return self._object("GET", "dump")

    def load(self, dump: JsonObject) -> None:
        """Replace the whole state by a dump."""
        self._call("PUT", "dump", dump)

    def _object(self, method: str, path: str, body: Json = None) -> dict[str, Any]:
        return cast("dict[str, Any]", self._call(method, path, body))

    def _call(self, method: str, path: str, body: object = None) -> object:
        response = self._http.request(method, path, json=body)
        answer: object = response.json()
        if response.is_error:
            message = answer.get("message") if isinstance(answer, dict) else None
            raise AdminError(str(message or response.reason_phrase), response.status_code)
        return answer


def _registration(project: str, kind: RegistrationKind, ref: str) -> str:
    return f"registrations/{quote(project, safe='')}/{kind}/{quote(ref, safe='')}"
