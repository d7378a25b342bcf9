"""Validation of a Rollout before anything is declared. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from commercetools_connect.api.hosts import checked_url
from commercetools_connect.api.http import is_loopback
from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.text import Path, format_path, suggest
from commercetools_connect.core.values import (
    UNKNOWN,
    PlainMap,
    PlainValue,
    PropertyMap,
    PropertyValue,
    Secret,
    as_list,
    as_map,
    as_maps,
    has_unknown,
    unwrap_secrets,
)
from commercetools_connect.resources.configuration import CONNECTION
from commercetools_connect.resources.connections import connection_failures
from commercetools_connect.resources.deployment.wiring.messages import invalid_expectations
from commercetools_connect.resources.inner_connections import find_connections
from commercetools_connect.resources.inputs import validate_inputs
from commercetools_connect.rollout.model import (
    RolloutInputs,
    RolloutTargetInputs,
    RolloutWaveInputs,
)
from commercetools_connect.rollout.plan import CANARY, host_of, host_region_of, project_of

UNKNOWN_MEMBER: Final = "unknown argument"
"""How `validate_inputs` begins the reason for a member that does not exist."""

ADDRESSES: Final = ("hostRegion", "connectUrl")
ADDRESSES_BY_URL: Final = ("connectUrl", "authUrl")

OWN_ACCESS: Final = ("connectUrl", "authUrl", "clientId", "clientSecret")
"""Members of a target that cannot stand beside a connection."""

NOTHING_EXPECTED: Final = "no target has expect, so nothing can be looked at"

REQUIRED_ALONE: Final = ("projectKey", "clientId", "clientSecret")
"""Members that a target needs where it has no connection."""

TARGET_STRUCTURE: Final = ("name", "wave", "enabled", "aliases")
PUBLISHED_STRUCTURE: Final = ("hostRegion", "connectUrl", "projectKey")
"""What must be known besides where the rollout publishes: it decides which drafts there are, and for whom."""

PUBLISHED_BY_CONNECTION: Final = {"region": "hostRegion", "connectUrl": "hostRegion", "projectKey": "projectKey"}
"""The same in a connection, and the member of the target that goes before it."""


def validate_rollout(inputs: PropertyMap) -> tuple[CheckFailure, ...]:
    """Return every failure in what is known. No value is shown.

    The structure (names, waves, the canary, whether a target is enabled) must be known: they decide which
    resources the engine gets.
    """
    plain = unwrap_secrets(inputs)
    if not isinstance(plain, Mapping):
        return (CheckFailure((), "must be an object"),)
    failures = (*_invalid_members(inputs), *_unknown_structure(plain), *_secret_structure(inputs))
    if failures:
        return failures
    targets = as_maps(plain.get("targets"))
    return (
        *_connector_failures(plain),
        *_repeated(("targets",), "name", [target.get("name") for target in targets]),
        *_alias_failures(targets),
        *_canary_failures(plain, targets),
        *_wave_failures(plain, targets),
        *_access_failures(plain, targets),
        *_owner_failures(plain, targets),
        *_override_failures(plain, targets),
        *_expectation_failures(plain, targets),
        *_wired_failures(plain, targets),
        *_same_deployment_failures(targets),
    )


def _invalid_members(inputs: PropertyMap) -> list[CheckFailure]:
    """Validate against the models; a list with something unknown in it is validated element by element."""
    failures = list(validate_inputs(RolloutInputs, inputs))
    for name, element in (("targets", RolloutTargetInputs), ("waves", RolloutWaveInputs)):
        listed = inputs.get(name)
        if isinstance(listed, Sequence) and not isinstance(listed, str) and has_unknown(listed):
            for position, each in enumerate(listed):
                if isinstance(each, Mapping):
                    found = validate_inputs(element, each)
                    failures += [CheckFailure((name, position, *one.path), one.reason) for one in found]
                elif each is not UNKNOWN:
                    failures.append(CheckFailure((name, position), "must be an object"))
    # A member whose value is not known still has a name; Python programs make it an output, as it may be a secret.
    named = validate_inputs(RolloutInputs, cast("PropertyMap", _without_unknown(unwrap_secrets(inputs))))
    failures += [one for one in named if one.reason.startswith(UNKNOWN_MEMBER) and one not in failures]
    for position, each in enumerate(as_maps(unwrap_secrets(inputs.get("targets")))):
        path: Path = ("targets", position, CONNECTION)
        failures += connection_failures(each.get(CONNECTION), path)
    return [*failures, *_invalid_listing(inputs)]


def _invalid_listing(inputs: PropertyMap) -> Iterable[CheckFailure]:
    """Find mistakes in the connections of `expect`, of the rollout and of its targets."""
    targets = enumerate(as_maps(unwrap_secrets(inputs.get("targets"))))
    places: list[tuple[Path, PropertyMap]] = [((), inputs), *((("targets", at), each) for at, each in targets)]
    for before, members in places:
        for path, connection in find_connections("Deployment", members):
            yield from connection_failures(connection, (*before, *path))


def _without_unknown(value: PlainValue) -> PlainValue:
    """Return the value with an empty text in place of what is not known."""
    if isinstance(value, Mapping):
        return {name: _without_unknown(child) for name, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_without_unknown(child) for child in value]
    return "" if value is UNKNOWN else value


def _unknown_structure(plain: PlainMap) -> Iterable[CheckFailure]:
    reason = "must be known at preview: it decides which resources there are"
    is_published = plain.get("draft") is not None
    of_targets = (*TARGET_STRUCTURE, *(PUBLISHED_STRUCTURE if is_published else ()))
    members = {"targets": of_targets, "waves": ("name", "wired")}
    owners = as_map(plain.get("draft")).get("owners")
    if owners is UNKNOWN or UNKNOWN in as_list(owners):
        yield CheckFailure(("draft", "owners"), reason)
    for name in ("targets", "waves", "canary", "draft", "wired"):
        if plain.get(name) is UNKNOWN:
            yield CheckFailure((name,), reason)
        for position, element in enumerate(as_list(plain.get(name))):
            if element is UNKNOWN:
                yield CheckFailure((name, position), reason)
            elif isinstance(element, Mapping):
                for member in members.get(name, ()):
                    value = element.get(member)
                    if value is UNKNOWN or UNKNOWN in as_list(value):
                        yield CheckFailure((name, position, member), reason)
                if name == "targets" and is_published:
                    unknown = [path for path, value in _published_by_connection(element) if value is UNKNOWN]
                    yield from (CheckFailure((name, position, *path), reason) for path in unknown)


def _secret_structure(inputs: PropertyMap) -> Iterable[CheckFailure]:
    """Find secrets that a draft would show: it names its projects, and its own name has the host's."""
    listed = inputs.get("targets")
    if inputs.get("draft") is None or not isinstance(listed, Sequence) or isinstance(listed, str):
        return
    for position, target in enumerate(listed):
        if isinstance(target, Mapping):
            shown = [((member,), target.get(member)) for member in PUBLISHED_STRUCTURE]
            hidden = [
                path for path, value in (*shown, *_published_by_connection(target)) if isinstance(value, Secret)
            ]
            reason = "must not be a secret: the draft would show it"
            yield from (CheckFailure(("targets", position, *path), reason) for path in hidden)


def _published_by_connection(target: PropertyMap) -> Iterable[tuple[Path, PropertyValue]]:
    """Yield the members of a target's connection that decide which drafts there are, each with its path."""
    connection = target.get(CONNECTION)
    if isinstance(connection, Mapping):
        for name, own in PUBLISHED_BY_CONNECTION.items():
            if target.get(own) is None:
                yield (CONNECTION, name), connection.get(name)
    elif target.get("hostRegion") is None:
        yield (CONNECTION,), connection


def _connector_failures(plain: PlainMap) -> Iterable[CheckFailure]:
    for members, names in ((plain, ("connector", "draft")), (plain.get("connector"), ("id", "key"))):
        given = [name for name in names if as_map(members).get(name) is not None]
        if isinstance(members, Mapping) and len(given) != 1:
            found = "both are given" if given else "neither is given"
            yield CheckFailure(("connector",), f"needs exactly one of {' and '.join(names)}; {found}")


def _alias_failures(targets: Sequence[PlainMap]) -> Iterable[CheckFailure]:
    """Find former names that another target has or had: the engine could not tell whose deployment it is."""
    names = [target["name"] for target in targets]
    known: dict[PlainValue, int] = {}
    for position, target in enumerate(targets):
        for index, alias in enumerate(as_list(target.get("aliases"))):
            path: Path = ("targets", position, "aliases", index)
            if alias in names and alias != target["name"]:
                yield CheckFailure(path, f"{alias!r} is the name of another target; rename in two steps")
            elif known.setdefault(alias, position) != position:
                first = format_path(("targets", known[alias]))
                yield CheckFailure(path, f"{first} has the same alias, {alias!r}; remove one")


def _canary_failures(plain: PlainMap, targets: Sequence[PlainMap]) -> Iterable[CheckFailure]:
    names = [str(target["name"]) for target in targets]
    for position, name in enumerate(as_list(plain.get("canary"))):
        if name not in names:
            yield CheckFailure(
                ("canary", position), f"{name!r} is not the name of a target{suggest(str(name), set(names))}"
            )
        elif targets[names.index(str(name))].get("wave") not in (None, CANARY):
            path: Path = ("targets", names.index(str(name)), "wave")
            yield CheckFailure(path, "a canary goes first; leave its wave out, or take it out of canary")


def _wave_failures(plain: PlainMap, targets: Sequence[PlainMap]) -> Iterable[CheckFailure]:
    waves = [str(wave["name"]) for wave in as_maps(plain.get("waves"))]
    canary = as_list(plain.get("canary"))
    yield from _repeated(("waves",), "name", waves)
    for position, target in enumerate(targets):
        wave = target.get("wave")
        if wave is not None and wave not in waves and target["name"] not in canary:
            known = suggest(str(wave), waves) or ("; there are none" if not waves else "")
            yield CheckFailure(("targets", position, "wave"), f"{wave!r} is not the name of a wave{known}")
    free = [target for target in targets if target["name"] not in canary]
    last = next((name for name in reversed(waves) if name != CANARY or not canary), None)
    used = {target.get("wave") or last for target in free} | ({CANARY} if canary else set())
    for position, name in enumerate(waves):
        if name not in used:
            reason = f"no target is in wave {name!r}; remove it, or name it in a target"
            yield CheckFailure(("waves", position), reason)


def _access_failures(plain: PlainMap, targets: Sequence[PlainMap]) -> Iterable[CheckFailure]:
    draft = as_map(plain.get("draft"))
    names_projects = bool(draft) and draft.get("privateProjects") is None and draft.get("target") != "marketplace"
    for position, target in enumerate(targets):
        path: Path = ("targets", position)
        if names_projects and project_of(target) is None:
            reason = "is required: it becomes one of the draft's private projects, unless the draft names them"
            yield CheckFailure((*path, "projectKey"), reason)
        if names_projects and host_region_of(target) is None:
            reason = "is required: the draft names its private projects by the region that hosts them"
            yield CheckFailure((*path, "hostRegion"), reason)
        if target.get(CONNECTION) is not None:
            beside = [name for name in OWN_ACCESS if target.get(name) is not None]
            yield from (CheckFailure((*path, name), "cannot be given beside connection") for name in beside)
            continue
        if all(target.get(name) is None for name in (*ADDRESSES, *OWN_ACCESS)):
            yield CheckFailure(path, "needs connection, or hostRegion, projectKey, clientId and clientSecret")
            continue
        missing = [name for name in REQUIRED_ALONE if target.get(name) is None]
        yield from (CheckFailure((*path, name), "is required where connection is absent") for name in missing)
        if all(target.get(name) is None for name in ADDRESSES):
            yield CheckFailure(path, "needs connection, or hostRegion, or connectUrl and authUrl")
        for name in ADDRESSES_BY_URL:
            if isinstance(url := target.get(name), str) and not _may_get_credentials(url, name):
                # The value may be a secret, and the reason of `checked_url` has parts of it.
                reason = "is not a URL that credentials can be sent to; write it like https://host.example"
                yield CheckFailure((*path, name), reason)
        connect_url = target.get("connectUrl")
        if isinstance(connect_url, str) and target.get("authUrl") is None and not is_loopback(connect_url):
            yield CheckFailure((*path, "authUrl"), "is required where connectUrl is given")


def _may_get_credentials(url: str, name: str) -> bool:
    try:
        return bool(checked_url(url, name))
    except ConfigurationError:
        return False


def _owner_failures(plain: PlainMap, targets: Sequence[PlainMap]) -> Iterable[CheckFailure]:
    """Find owners of the draft that are not targets, or more than one on a host."""
    hosts = {str(target["name"]): host_of(target) for target in targets}
    owned: dict[str, str] = {}
    for position, owner in enumerate(as_list(as_map(plain.get("draft")).get("owners"))):
        name, path = str(owner), ("draft", "owners", position)
        if name not in hosts:
            yield CheckFailure(path, f"{name!r} is not the name of a target{suggest(name, hosts)}")
        elif (other := owned.setdefault(hosts[name], name)) != name:
            reason = f"{name!r} and {other!r} are on the same host, where the draft has one owner; remove one"
            yield CheckFailure(path, reason)


def _override_failures(plain: PlainMap, targets: Sequence[PlainMap]) -> Iterable[CheckFailure]:
    """Find overrides for an application that the shared configuration does not have: most often misspellings."""
    shared = list(as_map(plain.get("configurations")))
    if plain.get("configurations") is UNKNOWN or not shared:
        return
    for position, target in enumerate(targets):
        for application in as_map(target.get("configurations")):
            if application not in shared:
                path: Path = ("targets", position, "configurations", application)
                reason = "the shared configurations have no such application"
                yield CheckFailure(path, f"{reason}{suggest(application, shared)}")


def _expectation_failures(plain: PlainMap, targets: Sequence[PlainMap]) -> Iterable[CheckFailure]:
    shared = as_map(plain.get("expect"))
    yield from invalid_expectations(shared)
    for position, target in enumerate(targets):
        own = as_map(target.get("expect"))
        for each in invalid_expectations({**shared, **own}) if own else ():
            yield CheckFailure(("targets", position, *each.path), each.reason)


def _wired_failures(plain: PlainMap, targets: Sequence[PlainMap]) -> Iterable[CheckFailure]:
    """Find gates that shall look again where no target expects anything."""
    if plain.get("expect"):
        return
    expecting = [each for each in targets if each.get("expect")]
    if plain.get("wired") is True and not expecting:
        yield CheckFailure(("wired",), NOTHING_EXPECTED)
    canary, waves = as_list(plain.get("canary")), as_maps(plain.get("waves"))
    names = [each["name"] for each in waves if each["name"] != CANARY or not canary]
    last = names[-1] if names else None
    used = {CANARY if each["name"] in canary else each.get("wave") or last for each in expecting}
    for position, wave in enumerate(waves):
        if wave.get("wired") is True and wave["name"] not in used:
            yield CheckFailure(("waves", position, "wired"), NOTHING_EXPECTED)


def _same_deployment_failures(targets: Sequence[PlainMap]) -> Iterable[CheckFailure]:
    places: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for position, target in enumerate(targets):
        where = (host_of(target), project_of(target), target.get("key"))
        if target.get("key") is not None and UNKNOWN not in where:
            places[where].append(position)
    for positions in places.values():
        for position in positions[1:]:
            first = format_path(("targets", positions[0]))
            yield CheckFailure(("targets", position, "key"), f"{first} has the same key in the same project")


def _repeated(path: Path, member: str, names: Sequence[PlainValue]) -> Iterable[CheckFailure]:
    for position, name in enumerate(names):
        if name in names[:position]:
            first = format_path((*path, names.index(name)))
            yield CheckFailure((*path, position, member), f"{first} has the same name, {name!r}")


NAMES: Final = ("name", "wave", "enabled", "aliases", "wired")
"""Members of targets and waves that stand in the names of resources, or decide which there are."""


def open_structure(inputs: PropertyMap) -> dict[str, PropertyValue]:
    """Return the inputs with each secret mark moved to the values in it, and none on names.

    SDKs mark a whole object as soon as a part of it is secret, and a program may read all its targets from one
    secret; what has to be planned is then still to be seen.
    """
    spread = {name: _spread(value) for name, value in inputs.items()}
    for name in ("targets", "waves"):
        listed = spread.get(name)
        if isinstance(listed, list):
            spread[name] = [
                {
                    member: unwrap_secrets(value)
                    if member in NAMES or (member == CONNECTION and not isinstance(value, Mapping))
                    else value
                    for member, value in each.items()
                }
                if isinstance(each, Mapping)
                else each
                for each in listed
            ]
    draft = spread.get("draft")
    if isinstance(draft, Mapping):
        names = {name: unwrap_secrets(draft[name]) for name in ("target", "owners") if name in draft}
        spread["draft"] = {**draft, **names}
    for name in ("canary", "wired"):
        if name in spread:
            spread[name] = unwrap_secrets(spread[name])
    return spread


def _spread(value: PropertyValue, *, secret: bool = False) -> PropertyValue:
    if isinstance(value, Secret):
        return _spread(value.value, secret=True)
    if isinstance(value, Mapping):
        return {key: _spread(child, secret=secret) for key, child in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_spread(child, secret=secret) for child in value]
    return Secret(value) if secret and value is not None and value is not UNKNOWN else value
