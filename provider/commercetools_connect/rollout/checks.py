"""What does not fit together in a Rollout, found before anything is declared: every mistake, its path. Pure."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from commercetools_connect.contract.paths import Path, format_path
from commercetools_connect.contract.results import CheckFailure
from commercetools_connect.contract.values import UNKNOWN, Plain, PlainTree, Tree, reveal
from commercetools_connect.resources.inputs import find_mistakes
from commercetools_connect.rollout.inputs import RolloutInputs
from commercetools_connect.rollout.waves import CANARY

__all__ = ["find_rollout_mistakes"]

ADDRESSES = ("hostRegion", "connectUrl")
CREDENTIALS = ("clientId", "clientSecret")


def find_rollout_mistakes(inputs: Tree) -> tuple[CheckFailure, ...]:
    """Return every mistake in what is known. No value is shown.

    The structure (names, waves, the canary, whether a target is enabled) must be known: the engine has to be told
    which resources there are.
    """
    plain = reveal(inputs)
    if not isinstance(plain, Mapping):
        return (CheckFailure((), "must be an object"),)
    mistakes = find_mistakes(RolloutInputs, inputs)
    unknown = tuple(_unknown_structure(plain))
    if mistakes or unknown:
        return (*mistakes, *unknown)
    targets = _objects(plain.get("targets"))
    return (
        *_connector_mistakes(plain),
        *_name_mistakes(targets),
        *_canary_mistakes(plain, targets),
        *_wave_mistakes(plain, targets),
        *_access_mistakes(targets),
        *_override_mistakes(plain, targets),
        *_same_deployment_mistakes(targets),
    )


def _unknown_structure(plain: PlainTree) -> Iterable[CheckFailure]:
    reason = "must be known at preview: it decides which resources there are"
    for name in ("targets", "waves", "canary"):
        if plain.get(name) is UNKNOWN:
            yield CheckFailure((name,), reason)
    for name, members in (("targets", ("name", "wave", "enabled", "aliases", "connection")), ("waves", ("name",))):
        for position, holder in enumerate(_list(plain.get(name))):
            if holder is UNKNOWN:
                yield CheckFailure((name, position), reason)
            elif isinstance(holder, Mapping):
                hidden = [member for member in members if _holds_unknown(holder.get(member))]
                yield from (CheckFailure((name, position, member), reason) for member in hidden)
    for position, name_of_target in enumerate(_list(plain.get("canary"))):
        if name_of_target is UNKNOWN:
            yield CheckFailure(("canary", position), reason)


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


def _access_mistakes(targets: Sequence[PlainTree]) -> Iterable[CheckFailure]:
    for position, target in enumerate(targets):
        given = [name for name in (*ADDRESSES, "authUrl", *CREDENTIALS) if target.get(name) is not None]
        if target.get("connection") is not None:
            yield from (
                CheckFailure(("targets", position, name), "is part of the connection; leave it out")
                for name in given
            )
            continue
        missing = [name for name in (*CREDENTIALS, "projectKey") if target.get(name) is None]
        yield from (
            CheckFailure(("targets", position, name), "is required: nobody can deploy there") for name in missing
        )
        if not any(name in given for name in ADDRESSES):
            yield CheckFailure(("targets", position), "needs hostRegion, or connectUrl and authUrl")
        elif "connectUrl" in given and not {"authUrl", "hostRegion"} & set(given):
            yield CheckFailure(("targets", position, "authUrl"), "is required where connectUrl is given")


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
    return f"; known: {', '.join(known)}" if known else ""


def _list(value: Plain) -> Sequence[Plain]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _object(value: Plain) -> PlainTree:
    return value if isinstance(value, Mapping) else {}


def _objects(value: Plain) -> Sequence[PlainTree]:
    return [_object(each) for each in _list(value)]
