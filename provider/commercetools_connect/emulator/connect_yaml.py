"""Read connect.yaml by the rules of API §13 and §22: `parse(text)` → a Specification, or the list of problems.

Each problem is a line `[path.to.field]: message`. All objects are closed: unknown members are problems. `null`,
which is also what an empty value is, is a value of the wrong type and not an absent member. `yaml_core` reads the
YAML. This module reads one field at a time; rules that look at several fields are in `connect_yaml_rules`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from commercetools_connect.emulator import connect_yaml_rules as rules
from commercetools_connect.emulator import yaml_core
from commercetools_connect.emulator.cron import FORMS, is_schedule
from commercetools_connect.emulator.specification import (
    ApplicationSpecification,
    Keys,
    RetryPolicy,
    SecuredKey,
    Specification,
    StandardKey,
)
from commercetools_connect.emulator.yaml_scalars import clipped

MC_TYPES = {"mc-app", "merchant-center-custom-application", "merchant-center-custom-view"}
APPLICATION_TYPES = {"service", "event", "job", "assets", "unknown", *MC_TYPES}
TYPES_WITH_ENDPOINT = {"service", "event", "job", "unknown"}
RESERVED_KEYS = {"PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"}

ROOT: Final = "connect.yaml"
"""The path of the whole file."""

MAX_PROBLEMS: Final = 50
"""How many problems are listed; a large file has as many as it likes."""

_NAME = re.compile(r"[a-zA-Z0-9_-]{2,256}")
_KEY = re.compile(r"[a-zA-Z0-9_]{2,256}")
_BLANKS: Final = " \t\n\v\f\r\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What JavaScript trims; Python strips other characters."""

_ENDPOINT = re.compile(r"(?!.*//)[\w/-]+", re.ASCII)


class InvalidConnectYamlError(ValueError):
    """The file breaks the rules; `problems` lists how."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def parse(text: str) -> Specification:
    """Read the text of a connect.yaml; raise `InvalidConnectYamlError` with every problem."""
    try:
        document = yaml_core.load(text)
    except yaml_core.InvalidYamlError as error:
        raise InvalidConnectYamlError([f"[{ROOT}]: not valid YAML: {error}"]) from None
    problems: list[str] = []
    specification = _specification(_Node(document, "", problems))
    rules.check(specification, problems)
    if problems:
        raise InvalidConnectYamlError(_first_ones(problems))
    return specification


def _first_ones(problems: list[str]) -> list[str]:
    if len(problems) <= MAX_PROBLEMS:
        return problems
    more = len(problems) - MAX_PROBLEMS
    return [*problems[:MAX_PROBLEMS], f"[{ROOT}]: and {more} more problems"]


@dataclass(frozen=True)
class _Node:
    """A value of the document with its path; says what is wrong with it and reads on."""

    value: object
    path: str
    problems: list[str] = field(repr=False)

    def problem(self, message: str) -> None:
        self.problems.append(f"[{self.path or ROOT}]: {message}")

    def expected(self, kind: str) -> None:
        """Add the problem that the value has another type."""
        remedy = ""
        if self.value is None:
            remedy = "; an empty value is null: remove it or give it a value"
        elif kind == "a string" and isinstance(self.value, (bool, int, float)):
            remedy = "; put it in quotes"
        elif kind == "a boolean":
            remedy = "; write true or false"
        self.problem(f"expected {kind}, found {_kind(self.value)}{remedy}")

    def members(self, *known: str) -> Mapping[str, _Node]:
        """Return the members that are there; unknown ones and a value that is no object are problems."""
        if not isinstance(self.value, dict):
            self.expected("an object")
            return {}
        unknown = [clipped(str(name)) for name in self.value if name not in known]
        if unknown:
            more = ", …" if len(unknown) > MAX_PROBLEMS else ""
            self.problem(f"unrecognized member(s): {', '.join(unknown[:MAX_PROBLEMS])}{more}")
        return {
            name: _Node(self.value[name], f"{self.path}.{name}".lstrip("."), self.problems)
            for name in known
            if name in self.value
        }

    def items(self) -> list[_Node]:
        if not isinstance(self.value, list):
            self.expected("an array")
            return []
        return [_Node(value, f"{self.path}.{i}", self.problems) for i, value in enumerate(self.value)]

    def text(self, accept: Callable[[str], object], message: str) -> str:
        """Return a text that `accept` likes."""
        if not isinstance(self.value, str):
            self.expected("a string")
            return ""
        if not accept(self.value):
            self.problem(message)
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            self.expected("a boolean")
        return self.value is True

    def whole(self, low: int, high: int) -> int | None:
        """Return a whole number; `5.0` is one."""
        number = self.value
        if isinstance(number, bool) or not isinstance(number, (int, float)) or number != number // 1:
            self.expected("an integer")
            return None
        if not low <= number <= high:
            self.problem(f"must be from {low} to {high}")
            return None
        return int(number)


def _kind(value: object) -> str:
    kinds: dict[type, str] = {
        dict: "an object",
        list: "an array",
        str: "a string",
        bool: "a boolean",
        int: "a number",
        float: "a number",
        type(None): "null",
    }
    return kinds.get(type(value), "another type")


def _not_blank(text: str) -> bool:
    return bool(text.strip(_BLANKS))


def _required(node: _Node, members: Mapping[str, _Node], name: str) -> _Node | None:
    if name not in members:
        _Node(None, f"{node.path}.{name}".lstrip("."), node.problems).problem("required")
    return members.get(name)


def _specification(node: _Node) -> Specification:
    members = node.members("inheritAs", "deployAs")
    applications = _required(node, members, "deployAs")
    inherit = members["inheritAs"].members("configuration", "apiClient") if "inheritAs" in members else {}
    return Specification(
        applications=[_application(each) for each in applications.items()] if applications else [],
        global_keys=_keys(inherit["configuration"]) if "configuration" in inherit else None,
        api_client_scopes=_scopes(inherit["apiClient"]) if "apiClient" in inherit else None,
    )


def _scopes(node: _Node) -> list[str]:
    scopes = _required(node, node.members("scopes"), "scopes")
    names = [each.text(_not_blank, "must not be blank") for each in scopes.items()] if scopes else []
    if scopes is not None and not names:
        scopes.problem("must contain at least 1 scope")
    return names


def _application(node: _Node) -> ApplicationSpecification:
    members = node.members(
        "name", "applicationType", "endpoint", "scripts", "configuration",
        "healthCheck", "retryPolicy", "properties",
    )  # fmt: skip
    name = _required(node, members, "name")
    kind = _application_type(_required(node, members, "applicationType"))
    _refuse_foreign_members(node, members, kind)
    if "healthCheck" in members:
        _health_check(members["healthCheck"])
    scripts = _scripts(members.get("scripts"))
    return ApplicationSpecification(
        name=name.text(_NAME.fullmatch, f"must match {_NAME.pattern}") if name else "",
        application_type="merchant-center-custom-application" if kind == "mc-app" else kind,
        endpoint=_endpoint(members["endpoint"]) if "endpoint" in members else None,
        schedule=_schedule(node, members) if kind == "job" else None,
        retry_policy=retry_policy(members["retryPolicy"]) if "retryPolicy" in members else None,
        has_post_deploy="postDeploy" in scripts,
        has_pre_undeploy="preUndeploy" in scripts,
        keys=_keys(members["configuration"]) if "configuration" in members else Keys(),
    )


def _application_type(node: _Node | None) -> str:
    if node is None:
        return ""
    return node.text(APPLICATION_TYPES.__contains__, f"must be one of {', '.join(sorted(APPLICATION_TYPES))}")


def _refuse_foreign_members(node: _Node, members: Mapping[str, _Node], kind: str) -> None:
    """Problem for each member that this type of application cannot have."""
    if kind not in APPLICATION_TYPES:
        return
    if kind in TYPES_WITH_ENDPOINT:
        _required(node, members, "endpoint")
    allowed_for: Mapping[str, Collection[str]] = {
        "endpoint": TYPES_WITH_ENDPOINT,
        "scripts": APPLICATION_TYPES - {"assets"},
        "configuration": APPLICATION_TYPES - {"assets"},
        "healthCheck": {"service", "event"},
        "retryPolicy": {"event"},
        "properties": {"job"},
    }
    for name, types in allowed_for.items():
        if name in members and kind not in types:
            members[name].problem(f"not allowed for applications of type {kind}")


def _endpoint(node: _Node) -> str:
    return node.text(_ENDPOINT.fullmatch, "only letters, digits, '_', '-' and '/', and no '//'")


def _scripts(node: _Node | None) -> Mapping[str, _Node]:
    scripts = node.members("postDeploy", "preUndeploy") if node else {}
    for script in scripts.values():
        script.text(_not_blank, "must not be blank")
    return scripts


def _schedule(node: _Node, members: Mapping[str, _Node]) -> str | None:
    properties = _required(node, members, "properties")
    schedule = _required(properties, properties.members("schedule"), "schedule") if properties else None
    return schedule.text(is_schedule, f"must be a schedule: {FORMS}") if schedule else None


def _health_check(node: _Node) -> None:
    members = node.members("path", "intervalSeconds", "timeoutSeconds", "unhealthyThreshold")
    path = _required(node, members, "path")
    if path:
        _endpoint(path)
    for name in members.keys() - {"path"}:
        members[name].whole(1, 20)


def retry_policy(node: _Node) -> RetryPolicy:
    """Read `{strategy: immediate}` or `{strategy: exponential-backoff, …}`."""
    members = node.members("strategy", "minBackoffSeconds", "maxBackoffSeconds", "maxAttempts")
    strategy = _required(node, members, "strategy")
    kinds = ("immediate", "exponential-backoff")
    kind = strategy.text(kinds.__contains__, f"must be one of {', '.join(kinds)}") if strategy else ""
    if kind == "immediate":
        for name in members.keys() - {"strategy"}:
            members[name].problem("not allowed for the strategy immediate")
        return RetryPolicy(strategy=kind)
    low, high = (_required(node, members, name) for name in ("minBackoffSeconds", "maxBackoffSeconds"))
    minimum = low.whole(1, 600) if low else None
    maximum = high.whole(1, 600) if high else None
    if minimum is not None and maximum is not None and minimum > maximum:
        node.problem("minBackoffSeconds must not be greater than maxBackoffSeconds")
    attempts = members["maxAttempts"].whole(5, 100) if "maxAttempts" in members else None
    return RetryPolicy(
        strategy=kind,
        min_backoff_seconds=minimum,
        max_backoff_seconds=maximum,
        max_attempts=attempts,
    )


def parse_retry_policy(value: object) -> RetryPolicy:
    """Read a retry policy of an API body, which looks the same (assumption 34)."""
    problems: list[str] = []
    if isinstance(value, dict):  # in a body, null is an absent member
        value = {name: member for name, member in value.items() if member is not None}
    policy = retry_policy(_Node(value, "retryPolicy", problems))
    if problems:
        raise InvalidConnectYamlError(problems)
    return policy


def _keys(node: _Node) -> Keys:
    members = node.members("standardConfiguration", "securedConfiguration")
    standard = members["standardConfiguration"].items() if "standardConfiguration" in members else []
    secured = members["securedConfiguration"].items() if "securedConfiguration" in members else []
    keys = Keys(
        standard=[_standard_key(each) for each in standard],
        secured=[_secured_key(each) for each in secured],
    )
    names = [*keys.standard_names, *keys.secured_names]
    for twice in sorted(name for name, times in Counter(names).items() if name and times > 1):
        node.problem(f"the key {twice} appears more than once")
    return keys


def _standard_key(node: _Node) -> StandardKey:
    members = node.members("key", "description", "required", "default")
    default = members.get("default")
    return StandardKey(
        key=_key(node, members),
        description=_description(node, members),
        required=members["required"].flag() if "required" in members else False,
        default=default.text(_not_blank, "must not be blank") if default else None,
    )


def _secured_key(node: _Node) -> SecuredKey:
    members = node.members("key", "description", "required")
    return SecuredKey(
        key=_key(node, members),
        description=_description(node, members),
        required=members["required"].flag() if "required" in members else False,
    )


def _key(node: _Node, members: Mapping[str, _Node]) -> str:
    key = _required(node, members, "key")
    if key is None:
        return ""
    text = key.text(_KEY.fullmatch, f"must match {_KEY.pattern}")
    if text.upper() in RESERVED_KEYS:
        key.problem(f"{text} is reserved")
    return text


def _description(node: _Node, members: Mapping[str, _Node]) -> str:
    description = _required(node, members, "description")
    return description.text(_not_blank, "must not be blank") if description else ""
