"""Pulumi stack as the Pulumi CLI shows it, and objects in Connect that its state does not have.

Nothing here says that an object is not needed: a key tells who may have created it, and nothing else.

Secrets are read only where a connection needs them: configuration of this package, and provider resources of the
program. They are returned as `Secret`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final

import yaml

from commercetools_connect.api import Connection, ObjectSummary
from commercetools_connect.api.wiring import WiringKind
from commercetools_connect.cli.common import read_text
from commercetools_connect.cli.pulumi_run import StateResource, read_stack_state
from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.core.text import escape_untrusted
from commercetools_connect.core.urns import DYNAMIC_TYPE, PACKAGE, PROVIDER_TYPE, Urn
from commercetools_connect.core.values import (
    SECRETS_MARK,
    SIGNATURE,
    PlainMap,
    PropertyMap,
    PropertyValue,
    Secret,
    unwrap_secrets,
)
from commercetools_connect.resources.configuration import SETTINGS, errors_about_connection
from commercetools_connect.resources.connections import CONNECTED_TO, CONNECTIONS, Connections
from commercetools_connect.resources.inner_connections import connection_in
from commercetools_connect.resources.keys import HASH_LENGTH, derive_key, key_prefix


class Origin(Enum):
    """What the key of an object says about who created it."""

    KILLED_RUN = "left by a killed run"
    PERHAPS = "perhaps of this stack"
    OTHER_STACK = "of another stack"


@dataclass(frozen=True)
class Leftover:
    """An object that the state does not have.

    `resource` is the name of the resource whose key it has, `""` where that is not known. `stack` is the name of
    the other stack for `OTHER_STACK`.
    """

    summary: ObjectSummary
    origin: Origin
    resource: str = ""
    stack: str = ""


def derived_keys(stack: Stack) -> Mapping[str, str]:
    """Return each key that the provider derives for a resource of the stack, with the name of the resource.

    Resources of the state, and those that an interrupted run was creating: their key is in the state as well.
    """
    prefix = key_prefix(stack.project, stack.name)
    found = {derive_key(stack.project, stack.name, each.name): each.name for each in stack.objects}
    for each in stack.objects:
        key = derive_key(stack.project, stack.name, each.name, parents=each.parents, provider_id=each.provider_id)
        found[key] = each.name
    found.update({each.default_key: each.name for each in stack.objects if each.default_key})
    found.update({each.key: each.name for each in stack.objects if not each.id and each.key.startswith(prefix)})
    return found


def find_leftovers(stack: Stack, listed: Iterable[ObjectSummary]) -> list[Leftover]:
    """Return the objects whose key begins like those of the stack and that its state does not have, by key."""
    prefix = key_prefix(stack.project, stack.name)
    known = {each.connect_id for each in stack.objects if each.id}
    derived = derived_keys(stack)
    return [
        _leftover(stack, each, derived)
        for each in sorted(listed, key=lambda summary: (summary.key, summary.id))
        if each.id not in known and (each.key.startswith(prefix) or each.key in derived)
    ]


def _leftover(stack: Stack, summary: ObjectSummary, derived: Mapping[str, str]) -> Leftover:
    # Without the resource in the program, the name in the key is still its name, unless the name was shortened or
    # changed, or the resource has parents.
    name = summary.key[len(key_prefix(stack.project, stack.name)) : -HASH_LENGTH - 1]
    providers = ("", *(each.provider_id for each in stack.objects))
    keys = (derive_key(stack.project, stack.name, name, provider_id=each) for each in providers)
    resource = derived.get(summary.key) or (name if name and summary.key in keys else "")
    if resource:
        return Leftover(summary, Origin.KILLED_RUN, resource)
    for other in sorted(stack.others, key=len, reverse=True):
        if len(other) > len(stack.name) and summary.key.startswith(key_prefix(stack.project, other)):
            return Leftover(summary, Origin.OTHER_STACK, stack=other)
    return Leftover(summary, Origin.PERHAPS)


KINDS: Final = frozenset({"ConnectorStaged", "ConnectorPublication", "Deployment"})
DEFAULT_PROVIDER: Final = re.compile(r"default(_\w+)?")
PROJECT_FILES: Final = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
TIME_LIMIT: Final = 120.0
"""Seconds for one command of the Pulumi CLI; a backend may be far away."""

UPDATE: Final = "Use Pulumi 3.255.0 or newer, or check the environment only, with --environment."

ENCRYPTED: Final = Secret(None)
"""Secret that an export does not show."""


@dataclass(frozen=True)
class StackObject:
    """A ConnectorStaged, ConnectorPublication or Deployment of a stack.

    `id` is empty for one that an interrupted run was creating. `provider` refers to its provider resource,
    `<urn>::<id>`. `connection` is the name of its connection; `members` are those of one without a name,
    `ENCRYPTED` if the export does not show them; `place_project` is the project that a named one led to.
    `default_key` is the key without a `key` in the program, where the state tells it. `expects`: what a Deployment
    waits for by `expect`; `listed_by` is the connection there, as a name or its members.
    """

    urn: str
    kind: str
    id: str = ""
    key: str = ""
    project_key: str = ""
    provider: str = ""
    connection: str = ""
    members: PropertyValue = field(default=None, repr=False)
    place_project: str = ""
    default_key: str = ""
    makes_api_client: bool = False
    expects: frozenset[WiringKind] = frozenset()
    listed_by: PropertyValue = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The name of the resource."""
        return Urn.parse(self.urn).name

    @property
    def parents(self) -> str:
        """The types of its parents, from the topmost one down."""
        return Urn.parse(self.urn).parents

    @property
    def is_dynamic(self) -> bool:
        """Whether it is a dynamic resource of a Python program."""
        return Urn.parse(self.urn).type.startswith(DYNAMIC_TYPE)

    @property
    def provider_id(self) -> str:
        """The id that the state gives its provider resource, `""` where it has none."""
        return self.provider.rpartition("::")[2]

    @property
    def connect_id(self) -> str:
        """The id of the object in Connect, without the project of a Deployment or the target of a publication."""
        before, _, after = self.id.partition("/")
        return after if self.kind == "Deployment" and after else before


@dataclass(frozen=True)
class ExplicitProvider:
    """A provider resource that the program declares, with its inputs."""

    urn: str
    inputs: Mapping[str, PropertyValue]

    @property
    def name(self) -> str:
        """The name of the provider resource."""
        return Urn.parse(self.urn).name


@dataclass(frozen=True)
class Stack:
    """What the checks of a stack need to know.

    `others` are the names of the project's other stacks. `secrets` are the secret texts in the configuration of
    other packages, by name: a script of a connector may have printed one.
    """

    project: str
    name: str
    objects: tuple[StackObject, ...] = ()
    providers: tuple[ExplicitProvider, ...] = ()
    config: Mapping[str, PropertyValue] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    secrets: Mapping[str, Secret] = field(default_factory=dict)


def find_project(folder: Path) -> str:
    """Return the name of the Pulumi project that a folder is in, `""` where it is in none."""
    files = (each / name for each in (folder, *folder.parents) for name in PROJECT_FILES)
    path = next((each for each in files if each.is_file()), None)
    if path is None:
        return ""
    try:
        content = yaml.safe_load(read_text(path))
    except (ConfigurationError, yaml.YAMLError):
        content = None
    name = content.get("name") if isinstance(content, dict) else None
    if not isinstance(name, str) or not name:
        raise ConfigurationError(
            f"{path} does not name a Pulumi project.",
            "Give it a `name`, or check the environment only, with --environment.",
        )
    return name


def read_stack(name: str, project: str) -> Stack:
    """Read a stack with the Pulumi CLI; `""` means the selected one.

    Raises `ConfigurationError` when the CLI is not there, refuses, or answers something else.
    """
    selected, stacks = _stack_names()
    name = name or selected
    if not name:
        raise ConfigurationError(
            f"No stack of the project {escape_untrusted(project)} is selected.", "Give --stack NAME."
        )
    chosen = ("--stack", name)
    found_project, found_name, objects, providers = read_export(_pulumi("stack", "export", *chosen))
    given = [value for each in providers for value in each.inputs.values()]
    held = [connection for each in objects for connection in (each.members, each.listed_by)]
    if any(map(_is_encrypted, (*given, *held))):
        *_, objects, providers = read_export(_pulumi("stack", "export", "--show-secrets", *chosen))
    own = found_name or name.rpartition("/")[2]
    configured = _pulumi("config", "--show-secrets", "--json", *chosen)
    return Stack(
        project=found_project or project,
        name=own,
        objects=objects,
        providers=providers,
        config=_config(configured),
        others=tuple(each for each in (full.rpartition("/")[2] for full in stacks) if each != own),
        secrets=_secret_texts(configured),
    )


def read_export(text: str) -> tuple[str, str, tuple[StackObject, ...], tuple[ExplicitProvider, ...]]:
    """Return project, stack, objects and provider resources of what `pulumi stack export` printed.

    Project and stack are `""` for a stack without resources. Raises `ConfigurationError` for any other text.
    """
    snapshot = read_stack_state(text)
    pending = [each.resource for each in snapshot.pending_operations if each.type == "creating"]
    everything = (*snapshot.resources, *pending)
    urn = next((found for each in everything if (found := Urn.parse(each.urn)).stack), Urn(""))
    objects = (*_objects(snapshot.resources), *_objects(pending))
    return urn.project, urn.stack, objects, tuple(_explicit_providers(snapshot.resources))


def _objects(resources: Sequence[StateResource]) -> Iterator[StackObject]:
    for each in resources:
        if each.kind not in KINDS:
            continue
        declaration = each.inputs.get("__declaration")
        shown = {**each.inputs, **each.outputs}
        yield StackObject(
            urn=each.urn,
            kind=each.kind,
            id=each.id,
            key=_text(shown, "key"),
            project_key=_text(shown, "projectKey"),
            provider=each.provider,
            connection=_text(shown, "connection"),
            members=property_of(connection) if isinstance(connection := shown.get("connection"), dict) else None,
            place_project=_text(place, "project") if isinstance(place := shown.get(CONNECTED_TO), dict) else "",
            default_key=_text(declaration, "derivedKey") if isinstance(declaration, dict) else "",
            makes_api_client=bool(shown.get("apiClientName") or shown.get("apiClientScopes")),
            expects=_expected_kinds(shown.get("expect")),
            listed_by=_listing_connection(shown.get("expect")),
        )


def _expected_kinds(expect: object) -> frozenset[WiringKind]:
    """Return the kinds that an `expect` in a state names, for any application."""
    found = unwrap_secrets(property_of(expect))
    expectations = found.values() if isinstance(found, Mapping) else ()
    names = {name for each in expectations if isinstance(each, Mapping) for name, value in each.items() if value}
    return frozenset(kind for kind in WiringKind if kind.value in names)


def _listing_connection(expect: object) -> PropertyValue:
    """Return the connection in an `expect` of a state: a name, or members, `ENCRYPTED` if they are not shown."""
    found = property_of(expect)
    connection = connection_in(found)
    if connection is None:
        return ENCRYPTED if _is_encrypted(found) else None
    return Secret(connection) if isinstance(connection, Mapping) else connection


def _explicit_providers(resources: Sequence[StateResource]) -> Iterator[ExplicitProvider]:
    for each in resources:
        is_default = DEFAULT_PROVIDER.fullmatch(Urn.parse(each.urn).name)
        if each.type == PROVIDER_TYPE and not each.delete and not is_default:
            yield ExplicitProvider(each.urn, {name: property_of(value) for name, value in each.inputs.items()})


def _text(members: Mapping[str, object], name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""


def property_of(value: object) -> PropertyValue:
    """Return a property of a state or of a configuration; `ENCRYPTED` for a secret that is not shown."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) != SECRETS_MARK:
            return {str(name): property_of(child) for name, child in value.items()}
        if "value" in value:
            return Secret(property_of(value["value"]))
        try:
            return Secret(property_of(json.loads(value["plaintext"])))
        except (KeyError, TypeError, ValueError):
            return ENCRYPTED
    if isinstance(value, list):
        return [property_of(child) for child in value]
    return value if isinstance(value, (str, int, float, bool)) else None


def _is_encrypted(value: PropertyValue) -> bool:
    """Return whether the value or a part of it is a secret that the export does not show."""
    if isinstance(value, Mapping):
        return any(map(_is_encrypted, value.values()))
    if isinstance(value, list):
        return any(map(_is_encrypted, value))
    return value == ENCRYPTED or (isinstance(value, Secret) and _is_encrypted(value.value))


def _config(text: str) -> dict[str, PropertyValue]:
    """Return what is configured for this package, without the prefix of the package."""
    prefix = f"{PACKAGE}:"
    try:
        return {
            name.removeprefix(prefix): Secret(entry.get("objectValue", entry.get("value")))
            for name, entry in json.loads(text).items()
            if name.startswith(prefix)
        }
    except (AttributeError, ValueError):
        raise ConfigurationError("The configuration is not what `pulumi config --json` prints.", UPDATE) from None


def _secret_texts(text: str) -> dict[str, Secret]:
    """Return secret texts of other packages by name. Pulumi does not say which members of an object are."""
    return {
        name.rpartition(":")[2]: Secret(entry.get("value", ""))
        for name, entry in json.loads(text).items()
        if entry.get("secret") and not name.startswith(f"{PACKAGE}:") and "objectValue" not in entry
    }


def _stack_names() -> tuple[str, tuple[str, ...]]:
    """Return the selected stack, `""` if there is none, and all stacks of this project."""
    try:
        stacks = json.loads(_pulumi("stack", "ls", "--json"))
        selected = next((str(each["name"]) for each in stacks if each.get("current")), "")
        return selected, tuple(str(each["name"]) for each in stacks)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ConfigurationError(
            "The list of stacks is not what `pulumi stack ls --json` prints.", UPDATE
        ) from None


def _pulumi(*arguments: str) -> str:
    """Return what a command of the Pulumi CLI printed; it must not ask anything."""
    program = shutil.which("pulumi")
    command = f"`pulumi {' '.join(arguments[:2])}`"
    if program is None:
        raise ConfigurationError(
            "The Pulumi CLI is not found, which reads the stack.",
            "Put the folder of `pulumi` on PATH, or check the environment only, with --environment.",
        )
    try:
        done = subprocess.run(  # noqa: S603 - a list of arguments, without a shell
            [program, *arguments, "--non-interactive", "--color", "never"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConfigurationError(
            f"{command} did not end within {TIME_LIMIT:g} s.",
            "Run it yourself to see what it waits for, such as the backend of the stack.",
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"{command} cannot be started ({type(error).__name__}).",
            f"Make {program} a program that you may run, or put another `pulumi` first on PATH.",
        ) from None
    if done.returncode:
        lines = [line.strip().removeprefix("error: ") for line in done.stderr.splitlines() if line.strip()]
        reason = escape_untrusted(" ".join(lines)) or "it does not say why"
        raise ConfigurationError(f"{command} failed: {reason}", "Correct that, and run again.")
    return done.stdout


def connections_of(values: PropertyMap, environ: Mapping[str, str]) -> Connections:
    """Return the connections that the provider has with these settings; what it does not know is left out."""
    given = {name: values.get(name) for name in SETTINGS}
    known = {name: value for name, value in given.items() if unwrap_secrets(value) not in (None, "")}
    if CONNECTIONS in known:
        known[CONNECTIONS] = opened(known[CONNECTIONS])
    return Connections(known, environ)


def usable_connection(connections: Connections, connection: str | PlainMap | None) -> Connection:
    """Return a named or inline connection, or the settings' own, that can call.

    Raises `ConfigurationError` for one that the provider would refuse; the text names the connection's settings.
    """
    with errors_about_connection(connection, ""):
        found = connections.settings(connection).connection()
        found.require_hosts()
        found.require_credentials()
    return found


def opened(value: PropertyValue) -> PropertyValue:
    """Return the configured connections as the engine gives them to the provider: a text is read as JSON."""
    found = unwrap_secrets(value)
    if not isinstance(found, str):
        return found
    try:
        return property_of(json.loads(found))
    except ValueError:
        return value
