"""What rules look at, what they say, and how each declares itself. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias, get_args

from commercetools_connect.core.text import Path, escape_untrusted
from commercetools_connect.core.urns import DYNAMIC_TYPE, PACKAGE, Urn
from commercetools_connect.core.values import UNKNOWN, PropertyMap, PropertyValue

__all__ = [
    "DEPLOYMENT",
    "DRAFT",
    "PUBLICATION",
    "ConfigurationGroup",
    "Finding",
    "Level",
    "RemedyRule",
    "Resource",
    "ResourceRule",
    "Rule",
    "Settings",
    "StackRule",
    "configuration_groups",
    "configured",
    "known",
    "member",
    "number",
    "quoted",
    "texts",
]

DRAFT: Final = "ConnectorStaged"
PUBLICATION: Final = "ConnectorPublication"
DEPLOYMENT: Final = "Deployment"

_TOKENS: Final = (f"{PACKAGE}:index:", f"{DYNAMIC_TYPE}:")
"""How the types of both frontends begin: the plugin's, and that of Python programs without it."""

_SHOWN: Final = 120
"""Characters of a foreign text that a message shows at most."""

Level: TypeAlias = Literal["advisory", "mandatory", "remediate", "disabled"]
Settings: TypeAlias = Mapping[str, Any]
"""A rule's settings: JSON values by name, each of the type that the rule's schema says."""


@dataclass(frozen=True)
class Resource:
    """A resource as a policy sees it; `props` are inputs for a resource rule and outputs for a stack rule.

    `sources`: for each input, the URNs of the resources that it is made from.
    """

    type: str
    urn: str
    props: PropertyMap
    protect: bool = False
    sources: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Return `ConnectorStaged`, `ConnectorPublication` or `Deployment`; `""` for what is not ours."""
        return next((self.type.removeprefix(each) for each in _TOKENS if self.type.startswith(each)), "")

    @property
    def name(self) -> str:
        """Return the resource's name in the program."""
        return Urn.parse(self.urn).name


@dataclass(frozen=True)
class Finding:
    """What is wrong, and of which resource; `""`: of the stack."""

    message: str
    urn: str = ""


@dataclass(frozen=True)
class _Rule:
    name: str
    description: str
    remedy: str
    level: Level = "mandatory"
    schema: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def settings(self, given: Settings | None = None) -> Settings:
        """Return what is given, filled up with the defaults of the schema."""
        return {**{name: each["default"] for name, each in self.schema.items()}, **(given or {})}


@dataclass(frozen=True)
class ResourceRule(_Rule):
    """A rule about one resource: it yields messages."""

    look: Callable[[Resource, Settings], Iterator[str]] = field(kw_only=True)

    def findings(self, resource: Resource, given: Settings | None = None) -> list[str]:
        """Return what is wrong with a resource of any type."""
        return list(self.look(resource, self.settings(given)))


@dataclass(frozen=True)
class StackRule(_Rule):
    """A rule about resources together."""

    look: Callable[[Sequence[Resource], Settings], Iterator[Finding]] = field(kw_only=True)

    def findings(self, resources: Sequence[Resource], given: Settings | None = None) -> list[Finding]:
        """Return what is wrong with a whole stack."""
        return list(self.look(resources, self.settings(given)))


@dataclass(frozen=True)
class RemedyRule(_Rule):
    """A rule that repairs: it yields the paths of values that must be Pulumi secrets and are not."""

    look: Callable[[Resource], Iterator[Path]] = field(kw_only=True)

    def findings(self, resource: Resource) -> list[Path]:
        """Return what is to be marked; here, other than for the other rules, secrets are wrapped in `Secret`."""
        return list(self.look(resource))


Rule: TypeAlias = ResourceRule | StackRule | RemedyRule


def configured(rules: Iterable[Rule], settings: Mapping[str, Settings], levels: Mapping[str, Level]) -> list[Rule]:
    """Return the rules with other defaults, both by the name of a rule.

    Raises `ValueError` for a rule, a setting or a level that there is not.
    """
    there = {rule.name: rule for rule in rules}
    if odd := sorted({*settings, *levels} - {*there}):
        raise ValueError(f"there is no rule {', '.join(odd)}; there are {', '.join(there)}")
    return [
        _configured(rule, settings.get(rule.name, {}), levels.get(rule.name, rule.level))
        for rule in there.values()
    ]


def _configured(rule: Rule, settings: Settings, level: Level) -> Rule:
    if odd := sorted({*settings} - {*rule.schema}):
        raise ValueError(f"{rule.name} has no setting {', '.join(odd)}; it has {', '.join(rule.schema) or 'none'}")
    if level not in get_args(Level):
        raise ValueError(f"{rule.name}: {level} is no level; there are {', '.join(get_args(Level))}")
    schema = {name: {**each, "default": settings.get(name, each["default"])} for name, each in rule.schema.items()}
    return replace(rule, schema=schema, level=level)


@dataclass(frozen=True)
class ConfigurationGroup:
    """One place with values: an application, or what all of them share."""

    path: Path
    tree: PropertyMap

    def values(
        self, name: Literal["standardConfiguration", "securedConfiguration"]
    ) -> Iterator[tuple[Path, PropertyValue]]:
        """Yield each value with its path; nothing as long as the whole is not known."""
        values = self.tree.get(name)
        if isinstance(values, Mapping):
            for key, value in values.items():
                yield (*self.path, name, key), value


def configuration_groups(resource: Resource) -> Iterator[ConfigurationGroup]:
    """Yield the places of a deployment that hold values, as far as they are known."""
    shared = resource.props.get("globalConfiguration")
    if isinstance(shared, Mapping):
        yield ConfigurationGroup(("globalConfiguration",), shared)
    applications = resource.props.get("configurations")
    for name, application in applications.items() if isinstance(applications, Mapping) else ():
        if isinstance(application, Mapping):
            yield ConfigurationGroup(("configurations", name), application)


def member(tree: PropertyValue, *path: str) -> PropertyValue:
    """Return what is at a path: `None` where nothing is, `UNKNOWN` where that is not known yet."""
    for step in path:
        if not isinstance(tree, Mapping):
            return UNKNOWN if tree is UNKNOWN else None
        tree = tree.get(step)
    return tree


def known(value: PropertyValue) -> str:
    """Return a text; `""` for what is absent, not known yet, or no text."""
    return value if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """Return the texts of a list, `""` for each that is not known yet; none for what is not a list."""
    items = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [each if isinstance(each, str) else "" for each in items]


def number(value: object) -> float:
    """Return a number of the settings. Raises `TypeError` for what is none: the engine checks them before."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("the setting must be a number")
    return float(value)


def quoted(text: str) -> str:
    """Return a text of a program for a message: short, in quotes, and safe to print."""
    return f'"{escape_untrusted(text, _SHOWN)}"'
