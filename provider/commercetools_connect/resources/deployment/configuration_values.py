"""Settings of a Deployment: its configuration as (application, kind, key) → value. Pure.

A value may name the URL of an application of the same Deployment: `{{url:service}}/callback` (API §9.5). The URL
is known once the application is deployed. A create sends the text itself; a redeploy then sends the real value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import repeat
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.text import Path, format_path
from commercetools_connect.core.values import (
    UNKNOWN,
    PlainValue,
    PropertyMap,
    PropertyValue,
    Secret,
    as_map,
    equivalent,
)
from commercetools_connect.resources.deployment.model import CONFIGURATION_KINDS, CONFIGURED
from commercetools_connect.resources.inputs import canonical_value, value_of
from commercetools_connect.resources.schema import restore_secrets

GLOBAL: Final = "$global"
"""The global configuration among application names, which never contain a `$` (API §2)."""

STANDARD, SECURED = CONFIGURATION_KINDS

OPTIONS: Final = ("schedule", "retryPolicy")
"""What an application has beside its configuration values."""

URL_TEMPLATE: Final = re.compile(r"\{\{\s*url:([A-Za-z0-9_-]{2,256})\s*\}\}")

KIND_DEPTH, VALUE_DEPTH = 2, 3
"""Steps from `configurations` to the kinds of an application, and to the values; one less from the global ones."""

NO_URLS: Final[Mapping[str, str]] = MappingProxyType({})


class ConfigurationKey(NamedTuple):
    """One key of one application; `application` is `GLOBAL` for global keys."""

    application: str
    kind: str
    key: str

    @property
    def secured(self) -> bool:
        """Whether Connect never shows the value again."""
        return self.kind == SECURED

    @property
    def path(self) -> Path:
        """Where a program writes its value."""
        return (*application_path(self.application), self.kind, self.key)

    def __str__(self) -> str:
        return format_path(self.path)


def application_path(application: str) -> Path:
    """Return where a program writes the configuration of an application, or of all."""
    return ("globalConfiguration",) if application == GLOBAL else ("configurations", application)


@dataclass(frozen=True)
class ConfigurationValues:
    """The configuration of a Deployment: declared by a program, kept in a state, or shown by Connect.

    - `values`: the values that are set; one may be `UNKNOWN`.
    - `options`: (application, schedule or retryPolicy) → value.
    - `applications`: the applications that are named, `GLOBAL` among them.
    - `unknown`: prefixes of keys: of everything, an application, or a kind of it, that only an apply will tell.
    """

    values: Mapping[ConfigurationKey, PlainValue] = field(default_factory=dict, repr=False)
    options: Mapping[tuple[str, str], PlainValue] = field(default_factory=dict)
    applications: tuple[str, ...] = ()
    unknown: frozenset[tuple[str, ...]] = frozenset()

    @classmethod
    def of(cls, properties: PropertyMap) -> ConfigurationValues:
        """Return the settings among inputs or outputs."""
        unknown: set[tuple[str, ...]] = set()
        named = value_of(properties, "configurations")
        if named is UNKNOWN:
            unknown.add(())
        contents = {
            **as_map(named),
            GLOBAL: value_of(properties, "globalConfiguration"),
        }
        values: dict[ConfigurationKey, PlainValue] = {}
        options: dict[tuple[str, str], PlainValue] = {}
        for name, content in contents.items():
            if content is UNKNOWN:
                unknown.add((name,))
            if not isinstance(content, Mapping):
                continue
            for option in OPTIONS:
                if content.get(option) is not None:
                    options[name, option] = content[option]
            for kind in CONFIGURATION_KINDS:
                inside = content.get(kind)
                if inside is UNKNOWN:
                    unknown.add((name, kind))
                for key, value in inside.items() if isinstance(inside, Mapping) else ():
                    values[ConfigurationKey(name, kind, key)] = value
        values = {key: value for key, value in values.items() if value is not None}
        applications = tuple(name for name, content in contents.items() if content is not None)
        return cls(values, options, applications, frozenset(unknown))

    @cached_property
    def templates(self) -> dict[ConfigurationKey, list[str]]:
        """The applications whose URLs a value names, for each value that names one."""
        found: dict[ConfigurationKey, list[str]] = {}
        for key, value in self.values.items():
            if isinstance(value, str) and (names := URL_TEMPLATE.findall(value)):
                found[key] = names
        return found

    @property
    def standard(self) -> dict[ConfigurationKey, PlainValue]:
        """The values that Connect shows."""
        return {key: value for key, value in self.values.items() if not key.secured}

    @property
    def schedules(self) -> dict[str, PlainValue]:
        """Application → declared schedule."""
        return {application: value for (application, name), value in self.options.items() if name == "schedule"}

    @property
    def secured(self) -> dict[ConfigurationKey, PlainValue]:
        """The values that Connect never shows again."""
        return {key: value for key, value in self.values.items() if key.secured}

    def values_of(self, application: str, kind: str) -> dict[str, PlainValue]:
        """Return key → value of one kind of one application."""
        return {each.key: value for each, value in self.values.items() if each[:2] == (application, kind)}

    def may_set(self, key: tuple[str, ...]) -> bool:
        """Tell whether the key has a value, or whether that is not known yet."""
        # that the applications are not known yet says nothing of the global configuration
        prefixes = (key[:length] for length in range(1 if key[0] == GLOBAL else 0, len(key)))
        return key in self.values or key in self.options or any(prefix in self.unknown for prefix in prefixes)

    def removed(self, later: ConfigurationValues) -> tuple[ConfigurationKey, ...]:
        """Return the keys that `later` does not set any more. What is not known yet may still set them."""
        return tuple(key for key in self.values if not later.may_set(key))

    def removed_options(self, later: ConfigurationValues) -> tuple[str, ...]:
        """Return the paths of schedules and retry policies that `later` does not have any more."""
        gone = (option for option in self.options if not later.may_set(option))
        return tuple(format_path((*application_path(application), name)) for application, name in gone)

    def differences(self, other: ConfigurationValues) -> Iterator[Path]:
        """Return the paths of what `other` lacks of these settings; what it has besides does not count."""
        for key, value in self.values.items():
            if not equivalent(other.values.get(key), value):
                yield key.path
        for (application, name), value in self.options.items():
            path = (*application_path(application), name)
            there = other.options.get((application, name))
            if isinstance(value, Mapping):
                yield from (
                    (*path, part) for part in value if not equivalent(as_map(there).get(part), value[part])
                )
            elif not equivalent(there, value):
                yield path

    def transform(self, change: Callable[[ConfigurationKey, PlainValue], PlainValue]) -> ConfigurationValues:
        """Return the settings with each value as `change(key, value)` returns it; `None` leaves the key out."""
        values = {}
        for key, value in self.values.items():
            if (changed := change(key, value)) is not None:
                values[key] = changed
        return replace(self, values=values)

    def resolve(
        self, urls: Mapping[str, str], keep: Callable[[ConfigurationKey], bool] = lambda _: True
    ) -> ConfigurationValues:
        """Return the settings with the URLs that are known.

        A value that waits for another URL stays as it is where `keep(key)`, else it is left out.
        """
        values = dict(self.values)
        for key, names in self.templates.items():
            if keep(key) or urls.keys() >= {*names}:
                values[key] = resolve_text(str(values[key]), urls)
            else:
                del values[key]
        return replace(self, values=values)

    def without_templates(self, urls: Mapping[str, str]) -> ConfigurationValues:
        """Return the settings without the values that wait for a URL."""
        values = dict(self.values)
        for key, names in self.templates.items():
            if not urls.keys() >= {*names}:
                del values[key]
        return replace(self, values=values)

    def waiting_for(self, urls: Mapping[str, str]) -> list[str]:
        """Return the applications whose URLs values name and that have none, sorted."""
        return sorted({name for names in self.templates.values() for name in names} - urls.keys())

    def waiting_template(self, application: str) -> tuple[ConfigurationKey, str]:
        """Return a key whose value names the application's URL, and the name as a message may show it."""
        keys = [key for key, names in self.templates.items() if application in names]
        key = min(keys, key=lambda each: each.secured)
        return key, shown_name(key, application)

    def write_to(self, properties: PropertyMap) -> dict[str, PropertyValue]:
        """Return the properties with these settings in place of theirs; what was secret there stays secret."""
        contents: dict[str, dict[str, Any]] = {name: {} for name in self.applications}
        for key, setting in self.values.items():
            contents.setdefault(key.application, {}).setdefault(key.kind, {})[key.key] = setting
        for (name, option), value in self.options.items():
            contents.setdefault(name, {})[option] = value
        shared = contents.pop(GLOBAL, None)
        written: dict[str, PropertyValue] = {
            "configurations": contents if contents or properties.get("configurations") is not None else None,
            "globalConfiguration": shared,
        }
        kept = {
            **properties,
            **{name: restore_secrets(written[name], properties.get(name)) for name in CONFIGURED},
        }
        for name in CONFIGURED:
            if kept[name] is None:
                del kept[name]
        return kept


def resolve_text(text: str, urls: Mapping[str, str]) -> str:
    """Return the text with the URLs that are known; a template of another application stays."""
    return URL_TEMPLATE.sub(lambda found: urls.get(found[1], found[0]), text)


def shown_name(key: ConfigurationKey, name: str) -> str:
    """Return a name in the value of a key as a message may show it: of a secured value not even this part."""
    return "…" if key.secured else name


def waits_for_url(value: PlainValue, urls: Mapping[str, str]) -> bool:
    """Tell whether a value names an application whose URL is not known."""
    return isinstance(value, str) and any(name not in urls for name in URL_TEMPLATE.findall(value))


def without_templates(properties: PropertyMap, urls: Mapping[str, str] = NO_URLS) -> dict[str, PropertyValue]:
    """Return the inputs without the values that wait for a URL: the API does not hold those yet."""
    return ConfigurationValues.of(properties).without_templates(urls).write_to(properties)


def without_secured(properties: PropertyMap) -> dict[str, PropertyValue]:
    """Return the inputs as if no secured value had ever been sent."""
    return (
        ConfigurationValues.of(properties)
        .transform(lambda key, value: None if key.secured else value)
        .write_to(properties)
    )


def mask_failures(inputs: PropertyMap) -> Iterable[CheckFailure]:
    """Return every secured value that is what the API shows instead of one: it would overwrite the real one."""
    reason = "is the mask that Connect shows instead of a secret; give the secret, or leave the key out"
    for key, value in ConfigurationValues.of(inputs).values.items():
        if key.secured and isinstance(value, str) and value and not value.strip("*"):
            yield CheckFailure(key.path, reason)


def canonical_configurations(inputs: PropertyMap) -> dict[str, PropertyValue]:
    """Return the inputs with every configuration value written as the API keeps it: a string.

    Unknown values stay, secrets stay secret, and structures stay as they are for the model to complain about.
    """
    result = dict(inputs)
    pending: list[tuple[dict[str, Any], str, int]] = [
        (result, "configurations", 0),
        (result, "globalConfiguration", 1),
    ]
    while pending:
        parent, place, depth = pending.pop()
        value, is_secret = parent.get(place), False
        if value is None:
            if depth == VALUE_DEPTH:
                del parent[place]
            continue
        while isinstance(value, Secret):
            value, is_secret = value.value, True
        if depth == VALUE_DEPTH and isinstance(value, bool | int | float):
            with suppress(ValueError):  # the model complains about it, with its path
                value = canonical_value(value)
        elif depth < VALUE_DEPTH and isinstance(value, Mapping):
            value = dict(value)
            names = [name for name in value if depth != KIND_DEPTH - 1 or name in CONFIGURATION_KINDS]
            pending += zip(repeat(value), names, repeat(depth + 1))
        parent[place] = Secret(value) if is_secret else value
    return result
