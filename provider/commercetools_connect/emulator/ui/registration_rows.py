"""The Extensions and Subscriptions on the page: who calls what. Secrets of destinations never get here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from commercetools_connect.emulator.backend import Backend
from commercetools_connect.emulator.entities import Registration, Subscription
from commercetools_connect.emulator.ui.views import Badge, Listing, listing

_ADDRESSES = ("url", "topicArn", "queueUrl", "arn", "source", "uri", "bootstrapServer")
_PLACES = ("projectId", "region", "accountId")
_USER_INFO = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)?[^/]*@")


@dataclass(frozen=True)
class RegistrationRow:
    """An Extension or a Subscription."""

    id: str
    key: str | None
    project: str
    kind: str
    version: int
    address: str
    type: str
    status: Badge | None


def registration_rows(backend: Backend, search: str = "") -> Listing[RegistrationRow]:
    """Return the rows that say all words of `search` somewhere."""
    world = backend.world
    world.settle()
    items: list[Registration] = [*world.extensions.all(), *world.subscriptions.all()]
    rows = [_row(each) for each in sorted(items, key=lambda each: each.created_at)]
    return listing(rows, lambda row: row, _text, search)


def _row(item: Registration) -> RegistrationRow:
    status = item.status if isinstance(item, Subscription) else None
    return RegistrationRow(
        id=item.id,
        key=item.key,
        project=item.project,
        kind="Extension" if status is None else "Subscription",
        version=item.version,
        address=_address(item.destination),
        type=str(item.destination.get("type", "")),
        status=None if status is None else Badge(status, "good" if status == "Healthy" else "bad"),
    )


def _address(destination: Mapping[str, JsonValue]) -> str:
    """Return what of a destination is no secret."""
    known = next((destination[name] for name in _ADDRESSES if name in destination), None)
    parts = [destination.get(name) for name in _PLACES] + [destination.get("topic")] if known is None else [known]
    address = "/".join(str(part) for part in parts if part)
    return re.split(r"[?#]", _USER_INFO.sub(r"\1", address), maxsplit=1)[0]


def _text(row: RegistrationRow) -> str:
    status = row.status.text if row.status else ""
    return " ".join([row.id, row.key or "", row.project, row.kind, row.address, row.type, status])
