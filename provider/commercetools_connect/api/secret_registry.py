"""Registry of every secret that this process was given, and redaction of the reports that Connect sends.

One registry serves all connections of a process: a script may print the secret of another Deployment.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import unquote, urlsplit

from commercetools_connect.api.models.base import Json
from commercetools_connect.api.redaction import MASK, Redactor
from commercetools_connect.core.text import UNTRUSTED_TEXT_LIMIT, escape_untrusted
from commercetools_connect.core.values import PropertyValue, Secret, unwrap_secrets

SECRET_MEMBERS: Final = frozenset({"securedConfiguration", "clientSecret"})
REPORTS: Final = ("report", "publishingReport", "previewableReport")
ENTRY_TEXTS: Final = ("title", "message")
REPORT_PARENTS: Final = ("results", "details", "build")
"""Members of a response that lead to its reports (API §4.2, §4.7)."""

HEAVY: Final = 64 * 1024
"""From this many characters on, reports are redacted in another thread."""

MAX_CACHED: Final = 4096
MAX_CACHED_LENGTH: Final = 2048
MAX_MASKED: Final = 10_000
MIN_LITERAL: Final = 8
READ_AT_MOST: Final = 20_000

EntryKey = tuple[str, str, str]


def credentials_in_url(url: str) -> tuple[str, ...]:
    """Return the credentials in a URL, as written and decoded: its password, or its user without a password."""
    try:
        parts = urlsplit(url)
        found = parts.password or ("" if parts.scheme == "ssh" else parts.username) or ""
    except ValueError:
        return ()
    return tuple(dict.fromkeys((found, unquote(found)))) if found and "://" in url else ()


def without_credentials(url: str) -> str:
    """Return the URL with its credentials masked."""
    for each in credentials_in_url(url):
        url = url.replace(f"{each}@", f"{MASK}@")
    return url


@dataclass(frozen=True)
class _MaskedEntry:
    """The texts of a report entry in a state, with masks."""

    title: str
    message: str


class SecretRegistry:
    """Every secret of a run that this process was given. Safe to use from any thread.

    Only `add` takes the lock: a long redaction in one thread must not block the event loop.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._redactor = Redactor()
        self._cache: dict[str, str] = {}
        self._masked: dict[EntryKey, dict[_MaskedEntry, None]] = {}

    def add(self, secret: str, key: str = "") -> None:
        """Add a secret; `key` is its name in the program."""
        with self._lock:
            if self._redactor.add(secret, key):
                # A thread that still redacts without the new secret writes into the old cache.
                self._cache = {}

    def learn(self, value: PropertyValue, key: str = "", *, secret: bool = False) -> None:
        """Add all secrets in inputs or outputs: marked values, secured values, credentials in URLs."""
        if isinstance(value, str):
            self._learn_text(value, key, secret=secret)
        elif isinstance(value, Secret):
            self.learn(value.value, key, secret=True)
        elif isinstance(value, Mapping):
            for name, child in value.items():
                if name in SECRET_MEMBERS and isinstance(child, list):
                    self._learn_entries(child, secret=secret)
                else:
                    self.learn(child, name, secret=secret or name in SECRET_MEMBERS)
        elif isinstance(value, Sequence):
            for child in value:
                self.learn(child, key, secret=secret)
        elif secret and isinstance(value, bool):
            self.add(str(value).lower(), key)
        elif secret and isinstance(value, int | float):
            self.add(f"{value:.15g}", key)

    def _learn_entries(self, entries: Sequence[PropertyValue], *, secret: bool) -> None:
        """Add the values of entries in the API's form; a ConnectorStaged's entries have no values."""
        for entry in entries:
            if isinstance(entry, Mapping):
                self.learn(entry.get("value"), str(entry.get("key", "")), secret=True)
                self.learn({name: child for name, child in entry.items() if name != "value"}, secret=secret)
            else:
                self.learn(entry, secret=True)

    def learn_state(self, outputs: Mapping[str, PropertyValue]) -> None:
        """Add the secrets in a state, and remember the masked entries of its reports."""
        self.learn(outputs)
        for name in REPORTS:
            entries = unwrap_secrets(outputs.get(name))
            for entry in entries if isinstance(entries, list) else ():
                if isinstance(entry, Mapping):
                    self._remember_masked(entry)

    def redact(self, text: str) -> str:
        """Return the text with every secret masked."""
        cache = self._cache
        if len(text) > MAX_CACHED_LENGTH:
            return self._redactor.redact(text)
        found = cache.get(text)
        if found is None:
            found = self._redactor.redact(text)
            if len(cache) < MAX_CACHED:
                cache[text] = found
            else:
                self._cache = {text: found} if self._cache is cache else self._cache
        return found

    def is_heavy(self, body: Json) -> bool:
        """Return whether the reports in a response are too long to be redacted on the event loop."""
        return bool(self._redactor) and sum(len(entry[name]) for entry, name in _texts(body)) > HEAVY

    def redact_reports(self, body: Json) -> None:
        """Mask every secret in the reports of a response, in place, and every text that is masked in the state.

        This process does not know a secret that was rotated, but it knows the masked entry that names it.
        """
        if not self._redactor and not self._masked:
            return
        for entry, name in _texts(body):
            entry[name] = self._masked_text(entry, name) or entry[name]
        for entry, name in _texts(body):
            entry[name] = self.redact(entry[name])

    def _learn_text(self, value: str, key: str, *, secret: bool) -> None:
        if secret:
            self.add(value, key)
        if secret or key == "url":
            for each in credentials_in_url(value):
                self.add(each)

    def _remember_masked(self, entry: Mapping[str, object]) -> None:
        title, message = (_text(entry.get(name)) for name in ENTRY_TEXTS)
        if MASK in title or MASK in message:
            with self._lock:
                if len(self._masked) < MAX_MASKED:
                    self._masked.setdefault(_entry_key(entry), {})[_MaskedEntry(title, message)] = None

    def _masked_text(self, entry: Mapping[str, Json], name: str) -> str:
        """Return the masked text of the same entry in a state, `""` if there is none."""
        key = _entry_key(entry)
        for masked in tuple(self._masked.get(key, ())):
            template = masked.title if name == "title" else masked.message
            literal = len(template.replace(MASK, ""))
            if MASK not in template or (literal < MIN_LITERAL and not key[2]):
                continue
            text = escape_untrusted(_text(entry.get(name))[:READ_AT_MOST], READ_AT_MOST)
            hidden = _hidden_by(template, text)
            if hidden is not None:
                for each in hidden:
                    self.add(each)
                return template
        return ""


def _texts(body: Json, *, report: bool = False) -> Iterator[tuple[dict[str, str], str]]:
    """Yield each text of each report entry, as the entry and the name of its member."""
    if isinstance(body, list):
        for child in body:
            yield from _texts(child, report=report)
    elif isinstance(body, dict):
        if report:
            for name in ENTRY_TEXTS:
                if isinstance(body.get(name), str):
                    yield cast("dict[str, str]", body), name
        for name in (*REPORT_PARENTS, *REPORTS, "entries"):
            if isinstance(child := body.get(name), dict | list):
                yield from _texts(child, report=report or name in REPORTS)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _entry_key(entry: Mapping[str, object]) -> EntryKey:
    kind, application, created = (
        escape_untrusted(_text(entry.get(name))) for name in ("type", "application", "createdAt")
    )
    return kind, application, created


def _hidden_by(template: str, text: str) -> list[str] | None:
    """Return what the masks of the template hide in the text, `None` if it is another text."""
    open_end = len(template) >= UNTRUSTED_TEXT_LIMIT and template.endswith("…")
    first, *literals = (template[:-1] if open_end else template).split(MASK)
    if not text.startswith(first):
        return None
    hidden, position = [], len(first)
    for index, literal in enumerate(literals):
        is_last = index == len(literals) - 1 and not open_end
        start = len(text) - len(literal) if is_last else text.find(literal, position)
        if start < position or not text.startswith(literal, start):
            return None
        hidden.append(text[position:start])
        position = start + len(literal)
    return hidden
