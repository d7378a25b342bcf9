"""Reader of YAML 1.2 with the core schema, unique keys and no merge keys (API §13, §22).

`load(text)` returns the value of the only document, or raises `InvalidYamlError` with the reason and its place.
It raises nothing else, and its time and memory are bounded. ruamel.yaml splits the text into events. This module
builds the value, because the constructor of ruamel.yaml goes beyond the core schema: `1_000` and `0b1` are numbers
to it, dates are dates, and `<<` merges.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from commercetools_connect.emulator.yaml_scalars import TAGS, OtherValue, clipped, is_old, scalar
from commercetools_connect.emulator.yaml_scanner import (
    MAX_DEPTH,
    Scanner,
    hide_special_characters,
    show_special_characters,
)

MAX_LENGTH: Final = 100_000
"""More characters than any connect.yaml needs; the worst texts of this length take some seconds."""

MAX_ALIAS_COUNT: Final = 100
"""How often one anchor may be used, counted as the vendor's reader does: nested aliases multiply."""


class InvalidYamlError(ValueError):
    """The text is not a YAML document; the message says why and where."""


def load(text: str) -> object:
    """Return the document: `dict`, `list`, `str`, `float`, `bool`, `None` or `OtherValue`. Keys are strings."""
    if len(text) > MAX_LENGTH:
        raise InvalidYamlError(f"the file has {len(text)} characters, more than {MAX_LENGTH}")
    yaml = YAML(typ="safe", pure=True)
    yaml.Scanner = Scanner
    try:
        return _Builder().build(yaml.parse(hide_special_characters(text)))
    except InvalidYamlError:
        raise
    except MarkedYAMLError as error:
        raise InvalidYamlError(_reason(error)) from None
    except Exception as error:  # noqa: BLE001 - the library raises any, such as ValueError for "\UFFFFFFFF"
        raise InvalidYamlError(f"it cannot be read ({type(error).__name__})") from None


def _reason(error: MarkedYAMLError) -> str:
    problem = show_special_characters(str(error.problem or error.context or "it cannot be read"))
    mark = error.problem_mark or error.context_mark
    return f"{problem}, {_place(mark)}" if mark else problem


def _place(mark: object) -> str:
    line, column = (getattr(mark, name, 0) + 1 for name in ("line", "column"))
    return f"line {line}, column {column}"


class _Anchored:
    """An anchored value, and how much of its use is left."""

    def __init__(self, value: object) -> None:
        self.value = value
        self.uses = 1
        self.weight = 0
        self.complete = False


class _Builder:
    """Makes the value of a document from its events, without recursion."""

    def __init__(self) -> None:
        self._anchors: dict[str, _Anchored] = {}
        self._open: list[_Collection] = []
        self._root: object = None
        self._documents = 0
        self._is_old = False

    def build(self, events: Iterator[Event]) -> object:
        for event in events:
            if isinstance(event, DocumentStartEvent):
                self._documents += 1
                if self._documents > 1:
                    self._refuse("the file has more than one document", event)
                self._is_old = is_old(event.version)
            elif isinstance(event, AliasEvent):
                self._add(*self._resolve(event), event, is_alias=True)
            elif isinstance(event, ScalarEvent):
                self._scalar(event)
            elif isinstance(event, CollectionStartEvent):
                self._start(event)
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                self._end()
        return self._root

    def _refuse(self, reason: str, event: Event) -> None:
        raise InvalidYamlError(f"{reason}, {_place(event.start_mark)}")

    def _scalar(self, event: ScalarEvent) -> None:
        try:
            text = show_special_characters(event.value)
            value = scalar(text, _tag(event), plain=event.style is None, old=self._is_old)
        except ValueError as error:
            raise InvalidYamlError(f"{error}, {_place(event.start_mark)}") from None
        if event.anchor:
            self._anchors[event.anchor] = anchored = _Anchored(value)
            anchored.complete, anchored.weight = True, 1
        self._add(value, 1, event)

    def _start(self, event: CollectionStartEvent) -> None:
        if len(self._open) >= MAX_DEPTH:
            self._refuse(f"more than {MAX_DEPTH} levels are nested", event)
        is_mapping = isinstance(event, MappingStartEvent)
        collection = _Collection({} if is_mapping else [], event)
        if event.anchor:
            collection.anchored = self._anchors[event.anchor] = _Anchored(collection.value)
        self._open.append(collection)

    def _end(self) -> None:
        collection = self._open.pop()
        if collection.anchored:
            collection.anchored.complete = True
            collection.anchored.weight = collection.weight
        self._add(collection.typed_value(), collection.weight, collection.start)

    def _add(self, value: object, weight: int, event: Event, *, is_alias: bool = False) -> None:
        if not self._open:
            self._root = value
            return
        twice = self._open[-1].add(value, weight, is_alias=is_alias)
        if twice is not None:
            self._refuse(f"the key {clipped(twice)} appears more than once", event)

    def _resolve(self, event: AliasEvent) -> tuple[object, int]:
        """Return what an alias refers to, and how many aliases that is."""
        anchored = self._anchors.get(event.anchor)
        if anchored is None or not anchored.complete:
            raise InvalidYamlError(f"the alias {clipped(event.anchor)} has no anchor, {_place(event.start_mark)}")
        anchored.uses += 1
        weight = anchored.uses * anchored.weight
        if weight > MAX_ALIAS_COUNT:
            self._refuse(f"the anchor {clipped(event.anchor)} is used too often", event)
        return anchored.value, weight


class _Collection:
    """A list or mapping that is being read."""

    def __init__(self, value: dict[str, object] | list[object], start: CollectionStartEvent) -> None:
        self.value = value
        self.start = start
        self.anchored: _Anchored | None = None
        self.weight = 0
        self._key: str | None = None
        self._seen: set[object] = set()

    def add(self, value: object, weight: int, *, is_alias: bool) -> str | None:
        """Take the next item, key or value; return a key that is there already."""
        self.weight = max(self.weight, weight)
        if isinstance(self.value, list):
            self.value.append(value)
        elif self._key is not None:
            self.value[self._key] = value
            self._key = None
        else:
            self._key = _member_name(value)
            if isinstance(value, (str, float, bool, type(None))) and not is_alias:
                identity = (type(value), value)
                if identity in self._seen:
                    return self._key
                self._seen.add(identity)
        return None

    def typed_value(self) -> object:
        """Return the value, with the type that an explicit tag gives it."""
        kinds = {"set"} if isinstance(self.value, dict) else {"omap", "pairs" if self.value else "omap"}
        return OtherValue() if _tag(self.start) in {TAGS + kind for kind in kinds} else self.value


def _member_name(key: object) -> str:
    """Return the name of a member; what is not text gets a name that no known member has."""
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return str(key).lower()
    if isinstance(key, float):
        return f"{key:g}"
    return {type(None): "", list: "[…]", dict: "{…}"}.get(type(key), "?")


def _tag(event: NodeEvent) -> str | None:
    tag = getattr(event, "tag", None)
    return str(tag) if tag is not None else None
