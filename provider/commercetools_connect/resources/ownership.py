"""Ownership of an object that a create finds under its key, and the list of objects that may be adopted. Pure.

A key alone proves nothing about whose an object is: another stack, a copied resource or an earlier life of this
one may have made it. What a create may continue with, take over, or must leave alone is decided here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Final

from commercetools_connect.core.errors import ConflictError, InvalidInputError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.text import Path, escape_untrusted, format_path
from commercetools_connect.resources.keys import KEY_PATTERN, PROJECT_KEY_PATTERN
from commercetools_connect.resources.run_registry import RunRegistry


class Ownership(Enum):
    """Whose an existing object is, from the point of view of the create that found it."""

    OURS = "ours"
    """Only this stack can derive the key, or this resource's own state names it: an interrupted run made it."""

    BEING_MADE = "being made"
    """Equal in everything that can be read, and never live: an interrupted create left it."""

    EQUAL = "equal"
    """Finished and equal under a key that is derived from names only: most likely this stack's own."""

    ADOPTED = "adopted"
    """The user asked for the take-over."""

    FOREIGN = "foreign"
    """Anything else."""


@dataclass(frozen=True)
class ExistingObject:
    """An object under the key of a create, and what is known of its owner.

    - `resource`: the name of the resource that is created.
    - `what`: kind, key and id, for messages; `entry`: how `CTP_ADOPT` names it.
    - `differences`: the declared paths in which it differs from the program.
    - `key_is_ours`: only this stack can have given the key.
    - `key_from_names`: the key is derived from names, which another stack may share.
    - `never_live`: no run of it has ever ended well.
    - `may_be_equal`: whether equality in what can be read is enough for a key that is derived from names.
    - `failed`: its last run failed, so that a difference may be the correction.
    - `adopt`: the program, the configuration or the environment asks for the take-over.
    - `adoptable`: it can become what the program declares.
    """

    resource: str
    what: str
    entry: str
    differences: Collection[Path]
    key_is_ours: bool = False
    key_from_names: bool = False
    never_live: bool = False
    may_be_equal: bool = False
    failed: bool = False
    adopt: bool = False
    adoptable: bool = True


def decide_ownership(found: ExistingObject) -> Ownership:
    """Return whose the object is."""
    if found.key_is_ours:
        return Ownership.OURS
    if found.adopt:
        return Ownership.ADOPTED
    if found.never_live and not found.differences:
        return Ownership.BEING_MADE
    if found.key_from_names and found.may_be_equal and (found.failed or not found.differences):
        return Ownership.EQUAL
    return Ownership.FOREIGN


def describe_take_over(ownership: Ownership, what: str) -> str:
    """Return the message about an object that the create continues with or takes over."""
    return {
        Ownership.OURS: f"continues with the existing {what}",
        Ownership.BEING_MADE: f"continues with the existing {what}, which an interrupted run left unfinished",
        Ownership.EQUAL: (
            f"takes over the existing {what}: its key is derived from the names of project, stack and resource "
            "only. If another stack of the same names made it, both manage it from now on, and its secrets are "
            "overwritten. Give the resource a key of its own, or use the plugin, to rule that out"
        ),
        Ownership.ADOPTED: f"takes over the existing {what}; this program manages it from now on",
    }[ownership]


def refuse_create(found: ExistingObject, adoptable: str) -> ConflictError:
    """Return the error for a create whose key belongs to another object; it names paths, never values.

    `adoptable` are all the objects that this run refused, as `CTP_ADOPT` takes them.
    """
    paths = ", ".join(sorted(map(format_path, found.differences)))
    differs = (
        f"It differs from the program in: {paths}." if paths else "It is equal in everything that can be read."
    )
    adoption = (
        "- if this program shall manage the object from now on, and no other resource or stack has it in its "
        f"state: `pulumi import` it (plugin only), set `adopt: true`, or run with CTP_ADOPT='{adoptable}'"
    )
    options = [
        "- if the resource was renamed, add an alias for its old name",
        *([adoption] if found.adoptable else []),
        "- if you asked for a replacement (`--replace`, or a taint, which `pulumi state untaint` takes back), or "
        "`retainOnDelete` kept the old object: give the resource a key of its own, or revert the change",
        "- otherwise give the resource a key of its own",
    ]
    return ConflictError(
        f"{found.what} already exists, and nothing proves that it belongs to the resource {found.resource}; "
        f"another resource or stack may own it. Nothing was changed. {differs}",
        "\n".join(["Options:", *options]),
    )


def refuse_delete(what: str, change: str, adoptable: str) -> ConflictError:
    """Return the error for a delete of an object that another client has changed since; `change` says how."""
    return ConflictError(
        f"{what} is not deleted: {change}.",
        "If no other client needs it, delete it with "
        f"CTP_ADOPT='{adoptable}'; otherwise remove the resource from the state (`pulumi state delete`). An `up` "
        "that changes it, such as a Deployment's redeployTrigger, makes it this stack's own again; a refresh does "
        "not.",
    )


def same_key_failure(context: OperationContext, key: object, other: str) -> CheckFailure:
    """Return the failure of two resources of one program that have the same key."""
    return CheckFailure(
        ("key",),
        f"{escape_untrusted(str(key))} is the key of two resources: one of {context.urn or context.name} and "
        f"{other} needs a key of its own",
    )


def kept_warning(what: str, context: OperationContext, keeper: str) -> str:
    """Return the warning about a delete that removes nothing, since this run keeps the object.

    `keeper` is the other resource that keeps it, `""` if it is the same resource.
    """
    me = context.urn or context.name
    if not keeper:
        return f"not deleted: this run keeps the same {what}"
    return (
        f"not deleted: {keeper} keeps the same {what}. If {me} has changed its values, they are still live: "
        f"change redeployTrigger of {keeper} to send its own again"
    )


def contested_error(what: str, context: OperationContext, other: str, *, refused: bool) -> ConflictError:
    """Return the error for a delete of an object whose key a create of this run needs.

    `other` is the resource of that create. It was `refused` because of the object, or failed for a reason that may
    have nothing to do with it, such as a server in trouble, and did not come to see it.
    """
    reason = (
        f"the create of {other} was refused in this run because of it"
        if refused
        else f"the create of {other} under the same key failed in this run"
    )
    first = "" if refused else "Do first what the error of that create says. "
    return ConflictError(
        f"{what} is not deleted: {context.urn or context.name} has it in its state, and {reason}.",
        f"{first}Decide which of the two resources it belongs to. If one is the other under a new name, add an "
        "alias; else give the new one a key of its own, and run `pulumi up` again.",
    )


def ensure_no_cascade(registry: RunRegistry, kind: str, context: OperationContext) -> None:
    """Raise `InvalidInputError` for a replacement that another resource's delete-before-replace would cause.

    For a diff that replaces and has unknown values.

    The engine asks dependants with a diff that follows no check and has unknown values; those that answer
    "replace" are deleted before anything is created. After an error the engine deletes nothing.
    """
    if registry.check_record(kind, context) is None:
        raise InvalidInputError(
            f"{kind} {context.name} would be deleted before anything is known of its replacement: a resource "
            "that it depends on is deleted before it is replaced.",
            "Remove deleteBeforeReplace from that resource, or replace it in a run of its own.",
        )


CONNECTORS: Final = "connectors"
"""What stands before the slash for a connector, which belongs to no project."""

SHORTEST_PREFIX: Final = 3
PREFIX: Final = re.compile(rf"[a-zA-Z0-9-_]{{{SHORTEST_PREFIX},255}}\*")


def adopt_entry(text: str) -> str:
    """Return one entry without surrounding spaces. Raises `ValueError`, which does not show it."""
    entry = text.strip()
    place, slash, key = entry.partition("/")
    if not slash or not PROJECT_KEY_PATTERN.fullmatch(place):
        raise ValueError(f"must be <project>/<key> or {CONNECTORS}/<key>")
    if "*" in key and not PREFIX.fullmatch(key):
        raise ValueError(f"can have * only at the end, after the slash and at least {SHORTEST_PREFIX} characters")
    if "*" not in key and not KEY_PATTERN.fullmatch(key):
        raise ValueError("must end in a key of 2 to 256 characters out of A-Z, a-z, 0-9, _ and -")
    return entry


def adopt_entries(value: object) -> object:
    """Return the entries of a text, separated by commas, or of a JSON list; anything else as it is."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return [each for each in value.split(",") if each.strip()]


@dataclass(frozen=True)
class AdoptList:
    """The objects that a create may take over because the user named them."""

    entries: tuple[str, ...] = ()

    def matches(self, place: str, key: str) -> bool:
        """Return whether an entry names the key in `place`: a project's key, or `CONNECTORS`."""
        name = f"{place}/{key}"
        return any(name.startswith(entry[:-1]) if entry.endswith("*") else name == entry for entry in self.entries)
