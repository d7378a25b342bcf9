"""Any connector that connect.yaml can describe, and any program that is right for it (API §13.2)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

from hypothesis import strategies as st

from commercetools_connect.api import KNOWN_REGIONS, Connector
from commercetools_connect.resources.deployment.connector_version import ConnectorVersion

__all__ = ["Case", "cases"]

PROJECT = "acme-dev"

# Few letters: names look alike, so that suggestions and look-ups can be mistaken.
APPLICATION_NAMES = sorted({"".join(letters) for length in (2, 3, 5) for letters in product("a-B", repeat=length)})
KEY_NAMES = sorted({"".join(letters) for length in (2, 3, 4) for letters in product("Ab_", repeat=length)})

MERCHANT_CENTER = {
    "merchant-center-custom-application": ("CUSTOM_APPLICATION_ID", "ENTRY_POINT_URI_PATH", "CLOUD_IDENTIFIER"),
    "merchant-center-custom-view": ("CUSTOM_VIEW_ID", "CLOUD_IDENTIFIER"),
}
PLAIN_TYPES = ("service", "event", "job", "assets")


def number(low: int, high: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(str)


def cron_field(low: int, high: int) -> st.SearchStrategy[str]:
    """Return what connect.yaml can have: a star, perhaps with a step, a number, a range, a list of numbers."""
    ends = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    ranges = ends.map(lambda pair: f"{pair[0]}-{pair[1]}")
    stepped = st.integers(1, high).map(lambda step: f"*/{step}")
    return st.just("*") | ranges | stepped | st.lists(number(low, high), min_size=1, max_size=3).map(",".join)


CRON = st.tuples(*(cron_field(*limits) for limits in ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7)))).map(" ".join)
SCHEDULES = (
    CRON
    | CRON.map(lambda text: f"0 {text}")
    | CRON.map(lambda text: f"0 {text} *")
    | st.sampled_from(["@daily", "@reboot", "@every 1h30m", "CRON_TZ=UTC 0 3 * * *", "0 0 31 2 *"])
)
EXPONENTIAL = st.tuples(st.integers(1, 600), st.integers(1, 600), st.none() | st.integers(5, 100)).map(
    lambda parts: {
        "strategy": "exponential-backoff",
        "minBackoffSeconds": min(parts[:2]),
        "maxBackoffSeconds": max(parts[:2]),
        "maxAttempts": parts[2],
    }
)
POLICIES = st.just({"strategy": "immediate"}) | EXPONENTIAL
VALUES = (
    st.text(min_size=1, max_size=6).filter(lambda text: text.strip("*")) | st.booleans() | st.integers(-99, 99)
)


@dataclass(frozen=True)
class Case:
    """A connector, as its file and as the API shows it, and a program that is right for it."""

    connect_yaml: dict[str, Any]
    version: ConnectorVersion
    program: dict[str, Any]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    taken: set[str] = set()
    shared = draw(_keys(taken)) if draw(st.booleans()) else None
    names = draw(st.lists(st.sampled_from(APPLICATION_NAMES), min_size=1, max_size=4, unique=True))
    applications = [draw(_application(name, set(taken))) for name in names]
    inherited = {"inheritAs": {"configuration": shared}} if shared else {}
    regions = draw(st.lists(st.sampled_from(sorted(KNOWN_REGIONS)), unique=True))
    version = ConnectorVersion.of_connector(_shown(applications, shared, regions))
    return Case({**inherited, "deployAs": applications}, version, draw(_program(applications, shared, regions)))


@st.composite
def _keys(draw: st.DrawFn, taken: set[str]) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(KEY_NAMES), max_size=5, unique=True))
    names = [name for name in names if name not in taken]
    taken.update(names)
    standard, secured = [], []
    for name in names:
        key: dict[str, Any] = {"key": name, "description": "x", "required": draw(st.booleans())}
        if draw(st.booleans()):
            secured.append(key)
        else:
            standard.append({**key, "default": "d"} if draw(st.booleans()) else key)
    return {"standardConfiguration": standard, "securedConfiguration": secured}


@st.composite
def _application(draw: st.DrawFn, name: str, taken: set[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from([*PLAIN_TYPES, *MERCHANT_CENTER]))
    application: dict[str, Any] = {"name": name, "applicationType": kind}
    if kind in MERCHANT_CENTER:
        keys = [{"key": key, "description": "x", "required": True} for key in MERCHANT_CENTER[kind]]
        return {**application, "configuration": {"standardConfiguration": keys}}
    if kind == "assets":
        return application
    application["endpoint"] = "/x"
    if kind == "job":
        application["properties"] = {"schedule": "0 3 * * *"}
    return {**application, "configuration": draw(_keys(taken))} if draw(st.booleans()) else application


def _shown(applications: list[dict[str, Any]], shared: dict[str, Any] | None, regions: list[str]) -> Connector:
    """Return the connector as the API shows it (API §13.2: what becomes what)."""
    shown = [
        {
            "applicationName": each["name"],
            "applicationType": each["applicationType"],
            "standardConfiguration": [],
            "securedConfiguration": [],
            **each.get("configuration", {}),
        }
        for each in applications
    ]
    body = {
        "id": "c-1",
        "version": 1,
        "repository": {"tag": "v1"},
        "configurations": shown,
        "supportedRegions": regions,
    }
    return Connector.model_validate({**body, **({"globalConfiguration": shared} if shared else {})})


@st.composite
def _program(
    draw: st.DrawFn, applications: list[dict[str, Any]], shared: dict[str, Any] | None, regions: list[str]
) -> dict[str, Any]:
    names = [each["name"] for each in applications if each["applicationType"] not in ("event", "job")]
    declared: dict[str, Any] = {}
    for each in applications:
        content = draw(_values(each.get("configuration", {}), names))
        if each["applicationType"] == "job" and draw(st.booleans()):
            content["schedule"] = draw(SCHEDULES)
        if each["applicationType"] == "event" and draw(st.booleans()):
            content["retryPolicy"] = draw(POLICIES)
        if bool(content) or draw(st.booleans()):
            declared[each["name"]] = content
    program: dict[str, Any] = {
        "key": "greeter",
        "projectKey": PROJECT,
        "type": draw(st.sampled_from(["sandbox", "production"])),
        "region": draw(st.sampled_from(regions or sorted(KNOWN_REGIONS))),
        "connector": {"id": "c-1"},
        "configurations": declared,
    }
    values = draw(_values(shared or {}, names))
    return {**program, "globalConfiguration": values} if values else program


@st.composite
def _values(draw: st.DrawFn, keys: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return values for each key that needs one, and some others; `names` are applications with a URL."""
    texts = VALUES | st.sampled_from(names).map(lambda name: f"{{{{url:{name}}}}}/back") if names else VALUES
    content: dict[str, Any] = {}
    for kind in ("standardConfiguration", "securedConfiguration"):
        values: dict[str, Any] = {}
        for key in keys.get(kind, []):
            needed = key["required"] and "default" not in key
            if needed or draw(st.booleans()):
                values[key["key"]] = draw(texts if key["required"] else texts | st.just(""))
        if bool(values) or draw(st.booleans()):
            content[kind] = values
    return {kind: values for kind, values in content.items() if values}
