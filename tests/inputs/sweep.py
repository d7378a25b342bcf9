"""Puts each kind of bad value in each place of a full program, and says what a check makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from commercetools_connect.core.clock import SystemClock
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import Checked
from commercetools_connect.core.text import Path, format_path
from commercetools_connect.core.values import UNKNOWN, PropertyValue, Secret, unwrap_secrets
from commercetools_connect.resources.provider import Provider
from tests.unit.core.trees import paths_in, put
from tests.unit.resources.trees import DEPLOYMENT, PUBLICATION, STAGED, TreeDict

__all__ = ["CANARY", "KINDS", "PROGRAMS", "Case", "all_cases", "check"]

PROGRAMS: Final[dict[str, TreeDict]] = {
    "ConnectorStaged": STAGED,
    "ConnectorPublication": PUBLICATION,
    "Deployment": DEPLOYMENT,
}

KINDS: Final = (
    "missing",
    "null",
    "empty",
    "too long",
    "wrong type",
    "unknown",
    "secret",
    "unicode",
    "control characters",
)

CANARY: Final = "c4n4ry-Zx81"
"""Part of each bad text: it must not stand in any message."""

LONG: Final = 10_000
UNICODE: Final = f"Ünïcödé 日本語 😀 {CANARY}"
CONTROL: Final = f"\x1b[2J\x07{CANARY}\x00\r\n\u202e"

_TEXTS: Final[dict[str, str]] = {
    "empty": "",
    "too long": CANARY + "x" * LONG,
    "unicode": UNICODE,
    "control characters": CONTROL,
}


@dataclass(frozen=True)
class Case:
    """One kind of bad value in one place. `inputs` is `None` where the kind makes no sense."""

    resource: str
    path: Path
    kind: str
    inputs: TreeDict | None

    def __str__(self) -> str:
        return f"{self.resource}.{format_path(self.path)}: {self.kind}"


def all_cases() -> Iterator[Case]:
    """Yield every case; places that differ only by their position in a list are one."""
    for resource, program in PROGRAMS.items():
        for path in paths_in(program):
            if path and not any(isinstance(step, int) and step > 0 for step in path) and not _is_trigger(path):
                for kind in KINDS:
                    yield Case(resource, path, kind, _spoilt(program, path, kind))


def check(case: Case) -> Checked:
    """Let the resource check the case's inputs."""
    assert case.inputs is not None
    values = {"projectKey": "acme-dev", "connectUrl": "http://127.0.0.1:9"}
    resource = Provider.configure(values, {}, SystemClock()).resource(case.resource)
    return resource.check(OperationContext("greeter", "derived-greeter"), {}, case.inputs)


def _is_trigger(path: Path) -> bool:
    # any value at all is right inside of it
    return path[0] == "redeployTrigger" and len(path) > 1


def _spoilt(program: TreeDict, path: Path, kind: str) -> TreeDict | None:
    if kind == "missing":
        return None if isinstance(path[-1], int) else _without(program, path)
    old = unwrap_secrets(_at(program, path))
    new: Any = _bad_value(old, kind)
    return None if new is _NO_SENSE else _put(program, path, lambda _: new)


_NO_SENSE: Final[Any] = object()


def _bad_value(old: Any, kind: str) -> Any:
    if kind == "null":
        return None
    if kind == "unknown":
        return UNKNOWN
    if kind == "secret":
        return Secret(old)
    if isinstance(old, Mapping):
        return _bad_map(old, kind)
    if isinstance(old, list):
        return _bad_list(old, kind)
    return _bad_leaf(old, kind)


def _bad_leaf(old: Any, kind: str) -> Any:
    if isinstance(old, str):
        return _TEXTS.get(kind, {"unexpected": CANARY})
    long = {} if isinstance(old, bool) else {"too long": 10**30}
    return {"empty": "", "wrong type": CANARY, **long}.get(kind, _NO_SENSE)


def _bad_map(old: Mapping[str, Any], kind: str) -> Any:
    example = next(iter(old.values()))
    if kind == "wrong type":
        return [CANARY]
    if kind == "empty":
        return {}
    # names are shown, so that they can be found
    name = {**_TEXTS, "too long": "x" * LONG}[kind].replace(CANARY, "name")
    return {**old, name: example}


def _bad_list(old: Sequence[Any], kind: str) -> Any:
    if kind == "wrong type":
        return CANARY
    if kind == "empty":
        return []
    return [*old] * LONG if kind == "too long" else _NO_SENSE


def _at(value: Any, path: Path) -> Any:
    for step in path:
        parent: Any = unwrap_secrets(value)
        value = parent[step]
    return value


def _without(program: TreeDict, path: Path) -> TreeDict:
    def drop(parent: PropertyValue) -> PropertyValue:
        assert isinstance(parent, Mapping)
        return {name: child for name, child in parent.items() if name != path[-1]}

    return _put(program, path[:-1], drop)


def _put(program: TreeDict, path: Path, change: Callable[[PropertyValue], PropertyValue]) -> TreeDict:
    changed = put(program, path, change)
    assert isinstance(changed, dict)
    return changed
