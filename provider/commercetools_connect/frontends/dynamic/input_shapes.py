"""Shapes of inputs: they mark what is secret, and refuse what Pulumi cannot send before Pulumi sees it.

Pulumi shows the value of an input that it cannot send, as a whole and in clear ("While processing input").
So each input is looked at when a program declares a resource, and no message of this module shows a value.

`make sdk` copies this module into the generated Python SDK; it imports only Pulumi and the standard library.
"""

from __future__ import annotations

import inspect
import json
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, TypeAlias, TypeGuard

import pulumi
from pulumi.runtime import known_types

_NO_SEQUENCES: Final = (str, bytes, bytearray, memoryview, range)
_NAME: Final = re.compile(r"[\w-]+")
_EXACT: Final = 2**53
_REMEDIES: Final = {
    pulumi.Resource: "Write one of its outputs, such as its id.",
    pulumi.Asset: "Write its text.",
    pulumi.Archive: "Write its text.",
}
_HIDDEN: Final = "The value is not shown, as it may hold a secret."


class InputError(pulumi.RunError):
    """An input that cannot be sent. Its message has the path of the property and never the value.

    Pulumi shows a `RunError` without a traceback.
    """


@dataclass(frozen=True)
class Place:
    """Where a value stands: in which resource, such as `Deployment 'shop'`, and the path in it."""

    resource: str
    path: str = ""

    def member(self, name: object) -> Place:
        """Return the place of a member of a map."""
        plain = isinstance(name, str) and _NAME.fullmatch(name)
        step = f".{name}" if plain else f"[{json.dumps(str(name))}]"
        return replace(self, path=(self.path + step).removeprefix("."))

    def element(self, index: int) -> Place:
        """Return the place of an element of a list."""
        return replace(self, path=f"{self.path}[{index}]")

    def refusal(self, problem: str, remedy: str) -> InputError:
        """Return the exception for a value that stands here."""
        return InputError(f"{self.resource}: the input {self.path} {problem}. {remedy} {_HIDDEN}")


Shape: TypeAlias = Callable[[object, Place], object]


def camel_case(name: str) -> str:
    """Return `no_of_contributors` as `noOfContributors`; a name that is camelCase already stays."""
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def snake_case(name: str) -> str:
    """Return `noOfContributors` as `no_of_contributors`, which Python programs write."""
    return re.sub(r"[A-Z]", lambda match: f"_{match[0].lower()}", name)


def shape_inputs(place: Place, members: Mapping[str, Shape], inputs: MutableMapping[str, Any]) -> None:
    """Replace the inputs of a resource by shaped ones.

    `members` has shapes by Pulumi's names; an input that it does not name is `sendable`.
    """
    for name, value in list(inputs.items()):
        inputs[name] = members.get(camel_case(name), sendable)(value, place.member(snake_case(name)))


def scalar(value: object, place: Place) -> object:
    """Take text, a number or a boolean, and refuse all else."""
    return _when_known(_scalar)(value, place)


def duration(value: object, place: Place) -> object:
    """Take what `scalar` takes, and a `timedelta` as seconds."""

    def shape(value: object, place: Place) -> object:
        return value.total_seconds() if isinstance(value, timedelta) else _scalar(value, place)

    return _when_known(shape)(value, place)


def secret(shape: Shape) -> Shape:
    """Mark as secret what has this shape."""

    def mark(value: object, place: Place) -> object:
        if value is None:
            return None
        if _comes_later(value):
            return pulumi.Output.secret(value).apply(lambda known: shape(known, place))
        return pulumi.Output.secret(shape(value, place))

    return mark


def text_or(other: Shape) -> Shape:
    """Take text, and let the other shape take all else."""

    def shape(value: object, place: Place) -> object:
        return _scalar(value, place) if isinstance(value, str) else other(value, place)

    return _when_known(shape)


def json_of(shape: Shape) -> Shape:
    """Take what has this shape, and send it as one secret text of JSON."""

    def write(value: object, place: Place) -> object:
        return None if value is None else pulumi.Output.secret(shape(value, place)).apply(json.dumps)

    return write


def map_of(member: Shape) -> Shape:
    """Take a map whose keys are the user's. Each value has a shape of its own, so states still show the keys."""

    def shape(value: object, place: Place) -> object:
        if not isinstance(value, Mapping):
            raise _no_map(value, place)
        return {name: member(child, place.member(name)) for name, child in _items(value, place)}

    return _when_known(shape)


def record(members: Mapping[str, Shape], *, rename: bool = False) -> Shape:
    """Take an object with these members under Pulumi's or Python's names. `rename` gives all Pulumi's names.

    The resource complains about other members. They may be misspelt names of secrets, so they are marked.
    """

    def shape(value: object, place: Place) -> object:
        fields = vars(value) if _is_args(value) else value
        if not isinstance(fields, Mapping):
            raise _no_map(value, place)
        shaped: dict[str, object] = {}
        given: dict[str, str] = {}
        for name, child in _items(fields, place):
            known = camel_case(name) if camel_case(name) in members else name
            if known in given:
                raise InputError(
                    f"{place.resource}: {place.member(name).path} is given twice, as {given[known]} too"
                )
            given[known] = name
            shaped[known if rename else name] = members.get(known, _OTHER)(child, place.member(name))
        return shaped

    return _when_known(shape)


def list_of(element: Shape) -> Shape:
    """Take a list or tuple."""

    def shape(value: object, place: Place) -> object:
        if not _is_list(value):
            raise place.refusal(f"is {_kind(value)}, but a list is expected", "Write [...].")
        return [element(child, place.element(index)) for index, child in enumerate(value)]

    return _when_known(shape)


def sendable(value: object, place: Place) -> object:
    """Take all that Pulumi can send, and change nothing. An output is looked at when its value is known."""
    if known_types.is_unknown(value):
        return value
    if _comes_later(value):
        return pulumi.Output.from_input(value).apply(lambda known: sendable(known, place))
    if _is_list(value):
        elements = [sendable(child, place.element(index)) for index, child in enumerate(value)]
        return value if all(map(operator.is_, elements, value)) else elements
    if isinstance(value, Mapping):
        members = {name: sendable(child, place.member(name)) for name, child in _items(value, place)}
        return value if all(members[name] is value[name] for name in members) else members
    if _is_args(value):
        for name, child in _items(vars(value), place):
            if not _comes_later(child):
                sendable(child, place.member(name))
        return value
    return _scalar(value, place)


_OTHER: Final = secret(sendable)


def _when_known(shape: Shape) -> Shape:
    """Make a shape for plain values one for outputs and awaitables as well."""

    def apply(value: object, place: Place) -> object:
        if value is None or known_types.is_unknown(value):
            return value
        if _comes_later(value):
            return pulumi.Output.from_input(value).apply(lambda known: apply(known, place))
        return shape(value, place)

    return apply


def _scalar(value: object, place: Place) -> object:
    if isinstance(value, (int, float)):
        # Numbers travel as floats.
        if abs(value) > _EXACT if isinstance(value, int) else not math.isfinite(value):
            raise place.refusal("is a number that Pulumi cannot send as it is", "Write it as text.")
        return value
    if value is None:
        return value
    if not isinstance(value, str):
        remedy = next(
            (text for sort, text in _REMEDIES.items() if isinstance(value, sort)),
            "Convert it, for example with str().",
        )
        raise place.refusal(f"is {_kind(value)}, but text, a number or a boolean is expected", remedy)
    if not _encodes(value):
        raise place.refusal("is text that is not valid Unicode", "Decode it with its right encoding.")
    return value


def _encodes(text: str) -> bool:
    # The exception of a failure holds the text, so nothing may be raised while it is being handled.
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _items(value: Mapping[Any, object], place: Place) -> Iterator[tuple[str, object]]:
    # Not `items()`: outputs of Pulumi may have a member of that name.
    for name in value:
        if not isinstance(name, str):
            raise place.refusal(f"has a key that is {_kind(name)}, but keys are text", "Convert it with str().")
        yield name, value[name]


def _no_map(value: object, place: Place) -> InputError:
    remedy = "Write {name: value}."
    if _is_list(value):
        remedy = 'Write {"NAME": value} and not [{"key": "NAME", "value": value}], which is the form of the API.'
    return place.refusal(f"is {_kind(value)}, but a map by name is expected", remedy)


def _kind(value: object) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, Mapping):
        return "a map"
    return f"of type {type(value).__name__}"


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, _NO_SEQUENCES)


def _is_args(value: object) -> bool:
    """Tell whether it is an object of a generated class such as `ApplicationConfigurationArgs`."""
    return hasattr(type(value), "_pulumi_input_type")


def _comes_later(value: object) -> bool:
    return isinstance(value, pulumi.Output) or inspect.isawaitable(value) or known_types.is_unknown(value)
