"""What must be true after every step, read from the emulator and the state alone.

Every function returns what is wrong, in words; nothing, if all is well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from commercetools_connect.core.values import Secret
from tests.faults.author import CANARY, Author, Chain, Installation
from tests.support.engine import Engine
from tests.support.stack import Entry

__all__ = [
    "BEING_PUBLISHED",
    "NOT_PREVIEWABLE",
    "OLDER",
    "RUNS",
    "Dump",
    "deployment_by",
    "draft_by",
    "lies_about_deployment",
    "lies_about_draft",
    "lies_about_publication",
    "redeploys_due",
    "secrets_harmed",
    "secrets_shown",
    "strays",
]

Dump = Mapping[str, Any]

RUNS = "and a run goes on"
BEING_PUBLISHED = "the draft is Processing"
NOT_PREVIEWABLE = "is not previewable"
OLDER = "is older than its draft"

PEOPLE_DECIDE = ("ReadyForCertification", "InCertification")


def draft_by(dump: Dump, identity: str) -> dict[str, Any] | None:
    """Return the draft of that id or key."""
    return next((each for each in dump["drafts"] if identity in (each["id"], each.get("key"))), None)


def deployment_by(dump: Dump, identity: str) -> dict[str, Any] | None:
    """Return the Deployment of that id or key; an id may carry its project."""
    name = identity.rpartition("/")[2]
    return next((each for each in dump["deployments"] if name in (each["id"], each.get("key"))), None)


def lies_about_draft(dump: Dump, draft_id: str, chain: Chain, before: Entry | None) -> Iterator[str]:
    """Compare a draft that was reported as done with the program; what was declared `before` must be cleared."""
    draft = draft_by(dump, draft_id)
    if draft is None:
        yield f"draft {draft_id} does not exist"
        return
    content = draft["content"]
    pairs: dict[str, tuple[Any, Any]] = {
        "name": (content["name"], chain.title),
        "tag": (content["repository"]["tag"], chain.tag),
        "description": (content.get("description"), chain.description),
        "integrationTypes": (sorted(content["integrationTypes"]), sorted(chain.types)),
    }
    for name, (there, wanted) in pairs.items():
        was_ours = before is not None and before.id == draft_id and bool(before.outputs.get(name))
        if there != wanted and (wanted or was_ours):
            yield f"draft {draft_id}: {name} is {there!r}, not {wanted!r}"


def lies_about_publication(dump: Dump, draft_id: str, chain: Chain) -> Iterator[str]:
    """Compare a publication that was reported as done with what is available."""
    draft = draft_by(dump, draft_id)
    connector = next((each for each in dump["connectors"] if each["id"] == draft_id), None)
    if draft is None:
        yield f"draft {draft_id} does not exist"
    elif chain.target == "preview":
        if draft["isPreviewable"] != "true":
            yield f"draft {draft_id} {NOT_PREVIEWABLE} but {draft['isPreviewable']}"
        elif draft["previewed"]["content"]["repository"]["tag"] != chain.tag:
            yield f"draft {draft_id} is previewable at another tag than {chain.tag}"
    elif chain.target == "marketplace" and draft["status"] in PEOPLE_DECIDE:
        pass
    elif connector is None:
        yield f"connector {draft_id} does not exist, the draft is {draft['status']}"
    elif connector["content"]["repository"]["tag"] != chain.tag:
        yield f"connector {draft_id} is at {connector['content']['repository']['tag']}, not {chain.tag}"
    elif draft["hasChanges"]:
        yield f"connector {draft_id} {OLDER}"


def lies_about_deployment(dump: Dump, identity: str, chain: Chain, wanted: Installation) -> Iterator[str]:
    """Compare a Deployment that was reported as live with the program."""
    there = deployment_by(dump, identity)
    if there is None:
        yield f"deployment {identity} does not exist"
        return
    name = f"deployment {there['key']}"
    if there["status"] != "Deployed" or there.get("run") is not None:
        yield f"{name} is {there['status']}{f', {RUNS}' if there.get('run') else ''}"
    tag = there["connector"]["content"]["repository"]["tag"]
    if wanted.follows_tag and tag != chain.tag:
        yield f"{name} runs {tag}, not {chain.tag}"
    if wanted.schedule is not None and _application(there, "nightly").get("schedule") != wanted.schedule:
        yield f"{name}: the schedule is not {wanted.schedule!r}"
    if wanted.strict and any("script" in each["title"] for each in _warnings(there)):
        yield f"{name}: a script has failed"
    yield from _wrong_values(name, there, wanted)


def _wrong_values(name: str, there: Mapping[str, Any], wanted: Installation) -> Iterator[str]:
    service = _application(there, "service")
    values = {"SHOP_NAME": wanted.shop, "GREETING": wanted.greeting}
    if wanted.callback:
        values["CALLBACK"] = f"{service['url']}/callback"
    for key, value in values.items():
        if value is not None and service["standard"].get(key) != value:
            yield f"{name}: {key} is {service['standard'].get(key)!r}, not {value!r}"
    for application, key, value in wanted.secrets():
        stored = _secured(there, application).get(key)
        if stored != resolved(value, there):
            yield f"{name}: {application}.{key} is not the program's but {_shown(stored)}"


def redeploys_due(dump: Dump, engine: Engine) -> list[str]:
    """Return the names of Deployments that the next `up` redeploys: those that they replaced are gone since.

    The scripts of those ran last, in the same project (design §3).
    """
    return [
        each.name
        for each in engine.entries.values()
        if (replaced := each.outputs.get("redeployAfter")) and deployment_by(dump, str(replaced)) is None
    ]


def strays(dump: Dump, entries: Iterable[Entry], findable: Mapping[str, set[str]]) -> Iterator[str]:
    """Name every object that no state knows and that no interrupted create would find again by its key.

    `findable`: kind → keys of creates whose result is unknown.
    """
    known = {entry.id.rpartition("/")[2] for entry in entries if not entry.awaits_create}
    for kind, collection in (("ConnectorStaged", "drafts"), ("Deployment", "deployments")):
        for each in dump[collection]:
            if each["id"] not in known and each.get("key") not in findable.get(kind, set()):
                yield f"{kind} {each.get('key')} ({each['id']}) is there, and no state knows it"


def secrets_harmed(
    hashes: Mapping[str, Mapping[str, str]], deployment: Mapping[str, Any], author: Author, held: set[str]
) -> Iterator[str]:
    """Look for secured values that no program declares, such as masks, and for lost ones; from hashes alone.

    `held`: `application.key` of every value that this Deployment has once held for real; filled here. Until then a
    value that needs the application's own URL may be the placeholder for it.
    """
    allowed = author.asked_to_keep(deployment["key"])
    seen = set()
    for application, values in hashes.items():
        for key, stored in values.items():
            name = f"{application}.{key}"
            seen.add(name)
            asked = allowed.get((application, key), set())
            if stored in {_hash(resolved(value, deployment)) for value in asked}:
                held.add(name)
            elif name in held or stored not in {_hash(value) for value in asked}:
                yield f"deployment {deployment['key']}: {name} is no value that the program ever gave it"
    for name in sorted(held - seen):
        yield f"deployment {deployment['key']}: {name} is lost"


def secrets_shown(entries: Iterable[Entry], said: Iterable[str]) -> Iterator[str]:
    """Look for secured values that are plain in the state, or in what the user reads."""
    for entry in entries:
        if any(CANARY in text for tree in (entry.inputs, entry.outputs) for text in _plain_texts(tree)):
            yield f"{entry.kind} {entry.name}: a secured value is plain in the state"
    for text in said:
        if CANARY in text:
            yield f"a secured value was said: {text}"


def resolved(value: str, deployment: Mapping[str, Any]) -> str:
    """Return a value with the service's URL in its place."""
    return value.replace("{{url:service}}", _application(deployment, "service").get("url") or "?")


def _application(deployment: Mapping[str, Any], name: str) -> dict[str, Any]:
    return next((each for each in deployment["applications"] if each["name"] == name), {"standard": {}})


def _secured(deployment: Mapping[str, Any], application: str) -> Mapping[str, str]:
    settings = deployment["globalValues"] if application == "$global" else _application(deployment, application)
    found: Mapping[str, str] = settings.get("secured", {})
    return found


def _warnings(deployment: Mapping[str, Any]) -> list[Mapping[str, str]]:
    return [each for each in deployment.get("report") or [] if each["type"] != "Information"]


def _shown(stored: str | None) -> str:
    return "nothing" if stored is None else f"a value of {len(stored)} characters"


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def _plain_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from _plain_texts(child)
    elif isinstance(value, (list, tuple)):
        for child in value:
            yield from _plain_texts(child)
    else:
        assert value is None or isinstance(value, (bool, int, float, Secret)), type(value)
