"""What does not fit together in a Rollout, found before anything is declared: every mistake, its path. Pure."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from commercetools_connect.api.hosts import is_loopback
from commercetools_connect.contract.paths import Path, format_path
from commercetools_connect.contract.results import CheckFailure
from commercetools_connect.contract.values import UNKNOWN, Plain, PlainTree, Secret, Tree, has_unknown, reveal
from commercetools_connect.resources.inputs import find_mistakes
from commercetools_connect.rollout.inputs import (
    ConnectedRolloutInputs,
    ConnectedTargetInputs,
    RolloutInputs,
    RolloutTargetInputs,
    RolloutWaveInputs,
)
from commercetools_connect.rollout.waves import CANARY

__all__ = ["find_rollout_mistakes"]

ADDRESSES: Final = ("hostRegion", "connectUrl")

TARGET_STRUCTURE: Final = ("name", "wave", "enabled", "aliases", "connection")
PUBLISHED_STRUCTURE: Final = ("hostRegion", "connectUrl", "projectKey")
"""What must be known besides where the rollout publishes: it decides which drafts there are, and for whom."""


def find_rollout_mistakes(
    inputs: Tree, model: type[ConnectedRolloutInputs] | type[RolloutInputs] = RolloutInputs
) -> tuple[CheckFailure, ...]:
    """Return every mistake in what is known. No value is shown.

    The structure (names, waves, the canary, whether a target is enabled) must be known: the engine has to be told
    which resources there are. `model` is what the door takes.
    """
    plain = reveal(inputs)
    if not isinstance(plain, Mapping):
        return (CheckFailure((), "must be an object"),)
    mistakes = (*_wrong_types(inputs, model), *_unknown_structure(plain), *_secret_structure(inputs))
    if mistakes:
        return mistakes
    targets = _objects(plain.get("targets"))
    return (
        *_connector_mistakes(plain),
        *_name_mistakes(targets),
        *_canary_mistakes(plain, targets),
        *_wave_mistakes(plain, targets),
        *_access_mistakes(plain, targets),
        *_override_mistakes(plain, targets),
        *_same_deployment_mistakes(targets),
    )


def _wrong_types(
    inputs: Tree, model: type[ConnectedRolloutInputs] | type[RolloutInputs]
) -> Iterable[CheckFailure]:
    """Check against the models; a list with something unknown in it is checked element by element."""
    yield from find_mistakes(model, inputs)
    target = ConnectedTargetInputs if model is ConnectedRolloutInputs else RolloutTargetInputs
    for name, element in (("targets", target), ("waves", RolloutWaveInputs)):
        listed = inputs.get(name)
        if isinstance(listed, Sequence) and not isinstance(listed, str) and has_unknown(listed):
            for position, each in enumerate(listed):
                if isinstance(each, Mapping):
                    for mistake in find_mistakes(element, each):
                        yield CheckFailure((name, position, *mistake.path), mistake.reason)
                elif each is not UNKNOWN:
                    yield CheckFailure((name, position), "must be an object")


def _unknown_structure(plain: PlainTree) -> Iterable[CheckFailure]:
    reason = "must be known at preview: it decides which resources there are"
    is_published = plain.get("draft") is not None
    members = {"targets": (*TARGET_STRUCTURE, *(PUBLISHED_STRUCTURE if is_published else ())), "waves": ("name",)}
    for name in ("targets", "waves", "canary", "draft"):
        if plain.get(name) is UNKNOWN:
            yield CheckFailure((name,), reason)
        for position, element in enumerate(_list(plain.get(name))):
            if element is UNKNOWN:
                yield CheckFailure((name, position), reason)
            elif isinstance(element, Mapping):
                hidden = [member for member in members.get(name, ()) if _holds_unknown(element.get(member))]
                yield from (CheckFailure((name, position, member), reason) for member in hidden)


def _secret_structure(inputs: Tree) -> Iterable[CheckFailure]:
    """Find secrets that a draft would show: it names its projects, and its own name has the host's."""
    listed = inputs.get("targets")
    if inputs.get("draft") is None or not isinstance(listed, Sequence) or isinstance(listed, str):
        return
    for position, target in enumerate(listed):
        if isinstance(target, Mapping):
            hidden = [member for member in PUBLISHED_STRUCTURE if isinstance(target.get(member), Secret)]
            reason = "must not be a secret: the draft would show it"
            yield from (CheckFailure(("targets", position, member), reason) for member in hidden)


def _holds_unknown(value: Plain) -> bool:
    return value is UNKNOWN or UNKNOWN in _list(value)


def _connector_mistakes(plain: PlainTree) -> Iterable[CheckFailure]:
    given = [name for name in ("connector", "draft") if plain.get(name) is not None]
    if len(given) != 1:
        found = "both are given" if given else "neither is given"
        yield CheckFailure(("connector",), f"needs exactly one of connector and draft; {found}")
    connector = plain.get("connector")
    if isinstance(connector, Mapping):
        named = [name for name in ("id", "key") if connector.get(name) is not None]
        if len(named) != 1:
            found = "both are given" if named else "neither is given"
            yield CheckFailure(("connector",), f"needs exactly one of id and key; {found}")


def _name_mistakes(targets: Sequence[PlainTree]) -> Iterable[CheckFailure]:
    yield from _repeated(("targets",), "name", [target.get("name") for target in targets])


def _canary_mistakes(plain: PlainTree, targets: Sequence[PlainTree]) -> Iterable[CheckFailure]:
    names = [str(target["name"]) for target in targets]
    for position, name in enumerate(_list(plain.get("canary"))):
        if name not in names:
            yield CheckFailure(("canary", position), f"{name!r} is no target{_nearest(str(name), names)}")
        elif targets[names.index(str(name))].get("wave") not in (None, CANARY):
            path: Path = ("targets", names.index(str(name)), "wave")
            yield CheckFailure(path, "a canary goes first; leave its wave out, or take it out of canary")


def _wave_mistakes(plain: PlainTree, targets: Sequence[PlainTree]) -> Iterable[CheckFailure]:
    waves = [str(wave["name"]) for wave in _objects(plain.get("waves"))]
    canary = _list(plain.get("canary"))
    yield from _repeated(("waves",), "name", waves)
    for position, target in enumerate(targets):
        wave = target.get("wave")
        if wave is not None and wave not in waves and target["name"] not in canary:
            known = _nearest(str(wave), waves) or ("; there are none" if not waves else "")
            yield CheckFailure(("targets", position, "wave"), f"{wave!r} is none of the waves{known}")
    free = [target for target in targets if target["name"] not in canary]
    last = next((name for name in reversed(waves) if name != CANARY or not canary), None)
    used = {target.get("wave") or last for target in free} | ({CANARY} if canary else set())
    for position, name in enumerate(waves):
        if name not in used:
            yield CheckFailure(
                ("waves", position), f"no target is in wave {name!r}; remove it, or name it in a target"
            )


def _access_mistakes(plain: PlainTree, targets: Sequence[PlainTree]) -> Iterable[CheckFailure]:
    draft = _object(plain.get("draft"))
    names_projects = bool(draft) and draft.get("privateProjects") is None and draft.get("target") != "marketplace"
    for position, target in enumerate(targets):
        path: Path = ("targets", position)
        if names_projects and target.get("projectKey") is None:
            reason = "is required: it becomes one of the draft's private projects, unless the draft names them"
            yield CheckFailure((*path, "projectKey"), reason)
        if target.get("connection") is None and all(target.get(name) is None for name in ADDRESSES):
            yield CheckFailure(path, "needs hostRegion, or connectUrl and authUrl")
        connect_url = target.get("connectUrl")
        if isinstance(connect_url, str) and target.get("authUrl") is None and not is_loopback(connect_url):
            yield CheckFailure((*path, "authUrl"), "is required where connectUrl is given")


def _override_mistakes(plain: PlainTree, targets: Sequence[PlainTree]) -> Iterable[CheckFailure]:
    """Find overrides for an application that the shared configuration does not have: most often misspellings."""
    shared = list(_object(plain.get("configurations")))
    if plain.get("configurations") is UNKNOWN or not shared:
        return
    for position, target in enumerate(targets):
        for application in _object(target.get("configurations")):
            if application not in shared:
                path: Path = ("targets", position, "configurations", application)
                reason = "the shared configurations have no such application"
                yield CheckFailure(path, f"{reason}{_nearest(application, shared)}")


def _same_deployment_mistakes(targets: Sequence[PlainTree]) -> Iterable[CheckFailure]:
    places: dict[tuple[Plain, ...], list[int]] = defaultdict(list)
    for position, target in enumerate(targets):
        where = tuple(target.get(name) for name in ("connection", "connectUrl", "hostRegion", "projectKey", "key"))
        if target.get("key") is not None and UNKNOWN not in where:
            places[where].append(position)
    for positions in places.values():
        for position in positions[1:]:
            first = format_path(("targets", positions[0]))
            yield CheckFailure(("targets", position, "key"), f"{first} has the same key in the same project")


def _repeated(path: Path, member: str, names: Sequence[Plain]) -> Iterable[CheckFailure]:
    for position, name in enumerate(names):
        if name in names[:position]:
            first = format_path((*path, names.index(name)))
            yield CheckFailure((*path, position, member), f"{first} has the same name, {name!r}")


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known: {', '.join(dict.fromkeys(known))}" if known else ""


def _list(value: Plain) -> Sequence[Plain]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _object(value: Plain) -> PlainTree:
    return value if isinstance(value, Mapping) else {}


def _objects(value: Plain) -> Sequence[PlainTree]:
    return [_object(each) for each in _list(value)]
